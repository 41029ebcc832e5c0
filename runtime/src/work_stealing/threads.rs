//! The threads of a pool: started here, and handed to rayon.

use std::{io, panic::resume_unwind, sync::Arc};

use super::{rayon, shared::StealingShared, wake_job};
use crate::{
    executor::BuildError,
    pool_common::join_others,
    sync::{JoinHandle, ThreadBuilder},
    unwind,
    worker_context::{self, WorkerContext},
};

/// Starts the threads, and rayon on them.
pub(super) fn start(
    shared: &Arc<StealingShared>,
) -> Result<(rayon::ThreadPool, Vec<JoinHandle<()>>), BuildError> {
    let mut threads = Vec::with_capacity(shared.settings.workers);
    let mut refused = None;
    let built = rayon::ThreadPoolBuilder::new()
        .num_threads(shared.settings.workers)
        // By default rayon ends the program then.
        .panic_handler(|thrown| {
            unwind::contain("a closure given to rayon", || resume_unwind(thrown));
        })
        .spawn_handler(|rayon| match start_thread(shared, rayon) {
            Ok(thread) => {
                threads.push(thread);
                Ok(())
            }
            Err(error) => {
                let kind = error.kind();
                refused = Some(error);
                Err(kind.into())
            }
        })
        .build();
    match built {
        Ok(rayon) => Ok((rayon, threads)),
        Err(error) => {
            join_others(threads);
            let error = refused.unwrap_or_else(|| io::Error::other(error));
            Err(BuildError::System {
                what: "a thread",
                error: Arc::new(error),
            })
        }
    }
}

fn start_thread(
    shared: &Arc<StealingShared>,
    rayon: rayon::ThreadBuilder,
) -> io::Result<JoinHandle<()>> {
    let shared = shared.clone();
    ThreadBuilder::new()
        .name(shared.settings.thread_name(rayon.index()))
        .stack_size(shared.settings.stack_size)
        .spawn(move || work(&shared, rayon))
}

/// The body of a worker's thread.
fn work(shared: &Arc<StealingShared>, rayon: rayon::ThreadBuilder) {
    let host = shared.clone();
    let prepare = Arc::new(move || host.initialize());
    shared.get_ready(rayon.index());
    let _entered = worker_context::enter(WorkerContext {
        executor: shared.inbox.id,
        stack_size: shared.settings.stack_size,
        prepare,
    });
    wake_job::note_stack_base();
    rayon.run();
    shared.note_ended();
}
