//! Whether the outcome of a call fits what it was asked, what was done to it, and how it ran.

use std::{process, sync::atomic::Ordering::Relaxed};

use concurrent_futures::{TaskError, TaskErrorKind};
use tests::far::Death;

use super::{Facts, Run};
use crate::{
    board::{Outcome, Slot},
    plan::{Call, Fate, Kind},
    tasks::{Act, Done, complaint, payload, turned},
};

/// What is wrong, if anything is.
type Verdict = Result<(), String>;

/// Looks at a call of a round that is over.
pub(super) fn judge(call: &Call, slot: &Slot, runs: &[Run], facts: &Facts) -> Verdict {
    let Some(outcome) = slot.outcome() else {
        return wrong("a call has no outcome");
    };
    ensure(runs.len() <= call.asks.most_runs(), "a call ran too often")?;
    let calls_back = call.fate == Fate::CalledBack && !matches!(outcome, Outcome::Untold);
    let callbacks = slot.callbacks.load(Relaxed);
    ensure(!calls_back || callbacks == 1, "a callback did not run once")?;
    judge_cancel(call, slot, &outcome, runs, facts)?;
    match outcome {
        Outcome::Untold => Ok(()),
        Outcome::Value(done) => judge_value(call, &done, runs, facts),
        Outcome::Failed(text) => {
            ensure(
                call.act == Act::Fail && text == complaint(call.id),
                "an `Err` of another call",
            )?;
            ensure(has_ended(runs), "an `Err` of a call that did not end")
        }
        Outcome::Error(error) => judge_error(call, slot, &error, runs, facts),
    }
}

/// What `cancel` and `abort` say is so.
fn judge_cancel(
    call: &Call,
    slot: &Slot,
    outcome: &Outcome,
    runs: &[Run],
    facts: &Facts,
) -> Verdict {
    let cancelled = slot.was_cancelled.load(Relaxed);
    let never_ran = runs.is_empty() || call.asks.retries > 0 || slot.was_aborted.load(Relaxed);
    ensure(!cancelled || never_ran, "a cancelled call ran")?;
    let ended = cancelled || slot.was_aborted.load(Relaxed) && facts.kind == Kind::Processes;
    let is_cancelled = match outcome {
        Outcome::Untold => true,
        Outcome::Error(error) => error.is_cancelled(),
        _ => false,
    };
    ensure(
        !ended || is_cancelled,
        "a cancelled call has another outcome",
    )
}

fn judge_value(call: &Call, done: &Done, runs: &[Run], facts: &Facts) -> Verdict {
    let returns = !matches!(call.act, Act::Fail | Act::Panic | Act::Die(_) | Act::Hang);
    ensure(returns, "a value of a call that has none")?;
    let is_right = done.id == call.id && done.payload == turned(payload(call.id, call.payload));
    ensure(is_right, "a value of another call")?;
    let ran_there = runs.iter().any(|run| run.pid == done.pid && run.has_ended);
    ensure(
        ran_there,
        "a value of a worker that did not run the call to its end",
    )?;
    let is_here = done.pid == process::id();
    ensure(
        is_here == (facts.kind != Kind::Processes),
        "a value of a process that is no worker",
    )
}

fn judge_error(
    call: &Call,
    slot: &Slot,
    error: &TaskError,
    runs: &[Run],
    facts: &Facts,
) -> Verdict {
    let is_for_processes = facts.kind != Kind::Processes && call.asks.is_for_processes();
    match error.kind() {
        TaskErrorKind::Panicked => {
            ensure(
                call.act == Act::Panic && has_ended(runs),
                "a panic of another call",
            )?;
            ensure(
                error.message() == Some(&complaint(call.id)),
                "another panic's message",
            )
        }
        TaskErrorKind::Cancelled => judge_cancelled(call, slot, runs, facts),
        TaskErrorKind::TimedOut => ensure(call.asks.timeout.is_some(), "a time-out without limit"),
        TaskErrorKind::MemoryExceeded => {
            let memory = error.memory_use().ok_or("no word about memory")?;
            let is_above = memory.size() > memory.limit();
            ensure(
                call.asks.memory == Some(memory.limit()) && is_above,
                "no such memory limit",
            )
        }
        TaskErrorKind::WorkerLost => judge_loss(call, error, runs, facts),
        TaskErrorKind::Rejected => {
            ensure(facts.was_closed || is_for_processes, "a call was refused")?;
            ensure(runs.is_empty(), "a call that was refused ran")
        }
        _ => wrong("an error that nothing here explains"),
    }
}

fn judge_cancelled(call: &Call, slot: &Slot, runs: &[Run], facts: &Facts) -> Verdict {
    let by_us = slot.was_cancelled.load(Relaxed) || slot.was_aborted.load(Relaxed);
    let by_pool = facts.was_swept || facts.was_killed;
    ensure(by_us || by_pool, "a call was cancelled by itself")?;
    let may_have_run = slot.was_aborted.load(Relaxed) || call.asks.retries > 0;
    ensure(
        runs.is_empty() || may_have_run,
        "a call ran and was cancelled by its pool",
    )
}

/// A lost worker is blamed on the call that it ran, and on no other.
fn judge_loss(call: &Call, error: &TaskError, runs: &[Run], facts: &Facts) -> Verdict {
    let death = error
        .death()
        .ok_or("a worker was lost, and nothing is said of it")?;
    ensure(
        error.task().is_some_and(|task| task.ends_with("act")),
        "another task is blamed",
    )?;
    ensure(
        runs.len() <= error.attempts() as usize,
        "more runs than attempts",
    )?;
    let dies = matches!(call.act, Act::Die(_));
    let is_last = runs.last().is_none_or(|run| run.pid == death.pid());
    // A later attempt may have been ended before it could note anything.
    ensure(
        is_last || call.asks.retries > 0,
        "another process is blamed",
    )?;
    let from_outside = facts.was_killed || facts.signalled.contains(&death.pid());
    if !dies || runs.is_empty() {
        return ensure(from_outside, "a worker was lost without a reason");
    }
    let Act::Die(how) = call.act else {
        return Ok(());
    };
    let by_itself = runs.last().is_some_and(|run| run.is_dying);
    ensure(
        by_itself || from_outside,
        "a worker was lost before its call could end it",
    )?;
    ensure(
        from_outside || ended_by(how, death.exit_code(), death.signal()),
        "another way to die",
    )
}

fn ended_by(how: Death, exit_code: Option<i32>, signal: Option<i32>) -> bool {
    how.exit_code() == exit_code && how.signal() == signal
}

fn has_ended(runs: &[Run]) -> bool {
    runs.iter().any(|run| run.has_ended)
}

fn ensure(is_so: bool, else_wrong: &str) -> Verdict {
    if is_so { Ok(()) } else { wrong(else_wrong) }
}

fn wrong(what: &str) -> Verdict {
    Err(what.to_owned())
}
