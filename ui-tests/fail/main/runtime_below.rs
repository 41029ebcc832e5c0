#[concurrent_futures::main]
#[tokio::main]
async fn main() {}
