//! The pages of a TIFF file, of which the largest makes the thumbnail.
//!
//! ```text
//!   "II" 42 first --> directory   .-> directory
//!                     count       |   count
//!                     entries     |   entries
//!                     next -------'   next: 0, there are no more
//! ```
//!
//! The first page is often a small preview, hence the search. It goes from
//! page to page until there is none, as readers do whose authors never met a
//! file in which a page is followed by itself.

/// The tags that hold the size of a page.
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;

/// One entry: its tag, type, count and value.
const ENTRY: usize = 12;

/// Makes the largest page the first one, if it is a TIFF file at all.
pub(crate) fn put_largest_first(file: &mut [u8]) {
    if file.starts_with(b"II*\0")
        && let Some(page) = largest(file)
    {
        file[4..8].copy_from_slice(&page.to_le_bytes());
    }
}

/// Where the directory of the largest page begins; `None` if the file breaks off.
fn largest(file: &[u8]) -> Option<u32> {
    let mut page = number(file, 4)?;
    let mut found = (page, 0);
    while page != 0 {
        let size = size_of_page(file, page)?;
        if size > found.1 {
            found = (page, size);
        }
        page = next_of(file, page)?;
    }
    Some(found.0)
}

fn size_of_page(file: &[u8], page: u32) -> Option<u64> {
    let (mut width, mut height) = (0, 0);
    for entry in 0..entries(file, page)? {
        let at = page as usize + 2 + entry * ENTRY;
        match short(file, at)? {
            WIDTH => width = value(file, at)?,
            HEIGHT => height = value(file, at)?,
            _ => {}
        }
    }
    Some(u64::from(width) * u64::from(height))
}

/// Where the file says which page follows.
pub(crate) fn place_of_next(file: &[u8], page: u32) -> Option<usize> {
    Some(page as usize + 2 + entries(file, page)? * ENTRY)
}

fn next_of(file: &[u8], page: u32) -> Option<u32> {
    number(file, place_of_next(file, page)?)
}

fn entries(file: &[u8], page: u32) -> Option<usize> {
    short(file, page as usize).map(usize::from)
}

/// The value of an entry, of two bytes or of four.
fn value(file: &[u8], entry: usize) -> Option<u32> {
    const SHORT: u16 = 3;
    match short(file, entry + 2)? {
        SHORT => short(file, entry + 8).map(u32::from),
        _ => number(file, entry + 8),
    }
}

fn short(file: &[u8], at: usize) -> Option<u16> {
    let bytes = file.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

pub(crate) fn number(file: &[u8], at: usize) -> Option<u32> {
    let bytes = file.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
