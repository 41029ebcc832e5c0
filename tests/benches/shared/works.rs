//! What there is to measure: names, what is done, and what should come of it.
//!
//! Which program measures a work is the program's affair; the names are one
//! list for all of them, so that each can tell a wrong one.

use super::goal::Goal::{self, Both, Figure, Ratio, TimesLimit};
use super::unit::Unit;

/// One thing to measure.
pub(crate) struct Work {
    /// What it is chosen by.
    pub(crate) name: &'static str,
    /// What it stands under in the table and in the picture.
    pub(crate) group: Group,
    /// What is done, in few words.
    pub(crate) what: &'static str,
    pub(crate) unit: Unit,
    /// What the entrants of that name should reach.
    pub(crate) goals: &'static [(&'static str, Goal)],
}

/// What belongs together.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Group {
    Threads,
    Processes,
    /// Ours against ours: chunks that are chosen, and fixed ones.
    Chunks,
    /// Ours against ours: few futures, and many.
    Waiting,
    /// The same at several sizes.
    Growth,
    /// What `compile` measures, whose lines are its own.
    Compiling,
}

/// What entrants that are ours are called.
pub(crate) const THREADS: &str = "ThreadPool";
pub(crate) const STEALING: &str = "WorkStealingPool";
pub(crate) const PROCESSES: &str = "ProcessPool";
pub(crate) const CHOOSING: &str = "automatic";

/// A bare echo over a socket, one frame at a time.
pub(crate) const PING_PONG: &str = "socket ping-pong";

/// A hundredth slower than two threads that need no notification.
const COARSE: Goal = Ratio(0.99);

/// At most a tenth below the best.
const CHUNKS: &[(&str, Goal)] = &[(CHOOSING, Ratio(0.9))];

/// All of them, in the order in which they are shown.
pub(crate) const ALL: &[Work] = &[
    Work {
        name: "thread-window",
        group: Group::Threads,
        what: "small calls, 1,000 in flight",
        unit: Unit::MillionsASecond,
        goals: &[(THREADS, Ratio(2.0))],
    },
    Work {
        name: "thread-throughput",
        group: Group::Threads,
        what: "1,000,000 small calls, all pending",
        unit: Unit::MillionsASecond,
        goals: &[(THREADS, Ratio(1.3))],
    },
    Work {
        name: "thread-latency",
        group: Group::Threads,
        what: "submit one, wait for it, again",
        unit: Unit::Microseconds,
        goals: &[(THREADS, Ratio(1.0))],
    },
    Work {
        name: "map-fine",
        group: Group::Threads,
        what: "map over 4,000,000 numbers into a Vec",
        unit: Unit::MillionsASecond,
        goals: &[(STEALING, Ratio(0.95))],
    },
    Work {
        name: "coarse",
        group: Group::Threads,
        what: "64 tasks of some 20 ms",
        unit: Unit::Milliseconds,
        goals: &[(THREADS, COARSE), (STEALING, COARSE), (PROCESSES, COARSE)],
    },
    Work {
        name: "memory",
        group: Group::Threads,
        what: "bytes that a pending call holds",
        unit: Unit::Bytes,
        goals: &[(THREADS, Figure(192.0)), (STEALING, Figure(192.0))],
    },
    Work {
        name: "wait-first",
        group: Group::Waiting,
        what: "taking the first of 100,000 that finishes, until all are taken",
        unit: Unit::Nanoseconds,
        goals: &[],
    },
    Work {
        name: "process-throughput",
        group: Group::Processes,
        what: "100,000 small calls, all pending",
        unit: Unit::MillionsASecond,
        goals: &[(PROCESSES, Both(25.0, 1.0))],
    },
    Work {
        name: "process-window",
        group: Group::Processes,
        what: "small calls, 200 in flight",
        unit: Unit::MillionsASecond,
        goals: &[(PROCESSES, Both(25.0, 1.0))],
    },
    Work {
        name: "process-map",
        group: Group::Processes,
        what: "map over 1,000,000 numbers into a Vec",
        unit: Unit::MillionsASecond,
        goals: &[(PROCESSES, Figure(20.0))],
    },
    Work {
        name: "process-latency-busy",
        group: Group::Processes,
        what: "submit one, wait for it, again",
        unit: Unit::Microseconds,
        goals: &[(PROCESSES, Figure(5.0))],
    },
    Work {
        name: "process-latency-cold",
        group: Group::Processes,
        what: "the same, each after 10 ms of sleep",
        unit: Unit::Microseconds,
        goals: &[(PROCESSES, TimesLimit(1.15, PING_PONG))],
    },
    Work {
        name: "process-payload",
        group: Group::Processes,
        what: "8 MiB there and back",
        unit: Unit::MebibytesASecond,
        goals: &[(PROCESSES, Figure(4_000.0))],
    },
    Work {
        name: "process-start",
        group: Group::Processes,
        what: "from nothing to answers of two workers",
        unit: Unit::Milliseconds,
        goals: &[(PROCESSES, Figure(3.0))],
    },
    Work {
        name: "process-recovery",
        group: Group::Processes,
        what: "from a death to its replacement's first result",
        unit: Unit::Milliseconds,
        goals: &[(PROCESSES, Figure(10.0))],
    },
    Work {
        name: "process-memory",
        group: Group::Processes,
        what: "bytes that a pending call holds",
        unit: Unit::Bytes,
        goals: &[(PROCESSES, Figure(256.0))],
    },
    Work {
        name: "chunks-uniform-fine",
        group: Group::Chunks,
        what: "200,000 of the smallest calls",
        unit: Unit::Milliseconds,
        goals: CHUNKS,
    },
    Work {
        name: "chunks-uniform-coarse",
        group: Group::Chunks,
        what: "2,000 calls of some 200 µs",
        unit: Unit::Milliseconds,
        goals: CHUNKS,
    },
    Work {
        name: "chunks-growing",
        group: Group::Chunks,
        what: "2,000 calls that grow from nothing to 400 µs",
        unit: Unit::Milliseconds,
        goals: CHUNKS,
    },
    Work {
        name: "chunks-wild",
        group: Group::Chunks,
        what: "20,000 calls, of which one in a hundred takes 2 ms",
        unit: Unit::Milliseconds,
        goals: CHUNKS,
    },
    Work {
        name: "growth-pending",
        group: Group::Growth,
        what: "calls that are pending at once",
        unit: Unit::Nanoseconds,
        goals: &[],
    },
    Work {
        name: "growth-submitters",
        group: Group::Growth,
        what: "threads that submit, 1,000 calls in flight for each",
        unit: Unit::Nanoseconds,
        goals: &[],
    },
    Work {
        name: "compile-check",
        group: Group::Compiling,
        what: "`cargo check` of 100 tasks",
        unit: Unit::Milliseconds,
        goals: &[],
    },
    Work {
        name: "compile-build",
        group: Group::Compiling,
        what: "`cargo build` of 100 tasks",
        unit: Unit::Milliseconds,
        goals: &[],
    },
];

/// The work of that name.
///
/// # Panics
///
/// If there is none: the names in this program are those above.
pub(crate) fn named(name: &str) -> &'static Work {
    let work = ALL.iter().find(|work| work.name == name);
    work.unwrap_or_else(|| panic!("no work is called `{name}`"))
}

impl Work {
    /// What the entrant of that name should reach here, if anything.
    pub(crate) fn goal_of(&self, entrant: &str) -> Option<Goal> {
        let mut goals = self.goals.iter();
        goals
            .find(|(name, _)| *name == entrant)
            .map(|(_, goal)| *goal)
    }
}
