//! Completing calls: reports that they started, or how they ended. Runs user code, on a follower.

use std::sync::Arc;

use log::Level;

use super::shared::Shared;
use crate::{
    cell::WorkerHint,
    executor::RemoteCall,
    processes::{
        parent::scheduler::{Completion, encoded_call::EncodedCall},
        wire::identity::WorkerId,
    },
    unwind,
};

pub(crate) fn complete(pool: &Arc<Shared>, completion: Completion) {
    match completion {
        Completion::Started(call) => call.start(),
        Completion::BackingOff(call) => pool.keep_permit(&call),
        Completion::Broken(reason) => unwind::report(
            Level::Error,
            format_args!("process pool is broken: {reason}"),
        ),
        Completion::Answered(call, answers) => {
            settle(pool, call, |remote, mut hint| {
                remote.finish_told(&mut answers.into_cursor(), &mut hint);
            });
        }
        Completion::Aborted(call) => {
            settle(pool, call, |remote, mut hint| {
                remote.cancel_started(&mut hint);
            });
        }
        Completion::Initialized(id, bytes) => initialized(pool, id, &bytes),
        Completion::Logged(logged) => logged.log_here(|| pool.waker.wake()),
        Completion::Barrier(waiter) => drop(waiter),
        Completion::Stderr(text) => pool.stderr.forward(text, || pool.waker.wake()),
    }
}

/// Settles a call. The scheduler counts it as settled before its outcome can be seen, so a thread
/// that sees the outcome finds the pool idle.
fn settle(
    pool: &Arc<Shared>,
    call: Arc<EncodedCall>,
    end: impl FnOnce(RemoteCall, &mut dyn FnMut(WorkerHint)),
) {
    let remote = call.take_remote();
    // The arguments are freed before any callback runs.
    drop(call);
    let mut is_settled = false;
    let mut hint = |hint: WorkerHint| {
        if is_settled != (hint == WorkerHint::Free) {
            is_settled = !is_settled;
            pool.schedule(|scheduler, effects| scheduler.note_settled(is_settled, effects));
        }
    };
    if let Some(remote) = remote {
        end(remote, &mut hint);
    }
    hint(WorkerHint::Free);
}

/// A worker has run the initializer: it is ready, or the pool is broken.
fn initialized(pool: &Arc<Shared>, id: WorkerId, bytes: &[u8]) {
    let judged = match &pool.check {
        None => Ok(()),
        Some(check) => unwind::catch(|| check(bytes)).unwrap_or_else(|panic| {
            let reason = format!(
                "initializer failed: {}",
                panic.message().unwrap_or_default()
            );
            unwind::discard(panic);
            Err(reason)
        }),
    };
    pool.schedule(|scheduler, effects| match judged {
        Ok(()) => {
            scheduler.ready(id, effects);
            scheduler.dispatch(effects);
        }
        Err(reason) => scheduler.break_down(reason, effects),
    });
}
