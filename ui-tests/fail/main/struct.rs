#[concurrent_futures::main]
struct Program;

fn main() {}
