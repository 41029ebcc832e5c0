//! The threads of a pool: started by us, handed to rayon, and waited for.

use std::{io, panic::resume_unwind, sync::Arc};

use super::{bell, pool::Roster, rayon};
use crate::{
    executor::BuildError,
    sync::{JoinHandle, ThreadBuilder, current_thread},
    unwind,
    worker::{self, Post},
};

/// Starts the threads, and rayon on them.
pub(super) fn start(
    roster: &Arc<Roster>,
) -> Result<(rayon::ThreadPool, Vec<JoinHandle<()>>), BuildError> {
    let mut threads = Vec::with_capacity(roster.settings.workers);
    let mut refused = None;
    let built = rayon::ThreadPoolBuilder::new()
        .num_threads(roster.settings.workers)
        // By default rayon ends the program then.
        .panic_handler(|thrown| {
            unwind::contain("a closure given to rayon", || resume_unwind(thrown));
        })
        .spawn_handler(|rayon| match start_thread(roster, rayon) {
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

fn start_thread(roster: &Arc<Roster>, rayon: rayon::ThreadBuilder) -> io::Result<JoinHandle<()>> {
    let roster = roster.clone();
    ThreadBuilder::new()
        .name(roster.settings.thread_name(rayon.index()))
        .stack_size(roster.settings.stack_size)
        .spawn(move || work(&roster, rayon))
}

/// The body of a worker's thread.
fn work(roster: &Arc<Roster>, rayon: rayon::ThreadBuilder) {
    let host = roster.clone();
    let prepare = Arc::new(move || host.initialize());
    roster.get_ready(rayon.index());
    let _entered = worker::enter(Post {
        executor: roster.inbox.id,
        stack_size: roster.settings.stack_size,
        prepare,
    });
    bell::leave_ground();
    rayon.run();
    roster.note_ended();
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
