//! A storm of everything at once: pools of random settings, whose workers die, stop and are told to
//! end at random moments, and whose calls fail, hang, are cancelled and tried again. Every run of
//! every call is accounted for.
//!
//! ```text
//!   seed --> plan --> submitters ----> pool ----> workers: each run is noted ---.
//!              |          |              ^            ^                         v
//!              |          v              |            |                        log
//!              |        board <-- events: signals, stops, cancels, ends         |
//!              |          |                                                     |
//!              `----------+--------------> account: what is wrong <-------------'
//! ```
//!
//! `chaos --minutes 10 --seed 7`, or `--seconds 12`, or `--round-seed N` for the round of that seed
//! alone, again and again until the time is over. A seed gives the same plans; the moments at which
//! things happen are the machine's.

mod account;
mod arena;
mod board;
mod calls;
mod chance;
mod events;
mod log;
mod plan;
mod tasks;
mod totals;
mod watch;

use std::{
    env, panic,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use rustix::process::{Resource, Rlimit, setrlimit};
use tests::{
    eventually,
    far::FileTally,
    system::{Belongings, children},
    thread_names,
};

use crate::{arena::Arena, board::Board, chance::Chance, plan::Plan, totals::Totals};

/// What was asked for.
struct Wishes {
    time: Duration,
    seed: u64,
    round_seed: Option<u64>,
}

#[concurrent_futures::main]
fn main() -> ExitCode {
    let Some(wishes) = Wishes::read() else {
        eprintln!("usage: chaos [--minutes N | --seconds N] [--seed N | --round-seed N]");
        return ExitCode::from(2);
    };
    spare_core_files();
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        default(panic);
        println!("chaos: {}", watch::tale());
    }));
    watch::start();
    println!("chaos: seed {}", wishes.seed);
    let totals = rounds(&wishes);
    println!("chaos: seed {}: {totals}", wishes.seed);
    if totals.mistakes > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn rounds(wishes: &Wishes) -> Totals {
    let start = Instant::now();
    let mut seeds = Chance::stream(wishes.seed, 0);
    let mut totals = Totals::default();
    // What a first pool leaves for all that follow: the task list, the memory of the allocator.
    let before = warm_up();
    while start.elapsed() < wishes.time {
        let seed = wishes.round_seed.unwrap_or_else(|| seeds.next());
        round(&Plan::of(seed), &before, &mut totals);
    }
    totals.took(start.elapsed());
    totals
}

/// Runs a round, tells what is wrong with it, and adds it up.
fn round(plan: &Plan, before: &Belongings, totals: &mut Totals) {
    let log = FileTally::new();
    let board = Arc::new(Board::of(plan.calls().len()));
    watch::begin(plan.to_string(), &log, &board);
    run(plan, &log, &board, &before.children);
    let notes = log::notes(&log);
    Belongings::are_again(before);
    watch::end();
    let mistakes = account::mistakes(plan, &board, &notes);
    if !mistakes.is_empty() {
        println!("chaos: {} MISTAKES in {plan}", mistakes.len());
        mistakes
            .iter()
            .take(5)
            .for_each(|mistake| println!("  {mistake}"));
    }
    totals.add(&board, &notes, mistakes.len());
}

fn run(plan: &Plan, log: &FileTally, board: &Arc<Board>, other_children: &[u32]) {
    let arena = Arena::made(&plan.settings).expect("such a pool can be made");
    let left = events::during(plan, Some(&arena), log, board, || {
        let taken = calls::submit_all(plan, arena.any(), log, board);
        if plan.ends_early {
            return taken;
        }
        calls::take_all(plan, board, taken);
        Vec::new()
    });
    events::during(plan, None, log, board, || {
        arena.end(plan.end);
        calls::take_all(plan, board, left);
        // Workers without a waiter may be stopped.
        eventually("the workers are gone", || children() == other_children);
    });
}

/// What there is between two rounds.
fn warm_up() -> Belongings {
    let plan = Plan::of(0);
    let (log, board) = (FileTally::new(), Arc::new(Board::of(plan.calls().len())));
    watch::begin(format!("warm-up, {plan}"), &log, &board);
    run(&plan, &log, &board, &[]);
    watch::end();
    drop(log);
    // A thread that was joined may be listed for a moment.
    eventually("this thread and the watching one are alone", || {
        thread_names().is_some_and(|names| names.len() == 2)
    });
    Belongings::now()
}

impl Wishes {
    /// `None` if they make no sense.
    fn read() -> Option<Self> {
        let mut wishes = Self {
            time: Duration::from_secs(12),
            seed: by_the_clock(),
            round_seed: None,
        };
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let number = arguments.next()?.parse().ok()?;
            match &*name {
                "--minutes" => wishes.time = Duration::from_secs(60 * number),
                "--seconds" => wishes.time = Duration::from_secs(number),
                "--seed" => wishes.seed = number,
                "--round-seed" => wishes.round_seed = Some(number),
                _ => return None,
            }
        }
        Some(wishes)
    }
}

/// A short seed, another one each second.
fn by_the_clock() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(1, |now| now.as_secs())
}

/// Workers crash by the thousand here.
fn spare_core_files() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).expect("less is always granted");
}
