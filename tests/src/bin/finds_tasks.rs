//! Finds tasks of its own and of a library by their keys, and runs them from bytes: as each is
//! built, so it does.

use concurrent_futures::{Remote, Task, prelude::*, remote};
use tests::{
    elsewhere::{entry_of, shout, triple},
    handed,
};

#[task]
fn halve(n: u64) -> u64 {
    n / 2
}

mod inner {
    use concurrent_futures::prelude::*;

    #[task]
    pub(super) fn negate(n: i64) -> i64 {
        -n
    }
}

fn main() {
    #[task]
    fn local(text: String) -> Result<u64, PortableError> {
        Ok(text.parse()?)
    }

    assert_eq!(far(halve::new(42)), 21);
    assert_eq!(far(inner::negate::new(42)), -42);
    assert_eq!(far(local::new("42".to_owned())).ok(), Some(42));
    assert_eq!(far(triple::new(14)), 42);
    assert_eq!(far(shout::new("hey")), "HEY");
    let tasks = remote::tasks().expect("no two have one name");
    println!("{} tasks, each found", tasks.len());
}

/// What the call gives when its bytes have gone to the task that its key finds.
fn far<T: Remote>(call: T) -> <T as Task>::Output {
    let key = entry_of::<T>().key();
    let entry = remote::find(&key).expect("the task is in this program");
    let (future, job) = handed(call);
    let mut parts = remote::Parts::new();
    let sent = job.encode(&mut parts).expect("the call becomes bytes");
    let answers: Vec<_> = parts.iter().map(|part| entry.run(&part.to_vec())).collect();
    sent.finish(
        answers
            .iter()
            .map(|answer| answer.as_deref().map_err(Clone::clone)),
    );
    future.result().expect("the task runs")
}
