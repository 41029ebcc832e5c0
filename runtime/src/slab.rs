//! Memory for many small things that come and go: in whole lines of a cache, used again where they were freed.
//!
//! ```text
//!   this thread's shelf        page: 4 KiB
//!     kept  --> a --> b          [ out | a | x | b | y | - | - ]
//!     fresh -----------------------------------------^
//! ```
//!
//! A thread keeps some of the places that it frees, and takes those first: who submits a call for
//! each result that it takes uses the same few lines again and again. What it does not keep goes
//! back to its page, and a page goes with its last place. `out` counts the places that have
//! not come back: those in use, those on shelves, and those nobody has had yet.
//!
//! So a thread leaves little behind: its two shelves (of one line and of two), [`KEPT`] places at most on each, on as
//! many pages at worst, until it ends. One that only frees keeps nothing. What is kept for long among much
//! that is not keeps its page.
//!
//! A call on its way between two cores costs one line each time, and not the two that it
//! lies across when an allocator hands out what it likes; and most calls cost no allocator at all.
//!
//! Deliberately absent: anything longer than two lines, which a box serves as well.

#[cfg(all(loom, test))]
mod loom_models;

use std::{
    alloc::{self, Layout},
    cell::Cell,
    ptr::NonNull,
};

use crate::sync::{AtomicUsize, MODELLED, Ordering, Tracker, fence};

/// The unit in which memory moves between cores, in bytes.
const LINE: usize = 64;

/// Pages begin at its multiples.
const PAGE: usize = 4096;

/// Room is left for what an allocator puts between two blocks, so that pages lie side by side.
const PAGE_LAYOUT: Layout = match Layout::from_size_align(PAGE - 16, PAGE) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

/// The places begin behind the count.
const HEADER: usize = size_of::<Page>().next_multiple_of(LINE);

/// How many free places a thread keeps of each size.
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
    // The shelf of a thread that is ending may be gone.
    let slot = slot.unwrap_or_else(|_| match lines::<T>() {
        1 => LocalFreeList::<1>::new().take(),
        _ => LocalFreeList::<2>::new().take(),
    });
    let slot = slot.cast();
    // SAFETY: the place is nobody else's, on a line, and long enough: `lines` says so.
    unsafe { slot.write(value) };
    slot
}

/// Drops what [`leak`] has moved, and frees its memory.
///
/// # Safety
///
/// The pointer is from `leak`, and nobody uses it again.
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
        // SAFETY: it is from a page, as its length says, and nobody uses it again.
        unsafe { release_slots(page_of(slot), 1) };
    }
}

/// How many lines a `T` takes; none if a box is to hold it.
const fn lines<T>() -> usize {
    let lines = size_of::<T>().div_ceil(LINE);
    // Models watch boxes, and have enough to do.
    if MODELLED || lines > 2 || align_of::<T>() > LINE {
        0
    } else {
        lines
    }
}

/// The free places of so many lines each that one thread has.
struct LocalFreeList<const LINES: usize> {
    /// Used before; the last one that was freed comes first.
    free: Cell<Option<NonNull<FreeNode>>>,
    /// How many more may be kept; none before the first was taken.
    vacant: Cell<usize>,
    /// The page of those that nobody has had yet, and how many of them.
    fresh: Cell<(NonNull<Page>, usize)>,
}

/// A free place.
struct FreeNode {
    next: Option<NonNull<FreeNode>>,
}

/// What a page begins with.
struct Page {
    /// How many of its places have not come back.
    out: AtomicUsize,
    tracker: Tracker,
}

impl<const LINES: usize> LocalFreeList<LINES> {
    /// How many places a page has.
    const SLOTS: usize = (PAGE_LAYOUT.size() - HEADER) / (LINES * LINE);

    const fn new() -> Self {
        Self {
            free: Cell::new(None),
            vacant: Cell::new(0),
            fresh: Cell::new((NonNull::dangling(), 0)),
        }
    }

    /// A place that is nobody else's.
    #[inline]
    fn take(&self) -> NonNull<u8> {
        let Some(free) = self.free.get() else {
            return self.take_fresh();
        };
        // SAFETY: `keep` wrote it there, and since then the place was this shelf's.
        let next = unsafe { free.as_ref() }.next;
        self.free.set(next);
        self.vacant.set(self.vacant.get() + 1);
        free.cast()
    }

    /// A place that nobody has had yet.
    fn take_fresh(&self) -> NonNull<u8> {
        let (page, left) = match self.fresh.get() {
            (_, 0) => self.open_page(),
            fresh => fresh,
        };
        self.fresh.set((page, left - 1));
        let offset = HEADER + (Self::SLOTS - left) * LINES * LINE;
        // SAFETY: it lies in the page, which stays, since this place is out.
        unsafe { page.cast::<u8>().byte_add(offset) }
    }

