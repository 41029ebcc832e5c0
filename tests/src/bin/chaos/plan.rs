//! What a round is to be: a pool and its settings, calls, and what is done to them; all of it by
//! its seed.

use std::{fmt, time::Duration};

use concurrent_futures::Options;
use tests::far::Death;

use crate::{chance::Chance, tasks::Act};

/// An executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Processes,
    Threads,
    Stealing,
}

/// How a pool ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Drop,
    Shutdown,
    ShutdownCancelling,
    ShutdownDetached,
    ShutdownTimeout(Duration),
    Terminate,
    Kill,
}

/// How a pool is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) kind: Kind,
    pub(crate) workers: usize,
    pub(crate) max_tasks: Option<u64>,
    pub(crate) bound: Option<usize>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) record_times: bool,
    pub(crate) forward_logs: bool,
    pub(crate) keep_stderr: bool,
}

/// What is done to workers and calls while they run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Events {
    /// The longest pause between two of them.
    pub(crate) pause: Duration,
    /// How often, in a thousand events, each happens.
    pub(crate) signals: u64,
    pub(crate) stops: u64,
    pub(crate) cancels: u64,
    pub(crate) aborts: u64,
    /// What strikes all calls at once; much rarer than the others.
    pub(crate) sweeps: u64,
}

/// A call, and what is asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: u64,
    pub(crate) act: Act,
    pub(crate) payload: usize,
    pub(crate) asks: Asks,
    /// What the submitter does with its future.
    pub(crate) fate: Fate,
}

/// What is asked for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asks {
    pub(crate) retries: u32,
    pub(crate) retry_timeouts: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) memory: Option<u64>,
}

/// What becomes of a future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Taken,
    /// Taken, and a callback counts.
    CalledBack,
    /// No thread waits for it.
    Detached,
}

/// What one submitter does next.
#[derive(Clone, Debug)]
pub(crate) enum Portion {
    Single(Call),
    /// All of these ask the same.
    Map {
        calls: Vec<Call>,
        chunk_size: Option<usize>,
        buffer: Option<usize>,
        unordered: bool,
    },
}

/// A round.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) settings: Settings,
    pub(crate) events: Events,
    pub(crate) end: End,
    /// Whether the pool ends while calls may be pending.
    pub(crate) ends_early: bool,
    /// A list for each submitter.
    pub(crate) portions: Vec<Vec<Portion>>,
}

/// How often, in a thousand, calls of a round do what is out of the ordinary.
struct Shares {
    deaths: u64,
    stops: u64,
    failures: u64,
    limits: u64,
    retries: u64,
    payloads: u64,
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        let chance = &mut Chance::of(seed);
        let settings = Settings::drawn(chance);
        let events = Events::drawn(chance);
        let shares = Shares::drawn(chance, settings.kind);
        let submitters = chance.size(1, 3);
        let most = chance.one_of(&[50, 200, 600]);
        let calls = chance.number(10, most);
        let mut ids = 0..calls;
        let mut portions = vec![Vec::new(); submitters];
        while !ids.is_empty() {
            let portion = portion(chance, &shares, settings.kind, &mut ids);
            let submitter = chance.size(0, submitters - 1);
            portions[submitter].push(portion);
        }
        Self {
            seed,
            settings,
            events,
            end: End::drawn(chance, settings.kind),
            ends_early: chance.permille(400),
            portions,
        }
    }

    /// The calls, each at the place of its id.
    pub(crate) fn calls(&self) -> Vec<&Call> {
        let mut calls: Vec<&Call> = self
            .portions
            .iter()
            .flatten()
            .flat_map(Portion::calls)
            .collect();
        calls.sort_by_key(|call| call.id);
        calls
    }
}

