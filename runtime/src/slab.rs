//! A slab allocator for cells: whole cache lines, reused where they were freed.
//!
//! ```text
//!   this thread's free list    page: 4 KiB
//!     free  --> a --> b          [ out | a | x | b | y | - | - ]
//!     fresh -----------------------------------------^
//! ```
//!
//! A thread keeps up to [`MAX_FREE`] of the slots that it frees in a free list (a last-in,
//! first-out stack) and takes those first: a thread that submits a call for each result that it
//! takes uses the same few cache lines again and again. Other freed slots go back to their page,
//! and the page is freed with its last slot. `out` counts the slots that have not come back: those
//! in use, those in free lists, and fresh ones.
//!
//! So a thread retains little: two free lists (of slots of one and of two lines), each with at most
//! [`MAX_FREE`] slots, on at most that number of pages, until it ends. A thread that only frees
//! retains nothing. One long-lived cell pins its whole 4 KiB page.
//!
//! A call that moves between two cores costs one cache line each way. A general allocator may lay
//! it across two, or beside data of another thread (false sharing). And most calls cost no
//! allocation at all.
//!
//! **Why not `Box`**: programs use the system's allocator unless they choose another, and beside
//! boxes of glibc's this is the faster one. Beside boxes of mimalloc it gains nothing, and loses a
//! little in the second row. How many times as fast as boxes, and the quartiles:
//!
//! | work, pool | glibc | mimalloc |
//! |---|---|---|
//! | `thread-throughput`, `ThreadPool` | 2.2 (1.3 to 2.8) | 1.05 (0.9 to 1.4) |
//! | `thread-throughput`, `WorkStealingPool` | 1.7 (1.0 to 2.5) | 0.84 (0.8 to 1.0) |
//! | `thread-window`, `ThreadPool` | 1.4 (1.0 to 1.6) | 0.98 (0.8 to 1.1) |
//! | `thread-window`, `WorkStealingPool` | 1.1 (1.0 to 1.3) | 1.02 (0.9 to 1.4) |
//!
//! Boxes aligned to a line are slower still in glibc (the slab is 2.9 to 4.3 times as fast), and as
//! fast as other boxes in mimalloc. Two cores, 2026-12-01: twelve turns of `compare --bench --quick
//! --rounds 7` of each program, without the peers. Other programs ran meanwhile, so that single
//! turns lie between 0.4 and 3.6.
//!
//! Deliberately absent: values longer than two lines; a box serves those as well.

#[cfg(all(loom, test))]
mod loom_models;

use std::{
    alloc::{self, Layout},
    cell::Cell,
    ptr::NonNull,
};

use crate::sync::{AtomicUsize, MODELLED, Ordering, Tracker, fence};

/// A cache line, in bytes.
const LINE: usize = 64;

/// The alignment of pages, in bytes.
const PAGE: usize = 4096;

/// Less than a page by the header of common allocators, so that pages lie side by side.
const PAGE_LAYOUT: Layout = match Layout::from_size_align(PAGE - 16, PAGE) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

/// The slots begin behind the count.
const HEADER: usize = size_of::<Page>().next_multiple_of(LINE);

/// The capacity of each free list of a thread.
const MAX_FREE: usize = 32;

thread_local! {
    static ONE_LINE: LocalFreeList<1> = const { LocalFreeList::new() };
    static TWO_LINES: LocalFreeList<2> = const { LocalFreeList::new() };
}

/// Moves `value` into memory of its own, until [`free`] is called with it.
#[inline]
pub(crate) fn leak<T>(value: T) -> NonNull<T> {
    let slot = match lines::<T>() {
        1 => ONE_LINE.try_with(LocalFreeList::take),
        2 => TWO_LINES.try_with(LocalFreeList::take),
        _ => return NonNull::from(Box::leak(Box::new(value))),
    };
    // The free list of a thread that is ending may have been dropped.
    let slot = slot.unwrap_or_else(|_| match lines::<T>() {
        1 => LocalFreeList::<1>::new().take(),
        _ => LocalFreeList::<2>::new().take(),
    });
    let slot = slot.cast();
    // SAFETY: the slot belongs to this call, is aligned to a line, and long enough: `lines` says
    // so.
    unsafe { slot.write(value) };
    slot
}

