//! Calls on their way through another process: pending, started, answered, lost.

use concurrent_futures::{
    Executor, Job, MapOptions, Submit, TaskError, TaskErrorKind,
    remote::{self, Entry, Parts, RemoteCall},
    task,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tests::{Gate, Soon, Tally, call, elsewhere::entry_of, handed, sent};

use crate::{
    fixture::SharedMemory,
    tasks::{answer, double, parse, stumble},
};

/// Tells when it becomes bytes, and when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    written: Tally,
    dropped: Tally,
}

impl Probe {
    /// Another one, which tells the same tallies.
    pub(crate) fn twin(&self) -> Self {
        let (written, dropped) = (self.written.clone(), self.dropped.clone());
        Self { written, dropped }
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.written.count(), self.dropped.count())
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.dropped.add();
    }
}

impl Serialize for Probe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.add();
        ().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Probe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(Self::default())
    }
}

#[task]
fn probed(probe: Probe) -> u64 {
    probe.counts().0 as u64
}

/// Runs each part, as a worker would.
pub(crate) fn run_all(entry: &Entry, parts: &Parts) -> Vec<Result<Vec<u8>, TaskError>> {
    parts.iter().map(|part| entry.run(&part.to_vec())).collect()
}

pub(crate) fn finish(sent: RemoteCall, answers: &[Result<Vec<u8>, TaskError>]) {
    sent.finish(
        answers
            .iter()
            .map(|answer| answer.as_deref().map_err(Clone::clone)),
    );
}

/// What a worker answers.
type Answer = Result<Vec<u8>, TaskError>;

const NO_ANSWER: Answer = Ok(Vec::new());

#[test]
fn a_job_tells_its_task() {
    let (future, job) = handed(double::new(1));

    let entry = job.entry().unwrap();

    assert!(std::ptr::eq(entry, entry_of::<double>()));
    assert_eq!((job.name(), job.id()), (future.name(), future.id()));
    job.run();
    assert_eq!(future.soon().unwrap(), 2);
}

#[test]
fn a_sent_call_is_pending_until_it_starts() {
    let (future, mut sent, _parts) = sent(answer::new());
    let before = (sent.is_pending(), future.running(), future.done());

    let starts = [sent.start(), sent.start()];

    assert_eq!(before, (true, false, false));
    assert_eq!(
        starts,
        [true, true],
        "it is the worker's, however often asked"
    );
    assert_eq!((sent.is_pending(), future.running()), (false, true));
    sent.fail(TaskError::worker_lost("it fell down"));
    assert!(future.soon().unwrap_err().is_worker_lost());
}

#[test]
fn a_sent_call_is_called_like_its_future() {
    let (future, sent, _parts) = sent(answer::new());

    assert_eq!((sent.name(), sent.id()), (future.name(), future.id()));
    let shown = format!("{sent:?}");
    assert!(
        shown.starts_with("RemoteCall(") && shown.contains(future.name()),
        "{shown}"
    );
    sent.fail(TaskError::cancelled());
}

#[test]
fn dropping_a_sent_call_loses_its_worker() {
    let (pending, first, _) = sent(answer::new());
    let (running, mut second, _) = sent(answer::new());
    assert!(second.start());

    drop((first, second));

    for future in [pending, running] {
        let error = future.soon().unwrap_err();
        let text = "worker ended before it sent a result: executor dropped the call";
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (TaskErrorKind::WorkerLost, text)
        );
    }
}

#[test]
fn a_sent_call_can_be_cancelled_until_it_starts() {
    let (future, mut sent, parts) = sent(answer::new());

    let cancelled = future.cancel();

    assert!(cancelled && future.cancelled() && !sent.is_pending());
    assert!(!sent.start(), "no worker is to run it");
    finish(sent, &run_all(entry_of::<answer>(), &parts));
    assert!(
        future.soon().unwrap_err().is_cancelled(),
        "what was answered is nothing"
    );
}

