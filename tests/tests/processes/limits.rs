//! Time limits that strike just as their calls end: such a call is done or timed out, never both,
//! never its neighbour.
//!
//! ```text
//!              before   limited                                            behind
//!   worker    |------| |-claimed--decoded-- task --ran--answered--finished-| |----| |----|
//!   parent                                   ^ the limit strikes about here, while the
//!                                              worker lingers at one of these moments
//! ```

use std::{
    collections::HashMap,
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use concurrent_futures::{
    Future, MapOptions, Options, ProcessPool, Submit, TaskError, hooks, task,
};
use tests::{Soon, far::FileTally, run_long};

use crate::{
    kit::{Pool, counts, made},
    moments::When,
    race_windows::{Edge, micros, pass_time, scattered},
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

const LIMIT: Duration = Duration::from_micros(300);

/// For how many microseconds this worker lingers when it comes to its moment next.
static LINGER: AtomicU64 = AtomicU64::new(0);

/// Has this worker linger at a moment of each call that is asked to, or that follows one that was.
#[task]
fn linger_at(when: When) {
    hooks::watch(when.moment(), || {
        pass_time(micros(LINGER.swap(0, Ordering::Relaxed)));
    });
}

/// How long a call takes, in microseconds.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Times {
    task: u64,
    /// At the worker's moment, which comes next in this call or in the one behind it.
    linger: u64,
}

/// Notes that it runs, takes its time, notes that it returns, and says which worker it is.
#[task]
fn run(log: &FileTally, id: u64, times: Times) -> u32 {
    log.note(id);
    LINGER.store(times.linger, Ordering::Relaxed);
    pass_time(micros(times.task));
    log.note(id + RETURNED);
    process::id()
}

/// What is added to the number of a call when it returns.
const RETURNED: u64 = 1 << 32;

/// One worker that lingers at a moment of its calls.
struct Lingering {
    pool: Pool,
    when: When,
    log: FileTally,
    next_id: u64,
}

/// What became of a call with a limit, and which workers ran the one before it and those behind it.
struct Neighbours {
    limited: u64,
    outcome: Result<u32, TaskError>,
    before: u32,
    behind: [u32; 3],
}

impl Lingering {
    fn at(when: When) -> Self {
        let builder = ProcessPool::builder().workers(1);
        Self {
            pool: made(builder.initializer(linger_at::new(when))),
            when,
            log: FileTally::new(),
            next_id: 0,
        }
    }

    fn submit(&mut self, times: Times, options: Options) -> Future<u32> {
        let call = run::new(&self.log, self.next_id, times);
        self.next_id += 1;
        self.pool.submit_with(call, options)
    }

    /// A call that would take the first number of microseconds up to its moment, and the second
    /// there, among calls without a limit.
    fn run_among_others(&mut self, [time, linger]: [u64; 2]) -> Neighbours {
        let (first, second) = self.split(time, linger);
        let before = self.submit(first, Options::new());
        let limited = self.next_id;
        let future = self.submit(second, Options::new().timeout(LIMIT));
        let behind = [(); 3].map(|()| self.submit(Times::default(), Options::new()));
        Neighbours {
            limited,
            outcome: future.soon(),
            before: before.soon().unwrap(),
            behind: behind.map(|call| call.soon().unwrap()),
        }
    }

    /// What the call before is to ask of the worker, and what the call itself.
    fn split(&self, task: u64, linger: u64) -> (Times, Times) {
        let at_once = Times::default();
        match self.when {
            // Such a moment is over when the task could ask for it.
            When::Read | When::Claimed | When::Decoded => {
                let (task, linger) = (0, task + linger);
                (Times { task, linger }, at_once)
            }
            _ => (at_once, Times { task, linger }),
        }
    }

    /// How long up to the moment and how long there, for the given microseconds to pass before the
    /// answer has left.
    fn shares(&self, time: u64) -> [u64; 2] {
        match self.when {
            When::Answered | When::Finished => [time, time / 2],
            _ => [time / 2, time / 2],
        }
    }
}

impl Neighbours {
    /// Done, and its worker goes on; or timed out, and its worker has run nothing else.
    #[track_caller]
    fn assert_well(&self) {
        let Self { before, behind, .. } = self;
        match &self.outcome {
            Ok(pid) => assert_eq!((before, behind), (pid, &[*pid; 3])),
            Err(error) => {
                assert!(error.is_timed_out(), "{error}");
                assert!(!behind.contains(before), "{before}: {behind:?}");
            }
        }
    }
}

/// How often what happened.
#[derive(Default, Debug)]
struct Score {
    done: u64,
    timed_out: u64,
    /// Of those, how many had returned.
    just_so: u64,
}

impl Score {
    /// A timed out call ran at most once, all others exactly once.
    #[track_caller]
    fn of(race: &Lingering, is_over: &HashMap<u64, bool>) -> Self {
        let counts = counts(&race.log);
        let noted = |id| counts.get(&id).copied().unwrap_or(0);
        let mut score = Self::default();
        for id in 0..race.next_id {
            let ran = (noted(id), noted(id + RETURNED));
            match is_over.get(&id) {
                Some(true) => {
                    assert!(ran.1 <= ran.0 && ran.0 <= 1, "{id}: {ran:?}");
                    score.timed_out += 1;
                    score.just_so += ran.1;
                }
                limited => {
                    assert_eq!(ran, (1, 1), "{id}");
                    score.done += u64::from(limited.is_some());
                }
            }
        }
        score
    }
}

/// Calls that race their limits, each about the moment at which it is open who wins.
#[track_caller]
fn assert_done_or_timed_out(when: When, rounds: usize) -> Score {
    let mut race = Lingering::at(when);
    let mut edge = Edge::at(300).rarely_late(5);
    let mut is_over = HashMap::new();

    for number in scattered().take(rounds) {
        let neighbours = race.run_among_others(race.shares(edge.near(number)));
        neighbours.assert_well();
        edge.move_on(neighbours.outcome.is_ok());
        is_over.insert(neighbours.limited, neighbours.outcome.is_err());
    }

    let score = Score::of(&race, &is_over);
    println!("{when:?}: {score:?}");
    assert!(score.done > 0 && score.timed_out > 0, "{score:?}");
    score
}

#[test]
fn a_call_whose_limit_strikes_when_it_is_claimed_is_done_or_timed_out() {
    assert_done_or_timed_out(When::Claimed, 1_500);
}

#[test]
fn a_call_whose_limit_strikes_when_it_is_decoded_is_done_or_timed_out() {
    assert_done_or_timed_out(When::Decoded, 1_500);
}

#[test]
fn a_call_whose_limit_strikes_when_it_has_run_is_done_or_timed_out() {
    let score = assert_done_or_timed_out(When::Ran, 2_000);

    assert!(score.just_so > 0, "{score:?}");
}

#[test]
fn a_call_whose_limit_strikes_in_the_middle_of_its_answer_is_done_or_timed_out() {
    let score = assert_done_or_timed_out(When::HalfAnswered, 1_500);

    assert!(score.just_so > 0, "{score:?}");
}

#[test]
fn a_call_whose_limit_strikes_when_its_answer_has_left_is_done_or_timed_out() {
    assert_done_or_timed_out(When::Answered, 2_000);
}

#[test]
fn a_call_whose_limit_strikes_when_it_has_finished_is_done_or_timed_out() {
    assert_done_or_timed_out(When::Finished, 1_500);
}

#[test]
fn a_limit_ends_a_call_that_hangs_at_any_moment_before_its_answer_is_whole() {
    const FOR_EVER: u64 = 1 << 40;
    let moments = [When::Claimed, When::Decoded, When::Ran, When::HalfAnswered];

    for when in moments {
        let neighbours = Lingering::at(when).run_among_others([0, FOR_EVER]);

        neighbours.assert_well();
        assert!(neighbours.outcome.is_err(), "{when:?}");
    }
}

/// Notes that it runs, takes its time, and has the worker linger at its moment in this call.
#[task(timeout = LIMIT)]
fn run_limited(log: &FileTally, id: u64, times: Times) -> u64 {
    log.note(id);
    LINGER.store(times.linger, Ordering::Relaxed);
    pass_time(micros(times.task));
    id
}

/// Chunks of which one item races its limit, while the worker lingers at this moment of it. All
/// have the limit, and may reach it on a busy machine; nothing else may happen to them. How often
/// that one was timed out.
#[track_caller]
fn assert_items_are_done_or_timed_out(when: When, rounds: usize) -> usize {
    const ITEMS: u64 = 8;
    let Lingering { pool, log, .. } = Lingering::at(when);
    let mut edge = Edge::at(300).rarely_late(5);
    let (mut all, mut over) = (Vec::new(), 0);

    for number in scattered().take(rounds) {
        let first = all.len() as u64;
        let half = edge.near(number) / 2;
        let times = |id| match id == first + 3 {
            true => Times {
                task: half,
                linger: half,
            },
            false => Times::default(),
        };
        let calls = (first..first + ITEMS).map(|id| run_limited::new(&log, id, times(id)));
        let chunks = MapOptions::new().chunk_size(8);
        let results: Vec<_> = pool.map_with(chunks, calls).unwrap().collect();
        assert_eq!(results.len() as u64, ITEMS);
        edge.move_on(results[3].is_ok());
        over += usize::from(results[3].is_err());
        all.extend(results);
    }

    let counts = counts(&log);
    for (id, outcome) in (0..).zip(all) {
        let ran = counts.get(&id).copied().unwrap_or(0);
        match outcome {
            Ok(value) => assert_eq!((value, ran), (id, 1)),
            Err(error) => assert!(error.is_timed_out() && ran <= 1, "{id}: {ran}, {error}"),
        }
    }
    over
}

#[test]
fn items_of_chunks_that_race_their_limits_are_done_or_timed_out_each_for_itself() {
    for when in [
        When::Ran,
        When::HalfAnswered,
        When::Answered,
        When::Finished,
    ] {
        let over = assert_items_are_done_or_timed_out(when, 300);

        println!("{when:?}: {over}");
        assert!(over > 0 && over < 300, "{when:?}: {over}");
    }
}

#[test]
fn in_a_storm_of_hangs_only_those_are_timed_out_and_every_other_call_runs_once() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm of hangs"), "1000 time-outs");
}
