//! Stands in until there is a `ProcessPool`; a thread a worker, one call at a time.

use concurrent_futures::{Anywhere, Executor, Job, TaskError, remote};
use std::env;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{self, Child, Command};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

pub(crate) struct ProcessPool {
    jobs: mpsc::Sender<Job<Anywhere>>,
}
pub(crate) struct Builder(usize);

impl ProcessPool {
    pub(crate) fn builder() -> Builder {
        Builder(1)
    }
}

impl Builder {
    pub(crate) fn workers(self, workers: usize) -> Builder {
        Builder(workers)
    }
    pub(crate) fn build(self) -> io::Result<ProcessPool> {
        let (jobs, queue) = mpsc::channel::<Job<Anywhere>>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..self.0 {
            let queue = queue.clone();
            thread::spawn(move || {
                let mut worker = start();
                let next = || queue.lock().expect("no panic").recv();
                while let Ok(job) = next() {
                    let index = index(job.entry().expect("a task").key());
                    let mut parts = remote::Parts::new();
                    let Some(mut sent) = job.encode(&mut parts) else {
                        continue;
                    };
                    if !sent.start() {
                        continue;
                    }
                    let part: Vec<u8> = parts.iter().next().expect("one").to_vec();
                    match ask(&worker.1, index, &part) {
                        Ok(answer) => sent.finish([Ok(&answer[..])]),
                        Err(_) => {
                            sent.fail(TaskError::worker_lost("gone"));
                            let _ = worker.0.wait();
                            worker = start();
                        }
                    }
                }
                drop(worker.1);
                let _ = worker.0.wait();
            });
        }
        Ok(ProcessPool { jobs })
    }
}

impl Executor for ProcessPool {
    type Reach = Anywhere;
    fn execute(&self, job: Job<Anywhere>) {
        self.jobs.send(job).expect("workers listen");
    }
}

fn index(key: remote::TaskKey) -> u64 {
    let tasks = remote::tasks().expect("a registry");
    let place = tasks.iter().position(|entry| entry.key() == key);
    place.expect("a task") as u64
}

fn start() -> (Child, UnixStream) {
    let (stream, other) = UnixStream::pair().expect("descriptors");
    let mut command = Command::new(env::current_exe().expect("a path"));
    command.env("POOL_STUB", "1").stdin(OwnedFd::from(other));
    (command.spawn().expect("starts"), stream)
}

fn ask(mut stream: &UnixStream, index: u64, part: &[u8]) -> io::Result<Vec<u8>> {
    let mut head = index.to_le_bytes().to_vec();
    head.extend((part.len() as u64).to_le_bytes());
    if part.len() < 4096 {
        head.extend(part);
        stream.write_all(&head)?;
    } else {
        stream.write_all(&head)?;
        stream.write_all(part)?;
    }
    let len = number(stream)?;
    let mut answer = vec![0; len as usize];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

fn number(mut stream: &UnixStream) -> io::Result<u64> {
    let mut bytes = [0; 8];
    stream.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

pub(crate) fn init() {
    if env::var("POOL_STUB").is_err() {
        return;
    }
    let stream = io::stdin().as_fd().try_clone_to_owned().expect("fd");
    let _ = serve(&UnixStream::from(stream));
    process::exit(0);
}

fn serve(mut stream: &UnixStream) -> io::Result<()> {
    let tasks = remote::tasks().expect("a registry");
    loop {
        let task = tasks[number(stream)? as usize];
        let mut part = vec![0; number(stream)? as usize];
        stream.read_exact(&mut part)?;
        let answer = task.run(&part).expect("no panics");
        stream.write_all(&(answer.len() as u64).to_le_bytes())?;
        stream.write_all(&answer)?;
    }
}
