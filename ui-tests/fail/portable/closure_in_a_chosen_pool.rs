use concurrent_futures::prelude::*;

fn main() {
    let pool: Pool = "threads".parse().unwrap();
    pool.spawn(|| 6 * 7).detach();
}
