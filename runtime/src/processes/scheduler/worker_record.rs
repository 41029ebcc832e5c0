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
    batches::{Flight, Flights, Watch},
};
use crate::processes::{
    arguments::Arguments,
    claims::{Given, MOST_ITEMS, Number, Seen},
    clock,
    encoded_call::{Parcel, Place},
    link::Outbox,
    message::{self, CallBatch},
    process::Process,
    supervisor::SpawnedWorker,
    table::{Table, WORDS},
};

/// How many calls may be with a worker, at most, the items of chunks counted one by one.
const MOST: usize = MOST_ITEMS / 2;

/// How many flights may be with a worker, at most.
const MOST_FLIGHTS: usize = 64;

const _: () = assert!(MOST_FLIGHTS < WORDS);

/// How much work may be with a worker: what is more could as well wait in the queue, where it keeps its turn.
const WORK_AHEAD: Duration = Duration::from_millis(2);

/// How many bytes of arguments are sent ahead of their turn, at most: about what a socket holds.
pub(super) const BYTES_AHEAD: u64 = 128 << 10;

/// One worker.
pub(in crate::processes) struct Member {
    id: WorkerId,
    pub(super) process: Arc<Process>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) table: Arc<Table>,
    pub(super) standing: Standing,
    pub(super) flights: Flights,
    pub(super) next: Number,
    /// How many calls more it may be given.
    pub(super) left: u64,
    /// How many calls may be with it, as its pace has shown.
    pub(super) most: usize,
    /// Whether it is being given calls, until it has `most` of them.
    pub(super) is_filling: bool,
    /// When it last answered, or was given a call while it had none.
    pub(super) heard: Instant,
    /// Whether it has said hello.
    has_greeted: bool,
    /// Whether it was ever ready.
    pub(super) has_begun: bool,
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
    /// How many bytes waited for it when this was last looked at.
    pub(super) rest_seen: u64,
    /// Since when its first flight is seen to be over without all answers.
    over_since: Option<(Number, Instant)>,
    /// Whether it is not listened to, since it says more than is told.
    pub(super) is_unheard: bool,
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
    Doomed { since: Instant },
}

impl Member {
    pub(super) fn new(id: WorkerId, spawned: SpawnedWorker, rules: &Rules) -> Self {
        let SpawnedWorker {
            process,
            outbox,
            table,
        } = spawned;
        Self {
            id,
            process,
            outbox,
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
            has_begun: false,
            is_wild: false,
            has_answered: false,
            closed_since: None,
            reason: None,
            slow_since: None,
            rest_seen: 0,
            over_since: None,
            is_unheard: false,
        }
    }

    pub(in crate::processes) fn id(&self) -> WorkerId {
        self.id
    }

    pub(in crate::processes) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    pub(in crate::processes) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub(in crate::processes) fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// How many flights it was ever sent.
    pub(super) fn sent_flights(&self) -> u64 {
        self.next.0 - Number::FIRST.0
    }

    /// How many calls are with it, the items of chunks counted one by one.
    pub(super) fn in_flight(&self) -> usize {
        self.flights.calls()
    }

    /// How many calls it runs: one or none.
    pub(super) fn running(&self) -> usize {
        let mut flights = self.flights.iter();
        usize::from(flights.any(|flight| self.running_item(flight).is_some()))
    }

    /// Which of its parts the worker runs, if the flight is the one that it is at. One that is answered runs no more,
    /// whatever the word still says.
    pub(super) fn running_item(&self, flight: &Flight) -> Option<usize> {
        match self.see(flight) {
            Seen::Claimed(item) if item >= flight.answered => Some(item),
            _ => None,
        }
    }

    pub(super) fn see(&self, flight: &Flight) -> Seen {
        self.table.claim(flight.number).see(flight.len())
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
        (self.slow_since.is_some(), self.flights.calls())
    }

    /// Whether it was killed, or is about to be.
    pub(super) fn is_doomed(&self) -> bool {
        matches!(self.standing, Standing::Doomed { .. })
    }

    /// Whether it may be given one call more.
    pub(super) fn has_room(&self) -> bool {
        let has_room_for_bytes = (self.flights.is_empty() || self.flights.bytes() < BYTES_AHEAD)
            && self.outbox.unsent() < BYTES_AHEAD;
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
        let number = self.next;
        if items.is_empty() || !self.takes(number, items.len()) {
            // A word is in use still: there is room again with the next answer.
            self.is_filling = false;
            return 0;
        }
        self.next = number.next();
        self.send(parcel, items.clone(), number);
        if self.flights.is_empty() {
            self.heard = now();
        }
        let watch = parcel.look_after().map(|after| Watch::new(after, now()));
        parcel.set_place(items.clone(), Place::With(self.id, number));
        let flight = Flight::new(number, parcel.clone(), items.clone(), watch);
        self.flights.add(flight);
        self.left -= items.len() as u64;
        self.is_filling = self.flights.calls() < self.most && self.flights.len() < MOST_FLIGHTS;
        self.standing = Standing::Ready { idle_since: None };
        items.len()
    }

