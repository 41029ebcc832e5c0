//! Loom models of the claim word: every interleaving of a worker with its parent.
//!
//! The worker runs the calls of a batch in order, and may die after any step. The parent revokes,
//! condemns, and decides after the worker's death what becomes of each call. An answer that has
//! left arrives, even after the death of its worker.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use super::claims::{BatchNumber, Claim, ClaimStep, Handover};

/// One batch of two calls: its word, how often each call ran, and which answers have left.
struct Model {
    word: AtomicU64,
    runs: [AtomicUsize; 2],
    answers: [AtomicUsize; 2],
}

const CALLS: usize = 2;

/// The number of steps after which both calls are done.
const ALL_STEPS: usize = 7;

impl Model {
    /// A batch of two calls that was sent.
    fn new() -> Arc<Self> {
        let model = Self {
            word: AtomicU64::new(0),
            runs: [AtomicUsize::new(0), AtomicUsize::new(0)],
            answers: [AtomicUsize::new(0), AtomicUsize::new(0)],
        };
        assert_eq!(model.claim().send(None, CALLS), Handover::Sent);
        Arc::new(model)
    }

    fn claim(&self) -> Claim<'_, AtomicU64> {
        Claim::new(&self.word, BatchNumber::FIRST)
    }

    /// Runs a worker that dies after `steps` steps. Returns the last step of the claim, if it lived
    /// to see one.
    fn work(&self, steps: usize) -> Option<ClaimStep> {
        let mut lives = (0..steps).map(|_| ());
        lives.next()?;
        let mut step = self.claim().claim();
        while let ClaimStep::Run(call) = step {
            lives.next()?;
            // ORDERING: Relaxed, because it is read after a join, or not synchronised by itself.
            self.runs[call].fetch_add(1, Ordering::Relaxed);
            lives.next()?;
            // ORDERING: Release pairs with the Acquire in `has_answered`, as a socket does.
            self.answers[call].fetch_add(1, Ordering::Release);
            lives.next()?;
            step = self.claim().advance(call);
        }
        Some(step)
    }

    fn has_answered(&self, call: usize) -> bool {
        // ORDERING: as in `work`.
        self.answers[call].load(Ordering::Acquire) == 1
    }

    fn runs(&self, call: usize) -> usize {
        // ORDERING: as in `work`.
        self.runs[call].load(Ordering::Relaxed)
    }
}

/// Runs `parent` beside a worker that dies after `steps` steps; after both, runs `end` with the
/// last step of the claim.
fn model<P: 'static>(
    steps: usize,
    parent: impl Fn(&Model) -> P + Send + Sync + Copy + 'static,
    end: impl Fn(&Model, P, Option<ClaimStep>) + Send + Sync + Copy + 'static,
) {
    loom::model(move || {
        let model = Model::new();
        let worker = thread::spawn({
            let model = model.clone();
            move || model.work(steps)
        });
        let done = parent(&model);
        let last = worker.join().expect("no thread of a model panics");
        end(&model, done, last);
    });
}

#[test]
fn loom_a_dead_worker_is_blamed_for_what_it_ran_and_nothing_else() {
    for steps in 0..=ALL_STEPS {
        model(
            steps,
            // Another worker is idle meanwhile.
            |model| model.claim().revoke(1, CALLS),
            |model, end, _| {
                let end_now = model.claim().revoke(0, end);
                let fates = [0, 1].map(|call| {
                    if model.has_answered(call) {
                        "answered"
                    } else if call >= end_now {
                        "runs elsewhere"
                    } else {
                        "blamed"
                    }
                });
                assert!(fates.iter().filter(|fate| **fate == "blamed").count() <= 1);
                for (call, fate) in fates.into_iter().enumerate() {
                    match fate {
                        "answered" => assert_eq!(model.runs(call), 1),
                        "runs elsewhere" => assert_eq!(model.runs(call), 0),
                        _ => assert!(model.runs(call) <= 1),
                    }
                }
            },
        );
    }
}

#[test]
fn loom_a_kill_never_hits_the_call_after_the_one_it_was_meant_for() {
    model(
        ALL_STEPS,
        |model| model.claim().condemn(0),
        |model, condemned, last| {
            // The kill would follow here: until then the worker touches no other call.
            assert_eq!(last == Some(ClaimStep::Condemned), condemned);
            assert_eq!(model.runs(1), usize::from(!condemned));
        },
    );
}

#[test]
fn loom_what_is_taken_back_is_not_run_and_the_rest_is() {
    model(
        ALL_STEPS,
        |model| model.claim().revoke(0, CALLS),
        |model, end, last| {
            assert_eq!(last, Some(ClaimStep::Over));
            for call in 0..CALLS {
                assert_eq!(model.runs(call), usize::from(call < end));
            }
        },
    );
}

#[test]
fn loom_two_takers_and_the_worker_leave_a_call_to_one() {
    loom::model(|| {
        let model = Model::new();
        let worker = thread::spawn({
            let model = model.clone();
            move || model.work(ALL_STEPS)
        });
        let other = thread::spawn({
            let model = model.clone();
            move || model.claim().condemn(1)
        });

        let end = model.claim().revoke(1, CALLS);

        let condemned = other.join().expect("no thread of a model panics");
        worker.join().expect("no thread of a model panics");
        let taken = end < CALLS;
        assert!(!(taken && condemned));
        assert_eq!(model.runs(1), usize::from(!taken));
    });
}

#[test]
fn loom_a_word_that_is_handed_over_never_stops_an_honest_worker() {
    loom::model(|| {
        let model = Model::new();
        let worker = thread::spawn({
            let model = model.clone();
            move || model.work(ALL_STEPS)
        });

        // All was revoked, or is answered, and the word is handed over to another batch.
        let end = model.claim().revoke(0, CALLS);
        let is_over = (0..end).all(|call| model.has_answered(call));
        let later = Claim::new(&model.word, BatchNumber(257));
        let is_handed_over = is_over && later.send(Some(BatchNumber::FIRST), 1) == Handover::Sent;

        let last = worker.join().expect("no thread of a model panics");
        assert_eq!(last, Some(ClaimStep::Over), "it was not condemned");
        assert!(!is_handed_over || later.revoke(0, 1) == 0);
    });
}

#[test]
fn loom_a_done_call_shows_its_answer() {
    model(
        ALL_STEPS,
        |model| {
            // What cannot be revoked is claimed; all before it is done.
            let end = model.claim().revoke(0, CALLS);
            assert!(end < CALLS || model.has_answered(0));
        },
        |_, (), _| {},
    );
}
