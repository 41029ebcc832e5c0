//! Other people's executors: what a job does for the executor that holds it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use concurrent_futures::{
    Executor, Here, Inline, Job, MapOptions, Options, Submit, TaskError, ThreadPool,
};
use tests::{Gate, Soon, busy, call, within};

use crate::tasks::{double, stumble};

/// Keeps its jobs until the test takes them; the bound is the test's own.
#[derive(Default)]
struct Shelf {
    jobs: Mutex<Vec<Job>>,
    bound: Option<usize>,
}

impl Executor for Shelf {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.jobs.lock().unwrap().push(job);
    }

    fn try_execute(&self, job: Job) -> Result<(), Job> {
        let mut jobs = self.jobs.lock().unwrap();
        if self.bound.is_some_and(|bound| jobs.len() >= bound) {
            return Err(job);
        }
        jobs.push(job);
        Ok(())
    }
}

impl Shelf {
    fn take(&self) -> Job {
        self.jobs.lock().unwrap().remove(0)
    }
}

#[test]
fn a_job_runs_its_call() {
    let shelf = Shelf::default();
    let future = double::submit(&shelf, 21);
    assert!(!future.done());

    shelf.take().run();

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_job_catches_the_panic_of_its_call() {
    let shelf = Shelf::default();
    let future = stumble::submit(&shelf, 3);

    shelf.take().run();

    assert!(future.soon().unwrap_err().is_panicked());
}

#[test]
fn a_job_fails_with_the_error_it_is_given() {
    let shelf = Shelf::default();
    let future = double::submit(&shelf, 21);

    shelf
        .take()
        .fail(TaskError::executor_broken("it fell down"));

    assert!(future.soon().unwrap_err().is_executor_broken());
}

#[test]
fn a_cancelled_job_cancels_its_future() {
    let shelf = Shelf::default();
    let future = double::submit(&shelf, 21);

    shelf.take().cancel();

    assert!(future.cancelled());
}

#[test]
fn a_job_of_a_cancelled_call_runs_nothing() {
    let (shelf, ran) = (Shelf::default(), Gate::new());
    let future = shelf.submit({
        let ran = ran.clone();
        call(move || ran.open())
    });
    future.cancel();
    let job = shelf.take();
    assert!(!job.is_pending());

    job.run();

    assert!(!ran.is_open() && future.cancelled());
}

#[test]
fn a_job_of_a_cancelled_call_cannot_fail_it() {
    let shelf = Shelf::default();
    let future = double::submit(&shelf, 21);
    future.cancel();

    shelf
        .take()
        .fail(TaskError::executor_broken("it fell down"));

    assert!(future.soon().unwrap_err().is_cancelled());
}

#[test]
fn a_dropped_job_completes_its_future_as_lost() {
    let shelf = Shelf::default();
    let future = double::submit(&shelf, 21);

    drop(shelf.take());

    assert!(future.soon().unwrap_err().is_worker_lost());
}

#[test]
fn a_dropped_chunk_fails_its_items_and_ends_no_iterator() {
    let shelf = Arc::new(Shelf::default());
    let iterated = Arc::clone(&shelf);
    let lost = within(tests::DEADLINE, move || {
        let results = double::map_with(&iterated, MapOptions::new().chunk_size(3), 0..7).unwrap();
        iterated.jobs.lock().unwrap().clear();
        results
            .map(|item| item.unwrap_err().is_worker_lost())
            .collect::<Vec<_>>()
    });

    assert_eq!(lost, [true; 7]);
}

#[test]
fn a_job_tells_what_its_future_tells() {
    let shelf = Shelf::default();
    let future = shelf.submit_with(double::new(21), Options::new().name("power"));

    let job = shelf.take();

    assert_eq!((job.name(), job.id()), (future.name(), future.id()));
    assert!(job.is_pending());
    assert!(
        job.options()
            .is_some_and(|options| options.get_name() == Some("power"))
    );
}

#[test]
fn what_a_job_holds_is_dropped_when_its_call_starts() {
    let (shelf, dropped) = (Shelf::default(), Gate::new());
    let seen = dropped.clone();
    let future = shelf.submit(call(move || seen.is_open()));
    let job = shelf.take();
    job.hold_while_pending(Box::new(dropped.open_on_drop()));
    assert!(!dropped.is_open());

    job.run();

    assert!(future.soon().unwrap(), "before the call ran");
}

#[test]
fn what_a_job_holds_is_dropped_by_a_cancel_at_once() {
    let (shelf, dropped) = (Shelf::default(), Gate::new());
    let future = double::submit(&shelf, 21);
    let job = shelf.take();
    job.hold_while_pending(Box::new(dropped.open_on_drop()));

    future.cancel();

    assert!(dropped.is_open(), "while the executor still keeps the job");
    drop(job);
}

#[test]
fn what_a_job_holds_is_dropped_when_it_fails_or_is_dropped() {
    let (shelf, gates) = (Shelf::default(), [Gate::new(), Gate::new()]);
    let futures = [1, 2].map(|n| double::submit(&shelf, n));
    let [one, two] = gates.each_ref().map(|gate| {
        let job = shelf.take();
        job.hold_while_pending(Box::new(gate.open_on_drop()));
        job
    });

    one.fail(TaskError::executor_broken("it fell down"));
    drop(two);

    assert!(gates.iter().all(Gate::is_open) && futures.iter().all(|future| future.done()));
}

#[test]
fn what_a_job_is_given_to_hold_too_late_is_dropped_at_once() {
    let (shelf, dropped) = (Shelf::default(), Gate::new());
    double::submit(&shelf, 21).cancel();
    let job = shelf.take();

    job.hold_while_pending(Box::new(dropped.open_on_drop()));

    assert!(dropped.is_open());
}

#[test]
fn a_call_that_an_executor_has_no_room_for_comes_back() {
    let shelf = Shelf {
        bound: Some(1),
        ..Shelf::default()
    };
    let first = shelf.try_submit(double::new(1)).unwrap();

    let full = shelf.try_submit(double::new(21)).unwrap_err();

    assert_eq!(full.into_call().n, 21);
    assert!(!first.done());
}

#[test]
fn an_executor_that_says_nothing_of_options_keeps_names_alone() {
    let shelf = Shelf::default();

    let named = shelf.submit_with(double::new(1), Options::new().name("power"));
    let limited = shelf.submit_with(
        double::new(1),
        Options::new().timeout(Duration::from_secs(1)),
    );

    assert!(!named.done() && limited.soon().unwrap_err().is_rejected());
    assert_eq!(shelf.jobs.lock().unwrap().len(), 1);
}

#[test]
fn references_arcs_and_boxes_of_executors_are_executors() {
    fn doubled(executor: &(impl Executor<Reach = Here> + ?Sized)) -> u64 {
        double::submit(executor, 21).soon().unwrap()
    }
    let boxed: Box<dyn Executor<Reach = Here>> = Box::new(Inline);
    let shared: Arc<dyn Executor<Reach = Here>> = Arc::new(Inline);

    let values = [
        doubled(&&Inline),
        doubled(&boxed),
        doubled(&shared),
        doubled(&*boxed),
    ];

    assert_eq!(values, [42; 4]);
    assert_eq!((boxed.workers(), boxed.id()), (1, None));
}

#[test]
fn a_pool_behind_a_pointer_is_that_pool() {
    let pool = ThreadPool::builder()
        .workers(3)
        .max_pending(1)
        .record_times(true)
        .build()
        .unwrap();
    let (id, by_reference) = (pool.id(), &&pool);
    assert!(id.is_some() && Executor::id(by_reference) == id && by_reference.workers() == 3);

    let shared: Arc<dyn Executor<Reach = Here>> = Arc::new(pool);
    let busy = busy(&shared, 3);
    let filling = shared.try_submit(double::new(1)).unwrap();
    let full = shared.try_submit(double::new(2)).is_err();
    drop(busy);

    assert!(full && shared.id() == id && shared.workers() == 3);
    assert!(filling.times().is_some());
    assert_eq!(filling.soon().unwrap(), 2);
}

/// Fails the third job with a time-out of its own, and runs the others.
#[derive(Default)]
struct Late(Mutex<u32>);

impl Executor for Late {
    type Reach = Here;

    fn execute(&self, job: Job) {
        let mut number = self.0.lock().unwrap();
        *number += 1;
        match *number {
            3 => job.fail(TaskError::timed_out(Duration::from_secs(5))),
            _ => job.run(),
        }
    }
}

#[test]
fn a_call_that_timed_out_is_not_the_end_of_its_map() {
    let late = Late::default();

    let results = double::map_with(&late, MapOptions::new().timeout(tests::DEADLINE), 0..5);

    let outcomes: Vec<_> = results
        .unwrap()
        .map(|item| item.map_err(|error| error.kind()))
        .collect();
    assert!(
        outcomes[2]
            .as_ref()
            .is_err_and(|kind| *kind == TaskError::timed_out(Duration::ZERO).kind())
    );
    assert_eq!(
        [&outcomes[..2], &outcomes[3..]].concat(),
        [0, 2, 6, 8].map(Ok)
    );
}
