use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let future = {
        let text = String::from("gone before its part is read");
        pool.scope(|scope| scope.spawn(|| &text[1..]))
    };
    println!("{:?}", future.result());
}
