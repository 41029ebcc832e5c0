use concurrent_futures::prelude::*;

#[task]
fn show(value: &dyn ToString) -> String {
    value.to_string()
}

fn main() {}
