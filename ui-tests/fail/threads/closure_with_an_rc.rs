use std::rc::Rc;

use concurrent_futures::ThreadPool;

fn main() {
    let text = Rc::new("text");
    ThreadPool::new().spawn(move || text.len()).detach();
}
