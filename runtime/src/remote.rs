//! For authors of executors whose workers are other processes.
//!
//! ```text
//!   caller's process                              worker's process
//!
//!   job.entry().key(), job.encode(&mut parts) --> find(&key)?.run(&part)
//!   sent.finish(answers) <----------------------- bytes of the result
//! ```
//!
//! ```
//! use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
//! use std::sync::mpsc::{Sender, channel};
//!
//! /// A message to the worker: a task, and the bytes of a call.
//! type Request = (remote::TaskKey, Vec<u8>, Sender<Result<Vec<u8>, TaskError>>);
//!
//! struct FarAway(Sender<Request>);
//!
//! impl Executor for FarAway {
//!     type Reach = Anywhere;
//!
//!     fn execute(&self, job: Job<Anywhere>) {
//!         let Some(key) = job.entry().map(remote::Entry::key) else {
//!             return job.fail(TaskError::rejected("not a call of a task"));
//!         };
//!         let mut parts = remote::Parts::new();
//!         let Some(mut sent) = job.encode(&mut parts) else { return };
//!         let ask = |part: remote::Part<'_>| {
//!             let (answer, answers) = channel();
//!             let lost = |_| TaskError::worker_lost("worker hung up");
//!             let sent = self.0.send((key.clone(), part.to_vec(), answer));
//!             sent.map_err(|_| TaskError::worker_lost("no worker"))?;
//!             answers.recv().map_err(lost)?
//!         };
//!         if sent.start() {
//!             sent.finish(parts.iter().map(ask));
//!         }
//!     }
//! }
//!
//! #[task]
//! fn shout(text: &str) -> String { text.to_uppercase() }
//!
//! let (requests, incoming) = channel::<Request>();
//! let worker = std::thread::spawn(move || {
//!     for (key, bytes, answer) in incoming {
//!         let outcome = match remote::find(&key) {
//!             Ok(entry) => entry.run(&bytes),
//!             Err(error) => Err(TaskError::rejected(error)),
//!         };
//!         let _ = answer.send(outcome);
//!     }
//! });
//! let far_away = FarAway(requests);
//! assert_eq!(shout::map(&far_away, ["hey", "you"]).into_vec()?, ["HEY", "YOU"]);
//! drop(far_away);                                    // the worker hears of no more calls
//! worker.join().expect("the worker does not panic");
//! # Ok::<(), TaskError>(())
//! ```
//!
//! An executor whose reach is [`Anywhere`](crate::Anywhere) is handed jobs that can be
//! encoded; [`Job::encode`](crate::Job::encode) has an example. How the bytes get to a worker
//! and back is up to the executor.
//!
//! The worker is the same program, so it has the same tasks. A worker of another build finds
//! the tasks that have a `name`, if their signatures are the same.

pub use crate::{
    executor::RemoteCall,
    portable::{Part, Parts},
    task::{
        Entry,
        entry::{Place, RegistryError, TaskKey},
        registry::{find, tasks},
    },
};
