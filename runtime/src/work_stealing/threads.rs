//! The threads of a pool: started by us, handed to rayon, and waited for.

use std::{io, panic::resume_unwind, sync::Arc};

use super::{handle::StealingShared, rayon, wake_job};
use crate::{
    executor::BuildError,
    sync::{JoinHandle, ThreadBuilder, current_thread},
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
            join(threads);
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

/// Waits until these threads have ended, but for the one that this is.
pub(super) fn join(threads: Vec<JoinHandle<()>>) {
    let own = current_thread().id();
    for thread in threads
        .into_iter()
        .filter(|thread| thread.thread().id() != own)
    {
        // Rayon catches every panic of user code; one of our own is in its log.
        let _ = thread.join();
    }
}
