//! What the compiler knows of our types: sizes, and what may cross threads.

use std::{cell::Cell, error::Error, rc::Rc, sync::Arc};

use concurrent_futures::{
    AnyExecutor, AsCompleted, BuildError, CallId, Canceller, ExecutorId, Failure, Full, Future,
    Inline, Job, Map, MapError, MapOptions, MemoryUse, NotDone, Options, Pool, PoolChoice,
    PoolChoiceError, PoolError, Promise, ReturnWhen, SharedFuture, StillBusy, TaskError,
    TaskErrorKind, ThreadPool, ThreadPoolBuilder, Unfinished,
};

fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn send_and_sync<T: Send + Sync>() {}
fn clone<T: Clone>() {}
fn error<T: Error + 'static>() {}
fn boxed_error<T: Error + Send + Sync + 'static>() {}

#[test]
fn a_task_error_is_one_pointer_wide() {
    let sizes = [
        size_of::<TaskError>(),
        size_of::<Option<TaskError>>(),
        size_of::<Result<(), TaskError>>(),
    ];

    assert_eq!(sizes, [size_of::<usize>(); 3]);
}

#[test]
fn clones_of_a_task_error_are_one_error() {
    let first = TaskError::rejected("no room");

    let second = first.clone();

    assert_eq!(
        (second.kind(), second.to_string()),
        (TaskErrorKind::Rejected, first.to_string())
    );
}

#[test]
fn futures_and_jobs_are_one_pointer_wide() {
    let sizes = [
        size_of::<Future<[u64; 8]>>(),
        size_of::<Job>(),
        size_of::<Option<Future<u8>>>(),
    ];

    assert_eq!(sizes, [size_of::<usize>(); 3]);
}

/// Compiles, or does not.
#[test]
fn futures_cross_threads_as_far_as_their_values_do() {
    send::<Future<Cell<u8>>>();
    send_and_sync::<Future<u8>>();
    send_and_sync::<SharedFuture<u8>>();
    send::<Promise<Cell<u8>>>();
    send::<NotDone<Cell<u8>>>();
    send::<Full<Cell<u8>>>();
    send::<AsCompleted<Future<Cell<u8>>>>();
    send::<Map<'static, Cell<u8>>>();
}

/// Compiles, or does not.
#[test]
fn what_holds_no_value_crosses_threads() {
    send_and_sync::<Canceller>();
    send_and_sync::<TaskError>();
    send_and_sync::<ThreadPool>();
    send_and_sync::<ThreadPoolBuilder>();
    send_and_sync::<(Pool, PoolChoice)>();
    send_and_sync::<Options>();
    send_and_sync::<MapOptions>();
    send_and_sync::<MemoryUse>();
    send_and_sync::<(CallId, ExecutorId, ReturnWhen, Inline)>();
    send::<Job>();
    sync::<Arc<dyn AnyExecutor>>();
}

/// Compiles, or does not.
#[test]
fn what_is_a_handle_can_be_cloned() {
    clone::<TaskError>();
    clone::<Canceller>();
    clone::<SharedFuture<Rc<u8>>>();
    clone::<SharedFuture<Cell<u8>>>();
    clone::<(Options, MapOptions, CallId, StillBusy)>();
    clone::<(PoolChoice, PoolChoiceError, PoolError)>();
}

/// Compiles, or does not.
#[test]
fn errors_go_where_errors_go() {
    boxed_error::<TaskError>();
    boxed_error::<BuildError>();
    boxed_error::<MapError>();
    boxed_error::<PoolChoiceError>();
    boxed_error::<PoolError>();
    boxed_error::<StillBusy>();
    boxed_error::<NotDone<u8>>();
    boxed_error::<Full<u8>>();
    boxed_error::<Unfinished<Future<u8>>>();
    boxed_error::<Failure<std::io::Error>>();
    error::<NotDone<Rc<u8>>>();
}

#[test]
fn the_prelude_leaves_the_word_future_to_the_language() {
    mod program {
        use concurrent_futures::prelude::*;

        /// `Future` is the trait here, and so is what it returns.
        pub(super) fn awaits(future: impl Future<Output = Result<u64, TaskError>>) -> impl Future {
            future
        }

        #[task]
        pub(super) fn triple(n: u64) -> u64 {
            n * 3
        }

        pub(super) fn result() -> Result<u64, TaskError> {
            let pool = ThreadPool::new();
            let future = pool.submit(triple { n: 14 });
            drop(wait(
                [&future],
                ReturnWhen::AllCompleted,
                Duration::from_secs(30),
            ));
            as_completed([future]).next().expect("one future").result()
        }
    }

    let _awaited = program::awaits(std::future::ready(Ok(1)));

    assert_eq!(program::result().unwrap(), 42);
}
