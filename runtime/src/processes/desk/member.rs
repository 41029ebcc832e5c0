//! One worker, as the desk knows it: what it was given, and how it stands.
//!
//! ```text
//!   Starting --hello--> Ready --retire--> Leaving
//!       |                 |                  |
//!       `-----------------`---- doomed ------`----> its process ends, and the member is gone
//! ```

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Rules, WorkerId,
    flights::{Flight, Flights},
};
use crate::processes::{
    claims::{Given, Number},
    clock,
    link::Link,
    message::{self, Calls},
    parcel::{Parcel, Place},
    process::Process,
    supervisor::Newborn,
    table::{Table, WORDS},
};

/// How many calls may be with a worker, at most.
const MOST: usize = 64;

/// How much work may be with a worker: what is more could as well wait in the queue, where it keeps its turn.
const WORK_AHEAD: Duration = Duration::from_millis(2);

/// How many bytes of arguments are sent ahead of their turn, at most: about what a socket holds.
const BYTES_AHEAD: u64 = 128 << 10;

/// One worker.
pub(in crate::processes) struct Member {
    id: WorkerId,
    pub(super) process: Arc<Process>,
    link: Arc<Link>,
    pub(super) table: Table,
    pub(super) standing: Standing,
    pub(super) flights: Flights,
    next: Number,
    /// How many more it may be given.
    left: u64,
    /// How many calls may be with it, as its pace has shown.
    most: usize,
    /// Whether it is being given calls, until it has `most` of them.
    is_filling: bool,
    /// When it last answered, or was given a call while it had none.
    pub(super) heard: Instant,
    /// Whether it has said hello.
    has_greeted: bool,
    /// Whether it was seen to have overwritten its claim table.
    pub(super) is_wild: bool,
    /// Whether it has answered anything.
    has_answered: bool,
    /// Since when its link is closed: it is ending, or will be ended.
    pub(super) closed_since: Option<Instant>,
    /// Why the pool itself ended it.
    pub(super) reason: Option<String>,
    /// Since when it is known not to come for its calls.
    pub(super) slow_since: Option<Instant>,
}

/// How a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not said hello.
    Starting { since: Instant },
    /// It takes calls; it has had nothing to do since then.
    Ready { idle_since: Option<Instant> },
    /// It was asked to go.
    Leaving { since: Instant },
    /// It was killed, or is about to be.
    Doomed,
}

impl Member {
    pub(super) fn new(id: WorkerId, newborn: Newborn, rules: &Rules) -> Self {
        let Newborn {
            process,
            link,
            table,
        } = newborn;
        Self {
            id,
            process,
            link,
            table,
            standing: Standing::Starting {
                since: Instant::now(),
            },
            flights: Flights::default(),
            next: Number::FIRST,
            left: rules.max_tasks.unwrap_or(u64::MAX),
            most: 1,
            is_filling: true,
            heard: Instant::now(),
            has_greeted: false,
            is_wild: false,
            has_answered: false,
            closed_since: None,
            reason: None,
            slow_since: None,
        }
    }

    pub(in crate::processes) fn id(&self) -> WorkerId {
        self.id
    }

    pub(in crate::processes) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    pub(in crate::processes) fn process(&self) -> &Arc<Process> {
        &self.process
    }

    pub(super) fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// How many calls it runs: one or none.
    pub(super) fn running(&self) -> usize {
        let mut flights = self.flights.iter();
        usize::from(flights.any(|flight| self.has_claimed(flight.number)))
    }

    /// Whether it has run a call to its end.
    pub(super) fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Whether it will take calls, if it does not already.
    pub(super) fn is_staying(&self) -> bool {
        let may = matches!(
            self.standing,
            Standing::Starting { .. } | Standing::Ready { .. }
        );
        may && self.left > 0 && self.closed_since.is_none() && !self.is_wild
    }

    fn is_ready(&self) -> bool {
        matches!(self.standing, Standing::Ready { .. })
    }

    /// Whether it is ready and has nothing to do.
    pub(super) fn is_free(&self) -> bool {
        self.flights.is_empty() && self.has_room() && self.slow_since.is_none()
    }

    /// Whoever has less of it is given the next call.
    pub(super) fn burden(&self) -> (bool, usize) {
        (self.slow_since.is_some(), self.flights.len())
    }

    /// Whether it was killed, or is about to be.
    pub(super) fn is_doomed(&self) -> bool {
        self.standing == Standing::Doomed
    }

    /// Whether it may be given one call more.
    pub(super) fn has_room(&self) -> bool {
        let has_room_for_bytes = (self.flights.is_empty() || self.flights.bytes() < BYTES_AHEAD)
            && self.link.rest() < BYTES_AHEAD;
        let may = self.is_ready() && self.is_staying();
        may && self.is_filling && has_room_for_bytes
    }

    /// Gives it parts of a call, as many as it has room for; says how many.
    pub(super) fn give(
        &mut self,
        parcel: &Arc<Parcel>,
        items: Range<usize>,
        now: impl Fn() -> Instant,
    ) -> usize {
        let items = self.fitting(parcel, items);
        let first = self.next;
        if items.is_empty() {
            // A word is in use still: there is room again with the next answer.
            self.is_filling = false;
            return 0;
        }
        self.send(parcel, items.clone(), first);
        if self.flights.is_empty() {
            self.heard = now();
        }
        let look_at = parcel.timeout().and_then(|limit| now().checked_add(limit));
        for (step, item) in items.clone().enumerate() {
            let number = first.plus(step as u64);
            parcel.set_place(item, Place::With(self.id, number));
            self.flights.add(Flight {
                number,
                parcel: parcel.clone(),
                item,
                has_started: false,
                look_at,
            });
        }
        self.next = first.plus(items.len() as u64);
        self.left -= items.len() as u64;
        self.is_filling = self.flights.len() < self.most;
        self.standing = Standing::Ready { idle_since: None };
        items.len()
    }

