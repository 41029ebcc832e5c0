//! The moves of both sides, one after another; `loom_claims` runs them concurrently.

use super::{
    state::{ClaimState, Stage},
    *,
};

/// The claim on a batch of three items that was sent in this word.
fn sent(word: &AtomicU64) -> Claim<'_, AtomicU64> {
    let claim = Claim::new(word, BatchNumber::FIRST);
    assert_eq!(claim.send(None, 3), Handover::Sent);
    claim
}

#[test]
fn a_batch_is_run_item_by_item() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.observe(3), Observed::Sent);

    assert_eq!(claim.claim(), ClaimStep::Run(0));
    assert_eq!(claim.observe(3), Observed::Claimed(0));

    assert_eq!(claim.advance(0), ClaimStep::Run(1));
    assert_eq!(claim.advance(1), ClaimStep::Run(2));
    assert_eq!(claim.advance(2), ClaimStep::Over);
    assert_eq!(claim.observe(3), Observed::Over);
    assert_eq!(claim.revoke(0, 3), 3);
    assert!(!claim.condemn(2));
}

#[test]
fn unclaimed_items_are_revoked_from_the_end() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), ClaimStep::Run(0));

    assert_eq!(claim.revoke(2, 3), 2);
    assert_eq!(claim.revoke(0, 2), 1);

    assert_eq!(claim.advance(0), ClaimStep::Over);
}

#[test]
fn an_unclaimed_batch_is_revoked_as_a_whole() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);

    assert_eq!(claim.revoke(0, 3), 0);

    assert_eq!(claim.claim(), ClaimStep::Over);
}

#[test]
fn only_the_item_that_runs_is_condemned() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), ClaimStep::Run(0));
    assert_eq!(claim.advance(0), ClaimStep::Run(1));

    assert!(!claim.condemn(0) && !claim.condemn(2));
    assert!(claim.condemn(1));

    assert_eq!(claim.advance(1), ClaimStep::Condemned);
    assert_eq!(claim.revoke(0, 3), 3);
}

#[test]
fn a_move_meant_for_an_earlier_batch_fails() {
    let word = AtomicU64::new(0);
    let first = sent(&word);
    let second = Claim::new(&word, BatchNumber::FIRST.next());
    assert_eq!(first.revoke(0, 3), 0);

    assert_eq!(second.send(Some(BatchNumber::FIRST), 1), Handover::Sent);

    assert_eq!(first.claim(), ClaimStep::Over);
    assert_eq!(first.revoke(0, 3), 3);
    assert_eq!(second.claim(), ClaimStep::Run(0));
}

#[test]
fn a_word_is_not_handed_over_while_its_batch_is_claimed() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    let next = Claim::new(&word, BatchNumber::FIRST.next());
    assert_eq!(claim.claim(), ClaimStep::Run(0));
    assert_eq!(claim.revoke(1, 3), 1);

    assert_eq!(next.send(Some(BatchNumber::FIRST), 1), Handover::InUse);

    assert_eq!(claim.advance(0), ClaimStep::Over);
    assert_eq!(next.send(Some(BatchNumber::FIRST), 1), Handover::Sent);
}

#[test]
fn a_word_that_was_overwritten_is_not_handed_over() {
    let claimed = |number| ClaimState {
        number,
        end: 1,
        item: 0,
        stage: Stage::Claimed,
    };
    for written in [u64::MAX, 1, claimed(7).word(), claimed(1).word()] {
        let word = AtomicU64::new(written);

        let claim = Claim::new(&word, BatchNumber::FIRST);

        assert_eq!(claim.send(None, 1), Handover::Corrupt);
        assert!(written == claimed(1).word() || claim.observe(1) == Observed::Corrupt);
    }
}

#[test]
fn a_worker_that_leaves_gives_the_rest_up() {
    let word = AtomicU64::new(0);
    let claim = sent(&word);
    assert_eq!(claim.claim(), ClaimStep::Run(0));

    assert_eq!(claim.leave(0), ClaimStep::Over);

    assert!(!claim.condemn(0));
    assert_eq!(claim.revoke(0, 3), 1);
}