#[test]
fn a_started_call_cannot_be_cancelled() {
    let (future, mut sent, parts) = sent(answer::new());
    assert!(sent.start());

    let cancelled = future.cancel();

    assert!(!cancelled && future.running());
    finish(sent, &run_all(entry_of::<answer>(), &parts));
    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn failing_and_dropping_after_a_cancel_is_nothing() {
    let ends: [fn(RemoteCall); 2] = [
        |sent| sent.fail(TaskError::worker_lost("it fell down")),
        drop,
    ];
    for end in ends {
        let (future, sent, _parts) = sent(answer::new());
        assert!(future.cancel());

        end(sent);

        assert!(future.soon().unwrap_err().is_cancelled());
    }
}

#[test]
fn a_cancelled_call_is_not_written() {
    let probe = Probe::default();
    let (future, job) = handed(probed::new(probe.twin()));
    assert!(future.cancel());
    let mut parts = Parts::new();

    let sent = job.encode(&mut parts);

    assert!(sent.is_none() && parts.is_empty());
    assert_eq!(probe.counts(), (0, 1));
}

#[test]
fn the_arguments_are_dropped_when_the_call_becomes_bytes() {
    let probe = Probe::default();
    let (future, job) = handed(probed::new(probe.twin()));
    assert_eq!(probe.counts(), (0, 0));

    let sent = job.encode(&mut Parts::new()).unwrap();

    assert_eq!(probe.counts(), (1, 1));
    assert!(future.cancel());
    drop((sent, future));
    assert_eq!(probe.counts(), (1, 1), "once, by whoever encodes");
}

#[test]
fn what_is_held_while_pending_goes_when_the_call_starts_or_is_cancelled() {
    let [started, cancelled] = [Gate::new(), Gate::new()];
    let (_running, mut first, _) = sent(answer::new());
    let (future, second, _) = sent(answer::new());
    first.hold_while_pending(Box::new(started.open_on_drop()));
    second.hold_while_pending(Box::new(cancelled.open_on_drop()));
    assert!(!started.is_open() && !cancelled.is_open());

    assert!(first.start() && future.cancel());

    assert!(started.is_open() && cancelled.is_open());
}

#[test]
fn what_is_held_before_a_call_becomes_bytes_is_held_after_it() {
    let started = Gate::new();
    let (future, job) = handed(answer::new());
    job.hold_while_pending(Box::new(started.open_on_drop()));

    let mut sent = job.encode(&mut Parts::new()).unwrap();

    assert!(!started.is_open());
    assert!(sent.start() && started.is_open());
    sent.finish([NO_ANSWER; 0]);
    assert!(future.soon().is_err());
}

#[test]
fn a_call_without_an_answer_is_lost() {
    let (future, sent, _parts) = sent(answer::new());

    sent.finish([NO_ANSWER; 0]);

    let error = future.soon().unwrap_err();
    let text = "worker ended before it sent a result: executor has no answer to the call; give `finish` one for each part";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_error_for_an_answer_is_the_error_of_the_call() {
    let (future, sent, _parts) = sent(answer::new());

    sent.finish([Answer::Err(TaskError::rejected("not today"))]);

    let error = future.soon().unwrap_err();
    assert_eq!(error.to_string(), "not today");
    assert_eq!(error.task(), Some("contract::tasks::answer"));
}

#[test]
fn a_panic_on_the_far_side_is_that_of_the_call() {
    let (future, sent, parts) = sent(stumble::new(3));

    finish(sent, &run_all(entry_of::<stumble>(), &parts));

    let error = future.soon().unwrap_err();
    assert_eq!(error.message(), Some("stumbled at 3"));
    assert_eq!(error.task(), Some("contract::tasks::stumble"));
}

#[test]
fn an_err_that_was_answered_is_a_failure() {
    let (future, sent, parts) = sent(parse::new("x".into()));

    finish(sent, &run_all(entry_of::<parse>(), &parts));

    let waited = concurrent_futures::wait(
        [&future],
        concurrent_futures::ReturnWhen::FirstException,
        tests::DEADLINE,
    );
    assert_eq!(waited.done.len(), 1);
    assert_eq!(future.soon().unwrap(), parse("x".into()));
}

#[test]
fn answers_that_are_too_many_are_left_alone() {
    let (future, sent, parts) = sent(double::new(21));
    let answer = run_all(entry_of::<double>(), &parts).remove(0).unwrap();

    sent.finish([Ok(&*answer), Ok(&[]), Err(TaskError::cancelled())]);

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn callbacks_run_where_the_answer_comes_in() {
    let (future, sent, parts) = sent(double::new(21));
    let (tx, rx) = std::sync::mpsc::channel();
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| {
        tx.send((std::thread::current().id(), own.result()))
            .unwrap();
    });
    let answers = run_all(entry_of::<double>(), &parts);

    finish(sent, &answers);

    let (thread, outcome) = tests::receive(&rx);
    assert_eq!(thread, std::thread::current().id());
    assert_eq!(outcome.unwrap_err().kind(), TaskErrorKind::WouldDeadlock);
    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn an_answer_may_come_from_another_thread() {
    let (future, mut sent, parts) = sent(double::new(21));
    assert!(sent.start());

    let worker = std::thread::spawn(move || finish(sent, &run_all(entry_of::<double>(), &parts)));

    assert_eq!(future.soon().unwrap(), 42);
    worker.join().unwrap();
}

/// Gives back another job than it was given.
struct Swapping(std::sync::Mutex<Option<Job>>);

impl Executor for Swapping {
    type Reach = concurrent_futures::Here;

    fn execute(&self, job: Job) {
        *self.0.lock().unwrap() = Some(job);
    }

    fn try_execute(&self, job: Job) -> Result<(), Job> {
        match self.0.lock().unwrap().replace(job) {
            None => Ok(()),
            Some(other) => Err(other),
        }
    }
}

#[test]
fn a_job_that_never_could_leave_is_refused_where_it_becomes_bytes() {
    let swapping = Swapping(None.into());
    let closure = swapping.submit(call(|| 7));
    let (_future, job) = handed(double::new(1));
    let any: &dyn concurrent_futures::AnyExecutor = &swapping;
    let job = any.try_execute(job).unwrap_err();
    assert!(job.entry().is_none());

    let sent = job.encode(&mut Parts::new());

    assert!(sent.is_none());
    let error = closure.soon().unwrap_err();
    let text = "call cannot leave its process; give its executor calls of `#[task]` functions";
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (TaskErrorKind::Rejected, text)
    );
}

#[test]
fn a_key_finds_the_task_that_its_job_told() {
    let (_future, job) = handed(double::new(1));
    let entry = job.entry().unwrap();

    let found = remote::find(&entry.key()).unwrap();

    assert!(std::ptr::eq(found, entry));
}

/// Calls that stay in the process do not become bytes, whatever they could.
pub(crate) fn a_call_that_is_handed_over_is_not_written<F: SharedMemory>() {
    let (pool, probe) = (F::pool(1), Probe::default());
    let any: &dyn concurrent_futures::AnyExecutor = &pool;

    let ran = probed::submit(any, probe.twin()).soon();
    let options = MapOptions::new().chunk_size(2);
    let twins = [probe.twin(), probe.twin()];
    let mapped = probed::map_with(any, options, twins).unwrap().into_vec();

    assert_eq!((ran.unwrap(), mapped.unwrap()), (0, vec![0, 0]));
    assert_eq!(probe.counts(), (0, 3));
}