    /// The first of `items`, so many as may go now; their words say that they were sent.
    fn fitting(&mut self, parcel: &Parcel, items: Range<usize>) -> Range<usize> {
        let room = self.most.saturating_sub(self.flights.len()).max(1) as u64;
        let most = (items.len() as u64).min(room).min(self.left) as usize;
        // Its word is its own until its answer is heard.
        let oldest = self.flights.at(0).map(|flight| flight.number);
        let mut end = items.start;
        let mut bytes = self.flights.bytes();
        while end < items.start + most {
            let is_first = end == items.start;
            let number = self.next.plus((end - items.start) as u64);
            let is_word_free = oldest.is_none_or(|oldest| number.0 < oldest.0 + WORDS as u64);
            if !is_word_free || !is_first && bytes >= BYTES_AHEAD {
                break;
            }
            let given = self.table.send(number);
            self.is_wild |= given == Given::Wild;
            if given != Given::Sent {
                break;
            }
            bytes += parcel.part(end).len() as u64;
            end += 1;
        }
        items.start..end
    }

    fn send(&self, parcel: &Arc<Parcel>, items: Range<usize>, first: Number) {
        let calls = Calls {
            first,
            task: parcel.task,
            not_after: parcel.deadline().map_or(0, clock::at),
            is_timed: parcel.timeout().is_some(),
            parts: Vec::new(),
        };
        let parts = items.clone().map(|item| parcel.part(item));
        self.link.push(|out| calls.head(parts, out));
        self.link.push_parts(parcel, items);
    }

    /// Takes back the flights in this range that the worker has not claimed.
    pub(super) fn recall(&mut self, range: Range<usize>) -> Vec<Flight> {
        let mut recalled = Vec::new();
        let mut index = range.start;
        for _ in range {
            let Some(flight) = self.flights.at(index) else {
                break;
            };
            if self.table.claim(flight.number).recall() {
                recalled.extend(self.flights.take_at(index));
            } else {
                index += 1;
            }
        }
        self.note_taken();
        recalled
    }

    /// Takes back all that it has not claimed.
    pub(super) fn recall_all(&mut self) -> Vec<Flight> {
        self.recall(0..self.flights.len())
    }

    /// Takes one call back. False if the worker has claimed it.
    pub(super) fn recall_one(&mut self, number: Number) -> bool {
        let recalled = self.table.claim(number).recall();
        if recalled {
            self.take(number);
        }
        recalled
    }

    /// Dooms the worker to end with the call it runs. False if it does not run that.
    pub(super) fn condemn(&mut self, number: Number) -> Option<Flight> {
        if !self.table.claim(number).condemn() {
            return None;
        }
        self.doom(None);
        self.take(number)
    }

    /// Kills it. What it has claimed ends with it.
    pub(super) fn doom(&mut self, reason: Option<String>) {
        self.standing = Standing::Doomed;
        self.reason = self.reason.take().or(reason);
        self.process.kill();
    }

    /// Asks it to go, once it has nothing to do.
    pub(super) fn retire(&mut self) {
        self.standing = Standing::Leaving {
            since: Instant::now(),
        };
        self.link
            .push(|out| out.extend_from_slice(&message::retire()));
    }

    /// The worker says hello. False if it has before.
    pub(super) fn greet(&mut self) -> bool {
        !std::mem::replace(&mut self.has_greeted, true)
    }

    /// The worker is ready, or has nothing to do again.
    pub(super) fn become_ready(&mut self) {
        self.standing = Standing::Ready {
            idle_since: Some(Instant::now()),
        };
    }

    /// The call of this number is with the worker no more.
    pub(super) fn take(&mut self, number: Number) -> Option<Flight> {
        let flight = self.flights.take(number);
        self.note_taken();
        flight
    }

    /// It has fewer calls than before.
    fn note_taken(&mut self) {
        self.is_filling |= self.flights.len() * 2 < self.most + 1;
        if self.flights.is_empty() && self.is_ready() {
            self.become_ready();
        }
    }

    /// It has just answered so many calls: the quicker it is, the more it is given.
    pub(super) fn note_pace(&mut self, answers: u32, now: Instant) {
        let pace = now.saturating_duration_since(self.heard) / answers.max(1);
        self.heard = now;
        self.has_answered = true;
        self.slow_since = None;
        let fitting = WORK_AHEAD.as_nanos() / pace.as_nanos().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(MOST);
        self.most = fitting.clamp(1, MOST).min(self.most * 4);
    }

    /// Takes back what waits behind its first call, which takes its time; it is given one at a time from here on.
    pub(super) fn take_back_rest(&mut self) -> Vec<Flight> {
        self.most = 1;
        self.recall(1..self.flights.len())
    }

    /// A word that was in use may be free again.
    pub(super) fn look_for_room(&mut self) {
        self.is_filling |= self.flights.is_empty();
    }

    /// What it holds, the first first.
    pub(super) fn flights(&self) -> &Flights {
        &self.flights
    }

    pub(super) fn flight_mut(&mut self, number: Number) -> Option<&mut Flight> {
        self.flights.get_mut(number)
    }

    pub(super) fn has_claimed(&self, number: Number) -> bool {
        self.table.claim(number).is_claimed()
    }

    pub(super) fn has_left_unclaimed(&self, number: Number) -> bool {
        self.table.claim(number).is_sent()
    }

    /// Whether the word of this call says what it cannot say.
    pub(super) fn has_wild_word(&self, number: Number) -> bool {
        !self.table.claim(number).makes_sense()
    }
}