/// Drops the value that [`leak`] has moved, and frees its memory.
///
/// # Safety
///
/// The pointer is from `leak`, and not used again.
#[inline]
pub(crate) unsafe fn free<T>(leaked: NonNull<T>) {
    if lines::<T>() == 0 {
        // SAFETY: then it is from `Box::leak`, and the caller's promise.
        return drop(unsafe { Box::from_raw(leaked.as_ptr()) });
    }
    // SAFETY: the caller's promise.
    unsafe { leaked.drop_in_place() };
    let slot = leaked.cast();
    let free = match lines::<T>() {
        1 => ONE_LINE.try_with(|list| list.keep(slot)),
        _ => TWO_LINES.try_with(|list| list.keep(slot)),
    };
    if free != Ok(true) {
        // SAFETY: it is from a page, as its length says, and not used again.
        unsafe { release_slots(page_of(slot), 1) };
    }
}

/// The number of lines of a `T`; zero if it goes into a box.
const fn lines<T>() -> usize {
    let lines = size_of::<T>().div_ceil(LINE);
    // Loom watches boxes; slots would only add states to its models.
    if MODELLED || lines > 2 || align_of::<T>() > LINE {
        0
    } else {
        lines
    }
}

/// The free slots of one thread, each of `LINES` lines.
struct LocalFreeList<const LINES: usize> {
    /// Used before: a stack, the slot freed last on top.
    free: Cell<Option<NonNull<FreeNode>>>,
    /// How many more slots it may keep; zero before the first was taken.
    vacant: Cell<usize>,
    /// The page with fresh slots, and their number.
    fresh: Cell<(NonNull<Page>, usize)>,
}

/// A free slot.
struct FreeNode {
    next: Option<NonNull<FreeNode>>,
}

/// The header of a page.
struct Page {
    /// The number of its slots that have not come back.
    out: AtomicUsize,
    tracker: Tracker,
}

impl<const LINES: usize> LocalFreeList<LINES> {
    /// Slots per page.
    const SLOTS: usize = (PAGE_LAYOUT.size() - HEADER) / (LINES * LINE);

    const fn new() -> Self {
        Self {
            free: Cell::new(None),
            vacant: Cell::new(0),
            fresh: Cell::new((NonNull::dangling(), 0)),
        }
    }

    /// Takes a slot: a free one, else a fresh one.
    #[inline]
    fn take(&self) -> NonNull<u8> {
        let Some(free) = self.free.get() else {
            return self.take_fresh();
        };
        // SAFETY: `keep` wrote it there, and since then the slot belonged to this list.
        let next = unsafe { free.as_ref() }.next;
        self.free.set(next);
        self.vacant.set(self.vacant.get() + 1);
        free.cast()
    }

    /// Takes a fresh slot.
    fn take_fresh(&self) -> NonNull<u8> {
        let (page, left) = match self.fresh.get() {
            (_, 0) => self.open_page(),
            fresh => fresh,
        };
        self.fresh.set((page, left - 1));
        let offset = HEADER + (Self::SLOTS - left) * LINES * LINE;
        // SAFETY: it lies in the page, which is not freed while this slot is out.
        unsafe { page.cast::<u8>().byte_add(offset) }
    }

    #[cold]
    fn open_page(&self) -> (NonNull<Page>, usize) {
        if self.free.get().is_none() && self.vacant.get() == 0 {
            self.vacant.set(MAX_FREE);
        }
        (open_page(Self::SLOTS), Self::SLOTS)
    }

    /// Keeps a free slot to be taken again. False if the list is full.
    #[inline]
    fn keep(&self, slot: NonNull<u8>) -> bool {
        let Some(vacant) = self.vacant.get().checked_sub(1) else {
            return false;
        };
        let free = slot.cast();
        let next = self.free.replace(Some(free));
        // SAFETY: the slot is free, so it is ours; it is aligned to a line, and longer than a
        // `FreeNode`.
        unsafe { free.write(FreeNode { next }) };
        self.vacant.set(vacant);
        true
    }
}

impl<const LINES: usize> Drop for LocalFreeList<LINES> {
    fn drop(&mut self) {
        // Slots that are freed later go back to their page.
        self.vacant.set(0);
        while let Some(free) = self.free.take() {
            // SAFETY: `keep` wrote it there, and since then the slot belonged to this list.
            self.free.set(unsafe { free.as_ref() }.next);
            // SAFETY: it is from a page, and not used again.
            unsafe { release_slots(page_of(free.cast()), 1) };
        }
        let (page, left) = self.fresh.replace((NonNull::dangling(), 0));
        if left > 0 {
            // SAFETY: `left` slots are out that were never taken, and never will be.
            unsafe { release_slots(page, left) };
        }
    }
}

