//! Every interleaving of a worker with its parent, over the word of a flight that they share.
//!
//! The worker runs the calls of the flight in order and may die after any of its steps; the parent recalls, condemns and,
//! once it is dead, decides what becomes of each call. What a worker has answered arrives, even after its death.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use super::claims::{Claim, Given, Number, Step, Word};

impl Word for AtomicU64 {
    fn load(&self) -> u64 {
        AtomicU64::load(self, Ordering::Acquire)
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// One worker: the word of a flight of two calls, how often each ran, and which answers have left.
struct Line {
    word: AtomicU64,
    runs: [AtomicUsize; 2],
    answers: [AtomicUsize; 2],
}

const CALLS: usize = 2;

/// After so many steps both calls are done.
const ALL_STEPS: usize = 7;

impl Line {
    /// Two calls were sent.
    fn new() -> Arc<Self> {
        let line = Self {
            word: AtomicU64::new(0),
            runs: [AtomicUsize::new(0), AtomicUsize::new(0)],
            answers: [AtomicUsize::new(0), AtomicUsize::new(0)],
        };
        assert_eq!(line.claim().send(None, CALLS), Given::Sent);
        Arc::new(line)
    }

    fn claim(&self) -> Claim<'_, AtomicU64> {
        Claim::new(&self.word, Number::FIRST)
    }

    /// The life of a worker that dies after so many steps; the last of the claim's, if it lived to see one.
    fn work(&self, steps: usize) -> Option<Step> {
        let mut lives = (0..steps).map(|_| ());
        lives.next()?;
        let mut step = self.claim().claim();
        while let Step::Run(call) = step {
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
    parent: impl Fn(&Line) -> P + Send + Sync + Copy + 'static,
    end: impl Fn(&Line, P, Option<Step>) + Send + Sync + Copy + 'static,
) {
    loom::model(move || {
        let line = Line::new();
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(steps)
        });
        let done = parent(&line);
        let last = worker.join().expect("no thread of a model panics");
        end(&line, done, last);
    });
}

#[test]
fn loom_a_dead_worker_is_blamed_for_what_it_ran_and_nothing_else() {
    for steps in 0..=ALL_STEPS {
        model(
            steps,
            // Another worker has nothing to do meanwhile.
            |line| line.claim().recall(1, CALLS),
            |line, end, _| {
                let end_now = line.claim().recall(0, end);
                let fates = [0, 1].map(|call| {
                    if line.has_answered(call) {
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
                        "answered" => assert_eq!(line.runs(call), 1),
                        "runs elsewhere" => assert_eq!(line.runs(call), 0),
                        _ => assert!(line.runs(call) <= 1),
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
        |line| line.claim().condemn(0),
        |line, condemned, last| {
            // The kill would follow here: whatever the worker does until then, it touches no other call.
            assert_eq!(last == Some(Step::Condemned), condemned);
            assert_eq!(line.runs(1), usize::from(!condemned));
        },
    );
}

#[test]
fn loom_what_is_taken_back_is_not_run_and_the_rest_is() {
    model(
        ALL_STEPS,
        |line| line.claim().recall(0, CALLS),
        |line, end, last| {
            assert_eq!(last, Some(Step::Over));
            for call in 0..CALLS {
                assert_eq!(line.runs(call), usize::from(call < end));
            }
        },
    );
}

#[test]
fn loom_two_takers_and_the_worker_leave_a_call_to_one() {
    loom::model(|| {
        let line = Line::new();
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(ALL_STEPS)
        });
        let other = thread::spawn({
            let line = line.clone();
            move || line.claim().condemn(1)
        });

        let end = line.claim().recall(1, CALLS);

        let condemned = other.join().expect("no thread of a model panics");
        worker.join().expect("no thread of a model panics");
        let taken = end < CALLS;
        assert!(!(taken && condemned));
        assert_eq!(line.runs(1), usize::from(!taken));
    });
}

#[test]
fn loom_a_word_that_is_given_away_never_stops_an_honest_worker() {
    loom::model(|| {
        let line = Line::new();
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(ALL_STEPS)
        });

        // All was taken back, or is answered, and the word is to serve another flight.
        let end = line.claim().recall(0, CALLS);
        let is_over = (0..end).all(|call| line.has_answered(call));
        let later = Claim::new(&line.word, Number(257));
        let given = is_over && later.send(Some(Number::FIRST), 1) == Given::Sent;

        let last = worker.join().expect("no thread of a model panics");
        assert_eq!(last, Some(Step::Over), "nobody condemned it");
        assert!(!given || later.recall(0, 1) == 0);
    });
}

#[test]
fn loom_whoever_sees_a_call_done_sees_its_answer() {
    model(
        ALL_STEPS,
        |line| {
            // What cannot be taken back any more is claimed; before it all is done.
            let end = line.claim().recall(0, CALLS);
            assert!(end < CALLS || line.has_answered(0));
        },
        |_, (), _| {},
    );
}
