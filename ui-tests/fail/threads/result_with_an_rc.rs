use std::rc::Rc;

use concurrent_futures::ThreadPool;

fn main() {
    ThreadPool::new().spawn(|| Rc::new("text")).detach();
}
