//! The moves of both sides, one after another; `loom_claims` has them at the same time.

use super::{
    state::{Stage, State},
    *,
};

/// A word, and the claim on a flight of three items that was sent in it.
fn sent(word: &AtomicU64) -> Claim<'_, AtomicU64> {
    let claim = Claim::new(word, Number::FIRST);
    assert_eq!(claim.send(None, 3), Given::Sent);
    claim
}

#[test]
fn a_flight_is_run_item_by_item() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.see(3), Seen::Sent);

    assert_eq!(claim.claim(), Step::Run(0));
    assert_eq!(claim.see(3), Seen::Claimed(0));

    assert_eq!(claim.advance(0), Step::Run(1));
    assert_eq!(claim.advance(1), Step::Run(2));
    assert_eq!(claim.advance(2), Step::Over);
    assert_eq!(claim.see(3), Seen::Over);
    assert_eq!(claim.recall(0, 3), 3);
    assert!(!claim.condemn(2));
}

#[test]
fn what_is_not_claimed_is_taken_back_from_its_end() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), Step::Run(0));

    assert_eq!(claim.recall(2, 3), 2);
    assert_eq!(claim.recall(0, 2), 1);

    assert_eq!(claim.advance(0), Step::Over);
}

#[test]
fn what_nobody_has_claimed_is_taken_back_as_a_whole() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);

    assert_eq!(claim.recall(0, 3), 0);

    assert_eq!(claim.claim(), Step::Over);
}

#[test]
fn only_the_item_that_runs_is_condemned() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), Step::Run(0));
    assert_eq!(claim.advance(0), Step::Run(1));

    assert!(!claim.condemn(0) && !claim.condemn(2));
    assert!(claim.condemn(1));

    assert_eq!(claim.advance(1), Step::Condemned);
    assert_eq!(claim.recall(0, 3), 3);
}

#[test]
fn a_move_meant_for_an_earlier_flight_fails() {
    let word = AtomicU64::new(0);
    let first = sent(&word);
    let second = Claim::new(&word, Number::FIRST.next());
    assert_eq!(first.recall(0, 3), 0);

    assert_eq!(second.send(Some(Number::FIRST), 1), Given::Sent);

    assert_eq!(first.claim(), Step::Over);
    assert_eq!(first.recall(0, 3), 3);
    assert_eq!(second.claim(), Step::Run(0));
}

#[test]
fn a_word_is_not_given_away_while_its_flight_is_claimed() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    let next = Claim::new(&word, Number::FIRST.next());
    assert_eq!(claim.claim(), Step::Run(0));
    assert_eq!(claim.recall(1, 3), 1);

    assert_eq!(next.send(Some(Number::FIRST), 1), Given::InUse);

    assert_eq!(claim.advance(0), Step::Over);
    assert_eq!(next.send(Some(Number::FIRST), 1), Given::Sent);
}

#[test]
fn a_word_that_was_overwritten_is_given_to_nobody() {
    let claimed = |number| State {
        number,
        end: 1,
        item: 0,
        stage: Stage::Claimed,
    };
    for written in [u64::MAX, 1, claimed(7).word(), claimed(1).word()] {
        let word = AtomicU64::new(written);

        let claim = Claim::new(&word, Number::FIRST);

        assert_eq!(claim.send(None, 1), Given::Wild);
        assert!(written == claimed(1).word() || claim.see(1) == Seen::Wild);
    }
}

#[test]
fn a_worker_that_leaves_leaves_the_rest_to_others() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), Step::Run(0));

    assert_eq!(claim.leave(0), Step::Over);

    assert!(!claim.condemn(0));
    assert_eq!(claim.recall(0, 3), 1);
}