impl Portion {
    pub(crate) fn calls(&self) -> &[Call] {
        match self {
            Self::Single(call) => std::slice::from_ref(call),
            Self::Map { calls, .. } => calls,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.calls().len();
        let (settings, events) = (&self.settings, &self.events);
        let when = if self.ends_early { "early" } else { "late" };
        write!(
            f,
            "round seed {}: {calls} calls, {settings:?}, {events:?}, ",
            self.seed
        )?;
        write!(f, "ends {when} by {:?}", self.end)
    }
}

impl Settings {
    fn drawn(chance: &mut Chance) -> Self {
        use Kind::{Processes, Stealing, Threads};
        let rarely = |chance: &mut Chance| chance.permille(250);
        Self {
            kind: chance.one_of(&[
                Processes, Processes, Processes, Processes, Threads, Stealing,
            ]),
            workers: chance.one_of(&[1, 1, 2, 2, 3, 4, 6]),
            max_tasks: rarely(chance).then(|| chance.one_of(&[1, 2, 3, 10, 50])),
            bound: rarely(chance).then(|| chance.one_of(&[1, 4, 30])),
            idle_timeout: rarely(chance).then(|| chance.millis(1, 20)),
            record_times: rarely(chance),
            forward_logs: rarely(chance),
            keep_stderr: rarely(chance),
        }
    }
}

impl Events {
    fn drawn(chance: &mut Chance) -> Self {
        let often = |chance: &mut Chance| chance.one_of(&[0, 100, 300]);
        Self {
            pause: chance.millis(1, 15),
            signals: often(chance),
            stops: chance.one_of(&[0, 0, 100]),
            cancels: often(chance),
            aborts: chance.one_of(&[0, 50, 200]),
            sweeps: chance.one_of(&[0, 0, 0, 5]),
        }
    }
}

impl End {
    fn drawn(chance: &mut Chance, kind: Kind) -> Self {
        let limit = chance.millis(0, 30);
        let gentle = [
            Self::Drop,
            Self::Shutdown,
            Self::ShutdownCancelling,
            Self::ShutdownDetached,
            Self::ShutdownTimeout(limit),
        ];
        if kind == Kind::Processes && chance.permille(250) {
            return chance.one_of(&[Self::Terminate, Self::Kill]);
        }
        chance.one_of(&gentle)
    }
}

impl Shares {
    fn drawn(chance: &mut Chance, kind: Kind) -> Self {
        let of_processes = u64::from(kind == Kind::Processes);
        Self {
            deaths: of_processes * chance.one_of(&[0, 10, 50, 200]),
            stops: of_processes * chance.one_of(&[0, 0, 5]),
            failures: chance.one_of(&[0, 50, 200]),
            // On threads a call that asks for a limit is refused.
            limits: chance.one_of(&[0, 30, 150]),
            retries: of_processes * chance.one_of(&[0, 100, 500]),
            payloads: chance.one_of(&[0, 50, 300]),
        }
    }
}

/// The next call, or the next map.
fn portion(
    chance: &mut Chance,
    shares: &Shares,
    kind: Kind,
    ids: &mut std::ops::Range<u64>,
) -> Portion {
    let asks = Asks::drawn(chance, shares);
    if chance.permille(950) {
        let id = ids.next().expect("there are more");
        return Portion::Single(call(chance, shares, kind, id, asks));
    }
    let count = chance.size(1, 60);
    let fate = Fate::Taken;
    let calls = ids.take(count).map(|id| Call {
        fate,
        ..call(chance, shares, kind, id, asks)
    });
    let calls = calls.collect();
    let buffer = chance.permille(300).then(|| chance.size(1, 40));
    Portion::Map {
        calls,
        chunk_size: chance.permille(500).then(|| chance.size(1, 20)),
        buffer,
        unordered: chance.permille(300),
    }
}

fn call(chance: &mut Chance, shares: &Shares, kind: Kind, id: u64, asks: Asks) -> Call {
    let payload = if chance.permille(shares.payloads) {
        chance.one_of(&[1, 100, 5_000, 70_000, 70_000, 1 << 20])
    } else {
        0
    };
    Call {
        id,
        act: act(chance, shares, kind, asks),
        payload,
        asks,
        fate: chance.one_of(&[Fate::Taken, Fate::Taken, Fate::CalledBack, Fate::Detached]),
    }
}

fn act(chance: &mut Chance, shares: &Shares, kind: Kind, asks: Asks) -> Act {
    if chance.permille(shares.deaths) {
        let deaths = [
            Death::Kill,
            Death::Segfault,
            Death::Abort,
            Death::Exit(0),
            Death::Exit(3),
        ];
        return Act::Die(chance.one_of(&deaths));
    }
    if chance.permille(shares.stops) {
        return Act::Stop;
    }
    if chance.permille(shares.failures) {
        return chance.one_of(&[Act::Fail, Act::Panic]);
    }
    if kind == Kind::Processes && asks.timeout.is_some() && chance.permille(200) {
        return Act::Hang;
    }
    if kind == Kind::Processes && asks.memory.is_some() && chance.permille(200) {
        return Act::Swell { mib: 96 };
    }
    match chance.number(0, 9) {
        0 => Act::Sleep {
            millis: chance.number(0, 8),
        },
        1..4 => Act::Spin {
            micros: chance.number(1, 2_000),
        },
        _ => Act::Return,
    }
}

impl Asks {
    fn drawn(chance: &mut Chance, shares: &Shares) -> Self {
        let (limited, heavy) = (
            chance.permille(shares.limits),
            chance.permille(shares.limits / 10),
        );
        Self {
            retries: if chance.permille(shares.retries) {
                chance.one_of(&[1, 2, 3])
            } else {
                0
            },
            retry_timeouts: chance.permille(500),
            timeout: limited.then(|| chance.millis(1, 40)),
            memory: heavy.then_some(64 << 20),
        }
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new();
        if self.retries > 0 {
            options = options
                .retries(self.retries)
                .backoff(Duration::from_millis(1));
            options = options.retry_timeouts(self.retry_timeouts);
        }
        if let Some(limit) = self.timeout {
            options = options.timeout(limit);
        }
        if let Some(bytes) = self.memory {
            options = options.memory(bytes);
        }
        options
    }

    /// Whether threads refuse a call that asks this.
    pub(crate) fn is_for_processes(&self) -> bool {
        self.retries > 0 || self.timeout.is_some() || self.memory.is_some()
    }

    /// How often a call may run.
    pub(crate) fn most_runs(&self) -> usize {
        self.retries as usize + 1
    }
}
