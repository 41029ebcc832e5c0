use concurrent_futures::prelude::*;

#[task]
fn forever() -> ! {
    panic!("it does end after all")
}

fn main() {}
