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
        desk::{Desk, Member, Next, Verdict, WorkerId},
        frame::{FrameError, Got, Inbox},
        identity::Stranger,
        link::Link,
        message::{FromWorker, Nonsense},
        pool::Pool,
        process::Process,
        record,
        ring::{Consumer, Overwritten},
        table::{Counter, Table},
        voice::Voice,
    },
};

/// How often the link of a worker that logs is read before others have their turn.
const LOGS: usize = 16;

/// How often a dead worker's link is read, at most: more than any socket holds.
const LAST_WORDS: usize = 1024;

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
    /// Nothing more is read from it: it is closed, or spoke nonsense.
    pub(super) is_mute: bool,
}

impl Line {
    /// Of a worker whose arguments and results have at most `limit` bytes.
    pub(super) fn new(member: &Member, pool: &Pool, limit: u64) -> Self {
        let table = member.table();
        Self {
            id: member.id(),
            link: member.link().clone(),
            process: member.process().clone(),
            inbox: Inbox::new(limit),
            ring: Consumer::new(table.clone()),
            table: table.clone(),
            voice: Voice::of(member.process(), pool),
            is_mute: false,
        }
    }

    /// What tells the worker whether it has to knock.
    pub(super) fn asleep(&self) -> &AtomicU64 {
        self.table.counter(Counter::Asleep)
    }

    /// Whether its ring has something that is to be heard.
    pub(super) fn has_news(&self) -> bool {
        // What it has logged before is told before, once there is room for that.
        !self.is_mute && !self.voice.is_ahead() && self.ring.has_news()
    }

    /// Hears what there is; reads the link only if that can be read, or may bring what comes before an answer.
    pub(super) fn listen(&mut self, pool: &Arc<Pool>, speaks: bool) {
        let mut frames = Vec::new();
        let (got, read) = match speaks || self.voice.logs() {
            true => self.read(&mut frames),
            false => (Ok(Got::Nothing), Ok(())),
        };
        // What it has said before it answered is passed on before the answer.
        self.voice.hear_in_passing(pool);
        let understood = self.understand(pool, frames);
        match (got, read.and(understood)) {
            (_, Err(error)) => self.expel(pool, error.to_string()),
            (Ok(Got::Closed), _) => {
                self.is_mute = true;
                self.link.clear();
                pool.at_desk_serving(|desk, next| desk.hang_up(self.id, next));
            }
            (Err(error), _) => self.expel(pool, format!("its link broke: {error}")),
            (Ok(_), Ok(())) => {}
        }
    }

    /// Reads the link once, and a worker's that logs until there is nothing more for the moment.
    fn read(
        &mut self,
        frames: &mut Vec<FromWorker>,
    ) -> (io::Result<Got>, Result<(), Misunderstood>) {
        let most = if self.voice.logs() { LOGS } else { 1 };
        let mut got = Ok(Got::Nothing);
        for _ in 0..most {
            got = self.inbox.fill(&mut self.link.socket());
            let heard = self.hear_frames(frames);
            if heard.is_err() || !matches!(got, Ok(Got::Bytes)) {
                return (got, heard);
            }
        }
        (got, Ok(()))
    }

    /// Takes what is there to the desk: what was logged, then what the ring has, then the other frames.
    fn understand(
        &mut self,
        pool: &Arc<Pool>,
        frames: Vec<FromWorker>,
    ) -> Result<(), Misunderstood> {
        let mut records = Vec::new();
        let heard = self.hear_ring(&mut records);
        let is_log = |message: &FromWorker| matches!(message, FromWorker::Log(_));
        let (logs, others): (Vec<_>, Vec<_>) = frames.into_iter().partition(is_log);
        let said = logs.into_iter().chain(records).chain(others);
        let told = pool.at_desk_serving(|desk, next| {
            let mut answers = 0;
            for message in said {
                if let FromWorker::Answer(answer) = &message {
                    answers += answer.items.len() as u32;
                }
                self.tell(pool, desk, message, next)?;
            }
            desk.heard(self.id, answers);
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
            FromWorker::News => {}
            FromWorker::Started(number) => desk.started(self.id, number, next)?,
            FromWorker::Unready { reason, is_final } => {
                desk.greeted(self.id)?;
                if is_final {
                    desk.break_down(reason, next);
                } else {
                    desk.expel(self.id, reason, next);
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

    fn hear_ring(&mut self, said: &mut Vec<FromWorker>) -> Result<(), Misunderstood> {
        if self.ring.has_news() {
            let mut records = Vec::new();
            self.ring.take(&mut records)?;
            record::read_all(records, said)?;
        }
        Ok(())
    }

    fn hear_frames(&mut self, said: &mut Vec<FromWorker>) -> Result<(), Misunderstood> {
        while let Some(frame) = self.inbox.next()? {
            said.push(FromWorker::read(frame)?);
        }
        Ok(())
    }

    /// Nothing more is heard from this worker; it is ended.
    fn expel(&mut self, pool: &Arc<Pool>, reason: String) {
        self.is_mute = true;
        self.link.clear();
        pool.at_desk_serving(|desk, next: &mut Next| desk.expel(self.id, reason, next));
    }

    /// The worker is dead: hears what it had sent, ends what it left, and tells the desk.
    pub(super) fn bury(&mut self, pool: &Arc<Pool>) {
        // What it has started may hold its end of the link, and go on talking.
        self.process.kill();
        self.voice.hear_out(pool);
        for _ in 0..LAST_WORDS {
            if self.is_mute {
                break;
            }
            let mut frames = Vec::new();
            let (got, read) = self.read(&mut frames);
            let understood = self.understand(pool, frames);
            if let Err(error) = read.and(understood) {
                self.expel(pool, error.to_string());
            }
            if !matches!(got, Ok(Got::Bytes)) {
                break;
            }
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
