//! Serving the links of a pool: hears what workers say, sends what waits, buries the dead.
//!
//! ```text
//!   look: ring of each worker  --records--> desk
//!   poll: link of each worker  --frames--> desk
//!         death of each worker --drain ring and link, then bury--> desk
//!         bell                 --tend, send what waits-->
//! ```
//!
//! No user code runs here, and nothing but `poll` blocks. After it has heard something it looks again
//! for a short while before it sleeps, as long as calls are under way: their answers come soon, if they are small.

mod leftovers;
mod line;

use std::{
    os::fd::AsFd,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::{doze, link::Flushed, pool::Pool, scheduler::WorkerId};
use crate::future::waiting::has_passed;
use leftovers::Leftovers;
use line::Line;

/// How long to look again before sleeping.
const LOOKING: Duration = Duration::from_micros(30);

/// Where no descriptor tells of a death: how often to ask.
const ASKING: Duration = Duration::from_millis(10);

/// The links of one pool, as whoever serves them knows them.
pub(super) struct Links {
    pool: Arc<Pool>,
    lines: Vec<Line>,
    /// The roll that `lines` was made from.
    roll: u64,
    /// When the desk wants to be tended, if not at once.
    tend_at: Option<Instant>,
    /// Something happened that it has to be tended for.
    must_tend: bool,
    /// What dead workers have left behind.
    leftovers: Leftovers,
}

/// What happened.
struct Happened {
    is_rung: bool,
    /// To each line.
    lines: Vec<Events>,
}

/// What happened to one line.
#[derive(Clone, Copy, Default)]
struct Events {
    /// Its link can be read.
    speaks: bool,
    /// Its ring has something.
    has_news: bool,
    takes: bool,
    died: bool,
    /// On standard error.
    mutters: bool,
}

impl Links {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            lines: Vec::new(),
            roll: 0,
            tend_at: None,
            must_tend: true,
            leftovers: Leftovers::default(),
        }
    }

    /// Serves the links until there is something to tell that nobody tells; true once all is over.
    pub(super) fn serve(&mut self) -> bool {
        loop {
            if self.must_tend || has_passed(self.tend_at) {
                self.tend();
                if self.pool.desk().is_over() {
                    self.leftovers.reap_all();
                    return true;
                }
            }
            if self.pool.crew.is_untold() {
                return false;
            }
            self.leftovers.reap();
            self.wait();
        }
    }

    /// Tends the desk, and follows who came and went.
    fn tend(&mut self) {
        let mut must_tend = false;
        let pool = self.pool.clone();
        let unheard = self.lines.iter().filter(|line| line.voice.is_ahead());
        let unheard: Vec<WorkerId> = unheard.map(|line| line.id).collect();
        self.tend_at = pool.at_desk_serving(|desk, next| {
            desk.note_unheard(&unheard);
            let tend_at = desk.tend(next);
            // What that has changed is looked at again, by this very thread.
            must_tend = std::mem::take(&mut next.wake);
            tend_at
        });
        self.must_tend = must_tend;
        let desk = pool.desk();
        if desk.roll() == self.roll {
            return;
        }
        self.roll = desk.roll();
        let ids: Vec<WorkerId> = desk.members().map(|member| member.id()).collect();
        self.lines.retain(|line| ids.contains(&line.id));
        for member in desk.members() {
            if self.lines.iter().all(|line| line.id != member.id()) {
                let limit = pool.recipe.welcome.frame_limit;
                self.lines.push(Line::new(member, &pool, limit));
            }
        }
    }

    /// Waits until something happens, and deals with it.
    fn wait(&mut self) {
        let is_expecting = !self.must_tend && !self.pool.desk().is_quiet();
        let mut events = self.poll(Some(Duration::ZERO));
        if events.is_none() && is_expecting {
            let start = Instant::now();
            while events.is_none() && start.elapsed() < LOOKING {
                std::thread::yield_now();
                events = self.poll(Some(Duration::ZERO));
            }
        }
        let events = events.or_else(|| self.sleep());
        if let Some(happened) = events {
            if happened.is_rung {
                self.must_tend = true;
                self.pool.bell.hear();
            }
            self.handle(&happened.lines);
        }
    }

    /// Sleeps until something happens; workers knock meanwhile.
    fn sleep(&self) -> Option<Happened> {
        self.lines
            .iter()
            .for_each(|line| doze::lie_down(line.asleep()));
        let limit = match self.lines.iter().any(Line::has_news) {
            true => Some(Duration::ZERO),
            false => self.patience(),
        };
        let happened = self.poll(limit);
        self.lines
            .iter()
            .for_each(|line| doze::get_up(line.asleep()));
        happened
    }

    /// How long nothing needs to be done.
    fn patience(&self) -> Option<Duration> {
        if self.must_tend {
            return Some(Duration::ZERO);
        }
        let until = self
            .tend_at
            .map(|at| at.saturating_duration_since(Instant::now()));
        let asks = self.lines.iter().any(|line| line.process.death.is_none());
        let ask = asks.then_some(ASKING);
        let reap = self.leftovers.look_again_after();
        until.into_iter().chain(ask).chain(reap).min()
    }

    /// What happened to each line; `None` if nothing did, not even the bell.
    fn poll(&self, limit: Option<Duration>) -> Option<Happened> {
        let mut watched = vec![PollFd::new(&self.pool.bell.rx, PollFlags::IN)];
        for line in &self.lines {
            let mut wanted = PollFlags::empty();
            wanted.set(PollFlags::IN, !line.is_mute && !line.voice.is_ahead());
            wanted.set(PollFlags::OUT, !line.is_mute && line.link.rest() > 0);
            if line.is_mute {
                // A closed link would report its end for ever: the bell stands in for it.
                watched.push(PollFd::new(&self.pool.bell.rx, PollFlags::empty()));
            } else {
                watched.push(PollFd::from_borrowed_fd(line.link.socket().as_fd(), wanted));
            }
            match &line.process.death {
                Some(death) => watched.push(PollFd::new(death, PollFlags::IN)),
                None => watched.push(PollFd::new(&self.pool.bell.rx, PollFlags::empty())),
            }
            watched.extend(line.voice.watched(&self.pool));
        }
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut watched, limit.as_ref()) {
            Ok(0) | Err(Errno::INTR) if !self.lines.iter().any(Line::has_news) => {
                return self.asked();
            }
            Ok(_) | Err(Errno::INTR) => {}
            // More descriptors than the program may have, say: what can be read is tried.
            Err(_) => return Some(self.all_that_may_be()),
        }
        let mut fds = watched[1..].iter().map(PollFd::revents);
        let mut next = || fds.next().unwrap_or(PollFlags::empty());
        let lines = self.lines.iter().map(|line| {
            let happened = next();
            Events {
                has_news: line.has_news(),
                speaks: happened.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
                takes: happened.contains(PollFlags::OUT),
                died: !next().is_empty(),
                mutters: line.voice.is_heard() && !next().is_empty(),
            }
        });
        Some(Happened {
            is_rung: !watched[0].revents().is_empty(),
            lines: lines.collect(),
        })
    }

    /// What may have happened, for want of the system's word.
    fn all_that_may_be(&self) -> Happened {
        std::thread::sleep(ASKING);
        let lines = self.lines.iter().map(|line| Events {
            speaks: !line.is_mute,
            has_news: line.has_news(),
            takes: line.link.rest() > 0,
            died: line.process.has_ended(),
            mutters: !self.pool.aloud.untold.is_much(),
        });
        Happened {
            is_rung: true,
            lines: lines.collect(),
        }
    }

    /// Where no descriptor tells of a death, somebody has to ask.
    fn asked(&self) -> Option<Happened> {
        let has_died = |line: &Line| line.process.death.is_none() && line.process.has_ended();
        let died: Vec<Events> = self
            .lines
            .iter()
            .map(|line| Events {
                died: has_died(line),
                ..Events::default()
            })
            .collect();
        died.iter().any(|events| events.died).then_some(Happened {
            is_rung: false,
            lines: died,
        })
    }

    fn handle(&mut self, events: &[Events]) {
        let pool = self.pool.clone();
        for (line, events) in self.lines.iter_mut().zip(events) {
            if events.takes {
                match line.link.flush() {
                    Flushed::Closed => line.link.clear(),
                    // The desk gives a worker nothing while much waits to be sent to it; and what was waiting may
                    // have been taken back, so that no answer comes after which it would look again.
                    Flushed::All => self.must_tend = true,
                    Flushed::Rest => {}
                }
            }
            if events.died {
                self.must_tend = true;
                line.bury(&pool);
                self.leftovers.add(&line.process);
                continue;
            }
            if events.mutters {
                line.voice.hear(&pool);
            }
            if events.speaks || events.has_news {
                line.listen(&pool, events.speaks);
            }
        }
    }
}
