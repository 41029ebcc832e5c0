use concurrent_futures::ThreadPool;
use std::rc::Rc;

fn main() {
    let pool = ThreadPool::new();
    let counted = Rc::new(1);
    pool.scope(|scope| scope.spawn(|| println!("{counted}")).detach());
}
