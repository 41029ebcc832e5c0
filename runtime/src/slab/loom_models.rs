//! Every interleaving of threads that give slots back to one page.
//!
//! Run by `tests/run loom`. Loom reports, through the page's tracker, a page that is freed while a
//! thread still counts on it; and a page that is never freed, whose tracker then leaks.

use std::ptr::NonNull;

use loom::thread;

use super::{LocalFreeList, page_of, release_slots};

/// A place on its way to another thread.
struct SendSlots(NonNull<u8>);

// SAFETY: the owner of a slot may give it back, on any thread.
unsafe impl Send for SendSlots {}

impl SendSlots {
    fn release_slots(self) {
        // SAFETY: taken by the sender, which does not use it again.
        unsafe { release_slots(page_of(self.0), 1) };
    }
}

#[test]
fn a_page_goes_once_when_its_last_place_comes_back() {
    loom::model(|| {
        let list = LocalFreeList::<1>::new();
        let (one, two) = (SendSlots(list.take()), SendSlots(list.take()));

        let other = thread::spawn(move || one.release_slots());
        two.release_slots();
        drop(list);

        other.join().expect("it does not panic");
    });
}

#[test]
fn a_place_that_is_kept_elsewhere_keeps_its_page() {
    loom::model(|| {
        let list = LocalFreeList::<1>::new();
        let sent = SendSlots(list.take());

        let other = thread::spawn(move || {
            let own = LocalFreeList::<1>::new();
            let first = SendSlots(own.take());
            let SendSlots(slot) = sent;
            assert!(own.keep(slot));
            drop(own);
            first.release_slots();
        });
        drop(list);

        other.join().expect("it does not panic");
    });
}
