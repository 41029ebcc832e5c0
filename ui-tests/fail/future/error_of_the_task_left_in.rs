use concurrent_futures::prelude::*;

#[task]
fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

fn main() -> Result<(), TaskError> {
    let number: i64 = parse::submit(&Inline, "42").result()?;
    assert_eq!(number, 42);
    Ok(())
}
