//! The smallest call worth sending: a few nanoseconds of arithmetic.

use concurrent_futures::task;
use std::hint::black_box;

/// Four rounds of a 64-bit multiply-xorshift; every entrant runs this one.
#[task]
#[inline]
pub(crate) fn mix(n: u64) -> u64 {
    (0..4).fold(black_box(n), |mixed, _| {
        let product = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ (product >> 32)
    })
}
