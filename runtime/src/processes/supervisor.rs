//! The thread that starts all workers of all pools.
//!
//! It is one thread, and outlives every worker: the system ends a worker with the *thread* that started it. It
//! ends with the last pool.

use std::{
    io::{self, IoSlice, PipeReader, PipeWriter},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::{
    link::{self, Link},
    pool::Pool,
    process::Process,
    recipe::Recipe,
    scheduler::WorkerId,
    table::Table,
};
use crate::origin::Origin;

/// What a worker is made of, just started.
pub(super) struct Newborn {
    pub(super) process: Arc<Process>,
    pub(super) link: Arc<Link>,
    pub(super) table: Arc<Table>,
}

/// A worker that a pool wants.
struct Order {
    pool: Arc<Pool>,
    id: WorkerId,
}

/// The thread, as the pools see it.
pub(super) struct Supervisor {
    /// None once it ends, and the thread with it.
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// The one there is, and the process that it is in.
static LIVING: Mutex<Option<(Origin, Weak<Supervisor>)>> = Mutex::new(None);

impl Supervisor {
    /// The one that there is, or a new one.
    pub(super) fn get() -> io::Result<Arc<Self>> {
        let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((origin, supervisor)) = &*living
            && origin.is_here()
            && let Some(supervisor) = supervisor.upgrade()
        {
            return Ok(supervisor);
        }
        let (orders, incoming) = channel();
        let thread = thread::Builder::new()
            .name("cf-supervisor".to_owned())
            .spawn(move || serve(&incoming))?;
        let supervisor = Arc::new(Self {
            orders: Some(orders),
            thread: Some(thread),
        });
        *living = Some((Origin::here(), Arc::downgrade(&supervisor)));
        Ok(supervisor)
    }

    /// Starts a worker, which comes to the pool's desk.
    pub(super) fn order(&self, pool: Arc<Pool>, id: WorkerId) {
        if let Some(orders) = &self.orders {
            orders
                .send(Order { pool, id })
                .expect("the thread lives as long as this does");
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.orders.take());
        let own = thread::current().id();
        if let Some(thread) = self.thread.take_if(|thread| thread.thread().id() != own) {
            // It catches nothing, since it runs no user code; a panic of ours is in its log.
            let _ = thread.join();
        }
    }
}

fn serve(orders: &Receiver<Order>) {
    for Order { pool, id } in orders {
        match start(&pool.recipe) {
            Ok(newborn) => pool.born(id, newborn),
            Err(error) => pool.stillborn(&error.to_string()),
        }
    }
}

/// Why the system has given no worker.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("worker process `{}` cannot be started: {error}", program.display())]
    Program { program: PathBuf, error: io::Error },
    #[error("worker process cannot be started in directory `{}`: {error}", directory.display())]
    Directory {
        directory: PathBuf,
        error: io::Error,
    },
    #[error("worker process cannot be started without a link to it: {0}")]
    Link(io::Error),
    #[error("worker process cannot be started without memory to share with it: {0}")]
    Memory(io::Error),
}

fn start(recipe: &Recipe) -> Result<Newborn, StartError> {
    let (table, words) = Table::create().map_err(StartError::Memory)?;
    let table = Arc::new(table);
    let (link, theirs) = link(recipe, words).map_err(StartError::Link)?;
    let (heard, said) = stderr(recipe).map_err(StartError::Link)?;
    // Dropping a child of std neither ends nor reaps it: that is the business of `process`.
    let child = recipe.start(theirs, said)?;
    let process =
        Process::new(child.id(), heard, recipe.welcome.means).map_err(StartError::Link)?;
    let process = Arc::new(process);
    Ok(Newborn {
        process,
        link,
        table,
    })
}

/// Both ends of a link, on which the worker has been told how to work.
fn link(recipe: &Recipe, words: OwnedFd) -> io::Result<(Arc<Link>, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    let rest = welcome(&ours, recipe, words)?;
    let link = Link::new(ours)?;
    link.push(|out| out.extend_from_slice(&rest));
    Ok((Arc::new(link), theirs.into()))
}

/// Both ends of a worker's standard error, if it is to be heard. Ours does not block.
fn stderr(recipe: &Recipe) -> io::Result<(Option<PipeReader>, Option<PipeWriter>)> {
    if recipe.listening.stderr_lines == 0 {
        return Ok((None, None));
    }
    let (ours, theirs) = io::pipe()?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    Ok((Some(ours), Some(theirs)))
}

/// Says how to work, before there is anybody to hear it: the socket keeps it until then. Gives
/// back what the socket did not take.
fn welcome(ours: &UnixStream, recipe: &Recipe, words: OwnedFd) -> io::Result<Vec<u8>> {
    let frame = recipe.welcome_frame();
    let output = std::io::stdout();
    let fds: Vec<BorrowedFd<'_>> = if recipe.welcome.has_output {
        vec![words.as_fd(), output.as_fd()]
    } else {
        vec![words.as_fd()]
    };
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    rights.push(SendAncillaryMessage::ScmRights(&fds));
    let flags = link::send_flags() | SendFlags::DONTWAIT;
    let sent = sendmsg(ours, &[IoSlice::new(&frame)], &mut rights, flags)?;
    Ok(frame[sent..].to_vec())
}
