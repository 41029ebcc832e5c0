#[concurrent_futures::main("concurrent_futures")]
fn main() {}
