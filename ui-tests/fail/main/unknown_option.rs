#[concurrent_futures::main(workers = 4)]
fn main() {}
