use concurrent_futures::prelude::*;

struct Counter(u64);

impl Counter {
    #[task]
    fn count(self) -> u64 {
        self.0
    }
}

fn main() {
    let _ = Counter(1).count();
}
