//! The task: an image file becomes a small picture.
//!
//! It runs in a worker process, so it need not be careful. Decoders may crash,
//! loop or eat all memory: the process ends, and this call with it.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use concurrent_futures::prelude::*;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbaImage};
use serde::{Deserialize, Serialize};

use crate::{pages, snap};

/// A small picture, and the size of the one it was made from.
#[derive(Serialize, Deserialize)]
pub(crate) struct Thumbnail {
    pub(crate) original: (u32, u32),
    width: u32,
    height: u32,
    /// Red, green, blue and cover of each pixel.
    pixels: Vec<u8>,
}

/// Decodes an image, and shrinks it so that no side is longer than `side`.
#[task]
pub(crate) fn thumbnail(path: &Path, side: u32) -> Result<Thumbnail, PortableError> {
    let picture = decode(fs::read(path)?)?;
    let original = (picture.width(), picture.height());
    let small = match original.0.max(original.1) > side {
        true => picture.thumbnail(side, side),
        false => picture,
    };
    Ok(Thumbnail {
        original,
        width: small.width(),
        height: small.height(),
        pixels: small.into_rgba8().into_raw(),
    })
}

fn decode(mut file: Vec<u8>) -> Result<DynamicImage, PortableError> {
    if file.is_empty() {
        return Err("the file is empty".into());
    }
    if snap::is_one(&file) {
        return Ok(snap::decode(&file).into());
    }
    pages::put_largest_first(&mut file);
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    if reader.format().is_none() {
        return Err("its format is unknown".into());
    }
    // The limits of the worker hold whatever a decoder takes into account.
    reader.no_limits();
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

impl Thumbnail {
    /// The picture itself; nothing at all if its size and its pixels do not fit.
    pub(crate) fn picture(&self) -> RgbaImage {
        RgbaImage::from_raw(self.width, self.height, self.pixels.clone()).unwrap_or_default()
    }
}
