#[concurrent_futures::main]
fn start() {}

fn main() {
    start();
}
