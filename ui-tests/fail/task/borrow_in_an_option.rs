use concurrent_futures::prelude::*;

#[task]
fn greet(name: Option<&str>) -> String {
    format!("hello {}", name.unwrap_or("you"))
}

fn main() {}
