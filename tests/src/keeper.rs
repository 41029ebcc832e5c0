//! An executor that keeps its jobs, for the test to take them to their end.

use std::{fmt, sync::Mutex};

use concurrent_futures::{
    Anywhere, Executor, Future, Job, Remote, Submit,
    remote::{Parts, RemoteCall},
};

/// Keeps the jobs it is given, in their order.
#[derive(Default)]
pub struct Keeper(Mutex<Vec<Job<Anywhere>>>);

impl Keeper {
    /// Takes the jobs that were submitted.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job<Anywhere>> {
        std::mem::take(&mut *self.0.lock().expect("nothing panics under the lock"))
    }
}

impl Executor for Keeper {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        let mut jobs = self.0.lock().expect("nothing panics under the lock");
        jobs.push(job);
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}

/// Submits a call; gives its future, and its job to the test.
///
/// # Panics
///
/// If the call was refused.
#[track_caller]
pub fn handed<T: Remote>(call: T) -> (Future<T::Output>, Job<Anywhere>) {
    let keeper = Keeper::default();
    let future = keeper.submit(call);
    let job = keeper.jobs().pop().expect("the call was submitted");
    (future, job)
}

/// Submits a call and turns it into bytes.
///
/// # Panics
///
/// If nothing of it can be sent.
#[track_caller]
pub fn sent<T: Remote>(call: T) -> (Future<T::Output>, RemoteCall, Parts) {
    let (future, job) = handed(call);
    let mut parts = Parts::new();
    let sent = job.encode(&mut parts).expect("the call becomes bytes");
    (future, sent, parts)
}

/// The bytes of a call, as its worker gets them.
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn bytes_of<T: Remote>(call: T) -> Vec<u8> {
    let (_future, _sent, parts) = sent(call);
    let part = parts.iter().next().expect("a call is one part");
    part.to_vec()
}
