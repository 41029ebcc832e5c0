use std::num::ParseIntError;

use concurrent_futures::prelude::*;

enum OrderError {
    Number(ParseIntError),
    Task(TaskError),
}

impl From<ParseIntError> for OrderError {
    fn from(error: ParseIntError) -> Self {
        Self::Number(error)
    }
}

impl From<TaskError> for OrderError {
    fn from(error: TaskError) -> Self {
        Self::Task(error)
    }
}

#[task]
fn parse(text: &str) -> Result<u64, ParseIntError> {
    text.parse()
}

fn order(text: &str) -> Result<u64, OrderError> {
    Ok(parse::submit(&Inline, text).try_result()?)
}

fn main() {
    let _ = order("7");
}
