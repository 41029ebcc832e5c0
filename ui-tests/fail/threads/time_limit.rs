use concurrent_futures::prelude::*;

fn main() {
    let builder = ThreadPool::builder().timeout(Duration::from_secs(5));
    let _ = builder.build();
}
