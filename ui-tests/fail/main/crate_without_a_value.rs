#[concurrent_futures::main(crate)]
fn main() {}
