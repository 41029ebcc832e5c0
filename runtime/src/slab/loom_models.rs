//! Every interleaving of those who give places back to one page.
//!
//! Run by `tests/run loom`. Loom tells, through the page's tracker, of one that goes while somebody
//! still counts on it; and of one that never goes, whose tracker then leaks.

use std::ptr::NonNull;

use loom::thread;

use super::{LocalFreeList, page_of, release_slots};

/// A place on its way to another thread.
struct SendSlots(NonNull<u8>);

// SAFETY: whoever has a place may give it back.
unsafe impl Send for SendSlots {}

impl SendSlots {
    fn release_slots(self) {
        // SAFETY: taken by the sender, who does not use it again.
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
