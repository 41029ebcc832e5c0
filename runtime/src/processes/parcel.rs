//! A call on the parent's side: its bytes, where each of its parts is, and the answers so far.
//!
//! ```text
//!   Queued --> With a worker --> Answered
//!     ^  |          |  |
//!     |  |          |  `- recalled, or its worker died: Queued again
//!     |  `----------'
//!     |       `- cancelled: Withdrawn
//! ```
//!
//! Before it is submitted it is at Home. A call of a task is one part, a chunk one for each of its calls. Places change under the desk's lock
//! alone, and whoever tells the call how it ended takes its end out.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use super::{claims::Number, desk::WorkerId, message::Bytes, pool::Pool};
use crate::{
    error::TaskError,
    executor::Sent,
    future::tether::Tether,
    portable::{Packed, Part},
    sync::Mutex,
};

/// What was answered to one part.
pub(super) type Answer = Result<Bytes, TaskError>;

/// A call, as bytes.
pub(super) struct Parcel {
    pub(super) task: u32,
    bytes: Packed,
    asked: Option<Box<Asked>>,
    pool: Weak<Pool>,
    inner: Mutex<Inner>,
}

/// What only some calls ask for.
pub(super) struct Asked {
    /// How long it may run.
    pub(super) timeout: Option<Duration>,
    /// When nothing of it is to start any more.
    pub(super) deadline: Option<Instant>,
}

struct Inner {
    sent: Option<Sent>,
    places: Places,
}

/// Where the parts of a call are.
enum Places {
    One(Place),
    Many(Box<Many>),
}

struct Many {
    places: Vec<Place>,
    answers: Vec<Option<Answer>>,
    /// How many have no answer yet.
    open: usize,
}

/// Where one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It was not submitted yet.
    Home,
    Queued,
    With(WorkerId, Number),
    Answered,
    Withdrawn,
}

/// What an answer makes of its call.
#[must_use]
pub(super) enum Filed {
    /// All answers are there, in their order.
    Whole(Vec<Answer>),
    /// Others are to come.
    Waiting,
}

impl Parcel {
    pub(super) fn new(
        task: u32,
        bytes: Packed,
        sent: Sent,
        timeout: Option<Duration>,
        pool: Weak<Pool>,
    ) -> Arc<Self> {
        let deadline = sent.deadline();
        let asks = timeout.is_some() || deadline.is_some();
        let places = Places::new(bytes.len());
        Arc::new(Self {
            task,
            bytes,
            asked: asks.then(|| Box::new(Asked { timeout, deadline })),
            pool,
            inner: Mutex::new(Inner {
                sent: Some(sent),
                places,
            }),
        })
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn part(&self, item: usize) -> Part<'_> {
        self.bytes.part(item)
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.asked.as_ref().and_then(|asked| asked.timeout)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.asked.as_ref().and_then(|asked| asked.deadline)
    }

    /// Has cancels of the call ask here first. False if it is cancelled already.
    pub(super) fn tie(self: &Arc<Self>) -> bool {
        let inner = self.inner.lock();
        let sent = inner.sent.as_ref();
        sent.is_some_and(|sent| sent.tie(self.clone()))
    }

    /// The name of the call, for those who are told how it ended.
    pub(super) fn name(&self) -> String {
        let inner = self.inner.lock();
        inner
            .sent
            .as_ref()
            .map(|sent| sent.name().to_owned())
            .unwrap_or_default()
    }

    /// The end of the call, for the one who settles it.
    pub(super) fn take_sent(&self) -> Option<Sent> {
        self.inner.lock().sent.take()
    }

    /// A worker has started the call. Runs user code.
    pub(super) fn start(&self) {
        let canceller = self.inner.lock().sent.as_ref().map(Sent::canceller);
        if let Some(canceller) = canceller {
            canceller.start_away();
        }
    }

    /// Cancels the call, if no worker has started it.
    pub(super) fn cancel(&self) -> bool {
        let canceller = self.inner.lock().sent.as_ref().map(Sent::canceller);
        canceller.is_some_and(|canceller| canceller.cancel())
    }

    pub(super) fn place(&self, item: usize) -> Place {
        *self.inner.lock().places.at(item)
    }

    pub(super) fn set_place(&self, item: usize, place: Place) {
        *self.inner.lock().places.at(item) = place;
    }

    /// The parts are queued from here on. False if the call was cancelled before.
    pub(super) fn leave_home(&self) -> bool {
        let mut inner = self.inner.lock();
        let mut any = false;
        for item in 0..self.len() {
            let place = inner.places.at(item);
            if *place == Place::Home {
                *place = Place::Queued;
                any = true;
            }
        }
        any
    }

    /// The places of all parts.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut inner = self.inner.lock();
        (0..self.len()).map(|item| *inner.places.at(item)).collect()
    }

    /// Keeps the answer to one part.
    pub(super) fn file(&self, item: usize, answer: Answer) -> Filed {
        self.inner.lock().places.file(item, answer)
    }
}

impl Places {
    fn new(len: usize) -> Self {
        if len == 1 {
            return Self::One(Place::Home);
        }
        Self::Many(Box::new(Many {
            places: vec![Place::Home; len],
            answers: (0..len).map(|_| None).collect(),
            open: len,
        }))
    }

    fn at(&mut self, item: usize) -> &mut Place {
        match self {
            Self::One(place) => place,
            Self::Many(many) => &mut many.places[item],
        }
    }

    fn file(&mut self, item: usize, answer: Answer) -> Filed {
        *self.at(item) = Place::Answered;
        let Self::Many(many) = self else {
            return Filed::Whole(vec![answer]);
        };
        let before = many.answers[item].replace(answer);
        many.open -= usize::from(before.is_none());
        if many.open > 0 {
            return Filed::Waiting;
        }
        let answers = std::mem::take(&mut many.answers);
        Filed::Whole(answers.into_iter().flatten().collect())
    }
}

impl Tether for Parcel {
    fn recall(self: Arc<Self>) -> bool {
        self.pool.upgrade().is_some_and(|pool| pool.recall(&self))
    }

    fn has_started(&self) -> bool {
        self.pool
            .upgrade()
            .is_some_and(|pool| pool.has_started(self))
    }

    fn abort(self: Arc<Self>) -> bool {
        self.pool.upgrade().is_some_and(|pool| pool.abort(&self))
    }
}
