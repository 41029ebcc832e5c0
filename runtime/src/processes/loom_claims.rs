//! Every interleaving of a worker with its parent, over the word of a batch that they share.
//!
//! The worker runs the calls of the batch in order and may die after any of its steps; the parent revokes, condemns and,
//! once it is dead, decides what becomes of each call. What a worker has answered arrives, even after its death.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use super::claims::{BatchNumber, Claim, ClaimStep, Handover, Word};

impl Word for AtomicU64 {
    fn load(&self) -> u64 {
        AtomicU64::load(self, Ordering::Acquire)
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// One worker: the word of a batch of two calls, how often each ran, and which answers have left.
struct Model {
    word: AtomicU64,
    runs: [AtomicUsize; 2],
    answers: [AtomicUsize; 2],
}

const CALLS: usize = 2;

/// After so many steps both calls are done.
const ALL_STEPS: usize = 7;

impl Model {
    /// Two calls were sent.
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

    /// The life of a worker that dies after so many steps; the last of the claim's, if it lived to see one.
    fn work(&self, steps: usize) -> Option<ClaimStep> {
        let mut lives = (0..steps).map(|_| ());
        lives.next()?;
        let mut step = self.claim().claim();
        while let ClaimStep::Run(call) = step {
            lives.next()?;
            self.runs[call].fetch_add(1, Ordering::Relaxed);
            lives.next()?;
            self.answers[call].fetch_add(1, Ordering::Release);
            lives.next()?;
            step = self.claim().advance(call);
        }
        Some(step)
    }

    fn has_answered(&self, call: usize) -> bool {
        self.answers[call].load(Ordering::Acquire) == 1
    }

    fn runs(&self, call: usize) -> usize {
        self.runs[call].load(Ordering::Relaxed)
    }
}

/// Runs `parent` beside a worker of so many steps, then `end` once that is over, with its last step.
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
            // Another worker has nothing to do meanwhile.
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
            // The kill would follow here: whatever the worker does until then, it touches no other call.
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
fn loom_a_word_that_is_given_away_never_stops_an_honest_worker() {
    loom::model(|| {
        let model = Model::new();
        let worker = thread::spawn({
            let model = model.clone();
            move || model.work(ALL_STEPS)
        });

        // All was taken back, or is answered, and the word is to serve another batch.
        let end = model.claim().revoke(0, CALLS);
        let is_over = (0..end).all(|call| model.has_answered(call));
        let later = Claim::new(&model.word, BatchNumber(257));
        let given = is_over && later.send(Some(BatchNumber::FIRST), 1) == Handover::Sent;

        let last = worker.join().expect("no thread of a model panics");
        assert_eq!(last, Some(ClaimStep::Over), "nobody condemned it");
        assert!(!given || later.revoke(0, 1) == 0);
    });
}

#[test]
fn loom_whoever_sees_a_call_done_sees_its_answer() {
    model(
        ALL_STEPS,
        |model| {
            // What cannot be taken back any more is claimed; before it all is done.
            let end = model.claim().revoke(0, CALLS);
            assert!(end < CALLS || model.has_answered(0));
        },
        |_, (), _| {},
    );
}
