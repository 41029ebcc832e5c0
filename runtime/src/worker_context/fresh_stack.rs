//! A thread for what would nest too deep on this one, which waits for it meanwhile.

use std::sync::{Mutex, PoisonError};

use super::{
    LOGICAL_THREAD, RoleGuard, WorkerContext, WorkerRole, logical_thread, stack_address, take_role,
    trampoline,
};
use crate::sync::{ThreadBuilder, current_thread, on_own_thread};

/// Runs `body` on a thread of the same logical thread and roles; here if the system gives none.
#[cold]
pub(crate) fn with_fresh_stack(body: impl FnOnce() + Send) {
    // Nothing that it waits for may be left for this thread.
    trampoline::run_deferred();
    let (thread, roles, size) = (
        logical_thread(),
        super::roles(),
        2 * super::default_stack_size(),
    );
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
    // Only after a refusal: else the other thread has had it.
    if ran.is_err()
        && let Some(body) = take()
    {
        body();
    }
}
