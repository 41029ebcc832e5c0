//! Code of others that turns on a call while it is on its way through another process.

use std::sync::{Arc, Mutex};

use concurrent_futures::{Canceller, remote::Parts, task};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tests::{Soon, handed, sent};

use crate::{bytes::remote_calls::Probe, tasks::double};

/// Cancels its own call while it becomes bytes.
#[derive(Debug, Default)]
struct Turncoat(Arc<Mutex<Option<Canceller>>>);

impl Serialize for Turncoat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let canceller = self.0.lock().unwrap().take();
        assert!(canceller.is_some_and(|canceller| canceller.cancel()));
        ().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Turncoat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(Self::default())
    }
}

#[task]
fn turned(coat: Turncoat, probe: Probe) -> u64 {
    drop((coat, probe));
    7
}

#[test]
fn a_call_may_be_cancelled_while_it_becomes_bytes() {
    let (probe, canceller) = (Probe::default(), Arc::new(Mutex::new(None)));
    let (future, job) = handed(turned::new(Turncoat(Arc::clone(&canceller)), probe.twin()));
    *canceller.lock().unwrap() = Some(future.canceller());

    let sent = job.encode(&mut Parts::new());

    assert!(future.cancelled());
    assert!(
        sent.is_none_or(|mut sent| !sent.start()),
        "no worker is to run it"
    );
    assert!(future.soon().unwrap_err().is_cancelled());
    assert_eq!(probe.counts().1, 1, "its arguments are dropped once");
}

#[test]
fn answers_that_panic_fail_the_call_that_they_were_for() {
    let (future, sent, _parts) = sent(double::new(21));
    let answers = std::iter::from_fn(|| -> Option<Result<Vec<u8>, _>> { panic!("out of answers") });

    sent.finish(answers);

    let error = future.soon().unwrap_err();
    assert!(error.to_string().ends_with("out of answers"), "{error}");
}
