use concurrent_futures::prelude::*;

#[task]
fn show(value: Box<dyn ToString + '_>) -> String {
    value.to_string()
}

fn main() {}
