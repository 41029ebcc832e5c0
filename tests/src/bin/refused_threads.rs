//! Asks for more threads than its address space holds, and prints what became of the calls.
//!
//! Its stacks are so large beside its address space (4 GiB for `queued` and `at_once`, 256 MiB
//! for the others) that a few threads start and the next is refused.

use std::sync::Arc;

use concurrent_futures::{Executor, Here, Submit, ThreadPool, WorkStealingPool, as_completed};
use tests::{Gate, Soon, Tally, call, eventually, thread_names};

const MIB: usize = 1 << 20;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("nested threads") => nested(&threads(16 * MIB)),
        Some("nested stealing") => nested(&stealing(16 * MIB)),
        Some("half_full threads") => half_full(&threads(128 * MIB)),
        Some("half_full stealing") => half_full(&stealing(128 * MIB)),
        Some("at_once") => at_once(),
        _ => queued(),
    }
}

/// One worker with a stack of the given size in bytes.
fn threads(stack_size: usize) -> Arc<ThreadPool> {
    let builder = ThreadPool::builder().workers(1).stack_size(stack_size);
    Arc::new(builder.build().expect("one worker is enough"))
}

/// The same, on rayon.
fn stealing(stack_size: usize) -> Arc<WorkStealingPool> {
    let builder = WorkStealingPool::builder().workers(1);
    let builder = builder.stack_size(stack_size);
    Arc::new(builder.build().expect("one worker is enough"))
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

/// All threads are to start with the pool: those that did go when the next is refused.
fn at_once() {
    let builder = WorkStealingPool::builder().workers(8).name_prefix("once");
    let refused = builder.stack_size(1 << 30).build();
    println!("refused: {}", yes(refused.is_err()));
    eventually("those that started are gone", || {
        let names = thread_names().unwrap_or_default();
        !names.iter().any(|name| name.starts_with("once"))
    });
    let builder = WorkStealingPool::builder().workers(1);
    let pool = builder.build().expect("there is room for a small one");
    println!("afterwards: {}", pool.spawn(|| 42).soon().expect("it runs"));
}

/// So deep that a worker wants extra threads, and the system has none left.
fn nested<P: Executor<Reach = Here> + 'static>(pool: &Arc<P>) {
    let inner = Arc::clone(pool);
    let deepest = pool.submit(call(move || descend(&inner, 5_000_000)));
    let ended = deepest.soon().expect("the outermost call has no trouble");
    println!("ended: {}", yes(ended));
    println!(
        "afterwards: {}",
        pool.submit(call(|| 42)).soon().expect("the pool goes on")
    );
}

/// Whether the innermost call either ran or said that the system refused a thread.
fn descend<P: Executor<Reach = Here> + 'static>(pool: &Arc<P>, depth: u32) -> bool {
    if depth == 0 {
        return true;
    }
    let inner = Arc::clone(pool);
    let below = pool.submit(call(move || descend(&inner, depth - 1)));
    match below.result() {
        Ok(ended) => ended,
        Err(error) => error.to_string().contains("system refused a thread"),
    }
}

/// Well past half of the one stack there is, where a worker asks for an extra thread.
fn half_full<P: Executor<Reach = Here> + 'static>(pool: &Arc<P>) {
    let inner = Arc::clone(pool);
    let deepest = pool.submit(call(move || step::<MIB, P>(&inner, 80)));
    println!("depth: {}", deepest.soon().expect("there is stack enough"));
}

fn step<const SIZE: usize, P: Executor<Reach = Here> + 'static>(pool: &Arc<P>, depth: u32) -> u32 {
    let mut taken = [0_u8; SIZE];
    std::hint::black_box(&mut taken);
    if depth == 0 {
        return 0;
    }
    let inner = Arc::clone(pool);
    let below = pool.submit(call(move || step::<SIZE, P>(&inner, depth - 1)));
    1 + below.result().expect("there is stack enough")
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
