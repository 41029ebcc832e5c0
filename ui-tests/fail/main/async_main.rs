#[concurrent_futures::main]
async fn main() {}
