#[concurrent_futures::main(crate = "concurrent_futures")]
fn main() {}
