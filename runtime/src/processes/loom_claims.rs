//! Every interleaving of a worker with its parent, over the words that they share.
//!
//! The worker runs its calls in order and may die after any of its steps; the parent recalls, condemns and, once
//! it is dead, decides what becomes of each call. What a worker has sent arrives, even after its death.

use std::sync::Arc as StdArc;

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use super::claims::{Claim, Given, Number, Word};

impl Word for AtomicU64 {
    fn load(&self) -> u64 {
        AtomicU64::load(self, Ordering::Acquire)
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// One worker: the words of two calls, how often each ran, and which answers have left.
struct Line {
    words: [AtomicU64; 2],
    runs: [AtomicUsize; 2],
    answers: [AtomicUsize; 2],
}

const CALLS: [Number; 2] = [Number(1), Number(2)];

impl Line {
    /// Two calls were sent.
    fn new() -> Arc<Self> {
        let line = Self {
            words: [AtomicU64::new(0), AtomicU64::new(0)],
            runs: [AtomicUsize::new(0), AtomicUsize::new(0)],
            answers: [AtomicUsize::new(0), AtomicUsize::new(0)],
        };
        assert!((0..2).all(|call| line.claim(call).send(None) == Given::Sent));
        Arc::new(line)
    }

    fn claim(&self, call: usize) -> Claim<'_, AtomicU64> {
        Claim::new(&self.words[call], CALLS[call])
    }

    /// The life of a worker that dies after so many steps. True if it ended because a call was condemned.
    fn work(&self, mut steps: usize) -> bool {
        let mut lives = || {
            let lives = steps > 0;
            steps = steps.saturating_sub(1);
            lives
        };
        for call in 0..2 {
            if !lives() {
                return false;
            }
            if !self.claim(call).claim() {
                continue;
            }
            if !lives() {
                return false;
            }
            self.runs[call].fetch_add(1, Ordering::Relaxed);
            if !lives() {
                return false;
            }
            self.answers[call].fetch_add(1, Ordering::Release);
            if !lives() {
                return false;
            }
            if !self.claim(call).finish() {
                return true;
            }
        }
        false
    }

    fn has_answered(&self, call: usize) -> bool {
        self.answers[call].load(Ordering::Acquire) == 1
    }

    fn runs(&self, call: usize) -> usize {
        self.runs[call].load(Ordering::Relaxed)
    }
}

/// After so many steps both calls are done.
const ALL_STEPS: usize = 8;

fn model(body: impl Fn() + Send + Sync + 'static) {
    loom::model(body);
}

#[test]
fn loom_a_dead_worker_is_blamed_for_what_it_ran_and_nothing_else() {
    for steps in 0..=ALL_STEPS {
        model(move || {
            let line = Line::new();
            let worker = thread::spawn({
                let line = line.clone();
                move || line.work(steps)
            });

            // Another worker has nothing to do meanwhile.
            let taken = line.claim(1).recall();
            worker.join().expect("no thread of a model panics");

            let fate = |call: usize| {
                if line.has_answered(call) {
                    "answered"
                } else if call == 1 && taken || line.claim(call).recall() {
                    "runs elsewhere"
                } else {
                    "blamed"
                }
            };
            let fates = [fate(0), fate(1)];
            assert!(fates.iter().filter(|fate| **fate == "blamed").count() <= 1);
            for call in 0..2 {
                match fates[call] {
                    "answered" => assert_eq!(line.runs(call), 1),
                    "runs elsewhere" => assert_eq!(line.runs(call), 0),
                    _ => assert!(line.runs(call) <= 1),
                }
            }
            assert!(!taken || line.runs(1) == 0);
        });
    }
}

#[test]
fn loom_a_kill_never_hits_the_call_after_the_one_it_was_meant_for() {
    model(|| {
        let line = Line::new();
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(ALL_STEPS)
        });

        let condemned = line.claim(0).condemn();

        // The kill would follow here: whatever the worker does until then, it touches no other call.
        let stopped = worker.join().expect("no thread of a model panics");
        assert_eq!(condemned, stopped);
        assert_eq!(line.runs(1), usize::from(!condemned));
        assert_eq!(line.claim(1).recall(), condemned);
    });
}

#[test]
fn loom_two_takers_and_the_worker_leave_a_call_to_one() {
    model(|| {
        let line = Line::new();
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(ALL_STEPS)
        });
        let other = thread::spawn({
            let line = line.clone();
            move || line.claim(1).recall()
        });

        let taken = line.claim(1).recall();

        let takers =
            usize::from(taken) + usize::from(other.join().expect("no thread of a model panics"));
        worker.join().expect("no thread of a model panics");
        assert_eq!(takers + line.runs(1), 1);
    });
}

#[test]
fn loom_a_word_that_is_given_away_never_stops_an_honest_worker() {
    model(|| {
        let line = Line::new();
        assert!(line.claim(1).recall());
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(4)
        });

        // The answer is there, and the word is to serve another call.
        let later = Claim::new(&line.words[0], Number(257));
        let given = line.has_answered(0) && later.send(Some(CALLS[0])) == Given::Sent;

        assert!(
            !worker.join().expect("no thread of a model panics"),
            "nobody condemned it"
        );
        assert!(!given || later.is_sent());
    });
}

#[test]
fn loom_whoever_sees_a_call_done_sees_its_answer() {
    model(|| {
        let line = StdArc::new(Line::new());
        let worker = thread::spawn({
            let line = line.clone();
            move || line.work(ALL_STEPS)
        });

        let is_over = !line.claim(0).is_sent() && !line.claim(0).is_claimed();

        assert!(!is_over || line.has_answered(0));
        worker.join().expect("no thread of a model panics");
    });
}
