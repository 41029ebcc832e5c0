use concurrent_futures::prelude::*;

struct Counter(u64);

impl Counter {
    #[task]
    fn count(&self) -> u64 {
        self.0
    }
}

fn main() {
    assert_eq!(Counter(1).count(), 1);
}
