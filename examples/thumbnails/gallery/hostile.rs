//! Files that are up to no good, each in its own way.

use std::fs::{self, File};
use std::io::{BufWriter, Cursor};
use std::path::Path;

use concurrent_futures::PortableError;
use flate2::{Compress, Compression, FlushCompress};
use image::codecs::jpeg::JpegEncoder;

use super::{landscapes, patterns, plots, with_preview};
use crate::pages;
use crate::reason::Kind;
use crate::snap;

/// The files, and why there will be no thumbnail of them.
pub(super) const FILES: [(&str, Kind); 7] = [
    ("bomb.png", Kind::TooLarge),
    ("cut_off.png", Kind::NoImage),
    ("empty.gif", Kind::NoImage),
    ("endless.tiff", Kind::TooSlow),
    ("letter.jpg", Kind::NoImage),
    ("segfault.snap", Kind::Crashed),
    ("torn.jpg", Kind::NoImage),
];

pub(super) fn write_all(folder: &Path) -> Result<(), PortableError> {
    write_bomb(&folder.join("bomb.png"))?;
    fs::write(folder.join("cut_off.png"), cut_off()?)?;
    fs::write(folder.join("empty.gif"), [])?;
    fs::write(folder.join("endless.tiff"), endless()?)?;
    fs::write(folder.join("letter.jpg"), "Dear reader,\n\nI am no image\n")?;
    fs::write(folder.join("segfault.snap"), lying())?;
    fs::write(folder.join("torn.jpg"), torn()?)?;
    Ok(())
}

/// 40,000 black pixels a side: 1.5 MiB as a file, and 1,000 times as much when it is decoded.
fn write_bomb(file: &Path) -> Result<(), PortableError> {
    const SIDE: usize = 40_000;
    let file = BufWriter::new(File::create(file)?);
    let mut writer = png::Encoder::new(file, SIDE as u32, SIDE as u32).write_header()?;
    // Before each row stands the number of its filter.
    writer.write_chunk(png::chunk::IDAT, &zeros(SIDE, SIDE + 1)?)?;
    Ok(writer.finish()?)
}

/// Rows of zeros, compressed: one part is, and then repeated.
fn zeros(rows: usize, length: usize) -> Result<Vec<u8>, PortableError> {
    const PARTS: usize = 100;
    let part = vec![0; rows / PARTS * length];
    let mut packed = Vec::with_capacity(part.len() / 100);
    // A full flush leaves nothing that a later part could refer to.
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(&part, &mut packed, FlushCompress::Full)?;

    // The sum that zlib asks for; of zeros it depends on their number alone.
    let sum = ((rows * length % 65_521) as u32) << 16 | 1;
    let file: [&[u8]; 4] = [
        &[0x78, 0xda],
        &packed.repeat(PARTS),
        &[0x03, 0x00],
        &sum.to_be_bytes(),
    ];
    Ok(file.concat())
}

/// A download that did not get to its end.
fn cut_off() -> Result<Vec<u8>, PortableError> {
    let mut file = Cursor::new(Vec::new());
    patterns::gradient(400, 300).write_to(&mut file, image::ImageFormat::Png)?;
    let mut file = file.into_inner();
    file.truncate(file.len() / 2);
    Ok(file)
}

/// The last page of two says that the first one follows.
fn endless() -> Result<Vec<u8>, PortableError> {
    let mut file = with_preview(&plots::contours(300, 300))?;
    let first = pages::number(&file, 4).unwrap_or_default();
    let last = pages::place_of_next(&file, first).and_then(|next| pages::number(&file, next));
    let end = last.and_then(|last| pages::place_of_next(&file, last));
    let end = end.ok_or("the encoder has written no second page")?;
    file[end..end + 4].copy_from_slice(&first.to_le_bytes());
    Ok(file)
}

/// The header tells of 64 million pixels, of which there are two.
fn lying() -> Vec<u8> {
    let mut file = snap::header(8000, 8000);
    file.extend([255, 0, 0, 0, 0, 255]);
    file
}

/// A picture whose tables were torn off.
fn torn() -> Result<Vec<u8>, PortableError> {
    let mut file = Vec::new();
    JpegEncoder::new(&mut file).encode_image(&landscapes::clouds(320, 180))?;
    file.truncate(300);
    Ok(file)
}
