//! One worker's link and ring, as they are heard.
//!
//! What a worker has put into its ring of one flight came before what it sent of that over its link: so the ring is
//! taken after the link was read, and understood before.

use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
};

use crate::{
    error::WorkerEnd,
    processes::{
        frame::{FrameError, Got, Inbox},
        identity::Stranger,
        link::Link,
        message::{self, FromWorker, Nonsense},
        pool::Pool,
        process::Process,
        record,
        ring::{Consumer, Overwritten},
        scheduler::{Desk, Member, Next, Verdict, WorkerId},
        table::{Counter, Table},
        voice::Voice,
    },
};

/// How often a dead worker's link is read, at most: more than any socket holds.
const LAST_WORDS: usize = 1024;

/// How often a worker may wake this program for nothing.
const BORNE: u64 = 64;

/// One worker's link.
pub(super) struct Line {
    pub(super) id: WorkerId,
    pub(super) link: Arc<Link>,
    pub(super) process: Arc<Process>,
    inbox: Inbox,
    table: Arc<Table>,
    ring: Consumer,
    /// What it says beside its answers.
    pub(super) voice: Voice,
    /// Nothing more is read from its link.
    pub(super) is_mute: bool,
    /// It spoke nonsense: nothing that it has said is heard any more.
    is_expelled: bool,
    /// How often it has said what carries no answer, which it does once a flight, and once a record in its ring at most.
    knocks: u64,
    records: u64,
}

impl Line {
    /// Of a worker whose arguments and results have at most `limit` bytes.
    pub(super) fn new(member: &Member, pool: &Pool, limit: u64) -> Self {
        let table = member.table();
        Self {
            id: member.id(),
            link: member.link().clone(),
            process: member.process().clone(),
            inbox: Inbox::new(limit, message::longest),
            ring: Consumer::new(table.clone()),
            table: table.clone(),
            voice: Voice::of(member.process(), pool),
            is_mute: false,
            is_expelled: false,
            knocks: 0,
            records: 0,
        }
    }

    /// What tells the worker whether it has to knock.
    pub(super) fn asleep(&self) -> &AtomicU64 {
        self.table.counter(Counter::Asleep)
    }

    /// Whether its ring has something that is to be heard.
    pub(super) fn has_news(&self) -> bool {
        !self.is_expelled && self.ring.has_news()
    }

    /// Hears what there is, once through the inbox if the link can be read.
    pub(super) fn listen(&mut self, pool: &Arc<Pool>, speaks: bool) {
        let got = match speaks {
            true => self.inbox.fill(&mut self.link.socket()),
            false => Ok(Got::Nothing),
        };
        let said = self.understand(pool);
        match (got, said) {
            (_, Err(error)) => self.expel(pool, error.to_string()),
            (Ok(Got::Closed), _) => {
                self.is_mute = true;
                self.link.clear();
                pool.at_desk_serving(|desk, next| desk.hang_up(self.id, next));
            }
            (Err(error), _) if error.kind() == io::ErrorKind::OutOfMemory => {
                self.expel(pool, error.to_string());
            }
            (Err(error), _) => self.expel(pool, format!("its link broke: {error}")),
            (Ok(_), Ok(())) => {}
        }
    }

    /// Takes what is there to the desk: what the ring has, then the frames.
    fn understand(&mut self, pool: &Arc<Pool>) -> Result<(), Misunderstood> {
        let mut said = Vec::new();
        let heard = self.hear_all(&mut said);
        // What it said on standard error before any of that is there by now, and is passed on before.
        self.voice.hear_in_passing(pool);
        let told = pool.at_desk_serving(|desk, next| {
            let mut answers = 0;
            for message in said {
                if let FromWorker::Answer(answer) = &message {
                    answers += answer.items.len() as u32;
                }
                self.tell(pool, desk, message, next)?;
            }
            if self.knocks > desk.sent_flights(self.id) + self.records + BORNE {
                return Err(Nonsense.into());
            }
            desk.heard(self.id, answers, next);
            desk.dispatch(next);
            Ok(())
        });
        told.and(heard)
    }

    fn tell(
        &self,
        pool: &Pool,
        desk: &mut Desk,
        message: FromWorker,
        next: &mut Next,
    ) -> Result<(), Misunderstood> {
        match message {
            FromWorker::Answer(answer) => desk.answered(self.id, answer, next)?,
            FromWorker::Log(record) => self.voice.log(record, next)?,
            FromWorker::News => unreachable!("it is counted where it is read"),
            FromWorker::Started(number) => desk.started(self.id, number, next)?,
            FromWorker::Unready { reason, is_final } => {
                desk.greeted(self.id)?;
                if is_final {
                    desk.break_down(reason, next);
                } else {
                    desk.refused(self.id, reason, next);
                }
            }
            FromWorker::Hello {
                identity,
                initialized,
            } => {
                desk.greeted(self.id)?;
                pool.identity.check(&identity)?;
                if pool.recipe.welcome.initializer.is_some() != initialized.is_some() {
                    return Err(Nonsense.into());
                }
                match initialized {
                    Some(bytes) => next.verdicts.push(Verdict::Initialized(self.id, bytes)),
                    None => desk.ready(self.id, next),
                }
            }
        }
        Ok(())
    }

    fn hear_all(&mut self, said: &mut Vec<FromWorker>) -> Result<(), Misunderstood> {
        if self.ring.has_news() {
            let mut records = Vec::new();
            self.ring.take(&mut records)?;
            record::read_all(records, said)?;
            let each = said.iter().map(FromWorker::items);
            self.records += each.sum::<u64>();
        }
        while let Some(frame) = self.inbox.next()? {
            match FromWorker::read(frame)? {
                FromWorker::News => self.knocks += 1,
                message => {
                    self.knocks += u64::from(matches!(message, FromWorker::Started(_)));
                    said.push(message);
                }
            }
        }
        Ok(())
    }

    /// Nothing more is heard from this worker; it is ended.
    fn expel(&mut self, pool: &Arc<Pool>, reason: String) {
        self.is_mute = true;
        self.is_expelled = true;
        self.link.clear();
        pool.at_desk_serving(|desk, next: &mut Next| desk.expel(self.id, reason, next));
    }

    /// The worker is dead: hears what it had sent, ends what it left, and tells the desk.
    pub(super) fn bury(&mut self, pool: &Arc<Pool>) {
        // What it has started may hold its end of the link, and go on talking.
        self.process.kill_group();
        self.voice.hear_out(pool);
        for _ in 0..LAST_WORDS {
            if self.is_mute {
                break;
            }
            match self.inbox.fill(&mut self.link.socket()) {
                Ok(Got::Bytes) => {
                    if let Err(error) = self.understand(pool) {
                        self.expel(pool, error.to_string());
                    }
                }
                _ => break,
            }
        }
        if self.has_news()
            && let Err(error) = self.understand(pool)
        {
            self.expel(pool, error.to_string());
        }
        let end: WorkerEnd = self.process.reap();
        let said = self.voice.last_lines();
        pool.at_desk_serving(|desk, next| {
            desk.bury(self.id, end, &said, next);
            desk.dispatch(next);
            next.wake = true;
        });
    }
}

/// Why a worker is not understood.
#[derive(Debug, thiserror::Error)]
enum Misunderstood {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Message(#[from] Nonsense),
    #[error(transparent)]
    Stranger(#[from] Stranger),
    #[error(transparent)]
    Overwritten(#[from] Overwritten),
}