/// Allocates a page, all of its slots out.
fn open_page(slots: usize) -> NonNull<Page> {
    // SAFETY: its size is not zero.
    let page = unsafe { alloc::alloc(PAGE_LAYOUT) };
    let Some(page) = NonNull::new(page.cast::<Page>()) else {
        alloc::handle_alloc_error(PAGE_LAYOUT)
    };
    let count = Page {
        out: AtomicUsize::new(slots),
        tracker: Tracker::default(),
    };
    // SAFETY: it is fresh, aligned, and longer than a `Page`.
    unsafe { page.write(count) };
    page
}

/// The page in which a slot lies.
#[inline]
fn page_of(slot: NonNull<u8>) -> NonNull<Page> {
    let page = slot.as_ptr().map_addr(|address| address & !(PAGE - 1));
    NonNull::new(page.cast()).expect("no page begins at zero")
}

/// Gives slots back to their page, and frees the page with the last one.
///
/// # Safety
///
/// They are out, and not used again.
unsafe fn release_slots(page: NonNull<Page>, slots: usize) {
    // SAFETY: a page is not freed while a slot of it is out.
    let Page { out, tracker } = unsafe { page.as_ref() };
    tracker.read();
    // ORDERING: Release makes each use of a slot happen before the freeing of the page, after the
    // Acquire fence below; as in `Arc`.
    if out.fetch_sub(slots, Ordering::Release) != slots {
        return;
    }
    // ORDERING: pairs with the Releases of the other threads.
    fence(Ordering::Acquire);
    tracker.write();
    // SAFETY: all slots have come back, so no thread uses the page again.
    unsafe { page.drop_in_place() };
    // SAFETY: as above; `open_page` allocated it with this layout.
    unsafe { alloc::dealloc(page.as_ptr().cast(), PAGE_LAYOUT) };
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A value of `LEN` bytes.
    #[derive(Clone, Copy, PartialEq, Debug)]
    struct Filler<const LEN: usize>([u8; LEN]);

    fn leak_many<const LEN: usize>(count: usize) -> Vec<NonNull<Filler<LEN>>> {
        let number = |n: usize| u8::try_from(n % 251).expect("it is a byte");
        (0..count).map(|n| leak(Filler([number(n); LEN]))).collect()
    }

    fn check_and_free<const LEN: usize>(leaked: Vec<NonNull<Filler<LEN>>>) {
        for (n, slot) in leaked.into_iter().enumerate() {
            // SAFETY: it is freed below.
            let bytes = unsafe { *slot.as_ref() };
            assert!(bytes.0.iter().all(|byte| usize::from(*byte) == n % 251));
            // SAFETY: from `leak_many`, and freed once.
            unsafe { free(slot) };
        }
    }

    #[test]
    fn places_do_not_overlap_and_begin_on_a_line() {
        let (short, long, boxed) = (
            leak_many::<64>(300),
            leak_many::<65>(300),
            leak_many::<200>(3),
        );

        assert!(short.iter().all(|slot| slot.addr().get() % LINE == 0));
        assert!(long.iter().all(|slot| slot.addr().get() % LINE == 0));

        check_and_free(short);
        check_and_free(long);
        check_and_free(boxed);
    }

    #[test]
    fn the_place_freed_last_is_taken_first() {
        let slot = leak([1_u64; 8]);
        // SAFETY: from `leak`, and freed once.
        unsafe { free(slot) };

        let again = leak([2_u64; 8]);

        assert_eq!(slot, again);
        // SAFETY: as above.
        unsafe { free(again) };
    }

    #[test]
    fn a_thread_that_only_frees_keeps_nothing() {
        let list = LocalFreeList::<1>::new();
        let slot = LocalFreeList::<1>::new().take();

        assert!(!list.keep(slot));

        // SAFETY: its own list was dropped and has not taken it back.
        unsafe { release_slots(page_of(slot), 1) };
    }

    #[test]
    fn a_shelf_keeps_so_many_and_no_more() {
        let list = LocalFreeList::<2>::new();
        let slots: Vec<NonNull<u8>> = (0..MAX_FREE + 10).map(|_| list.take()).collect();

        let (free, left): (Vec<_>, Vec<_>) = slots.into_iter().partition(|slot| list.keep(*slot));

        assert_eq!((free.len(), left.len()), (MAX_FREE, 10));
        for slot in left {
            // SAFETY: the list has not taken it.
            unsafe { release_slots(page_of(slot), 1) };
        }
    }

    #[test]
    fn what_one_thread_takes_another_may_free() {
        struct SendSlots(Vec<NonNull<Filler<100>>>);
        // SAFETY: the owner of the slots may read and free them, on any thread.
        unsafe impl Send for SendSlots {}
        let sent = SendSlots(leak_many(200));

        let freeing = std::thread::spawn(move || {
            let sent = sent;
            check_and_free(sent.0);
        });

        assert!(freeing.join().is_ok());
    }
}
