//! What happens as time passes: limits, workers with nothing to do, workers that are late.

use std::time::{Duration, Instant};

use super::{
    Desk, Errand, Next, Rules, WorkerId,
    batches::Flight,
    calls::{Ending, file},
    limits::{LONGEST, Looked},
    scaling::DYING,
    worker_record::{BYTES_AHEAD, Member, Standing},
};
use crate::{
    error::TaskError,
    processes::{
        answers::Said,
        claims::{Number, Seen},
    },
};

/// How long a worker may take to go once it was asked to.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);

/// How long calls may wait behind one that takes its time.
pub(super) const STUCK: Duration = Duration::from_millis(5);

/// How long a worker may take from its answer to the end of its claim, before somebody looks again.
const IN_USE: Duration = Duration::from_millis(1);

/// How many workers in a row may not come for one call with a limit.
const LATE_WORKERS: u32 = 3;

/// How long a worker that did not come for its calls is given none while others have room.
const SLOW: Duration = Duration::from_secs(1);

impl Desk {
    /// Does what is due; says when to come again.
    pub(in crate::processes) fn tend(&mut self, next: &mut Next) -> Option<Instant> {
        self.dispatch(next);
        let now = Instant::now();
        let is_somebody_free = self.members.values().any(Member::is_free);
        let ids: Vec<WorkerId> = self.members.keys().copied().collect();
        let next_rest = self.end_rests(now);
        let next_try = self.refused_until.filter(|moment| *moment > now);
        let mut moments: Vec<Option<Instant>> = vec![next_rest, next_try];
        for id in ids {
            self.note_progress(id, now);
            moments.push(self.tend_limits(id, now, next));
            moments.push(self.tend_standing(id, now, next));
            moments.push(self.tend_stuck(id, now, is_somebody_free));
        }
        // What is given from here on is looked after anew.
        self.tend_at = None;
        self.dispatch(next);
        moments.push(self.pause_in_use(now, std::mem::take(&mut next.in_use)));
        self.tend_at = moments.into_iter().flatten().min();
        self.tend_at
    }

    /// A worker that takes bytes over is not silent.
    fn note_progress(&mut self, id: WorkerId, now: Instant) {
        if let Some(member) = self.members.get_mut(&id) {
            let rest = member.outbox().unsent();
            if std::mem::replace(&mut member.rest_seen, rest) != rest {
                member.heard = now;
            }
        }
    }

    /// When to look again for the end of a claim that is in use: a stopped worker may take long for
    /// that.
    fn pause_in_use(&mut self, now: Instant, is_in_use: bool) -> Option<Instant> {
        self.in_use_pause = if is_in_use {
            (self.in_use_pause * 2).clamp(IN_USE, LONGEST)
        } else {
            Duration::ZERO
        };
        is_in_use.then(|| now + self.in_use_pause)
    }

    /// Ends the call that has reached a limit.
    fn tend_limits(&mut self, id: WorkerId, now: Instant, next: &mut Next) -> Option<Instant> {
        let member = self.members.get_mut(&id)?;
        if member.is_doomed() {
            return None;
        }
        for number in member.due(now) {
            match member.look(number, now) {
                None => continue,
                Some(Looked::Over(part, error)) => {
                    self.end_running(id, number, part, Ending::Limit(error), next);
                }
                Some(Looked::Late) => self.end_late(id, number, next),
            }
            break;
        }
        let member = self.members.get(&id)?;
        let looks = member.flights().iter().filter_map(Flight::look_at);
        looks.min()
    }

