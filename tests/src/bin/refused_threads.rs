//! Asks for more threads than its address space holds, and prints what became of the calls.
//!
//! Its stacks are so large beside its address space (4 GiB for `queued`, 256 MiB for
//! the others) that a few threads start and the next is refused.

use std::sync::Arc;

use concurrent_futures::{ThreadPool, as_completed};
use tests::{Gate, Soon, Tally};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("nested") => nested(),
        Some("half_full") => half_full(),
        _ => queued(),
    }
}

/// The calls wait for each other in no way: those threads that there are run them all.
fn queued() {
    let pool = ThreadPool::builder()
        .workers(8)
        .stack_size(1 << 30)
        .build()
        .expect("a stack of any size");
    let (go, ran) = (Gate::new(), Tally::new());
    let futures: Vec<_> = (0..100)
        .map(|_| {
            let (go, ran) = (go.clone(), ran.clone());
            pool.spawn(move || {
                go.wait();
                ran.add();
            })
        })
        .collect();
    println!("fewer threads than workers: {}", yes(pool.threads() < 8));
    println!("some threads: {}", yes(pool.threads() > 0));
    go.open();
    as_completed(futures).for_each(|future| future.soon().expect("it ran"));
    println!("ran: {}", ran.count());
}

/// So deep that a worker wants extra threads, and the system has none left.
fn nested() {
    let builder = ThreadPool::builder().workers(1).stack_size(16 << 20);
    let pool = Arc::new(builder.build().expect("one worker is enough"));
    let deepest = pool.spawn({
        let pool = Arc::clone(&pool);
        move || descend(&pool, 5_000_000)
    });
    let ended = deepest.soon().expect("the outermost call has no trouble");
    println!("ended: {}", yes(ended));
    println!(
        "afterwards: {}",
        pool.spawn(|| 42).soon().expect("the pool goes on")
    );
}

/// Whether the innermost call either ran or said that the system refused a thread.
fn descend(pool: &Arc<ThreadPool>, depth: u32) -> bool {
    if depth == 0 {
        return true;
    }
    let inner = Arc::clone(pool);
    match pool.spawn(move || descend(&inner, depth - 1)).result() {
        Ok(ended) => ended,
        Err(error) => error.to_string().contains("system refused a thread"),
    }
}

/// Well past half of the one stack there is, where a worker asks for an extra thread.
fn half_full() {
    const MIB: usize = 1 << 20;
    let builder = ThreadPool::builder().workers(1).stack_size(128 * MIB);
    let pool = Arc::new(builder.build().expect("one worker is enough"));
    let deepest = pool.spawn({
        let pool = Arc::clone(&pool);
        move || step::<MIB>(&pool, 80)
    });
    println!("depth: {}", deepest.soon().expect("there is stack enough"));
}

fn step<const SIZE: usize>(pool: &Arc<ThreadPool>, depth: u32) -> u32 {
    let mut taken = [0_u8; SIZE];
    std::hint::black_box(&mut taken);
    if depth == 0 {
        return 0;
    }
    let inner = Arc::clone(pool);
    let below = pool.spawn(move || step::<SIZE>(&inner, depth - 1));
    1 + below.result().expect("there is stack enough")
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
