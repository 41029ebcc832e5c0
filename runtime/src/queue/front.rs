//! The front of a queue, where items are taken: the oldest item, and how far a sweep has come.
//!
//! All of it is under the consumers' lock. Whenever the lock is free, the first slot is either
//! empty or holds an item: tombstones in front of the oldest item are skipped at once.

use std::{
    ptr::{self, NonNull},
    sync::atomic::Ordering,
};

use super::{
    block::{Block, TOMBSTONE},
    position::{Position, SLOTS},
};

/// Where the oldest item is.
pub(super) struct Front {
    position: Position,
    block: *mut Block,
    sweep: Option<Sweep>,
}

/// The next slot that a sweep looks at; its item has not been taken.
struct Sweep {
    /// The block before; null if there is none, or if it is unknown.
    before: *mut Block,
    block: *mut Block,
    index: usize,
    /// Whether the sweep saw only tombstones in this block, from its first slot on.
    only_tombstones: bool,
}

/// What a sweep has seen in one slot.
pub(super) enum Swept {
    /// A stale item; its slot is a tombstone from here on.
    Gone(NonNull<()>),
    /// Another item, or a tombstone.
    Passed,
    /// The end of the queue: the next sweep begins with the oldest item.
    AtEnd,
}

impl Front {
    pub(super) fn new(block: *mut Block) -> Self {
        Self {
            position: Position::FIRST,
            block,
            sweep: None,
        }
    }

    #[inline]
    pub(super) fn position(&self) -> Position {
        self.position
    }

    pub(super) fn block(&self) -> *mut Block {
        self.block
    }

    /// The item in the first slot, if it is written.
    #[inline]
    pub(super) fn item(&self) -> Option<NonNull<()>> {
        let index = self.index();
        // SAFETY: under the lock the first block stays.
        let block = unsafe { &*self.block };
        // ORDERING: Acquire pairs with the Release in `push`.
        NonNull::new(block.slot(index).load(Ordering::Acquire))
    }

    /// Moves on to the next item, past this one.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.step();
        self.skip_gone();
    }

    /// Moves on to the next item, past tombstones.
    #[inline]
    pub(super) fn skip_gone(&mut self) {
        while self.item().is_some_and(|item| item.as_ptr() == TOMBSTONE) {
            self.step();
        }
    }

    #[inline]
    fn step(&mut self) {
        if self.position.is_last() {
            self.pass_block();
        } else {
            self.position = self.position.after();
        }
    }

    #[cold]
    fn pass_block(&mut self) {
        let left = self.block;
        self.sweep
            .take_if(|sweep| sweep.block == left || sweep.before == left);
        // SAFETY: under the lock the first block stays.
        self.block = unsafe { &*left }.next();
        // SAFETY: all its slots were written, the next block linked, and the items taken: no thread
        // uses it again.
        unsafe { Block::free(left) };
        // SAFETY: the first block stays from here on.
        self.position = unsafe { &*self.block }.start();
    }

    /// The number of items before `end` that are not stale, up to `most`.
    pub(super) fn count(
        &self,
        most: usize,
        end: Position,
        is_gone: impl Fn(NonNull<()>) -> bool,
    ) -> usize {
        let (mut position, mut block, mut count) = (self.position, self.block, 0);
        while count < most && end.since(position) > 0 {
            let index = position.index();
            let index = index.expect("unreachable: an item between two blocks");
            // SAFETY: under the lock a block stays until the first slot has passed it.
            let block_here = unsafe { &*block };
            // ORDERING: Acquire pairs with the Release in `push`.
            let item = NonNull::new(block_here.slot(index).load(Ordering::Acquire));
            match item {
                // The link to the next block is known only when the last slot is written.
                None if position.is_last() => return count + end.since(position),
                None => count += 1,
                Some(item) => count += usize::from(item.as_ptr() != TOMBSTONE && !is_gone(item)),
            }
            if position.is_last() {
                (position, block) = (position.in_next_block(), block_here.next());
            } else {
                position = position.after();
            }
        }
        count
    }

    #[inline]
    fn index(&self) -> usize {
        let index = self.position.index();
        index.expect("unreachable: a taker between two blocks")
    }

    /// Looks at one more slot, and makes it a tombstone if its item is stale.
    pub(super) fn sweep_next(&mut self, is_gone: impl FnOnce(NonNull<()>) -> bool) -> Swept {
        let mut sweep = self.sweep.take().unwrap_or(Sweep {
            before: ptr::null_mut(),
            block: self.block,
            index: 0,
            only_tombstones: false,
        });
        if sweep.block == self.block {
            sweep.index = sweep.index.max(self.index());
        }
        let swept = sweep.look(is_gone);
        if !matches!(swept, Swept::AtEnd) {
            self.sweep = Some(sweep.step());
        }
        swept
    }
}

impl Sweep {
    fn look(&mut self, is_gone: impl FnOnce(NonNull<()>) -> bool) -> Swept {
        // SAFETY: under the lock a block stays until the first slot, or a sweep, has passed it.
        let position = unsafe { &*self.block }.slot(self.index);
        // ORDERING: Acquire pairs with the Release in `push`.
        match NonNull::new(position.load(Ordering::Acquire)) {
            None => Swept::AtEnd,
            Some(item) if item.as_ptr() == TOMBSTONE => Swept::Passed,
            Some(item) if is_gone(item) => {
                // ORDERING: it is read again only under the lock.
                position.store(TOMBSTONE, Ordering::Relaxed);
                Swept::Gone(item)
            }
            Some(_) => {
                self.only_tombstones = false;
                Swept::Passed
            }
        }
    }

    /// Moves on to the next slot; frees the block that it leaves if that holds only tombstones.
    fn step(self) -> Self {
        if self.index + 1 < SLOTS {
            return Self {
                index: self.index + 1,
                ..self
            };
        }
        // SAFETY: as in `look`.
        let next = unsafe { &*self.block }.next();
        let before = if self.only_tombstones && !self.before.is_null() {
            // SAFETY: as in `look`; the first slot has not passed it, else this sweep would have
            // been reset.
            unsafe { &*self.before }.set_next(next);
            // SAFETY: all its slots were written, and the next block linked; the block before does
            // not point to it.
            unsafe { Block::free(self.block) };
            self.before
        } else {
            self.block
        };
        Self {
            before,
            block: next,
            index: 0,
            only_tombstones: true,
        }
    }
}
