//! How calls are told that they started, or how they ended. Runs user code.

use std::sync::Arc;

use log::Level;

use super::{encoded_call::Parcel, initializer, pool::Pool, scheduler::Verdict};
use crate::{executor::RemoteCall, future::settle::WorkerHint, unwind};

pub(super) fn tell(pool: &Arc<Pool>, verdict: Verdict) {
    match verdict {
        Verdict::Started(parcel) => parcel.start(),
        Verdict::Rests(parcel) => pool.keep_place(&parcel),
        Verdict::Broke(reason) => unwind::report(
            Level::Error,
            format_args!("process pool is broken: {reason}"),
        ),
        Verdict::Answered(parcel, answers) => {
            settle(pool, parcel, |sent, mut hint| {
                sent.finish_told(&mut answers.told(), &mut hint);
            });
        }
        Verdict::Aborted(parcel) => {
            settle(pool, parcel, |sent, mut hint| {
                sent.cancel_started(&mut hint);
            });
        }
        Verdict::Initialized(id, bytes) => initializer::judge(pool, id, &bytes),
        Verdict::Logged(logged) => logged.log_here(&pool.waker),
        Verdict::Passed(waiter) => drop(waiter),
        Verdict::Said(text) => pool.stderr.forward(text, &pool.waker),
    }
}

/// Ends a call. The desk counts it as settled before its outcome can be seen: who sees that finds a quiet pool.
fn settle(
    pool: &Arc<Pool>,
    parcel: Arc<Parcel>,
    end: impl FnOnce(RemoteCall, &mut dyn FnMut(WorkerHint)),
) {
    let sent = parcel.take_sent();
    // Its arguments go before anybody hears of the end.
    drop(parcel);
    let mut is_settled = false;
    let mut hint = |hint: WorkerHint| {
        if is_settled != (hint == WorkerHint::Free) {
            is_settled = !is_settled;
            pool.at_desk(|desk, next| desk.note_settled(is_settled, next));
        }
    };
    if let Some(sent) = sent {
        end(sent, &mut hint);
    }
    hint(WorkerHint::Free);
}