    #[cold]
    fn open_page(&self) -> (NonNull<Page>, usize) {
        if self.free.get().is_none() && self.vacant.get() == 0 {
            self.vacant.set(MAX_FREE);
        }
        (open_page(Self::SLOTS), Self::SLOTS)
    }

    /// Keeps a free place to be taken again. False if there are enough.
    #[inline]
    fn keep(&self, slot: NonNull<u8>) -> bool {
        let Some(vacant) = self.vacant.get().checked_sub(1) else {
            return false;
        };
        let free = slot.cast();
        let next = self.free.replace(Some(free));
        // SAFETY: the place is free, so it is ours; it begins on a line, and is longer than this.
        unsafe { free.write(FreeNode { next }) };
        self.vacant.set(vacant);
        true
    }
}

impl<const LINES: usize> Drop for LocalFreeList<LINES> {
    fn drop(&mut self) {
        // What comes later goes back to its page.
        self.vacant.set(0);
        while let Some(free) = self.free.take() {
            // SAFETY: `keep` wrote it there, and since then the place was this shelf's.
            self.free.set(unsafe { free.as_ref() }.next);
            // SAFETY: it is from a page, and nobody uses it again.
            unsafe { release_slots(page_of(free.cast()), 1) };
        }
        let (page, left) = self.fresh.replace((NonNull::dangling(), 0));
        if left > 0 {
            // SAFETY: so many are out that nobody has had, and from here on nobody will.
            unsafe { release_slots(page, left) };
        }
    }
}

/// A page of so many places, all of them out.
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
    // SAFETY: it is fresh, aligned, and longer than this.
    unsafe { page.write(count) };
    page
}

/// The page that a place lies in.
#[inline]
fn page_of(slot: NonNull<u8>) -> NonNull<Page> {
    let page = slot.as_ptr().map_addr(|address| address & !(PAGE - 1));
    NonNull::new(page.cast()).expect("no page begins at zero")
}

/// Gives places back to their page, which goes with the last one.
///
/// # Safety
///
/// They are out, and nobody uses them again.
unsafe fn release_slots(page: NonNull<Page>, slots: usize) {
    // SAFETY: a page stays while a place of it is out.
    let Page { out, tracker } = unsafe { page.as_ref() };
    tracker.read();
    // ORDERING: Release puts every use of a place before the Acquire of who frees the page.
    if out.fetch_sub(slots, Ordering::Release) != slots {
        return;
    }
    fence(Ordering::Acquire);
    tracker.write();
    // SAFETY: all places have come back, so nobody looks at the page again.
    unsafe { page.drop_in_place() };
    // SAFETY: as above; `open_page` allocated it with this layout.
    unsafe { alloc::dealloc(page.as_ptr().cast(), PAGE_LAYOUT) };
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Fits into so many lines.
    #[derive(Clone, Copy, PartialEq, Debug)]
    struct Filler<const LEN: usize>([u8; LEN]);

    fn leak_many<const LEN: usize>(count: usize) -> Vec<NonNull<Filler<LEN>>> {
        let number = |n: usize| u8::try_from(n % 251).expect("it is a byte");
        (0..count).map(|n| leak(Filler([number(n); LEN]))).collect()
    }

    fn check_and_free<const LEN: usize>(leaked: Vec<NonNull<Filler<LEN>>>) {
        for (n, slot) in leaked.into_iter().enumerate() {
            // SAFETY: it is there until the line after next.
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

        // SAFETY: its own shelf is gone and has not taken it back.
        unsafe { release_slots(page_of(slot), 1) };
    }

    #[test]
    fn a_shelf_keeps_so_many_and_no_more() {
        let list = LocalFreeList::<2>::new();
        let slots: Vec<NonNull<u8>> = (0..MAX_FREE + 10).map(|_| list.take()).collect();

        let (free, left): (Vec<_>, Vec<_>) = slots.into_iter().partition(|slot| list.keep(*slot));

        assert_eq!((free.len(), left.len()), (MAX_FREE, 10));
        for slot in left {
            // SAFETY: the shelf has not taken it.
            unsafe { release_slots(page_of(slot), 1) };
        }
    }

    #[test]
    fn what_one_thread_takes_another_may_free() {
        struct SendSlots(Vec<NonNull<Filler<100>>>);
        // SAFETY: whoever has the places may read and free them, on any thread.
        unsafe impl Send for SendSlots {}
        let sent = SendSlots(leak_many(200));

        let freeing = std::thread::spawn(move || {
            let sent = sent;
            check_and_free(sent.0);
        });

        assert!(freeing.join().is_ok());
    }
}