    /// The first of `items`, so many as may go now.
    fn fitting(&self, parcel: &Parcel, items: Range<usize>) -> Range<usize> {
        let room = self.most.saturating_sub(self.flights.calls()).max(1);
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = items.len().min(room).min(left).min(MOST_ITEMS);
        let there = self.flights.bytes();
        let fits = |count: usize| {
            let sent = items.start..items.start + count;
            there + parcel.bytes().joined(sent).len() as u64 <= BYTES_AHEAD
        };
        if fits(most) {
            return items.start..items.start + most;
        }
        // As many as fit, but one in any case.
        let (mut fitting, mut beyond) = (most.min(1), most);
        while fitting + 1 < beyond {
            let middle = fitting.midpoint(beyond);
            if fits(middle) {
                fitting = middle;
            } else {
                beyond = middle;
            }
        }
        items.start..items.start + fitting
    }

    /// Gives its word to a flight, if that is free.
    fn takes(&mut self, number: Number, items: usize) -> bool {
        // A word is its flight's until all answers are heard.
        let oldest = self.flights.first().map(|flight| flight.number);
        if oldest.is_some_and(|oldest| number.0 >= oldest.0 + WORDS as u64) {
            return false;
        }
        let given = self.table.send(number, items);
        self.is_wild |= given == Given::Wild;
        given == Given::Sent
    }

    fn send(&self, parcel: &Arc<Parcel>, items: Range<usize>, number: Number) {
        let calls = CallBatch {
            number,
            task: parcel.task,
            not_after: parcel.deadline().map_or(0, clock::at),
            is_timed: parcel.timeout().is_some(),
            memory: parcel.memory().unwrap_or_default(),
            arguments: Arguments::default(),
        };
        let head = |out: &mut Vec<u8>| calls.head(parcel.bytes(), items.clone(), out);
        self.outbox.add_batch(number, (parcel, items.clone()), head);
    }

    /// Some parts of a flight are answered, as it is their turn; the parts of the call that they are.
    pub(super) fn answer(
        &mut self,
        number: Number,
        parts: Range<usize>,
    ) -> Option<(Arc<Parcel>, Range<usize>)> {
        let answered = self.flights.answer(number, parts);
        self.note_fewer();
        answered
    }

    /// Kills it. What it has claimed ends with it.
    pub(super) fn doom(&mut self, reason: Option<String>) {
        let since = Instant::now();
        if !self.is_doomed() {
            self.standing = Standing::Doomed { since };
        }
        self.reason = self.reason.take().or(reason);
        if !self.process.kill() {
            self.outbox.close();
        }
        // It reads nothing more.
        self.outbox.clear();
    }

    /// Asks it to go, once it has nothing to do.
    pub(super) fn retire(&mut self) {
        self.standing = Standing::Leaving {
            since: Instant::now(),
        };
        self.outbox
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

    /// It has fewer calls than before.
    pub(super) fn note_fewer(&mut self) {
        let has_few_calls = self.flights.calls() * 2 < self.most + 1;
        self.is_filling |= has_few_calls && self.flights.len() * 2 <= MOST_FLIGHTS;
        if self.flights.is_empty() && self.is_ready() {
            self.become_ready();
        }
    }

    /// It has just answered so many calls: the quicker it is, the more it is given.
    pub(super) fn note_pace(&mut self, answers: u32, now: Instant) {
        let pace = now.saturating_duration_since(self.heard) / answers.max(1);
        self.heard = now;
        self.over_since = None;
        self.has_answered = true;
        self.slow_since = None;
        let fitting = WORK_AHEAD.as_nanos() / pace.as_nanos().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(MOST);
        self.most = fitting.clamp(1, MOST).min(self.most * 4);
    }

    /// Its first flight has come farther than its answers: since when that was seen. `None` if nothing is wrong with that.
    pub(super) fn note_over(&mut self, now: Instant) -> Option<Instant> {
        if self.is_unheard {
            self.over_since = None;
            return None;
        }
        let number = self.flights.first()?.number;
        let seen = self.over_since.filter(|(over, _)| *over == number);
        Some(self.over_since.insert(seen.unwrap_or((number, now))).1)
    }

    /// Its first flight may run: when that is looked at, if sooner than it was.
    pub(super) fn hasten_look(&mut self, now: Instant) -> Option<Instant> {
        let first = self.flights.first_mut()?;
        let watch = first.watch.as_mut()?;
        watch.hasten(first.parcel.look_after()?, now)
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

    pub(super) fn flight(&self, number: Number) -> Option<&Flight> {
        let index = self.flights.index_of(number)?;
        Some(self.flights.at(index))
    }
}
