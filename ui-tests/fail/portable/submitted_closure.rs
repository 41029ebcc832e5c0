use concurrent_futures::prelude::*;

fn main() {
    let pool: Pool = "processes".parse().unwrap();
    pool.submit(|| 6 * 7).detach();
}
