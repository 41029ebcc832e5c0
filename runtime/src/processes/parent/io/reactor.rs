//! The event loop over the connections of a pool: reads replies, flushes outboxes, and reaps
//! workers that have exited.
//!
//! ```text
//!   spin: ring of each worker    --records--> scheduler
//!   poll: socket of each worker  --frames--> scheduler
//!         pidfd of each worker   --drain ring and socket, then reap--> scheduler
//!         waker                  --run timers, flush outboxes-->
//! ```
//!
//! No user code runs here, and nothing but `poll` blocks. While calls are in flight the reactor
//! spins for a short time before it sleeps, because the answers of small calls arrive soon.
//!
//! **Why not `polling`**: its `wait` makes five system calls where `poll` is one. It sets a timer,
//! arms that, waits, reads its notification, and arms that again; and the reactor polls again and
//! again while it spins. Under `strace -c -f`, `compare --bench --quick --rounds 3
//! process-latency-busy` made 3,422 waits with it by 17,118 calls (`polling` 3.11, Linux 6.18, two
//! cores, 2026-12-01). That reactor had 47 lines of code more, because it has to remember what each
//! descriptor is watched for, and an `unsafe` block to register them. It was not timed.

mod orphans;

use std::{
    os::fd::AsFd,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::{connection::Connection, shared::Shared};
use crate::{
    deadline::has_passed,
    processes::{parent::handle::outbox::Flushed, shared::wakeup, wire::identity::WorkerId},
};
use orphans::Orphans;

/// How long the reactor spins before it sleeps.
const SPIN: Duration = Duration::from_micros(30);

/// How often to ask whether a worker has exited, on systems without pidfds.
const EXIT_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The event loop of one pool. It is run by the thread that is the leader (see `io_threads`).
pub(crate) struct Reactor {
    pool: Arc<Shared>,
    connections: Vec<Connection>,
    /// The generation of the scheduler's workers that `connections` was made from.
    roll: u64,
    /// When the next timer of the scheduler is due.
    tend_at: Option<Instant>,
    /// Whether the timers have to run at once, because something has happened.
    must_tend: bool,
    /// Killed processes of dead workers that this program has to reap.
    orphans: Orphans,
}

/// The result of one poll.
struct Polled {
    is_woken: bool,
    /// The events of each connection, in their order.
    connections: Vec<Events>,
}

/// What has happened to one connection.
#[derive(Clone, Copy, Default)]
struct Events {
    /// Its socket can be read.
    readable: bool,
    ring_nonempty: bool,
    /// Its socket can be written to.
    writable: bool,
    /// Its process has exited.
    exited: bool,
    stderr_readable: bool,
}

impl Reactor {
    pub(crate) fn new(pool: Arc<Shared>) -> Self {
        Self {
            pool,
            connections: Vec::new(),
            roll: 0,
            tend_at: None,
            must_tend: true,
            orphans: Orphans::default(),
        }
    }

    /// Runs until there are completions that no follower takes; true once the pool is over.
    pub(crate) fn serve(&mut self) -> bool {
        loop {
            if self.must_tend || has_passed(self.tend_at) {
                self.tend();
                if self.pool.scheduler().is_over() {
                    self.orphans.reap_all();
                    return true;
                }
            }
            if self.pool.io_threads.must_promote() {
                return false;
            }
            self.orphans.reap();
            self.wait();
        }
    }

    /// Runs the timers of the scheduler, and follows which workers came and went.
    fn tend(&mut self) {
        let mut must_tend = false;
        let pool = self.pool.clone();
        let unheard = self
            .connections
            .iter()
            .filter(|connection| connection.is_log_backlog_full());
        let unheard: Vec<WorkerId> = unheard.map(|connection| connection.id).collect();
        self.tend_at = pool.schedule_without_notify(|scheduler, effects| {
            scheduler.note_throttled(&unheard);
            let tend_at = scheduler.run_timers(effects);
            // This thread itself looks again at what the timers have changed.
            must_tend = std::mem::take(&mut effects.wake);
            tend_at
        });
        self.must_tend = must_tend;
        let scheduler = pool.scheduler();
        if scheduler.generation() == self.roll {
            return;
        }
        self.roll = scheduler.generation();
        let ids: Vec<WorkerId> = scheduler.workers().map(|worker| worker.id).collect();
        self.connections
            .retain(|connection| ids.contains(&connection.id));
        for worker in scheduler.workers() {
            if self
                .connections
                .iter()
                .all(|connection| connection.id != worker.id)
            {
                let limit = pool.worker_command.welcome.frame_limit;
                self.connections.push(Connection::new(worker, &pool, limit));
            }
        }
    }

    /// Waits until something happens, and handles it.
    fn wait(&mut self) {
        let is_expecting = !self.must_tend && !self.pool.scheduler().is_idle();
        let mut events = self.poll(Some(Duration::ZERO));
        if events.is_none() && is_expecting {
            let start = Instant::now();
            while events.is_none() && start.elapsed() < SPIN {
                std::thread::yield_now();
                events = self.poll(Some(Duration::ZERO));
            }
        }
        let events = events.or_else(|| self.sleep());
        if let Some(polled) = events {
            if polled.is_woken {
                self.must_tend = true;
                self.pool.waker.drain();
            }
            self.handle(&polled.connections);
        }
    }

    /// Sleeps until something happens. Workers notify meanwhile.
    ///
    /// No lost wakeup: the sleep flags are set first, and then the rings are checked once more (see
    /// `wakeup`).
    fn sleep(&self) -> Option<Polled> {
        self.connections
            .iter()
            .for_each(|connection| wakeup::prepare_sleep(connection.sleep_flag()));
        let limit = match self.connections.iter().any(Connection::ring_nonempty) {
            true => Some(Duration::ZERO),
            false => self.poll_timeout(),
        };
        let polled = self.poll(limit);
        self.connections
            .iter()
            .for_each(|connection| wakeup::cancel_sleep(connection.sleep_flag()));
        polled
    }

    /// The time until something has to be done without an event.
    fn poll_timeout(&self) -> Option<Duration> {
        if self.must_tend {
            return Some(Duration::ZERO);
        }
        let until = self
            .tend_at
            .map(|at| at.saturating_duration_since(Instant::now()));
        let asks = self
            .connections
            .iter()
            .any(|connection| connection.process.pidfd.is_none());
        let ask = asks.then_some(EXIT_POLL_INTERVAL);
        let reap = self.orphans.next_check();
        until.into_iter().chain(ask).chain(reap).min()
    }

    /// Polls once; `None` if nothing has happened, and the waker was not woken.
    fn poll(&self, limit: Option<Duration>) -> Option<Polled> {
        let mut watched = self.poll_fds();
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut watched, limit.as_ref()) {
            Ok(0) | Err(Errno::INTR) if !self.connections.iter().any(Connection::ring_nonempty) => {
                return self.poll_exits();
            }
            Ok(_) | Err(Errno::INTR) => {}
            // It fails if there are more descriptors than the program may have.
            Err(_) => return Some(self.assume_all()),
        }
        let mut fds = watched[1..].iter().map(PollFd::revents);
        let mut next = || fds.next().unwrap_or(PollFlags::empty());
        let connections = self.connections.iter().map(|connection| {
            let polled = next();
            Events {
                ring_nonempty: connection.ring_nonempty(),
                readable: polled.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
                writable: polled.contains(PollFlags::OUT),
                exited: !next().is_empty(),
                stderr_readable: connection.stderr.is_open() && !next().is_empty(),
            }
        });
        Some(Polled {
            is_woken: !watched[0].revents().is_empty(),
            connections: connections.collect(),
        })
    }

    /// The waker, then of each connection its socket, its pidfd, and its standard error if that is
    /// open.
    fn poll_fds(&self) -> Vec<PollFd<'_>> {
        let mut watched = vec![PollFd::new(&self.pool.waker.rx, PollFlags::IN)];
        for connection in &self.connections {
            let mut wanted = PollFlags::empty();
            wanted.set(
                PollFlags::IN,
                !connection.read_closed && !connection.is_log_backlog_full(),
            );
            wanted.set(
                PollFlags::OUT,
                !connection.read_closed && connection.outbox.unsent() > 0,
            );
            if connection.read_closed {
                // A closed socket would report its end for ever: the waker is its placeholder.
                watched.push(PollFd::new(&self.pool.waker.rx, PollFlags::empty()));
            } else {
                watched.push(PollFd::from_borrowed_fd(
                    connection.outbox.socket().as_fd(),
                    wanted,
                ));
            }
            match &connection.process.pidfd {
                Some(pidfd) => watched.push(PollFd::new(pidfd, PollFlags::IN)),
                None => watched.push(PollFd::new(&self.pool.waker.rx, PollFlags::empty())),
            }
            watched.extend(connection.stderr.poll_fd(&self.pool.stderr.backlog));
        }
        watched
    }

    /// The fallback when `poll` itself fails: assumes every event.
    fn assume_all(&self) -> Polled {
        std::thread::sleep(EXIT_POLL_INTERVAL);
        let connections = self.connections.iter().map(|connection| Events {
            readable: !connection.read_closed,
            ring_nonempty: connection.ring_nonempty(),
            writable: connection.outbox.unsent() > 0,
            exited: connection.process.has_ended(),
            stderr_readable: !self.pool.stderr.backlog.is_full(),
        });
        Polled {
            is_woken: true,
            connections: connections.collect(),
        }
    }

    /// Asks which workers have exited, on systems without pidfds.
    fn poll_exits(&self) -> Option<Polled> {
        let has_exited = |connection: &Connection| {
            connection.process.pidfd.is_none() && connection.process.has_ended()
        };
        let exited: Vec<Events> = self
            .connections
            .iter()
            .map(|connection| Events {
                exited: has_exited(connection),
                ..Events::default()
            })
            .collect();
        exited.iter().any(|events| events.exited).then_some(Polled {
            is_woken: false,
            connections: exited,
        })
    }

    fn handle(&mut self, events: &[Events]) {
        let pool = self.pool.clone();
        for (connection, events) in self.connections.iter_mut().zip(events) {
            if events.writable {
                match connection.outbox.flush() {
                    Flushed::Closed => connection.outbox.clear(),
                    // The scheduler assigns nothing to a worker while many bytes are unsent, and
                    // looks again at its answers. If the unsent calls were revoked, no answer
                    // arrives.
                    Flushed::All => self.must_tend = true,
                    Flushed::Rest => {}
                }
            }
            if events.exited {
                self.must_tend = true;
                connection.reap(&pool);
                self.orphans.add(&connection.process);
                continue;
            }
            if events.stderr_readable {
                connection.read_stderr(&pool);
            }
            if events.readable || events.ring_nonempty {
                connection.receive(&pool, events.readable);
            }
        }
    }
}
