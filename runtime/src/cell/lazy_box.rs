//! A box that is allocated at first use.
//!
//! Most cells never allocate it: for them it is one null pointer. The first user allocates the box,
//! which then stays where it is until the [`LazyBox`] is dropped. (`once_cell`'s `race::OnceBox` is
//! the same without loom.)

use std::{marker::PhantomData, ptr};

use crate::sync::{AtomicPtr, Ordering};

/// One pointer, to a `T` or null.
pub(super) struct LazyBox<T> {
    made: AtomicPtr<T>,
    owns: PhantomData<Box<T>>,
}

impl<T> LazyBox<T> {
    /// A lazy box that holds `made` from the start, if given.
    #[inline]
    pub(super) fn new(made: Option<Box<T>>) -> Self {
        Self {
            made: AtomicPtr::new(made.map_or(ptr::null_mut(), Box::into_raw)),
            owns: PhantomData,
        }
    }

    /// The value; `None` if it has not been made.
    #[inline]
    pub(super) fn get(&self) -> Option<&T> {
        // ORDERING: Acquire pairs with the Release in `make_cold`: the box is initialised.
        let made = self.made.load(Ordering::Acquire);
        // SAFETY: null, or from a box that is freed only with this `LazyBox`; it is only ever
        // shared.
        unsafe { made.as_ref() }
    }

    /// The value, made by `make` at first use.
    pub(super) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        match self.get() {
            Some(there) => there,
            None => self.make_cold(Box::new(make())),
        }
    }

    #[cold]
    fn make_cold(&self, fresh: Box<T>) -> &T {
        let fresh = Box::into_raw(fresh);
        // ORDERING: Release publishes the box to `get`; Acquire pairs with it if another thread was
        // first.
        let step =
            self.made
                .compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire);
        let there = step.map_or_else(
            |faster| {
                // SAFETY: from the box above, which no other thread has seen.
                drop(unsafe { Box::from_raw(fresh) });
                faster
            },
            |_| fresh,
        );
        // SAFETY: from a box that is freed only with this `LazyBox`; it is only ever shared.
        unsafe { &*there }
    }
}

impl<T> Drop for LazyBox<T> {
    #[inline]
    fn drop(&mut self) {
        // ORDERING: `&mut self` means that no other thread uses the `LazyBox`.
        let made = self.made.load(Ordering::Relaxed);
        if !made.is_null() {
            // SAFETY: from a box, and not used again.
            drop(unsafe { Box::from_raw(made) });
        }
    }
}
