//! The arguments of a batch, as the worker takes them one by one.

/// The arguments of some calls, one after another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments<'a> {
    /// The length of each, eight bytes; none if each is a head alone, which begins with its own.
    lens: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(lens: &'a [u8], bytes: &'a [u8]) -> Self {
        Self { lens, bytes }
    }
}

impl<'a> Iterator for Arguments<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let len = match self.lens.split_first_chunk() {
            Some((len, lens)) => {
                self.lens = lens;
                u64::from_le_bytes(*len)
            }
            None => u64::from_le_bytes(*self.bytes.first_chunk()?).checked_add(8)?,
        };
        let (first, rest) = self.bytes.split_at_checked(usize::try_from(len).ok()?)?;
        self.bytes = rest;
        Some(first)
    }
}
