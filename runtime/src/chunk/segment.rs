//! Memory for the values of several chunks, which can become a `Vec` in place.
//!
//! ```text
//!   segment   | v v v v | v v v v | v v . . | . . . . . . |
//!   slots       chunk 0   chunk 1   chunk 2   not allocated
//! ```
//!
//! A slot belongs to at most one `ChunkSlots`, which has one owner, so chunks write to one
//! segment from several threads without waiting. Neither the segment nor the slots know
//! which slots hold values: the owner, `ChunkOutcomes`, drops them.

use std::{ptr, sync::Arc};

/// One allocation, shared by the slots in it.
struct Segment<T> {
    /// Of length zero, whatever the slots hold; frees the memory.
    memory: Vec<T>,
    start: *mut T,
}

// SAFETY: no value is reached through the segment alone; the owners of slots move values
// between threads, which `T: Send` allows.
unsafe impl<T: Send> Send for Segment<T> {}

// SAFETY: as above; a shared reference gives only the capacity and the start address.
unsafe impl<T: Send> Sync for Segment<T> {}

/// Exclusive access to some contiguous slots of a segment.
pub(crate) struct ChunkSlots<T> {
    segment: Arc<Segment<T>>,
    start: *mut T,
    len: usize,
}

// SAFETY: it is exclusive access to its slots, and may move with the values; see `Segment`.
unsafe impl<T: Send> Send for ChunkSlots<T> {}

// SAFETY: a shared reference gives only the addresses of the slots.
unsafe impl<T: Send> Sync for ChunkSlots<T> {}

/// Allocates slots for the chunks of one map, in their order.
pub(crate) struct SlotAllocator<T> {
    segment: Option<Arc<Segment<T>>>,
    /// The number of slots of the segment that are allocated.
    given: usize,
    /// The number of slots that were allocated in earlier segments.
    before: usize,
}

impl<T> Segment<T> {
    fn new(memory: Vec<T>) -> Arc<Self> {
        let mut memory = memory;
        let start = memory.as_mut_ptr();
        Arc::new(Self { memory, start })
    }

    /// A segment of `slots` slots, if there is memory for them.
    fn try_new(slots: usize) -> Option<Arc<Self>> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(slots).ok()?;
        Some(Self::new(memory))
    }
}

impl<T> ChunkSlots<T> {
    /// `len` slots in a segment of their own.
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

    /// The addresses of the slots.
    #[inline]
    pub(crate) fn slots(&self) -> *mut [T] {
        ptr::slice_from_raw_parts_mut(self.start, self.len)
    }

    /// The address of one slot.
    pub(crate) fn slot(&self, index: usize) -> *mut T {
        assert!(index < self.len, "a chunk has room for each of its calls");
        self.start.wrapping_add(index)
    }

    /// Whether the slots of `next` follow these in the same segment.
    pub(crate) fn is_before(&self, next: &Self) -> bool {
        Arc::ptr_eq(&self.segment, &next.segment)
            && ptr::eq(self.start.wrapping_add(self.len), next.start)
    }

    /// Takes over the slots that follow these.
    pub(crate) fn join(&mut self, next: &mut Self) {
        assert!(self.is_before(next), "slots that are joined are neighbours");
        self.len += std::mem::take(&mut next.len);
    }

    /// Whether these are the only slots of the segment in use, and begin where it does.
    pub(crate) fn is_whole_segment(&self) -> bool {
        // A count of one cannot grow: only the owner of a reference could clone it.
        Arc::strong_count(&self.segment) == 1 && ptr::eq(self.start, self.segment.start)
    }

    /// Converts the whole segment into a `Vec` of its first `len` slots.
    ///
    /// # Safety
    ///
    /// [`is_whole_segment`](Self::is_whole_segment) is true, and the first `len` slots hold values
    /// that the caller owns and gives up.
    pub(crate) unsafe fn into_vec(self, len: usize) -> Vec<T> {
        let segment = Arc::into_inner(self.segment).expect("the caller has the only reference");
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

    /// Allocates slots for a chunk of `len` calls; `more` calls are expected after them.
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

    /// Makes the next segment: as large as all before it together, or as is expected if there is
    /// memory for that. The inputs' size hint, which tells what is expected, may be wrong.
    fn next_segment(&mut self, len: usize, more: usize) -> Arc<Segment<T>> {
        self.before += std::mem::take(&mut self.given);
        Segment::try_new(len.saturating_add(more).max(self.before))
            .or_else(|| Segment::try_new(len.max(self.before)))
            .unwrap_or_else(|| Segment::new(Vec::with_capacity(len)))
    }
}
