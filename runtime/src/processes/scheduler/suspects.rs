//! Calls that workers did not come to run: tried elsewhere, alone, and not for ever.
//!
//! ```text
//!   worker ends while it takes over the bytes --> one takeover more --the third--> lost
//!                                                        |
//!   worker leaves, since earlier calls have left         v
//!   too much memory behind, twice ------------------> alone, to a fresh worker
//! ```
//!
//! - A long frame needs memory of its own, and a worker that does not get it ends before the
//!   claim, which is what blame goes by. So the worker says beforehand which flight it takes over
//!   (`Counter::TakingOver`). That word is believed only of the first flight there, if it is long
//!   and unclaimed: an absurd one means nothing.
//! - What is tried alone waits for a fresh worker, which holds nothing of other calls, and holds
//!   up no call but itself. The worker that ended has made room for one. If none is on its way,
//!   any worker with nothing to do will do.
//! - What is known of a call is forgotten with it.

use std::{
    ops::Range,
    sync::{Arc, Weak},
    time::Instant,
};

use super::{Desk, Errand, Member, Next};
use crate::{
    error::{TaskError, WorkerEnd},
    processes::{
        claims::{Number, Seen},
        encoded_call::{Parcel, Place},
    },
};

/// How many workers may end while they take over one call.
const TAKEOVERS: u32 = 3;

/// How many workers may leave rather than run one call, before that goes to a fresh one alone.
const LEAVES: u32 = 2;

/// What is known of some calls.
#[derive(Default)]
pub(super) struct Suspects(Vec<Suspect>);

/// A part of a call, and what has happened to it.
struct Suspect {
    parcel: Weak<Parcel>,
    item: usize,
    takeovers: u32,
    leaves: u32,
}

/// A part of a call that a worker was about to run.
pub(super) type Part = (Arc<Parcel>, usize);

impl Suspect {
    fn is_alone(&self) -> bool {
        self.takeovers > 0 || self.leaves >= LEAVES
    }

    fn is_of(&self, parcel: &Arc<Parcel>) -> bool {
        std::ptr::eq(self.parcel.as_ptr(), Arc::as_ptr(parcel))
    }
}

impl Suspects {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&mut self, parcel: &Arc<Parcel>, item: usize) -> &mut Suspect {
        self.0.retain(|suspect| suspect.parcel.strong_count() > 0);
        let is_it = |suspect: &Suspect| suspect.is_of(parcel) && suspect.item == item;
        let index = self.0.iter().position(is_it).unwrap_or_else(|| {
            self.0.push(Suspect {
                parcel: Arc::downgrade(parcel),
                item,
                takeovers: 0,
                leaves: 0,
            });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    fn forget(&mut self, parcel: &Arc<Parcel>, item: usize) {
        self.0
            .retain(|suspect| !(suspect.is_of(parcel) && suspect.item == item));
    }

    /// The first of these parts that is tried alone.
    fn first_alone(&self, errand: &Errand) -> Option<usize> {
        let within = self.0.iter().filter(|suspect| {
            suspect.is_alone()
                && suspect.is_of(&errand.parcel)
                && errand.items.contains(&suspect.item)
        });
        within.map(|suspect| suspect.item).min()
    }
}

impl Member {
    /// The part that it was about to run, if it is in its first flight, and unclaimed.
    pub(super) fn next_part(&self) -> Option<Part> {
        let first = self.flights.first()?;
        (self.see(first) == Seen::Sent).then(|| (first.parcel.clone(), first.open().start))
    }

    /// The part whose bytes it was taking over when it ended.
    pub(super) fn taking_over(&self) -> Option<Part> {
        let first = self.flights.first()?;
        let is_said = self.table.taking_over() == first.number.0;
        self.next_part().filter(|_| is_said && first.is_long)
    }

    /// Whether it has been given nothing yet.
    fn is_fresh(&self) -> bool {
        self.is_free() && self.next == Number::FIRST
    }

    /// Gives it one part, and nothing else until that is answered. False if it cannot take it now.
    fn give_alone(&mut self, parcel: &Arc<Parcel>, items: Range<usize>) -> bool {
        let is_given = self.give(parcel, items, Instant::now) > 0;
        if let Some(flight) = self.flights.last_mut().filter(|_| is_given) {
            flight.is_alone = true;
            self.is_filling = false;
        }
        is_given
    }
}

impl Desk {
    /// A worker has left rather than run this part: it held too much memory for that.
    pub(super) fn note_leave(&mut self, (parcel, item): Part) {
        if parcel.memory().is_some() {
            self.suspects.of(&parcel, item).leaves += 1;
        }
    }

    /// A worker has ended while it took over this part, the first of what was recalled from it. It is
    /// taken out of that if it is not to be tried again.
    pub(super) fn note_takeover(
        &mut self,
        member: &Member,
        (parcel, item): Part,
        (end, stderr): (WorkerEnd, &str),
        recalled: &mut Vec<Errand>,
        next: &mut Next,
    ) {
        let suspect = self.suspects.of(&parcel, item);
        suspect.takeovers += 1;
        let is_first =
            |first: &&mut Errand| Arc::ptr_eq(&first.parcel, &parcel) && first.items.start == item;
        let first = recalled.first_mut().filter(is_first);
        let Some(first) = first.filter(|_| suspect.takeovers >= TAKEOVERS) else {
            return;
        };
        first.items.start += 1;
        recalled.retain(|errand| !errand.items.is_empty());
        self.suspects.forget(&parcel, item);
        let mut death = super::workers::death(member, end, (&parcel, item), stderr);
        death.takeovers = TAKEOVERS;
        let error = TaskError::worker_lost(death);
        self.fail_attempt(parcel, item, error, next);
    }

    /// Takes out of an errand what is to be tried alone, and has it wait for that; what is left,
    /// in its order.
    pub(super) fn without_suspects(&mut self, errand: Errand) -> Vec<Errand> {
        let mut left = Vec::new();
        let mut rest = errand;
        while let Some(item) = self.suspects.first_alone(&rest) {
            let parcel = &rest.parcel;
            parcel.set_place(item..item + 1, Place::Resting);
            self.resting.wait_alone(parcel.clone(), item);
            let before = rest.items.start..item;
            left.push(Errand {
                parcel: parcel.clone(),
                items: before,
            });
            rest.items.start = item + 1;
        }
        left.push(rest);
        left.retain(|errand| !errand.items.is_empty());
        left
    }

    /// Gives calls that are tried alone to fresh workers, or to others that have nothing to do if
    /// none will come.
    pub(super) fn deal_alone(&mut self, next: &mut Next) {
        let is_one_coming = self.is_one_coming();
        for Errand { parcel, items } in self.resting.take_alone() {
            let free = self.members.values_mut().filter(|member| member.is_free());
            let taker = free.min_by_key(|member| !member.is_fresh());
            let taker = taker.filter(|member| member.is_fresh() || !is_one_coming);
            let given = taker.and_then(|member| {
                let given = member.give_alone(&parcel, items.clone());
                given.then(|| member.outbox().clone())
            });
            match given {
                Some(outbox) => {
                    next.add_flush(&outbox);
                    next.wake = true;
                }
                None => self.resting.wait_alone(parcel, items.start),
            }
        }
    }
}
