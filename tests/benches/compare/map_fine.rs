//! `map` of `mix` over many numbers, into a `Vec`, on two threads.
//!
//! Ours takes the options of a plain `map`, and so does `par_iter`, on the
//! global pool: within `install` the vector would be allocated by a worker,
//! which costs a quarter more. Who has only the `threadpool` crate cuts the
//! numbers by hand, and joins the parts. The loop in this thread says what
//! threads are worth here.

use crate::WORKERS;
use crate::mapping::Numbers;
use crate::mix::mix;
use crate::peers::ours;
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Role};
use crate::shared::works::{STEALING, THREADS};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

pub(crate) const NAME: &str = "map-fine";

const NUMBERS: u64 = 4_000_000;

/// The parts that the numbers are cut into by hand: some for each worker.
const PARTS: u64 = 8 * WORKERS as u64;

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let numbers = Numbers::to(arguments.calls(NUMBERS));
    let (stealing, threads) = (ours::work_stealing_pool(), ours::thread_pool());
    let on_stealing = |count| mix::map(&stealing, 0..count).into_vec();
    let on_stealing = |count| on_stealing(count).expect("`mix` does not panic");
    let on_threads = |count| mix::map(&threads, 0..count).into_vec();
    let on_threads = |count| on_threads(count).expect("`mix` does not panic");
    let builder = rayon::ThreadPoolBuilder::new().num_threads(WORKERS);
    let built = builder.build_global();
    built.expect("this work alone asks for it, and once");
    let on_rayon = |count| (0..count).into_par_iter().map(mix).collect();
    let crate_pool = threadpool::ThreadPool::new(WORKERS);
    let by_hand = |count| in_parts(&crate_pool, count);
    let entrants = vec![
        numbers.entrant(STEALING, Role::Ours, on_stealing),
        numbers.entrant(THREADS, Role::Ours, on_threads),
        numbers.entrant("rayon par_iter", Role::Peer, on_rayon),
        numbers.entrant("threadpool, 16 parts", Role::Peer, by_hand),
        numbers.serial(),
    ];
    Report::of(NAME, rounds::alternate(entrants, arguments.schedule(11, 1)))
}

fn in_parts(pool: &threadpool::ThreadPool, count: u64) -> Vec<u64> {
    let submit = |part| {
        let numbers = part * count / PARTS..(part + 1) * count / PARTS;
        let (tx, rx) = oneshot::channel();
        pool.execute(move || {
            let results: Vec<u64> = numbers.map(mix).collect();
            tx.send(results).expect("the caller waits");
        });
        rx
    };
    let pending: Vec<_> = (0..PARTS).map(submit).collect();
    let mut results = Vec::with_capacity(count as usize);
    for rx in pending {
        results.append(&mut rx.recv().expect("the worker sends"));
    }
    results
}