    /// Ends a worker that does not come for this flight, whose call runs elsewhere. One that many workers in a row
    /// did not come for, may be what keeps them from it.
    fn end_late(&mut self, id: WorkerId, number: Number, next: &mut Next) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let Some(flight) = member.flight(number) else {
            return;
        };
        let parcel = flight.parcel.clone();
        let mut items = member.recall_flight(number);
        if items.is_empty() {
            // It has just come.
            return;
        }
        if parcel.note_late(items.start) >= LATE_WORKERS {
            let reason = format!("{LATE_WORKERS} workers in a row did not come for it");
            let said = Said::Error(TaskError::worker_lost(reason));
            file(parcel.clone(), items.start..items.start + 1, said, next);
            items.start += 1;
        }
        let reason = "it did not come for a call with a limit".to_owned();
        self.requeue(vec![Errand { parcel, items }]);
        self.expel(id, reason, next);
    }

    /// These workers are not listened to for now, all others are.
    pub(in crate::processes) fn note_unheard(&mut self, unheard: &[WorkerId]) {
        for (id, member) in &mut self.members {
            member.is_unheard = unheard.contains(id);
        }
    }

    /// Ends workers that do not come, have nothing to do, or do not go.
    fn tend_standing(&mut self, id: WorkerId, now: Instant, next: &mut Next) -> Option<Instant> {
        let Rules {
            start_limit,
            idle_timeout,
            ..
        } = self.rules;
        let is_done = self.is_ending() && self.has_nothing_to_do();
        let member = self.members.get_mut(&id)?;
        if let Some((deadline, reason)) = member.grace(start_limit) {
            if now >= deadline {
                self.expel(id, reason, next);
                return None;
            }
            if !(is_done && matches!(member.standing, Standing::Starting { .. })) {
                return Some(deadline);
            }
        }
        match member.standing {
            Standing::Starting { .. } if is_done => Some(retire(member, now, next)),
            Standing::Ready {
                idle_since: Some(since),
            } if member.in_flight() == 0 => {
                let deadline = idle_timeout.and_then(|limit| since.checked_add(limit));
                let is_over = deadline.is_some_and(|deadline| now >= deadline);
                if is_done || is_over || !member.is_staying() {
                    return Some(retire(member, now, next));
                }
                deadline
            }
            Standing::Leaving { since } => {
                let deadline = since + LEAVE_LIMIT;
                if now >= deadline {
                    member.doom(None);
                }
                Some(deadline).filter(|deadline| now < *deadline)
            }
            Standing::Doomed { since } => {
                let moment = since + DYING;
                Some(moment).filter(|moment| now < *moment)
            }
            _ => None,
        }
    }

    /// Takes calls from a worker that has not been heard of for a while: those behind the one it runs, and that one
    /// too if it does not come for it and somebody else has nothing to do.
    fn tend_stuck(
        &mut self,
        id: WorkerId,
        now: Instant,
        is_somebody_free: bool,
    ) -> Option<Instant> {
        let member = self.members.get_mut(&id)?;
        if member.is_doomed() {
            return None;
        }
        member.look_for_room();
        if let Some(since) = member.slow_since {
            let end = since + SLOW;
            member.slow_since = member.slow_since.filter(|_| now < end);
            return Some(end);
        }
        let seen = member.see(member.flights().first()?);
        if let Some(over_by) = ends_wrong(member, seen, now) {
            member.is_wild |= now >= over_by;
            return Some(over_by.max(now));
        }
        let is_unclaimed = seen == Seen::Sent;
        if member.in_flight() == 1 && !is_unclaimed {
            return None;
        }
        let due = member.heard + member.patience(is_unclaimed);
        if now < due {
            return Some(due);
        }
        if is_unclaimed && member.flights().first()?.is_alone {
            // Its end, or its claim, is waited for.
            return None;
        }
        if is_unclaimed && !is_somebody_free {
            // Nobody else could come for it.
            return Some(now + SLOW);
        }
        if is_unclaimed {
            member.slow_since = Some(now);
        } else {
            // It is given one at a time from here on.
            member.most = 1;
        }
        let recalled = member.recall_all();
        self.requeue(recalled);
        is_unclaimed.then(|| now + SLOW)
    }

    fn has_nothing_to_do(&self) -> bool {
        self.waiting() == 0 && self.members.values().all(|member| member.in_flight() == 0)
    }
}

impl Member {
    /// How long it may be silent before calls are taken from it: one that takes over much begins with
    /// that a while after.
    fn patience(&self, is_unclaimed: bool) -> Duration {
        let is_much = self.flights().bytes() > BYTES_AHEAD;
        if is_unclaimed && is_much { SLOW } else { STUCK }
    }
}

/// By when a worker counts as run wild whose first flight stands like this; `None` if nothing is wrong with it.
fn ends_wrong(member: &mut Member, seen: Seen, now: Instant) -> Option<Instant> {
    match seen {
        Seen::Wild => Some(now),
        // It has its answers soon, or was never run.
        Seen::Over => Some(member.note_over(now)? + LEAVE_LIMIT),
        Seen::Sent | Seen::Claimed(_) => None,
    }
}

/// Asks a worker to go; says when it has to be gone.
fn retire(member: &mut Member, now: Instant, next: &mut Next) -> Instant {
    member.retire();
    next.add_flush(member.outbox());
    now + LEAVE_LIMIT
}
