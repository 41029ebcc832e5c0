//! The parts of one call, kept as small as they are while it waits.

use std::ops::Range;

use super::{Part, Parts};

/// The parts of one call: short ones without an allocation.
#[derive(Debug)]
pub(crate) enum Packed {
    /// One short part without bulk.
    Short {
        len: u8,
        head: [u8; SHORT],
    },
    Long(Box<Parts>),
}

/// What is short: an allocation less for calls with a few small arguments.
const SHORT: usize = 30;

impl Packed {
    /// Takes the parts out of `parts`, which keeps its memory if it can.
    pub(crate) fn of(parts: &mut Parts) -> Self {
        let is_short = parts.len() == 1 && parts.bulk.is_empty() && parts.heads.len() <= SHORT;
        if !is_short {
            let mut packed = std::mem::take(parts);
            packed.heads.shrink_to_fit();
            packed.ends.shrink_to_fit();
            return Self::Long(Box::new(packed));
        }
        let mut head = [0; SHORT];
        head[..parts.heads.len()].copy_from_slice(&parts.heads);
        let len = parts.heads.len() as u8;
        parts.clear();
        Self::Short { len, head }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Short { .. } => 1,
            Self::Long(parts) => parts.len(),
        }
    }

    pub(crate) fn part(&self, index: usize) -> Part<'_> {
        match self {
            Self::Short { .. } => self.joined(0..1),
            Self::Long(parts) => parts.part(index),
        }
    }

    /// Some parts that follow one another, as if they were one.
    pub(crate) fn joined(&self, parts: Range<usize>) -> Part<'_> {
        match self {
            Self::Short { len, head } => Part {
                head: &head[..usize::from(*len) * parts.len()],
                bulk: &[],
            },
            Self::Long(all) => all.joined(parts),
        }
    }
}
