//! The content of a claim word, and how it is packed.
//!
//! ```text
//!   | number, 33 bits | end, 14 | item, 14 | stage, 3 |
//! ```

const STAGE_BITS: u32 = 3;
const ITEM_BITS: u32 = 14;
const NUMBER_BITS: u32 = u64::BITS - STAGE_BITS - 2 * ITEM_BITS;

/// The maximum number of items of a batch.
pub(crate) const MAX_ITEMS: usize = (1 << ITEM_BITS) - 1;

/// The stage of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Sent = 1,
    Claimed = 2,
    Done = 3,
    Revoked = 4,
    Condemned = 5,
}

/// The fields of a claim word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClaimState {
    pub(super) number: u64,
    /// The end of the batch: the first item that is not in it.
    pub(super) end: usize,
    /// The item that is sent, claimed or condemned.
    pub(super) item: usize,
    pub(super) stage: Stage,
}

impl Stage {
    fn read(bits: u64) -> Option<Self> {
        Some(match bits {
            1 => Self::Sent,
            2 => Self::Claimed,
            3 => Self::Done,
            4 => Self::Revoked,
            5 => Self::Condemned,
            _ => return None,
        })
    }
}

impl ClaimState {
    /// The state after the result of the claimed item.
    pub(super) fn next(self) -> Self {
        if self.item + 1 < self.end {
            let item = self.item + 1;
            Self { item, ..self }
        } else {
            let stage = Stage::Done;
            Self { stage, ..self }
        }
    }

    /// The state after the result of the claimed item, if it is the last.
    pub(super) fn last(self) -> Self {
        let (stage, end) = (Stage::Done, self.item + 1);
        Self { stage, end, ..self }
    }

    pub(super) fn word(self) -> u64 {
        let fields = self.number << ITEM_BITS | self.end as u64;
        let fields = fields << ITEM_BITS | self.item as u64;
        fields << STAGE_BITS | self.stage as u64
    }

    /// Unpacks a word; `None` if its stage is impossible.
    pub(super) fn read(word: u64) -> Option<Self> {
        let item = word >> STAGE_BITS;
        let end = item >> ITEM_BITS;
        Some(Self {
            number: end >> ITEM_BITS,
            end: (end & low_bits(ITEM_BITS)) as usize,
            item: (item & low_bits(ITEM_BITS)) as usize,
            stage: Stage::read(word & low_bits(STAGE_BITS))?,
        })
    }
}

const fn low_bits(bits: u32) -> u64 {
    (1 << bits) - 1
}

/// The bits of a batch's number that a word holds.
pub(super) fn low(number: u64) -> u64 {
    number & low_bits(NUMBER_BITS)
}

/// Whether `number` is that of a later batch than `than`: less than half the range ahead.
pub(super) fn is_later(number: u64, than: u64) -> bool {
    let ahead = low(number.wrapping_sub(than));
    ahead > 0 && ahead < 1 << (NUMBER_BITS - 1)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_what_was_written() {
        let most = MAX_ITEMS;
        for (number, end, item) in [(1, 1, 0), (low(u64::MAX), most, most - 1)] {
            let stage = Stage::Claimed;
            let state = ClaimState {
                number,
                end,
                item,
                stage,
            };

            assert_eq!(ClaimState::read(state.word()), Some(state));
        }
    }

    #[test]
    fn numbers_go_on_beyond_what_a_word_holds() {
        let last = low(u64::MAX);

        assert!(is_later(low(last + 1), last) && !is_later(last, low(last + 1)));
    }
}
