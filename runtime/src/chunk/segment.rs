//! Memory for the results of several chunks, which can become a `Vec` where it is.
//!
//! ```text
//!   segment   | v v v v | v v v v | v v . . | . . . . . . |
//!   rooms       chunk 0   chunk 1   chunk 2   not yet given
//! ```
//!
//! A place is in one room at most, and a room has one owner: so chunks write to one segment from
//! several threads, and none waits for another. What is in a place neither segment nor room know:
//! whoever wrote there drops it.

use std::{ptr, sync::Arc};

/// One allocation, shared by its rooms.
struct Segment<T> {
    /// Always empty, as far as it knows; frees the memory.
    memory: Vec<T>,
    start: *mut T,
}

// SAFETY: nobody reaches a value through the segment alone; those that lie in it are moved
// between threads by the owners of rooms, which `T: Send` allows.
unsafe impl<T: Send> Send for Segment<T> {}

// SAFETY: as above; shared, it tells no more than its capacity and where it starts.
unsafe impl<T: Send> Sync for Segment<T> {}

/// Some places of a segment that follow one another, and that nobody else has.
pub(crate) struct ChunkSlots<T> {
    segment: Arc<Segment<T>>,
    start: *mut T,
    len: usize,
}

// SAFETY: a room is the right to its places, and that may move with them; see `Segment`.
unsafe impl<T: Send> Send for ChunkSlots<T> {}

// SAFETY: shared, a room only says where its places are.
unsafe impl<T: Send> Sync for ChunkSlots<T> {}

/// Gives rooms to the chunks of one map, in their order.
pub(crate) struct SlotAllocator<T> {
    segment: Option<Arc<Segment<T>>>,
    /// How many places of the segment are given.
    given: usize,
    /// How many were in earlier segments.
    before: usize,
}

impl<T> Segment<T> {
    fn new(memory: Vec<T>) -> Arc<Self> {
        let mut memory = memory;
        let start = memory.as_mut_ptr();
        Arc::new(Self { memory, start })
    }

    /// A segment of so many places, if there is memory for them.
    fn try_new(slots: usize) -> Option<Arc<Self>> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(slots).ok()?;
        Some(Self::new(memory))
    }
}

impl<T> ChunkSlots<T> {
    /// A room in a segment of its own.
    pub(crate) fn standalone(len: usize) -> Self {
        let segment = Segment::new(Vec::with_capacity(len));
        let start = segment.start;
        Self {
            segment,
            start,
            len,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Where the values of this room lie or are to lie.
    #[inline]
    pub(crate) fn slots(&self) -> *mut [T] {
        ptr::slice_from_raw_parts_mut(self.start, self.len)
    }

    /// Where one of them does.
    pub(crate) fn slot(&self, index: usize) -> *mut T {
        assert!(index < self.len, "a chunk has room for each of its calls");
        self.start.wrapping_add(index)
    }

    /// Whether the other room follows this one.
    pub(crate) fn is_before(&self, next: &Self) -> bool {
        Arc::ptr_eq(&self.segment, &next.segment)
            && ptr::eq(self.start.wrapping_add(self.len), next.start)
    }

    /// Takes in the room that follows this one.
    pub(crate) fn join(&mut self, next: &mut Self) {
        assert!(self.is_before(next), "slots that are joined are neighbours");
        self.len += std::mem::take(&mut next.len);
    }

    /// Whether this is the only room of its segment that is left, and begins where that does.
    pub(crate) fn is_whole_segment(&self) -> bool {
        // Only who has a hold of a segment can make another: with one hold none will come.
        Arc::strong_count(&self.segment) == 1 && ptr::eq(self.start, self.segment.start)
    }

    /// The whole segment as a `Vec` of its first `len` places.
    ///
    /// # Safety
    ///
    /// It [is the segment](Self::is_whole_segment), and its first `len` places hold values, which are the caller's to give.
    pub(crate) unsafe fn into_vec(self, len: usize) -> Vec<T> {
        let segment = Arc::into_inner(self.segment).expect("the caller has the only hold");
        let mut values = segment.memory;
        assert!(len <= values.capacity(), "the slots are in the segment");
        // SAFETY: the caller's promise; that many fit.
        unsafe { values.set_len(len) };
        values
    }
}

impl<T> SlotAllocator<T> {
    pub(crate) fn new() -> Self {
        Self {
            segment: None,
            given: 0,
            before: 0,
        }
    }

    /// A room for a chunk of `len` calls, if some `more` calls are expected after them.
    pub(crate) fn allocate(&mut self, len: usize, more: usize) -> ChunkSlots<T> {
        let segment = match self.segment.take() {
            Some(segment) if segment.memory.capacity() - self.given >= len => segment,
            _ => self.next_segment(len, more),
        };
        let start = segment.start.wrapping_add(self.given);
        self.given += len;
        self.segment = Some(segment.clone());
        ChunkSlots {
            segment,
            start,
            len,
        }
    }

    /// As large as all before it together, or as is expected; what is expected need not be true, or possible.
    fn next_segment(&mut self, len: usize, more: usize) -> Arc<Segment<T>> {
        self.before += std::mem::take(&mut self.given);
        Segment::try_new(len.saturating_add(more).max(self.before))
            .or_else(|| Segment::try_new(len.max(self.before)))
            .unwrap_or_else(|| Segment::new(Vec::with_capacity(len)))
    }
}
