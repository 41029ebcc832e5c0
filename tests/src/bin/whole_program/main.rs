//! Programs with pools of processes, of which tests start one by its name: what only a `main` of
//! one's own can tell.
//!
//! ```text
//!   test --run(WHOLE_PROGRAM, "storm kill")--> main: checks what it can itself, prints the rest
//!                                               |
//!                                               `--> workers: this program, diverted before its `main` begins
//! ```

mod births;
#[expect(unsafe_code, reason = "prints as C code does")]
mod c_output;
#[expect(unsafe_code, reason = "forks")]
mod forked;
mod hangs;
mod heirs;
mod inherited;
mod init;
mod leftovers;
mod lengths;
mod logs;
mod orphans;
mod recipe;
mod refusals;
mod refused_signals;
#[expect(unsafe_code, reason = "says how signals are dealt with")]
mod signals;
mod storm;
mod streams;
mod surroundings;
mod voices;
mod watching;

use std::env;

use rustix::process::{Resource, Rlimit, setrlimit};
use tests::far::Death;

#[concurrent_futures::main]
fn main() {
    spare_core_files();
    let name = env::args().nth(1).unwrap_or_default();
    match &*name {
        "storm kill" => storm::by(Death::Kill),
        "storm segfault" => storm::by(Death::Segfault),
        "storm abort" => storm::by(Death::Abort),
        "storm exit" => storm::by(Death::Exit(0)),
        "storm from outside" => storm::from_outside(),
        "storm of hangs" => hangs::storm(),
        "ordinary" => streams::say_what_it_is(),
        "prints" => streams::print_by_turns(),
        "reads" => streams::read_by_turns(),
        "panics" => streams::tell_of_a_panic(),
        "keeps nothing" => leftovers::of_a_pool(),
        "keeps nothing of an initializer" => leftovers::of_a_failed_initializer(),
        "pending" => leftovers::of_pending_calls(),
        "computes" => orphans::compute(),
        "computes without the death signal" => orphans::compute_without_death_signal(),
        "computes at a terminal" => orphans::compute_at_a_terminal(),
        "reaps as a subreaper" => init::reap_as_subreaper(),
        "reaps as process 1" => init::reap_as_process_1(),
        "prints as C does" => c_output::print_and_hang(),
        "may not signal" => refused_signals::end_calls(),
        "forks" => forked::use_pools_in_a_child(),
        "begets" => heirs::beget_and_end(),
        "deleted" => recipe::start_when_deleted(),
        "moves about" => recipe::move_about(),
        "is refused workers beside one" => refusals::beside_a_worker(),
        "is refused workers from the start" => refusals::from_the_start(),
        "is refused descriptors" => refusals::without_descriptors(),
        "is refused workers for one call each" => refusals::one_call_each(),
        "is refused all workers" => refusals::without_any(),
        "has no memory for arguments" => lengths::arguments_without_memory(),
        "has no memory for a result" => lengths::result_without_memory(),
        "is short of space beside others" => lengths::in_little_space(true),
        "is short of space alone" => lengths::in_little_space(false),
        "keeps no bytes of cancelled calls" => lengths::keep_nothing(),
        "keeps no bytes of calls that ended elsewhere" => lengths::keep_nothing_elsewhere(),
        "watches a stopped worker" => watching::watch_a_stopped_worker(),
        "default SIGPIPE" => signals::with_default_sigpipe(),
        "ignored SIGCHLD" => signals::with_ignored_sigchld(),
        "reaps" => signals::with_a_reaper(),
        "says much" => voices::say_much(),
        "says numbers" => voices::say_in_turn(),
        "says without end" => voices::say_endlessly(),
        "says what nobody reads" => voices::say_to_nobody(),
        "says what nobody can read" => voices::say_into_the_void(),
        "says something while it holds the lock" => voices::say_under_lock(),
        "logs last words" => logs::log_last_words(),
        "logs what is wanted" => logs::log_what_is_wanted(),
        "logs numbers" => logs::log_in_turn(),
        "logs a bomb" => logs::log_a_bomb(),
        "logs from threads" => logs::log_from_threads(),
        "says garbage" => voices::say_garbage(),
        "keeps nothing of what was said" => voices::leave_nothing(),
        "shares its errors" => voices::share_errors(),
        _ if births::run(&name) || surroundings::run(&name) => {}
        _ => panic!("no program is named `{name}`"),
    }
}

/// Workers crash by the thousand here.
fn spare_core_files() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).expect("less is always granted");
}
