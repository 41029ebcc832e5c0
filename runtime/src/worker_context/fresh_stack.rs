//! An extra thread for work that would nest too deep on this one, which waits for it meanwhile.

use std::sync::{Mutex, PoisonError};

use super::{
    roles::{
        LOGICAL_THREAD, RoleGuard, WorkerContext, WorkerRole, default_stack_size, logical_thread,
        roles, stack_address, take_role,
    },
    trampoline,
};
use crate::sync::{ThreadBuilder, current_thread, on_own_thread};

/// Runs `body` on a fresh thread with the same logical thread and roles; here if the system refuses
/// one.
#[cold]
pub(crate) fn with_fresh_stack(body: impl FnOnce() + Send) {
    // `body` may wait for deferred work of this thread, which then could not run.
    trampoline::run_deferred();
    let (thread, roles, size) = (logical_thread(), roles(), 2 * default_stack_size());
    let body = Mutex::new(Some(body));
    let take = || body.lock().unwrap_or_else(PoisonError::into_inner).take();
    let name = current_thread().name().unwrap_or("extra").to_owned();
    let builder = ThreadBuilder::new().name(name).stack_size(size);
    let ran = on_own_thread(builder, || {
        LOGICAL_THREAD.with(|cell| cell.set(Some(thread)));
        trampoline::set_stack_size(size);
        let roles = roles.into_iter().map(|(executor, context, observer)| {
            let work = context.map(|context| WorkerRole {
                context: WorkerContext {
                    stack_size: size,
                    ..context
                },
                entered: stack_address(),
            });
            take_role(executor, work, observer)
        });
        let _entered: Vec<RoleGuard> = roles.collect();
        if let Some(body) = take() {
            body();
        }
    });
    // Still there only after a refusal: else the other thread has taken it.
    if ran.is_err()
        && let Some(body) = take()
    {
        body();
    }
}
