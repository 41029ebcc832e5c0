//! A picture format with a decoder that trusts what it reads.
//!
//! ```text
//!   "SNAP"  width  height  pixels: red, green, blue, ...
//!   4 bytes 2      2       3 each
//! ```
//!
//! Many a library is like this: quick, written long ago, and fine as long as
//! no header lies to it. There is nothing to be done about it from outside, but
//! to let it run where it can do no harm.

use std::ptr;

use image::RgbImage;

const NAME: &[u8] = b"SNAP";
const HEADER: usize = NAME.len() + 4;

pub(crate) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(NAME) && bytes.len() >= HEADER
}

/// Copies all pixels that the header promises, whether or not they are there.
#[expect(unsafe_code, reason = "crashes for real")]
pub(crate) fn decode(bytes: &[u8]) -> RgbImage {
    let side = |at: usize| u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let mut picture = RgbImage::new(side(4), side(6));
    let pixels = bytes[HEADER..].as_ptr();
    // SAFETY: there is none if the header lies, and then nothing outside of this process is in
    // danger.
    unsafe { ptr::copy_nonoverlapping(pixels, picture.as_mut_ptr(), picture.len()) };
    picture
}

/// The file of a picture. What is larger than the header can say is cut off.
pub(crate) fn encode(picture: &RgbImage) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    [
        &header(width as u16, height as u16),
        picture.as_raw().as_slice(),
    ]
    .concat()
}

pub(crate) fn header(width: u16, height: u16) -> Vec<u8> {
    [NAME, &width.to_le_bytes(), &height.to_le_bytes()].concat()
}
