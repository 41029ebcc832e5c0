//! The gallery: pictures painted by code, and files that are up to no good.
//!
//! Each painting is a function of its width and height, so the gallery needs
//! no file but this program, and is the same wherever it is painted.

mod fractals;
mod hostile;
mod landscapes;
mod noise;
mod patterns;
mod plots;
mod solids;

use std::fs;
use std::io::Cursor;
use std::iter;
use std::path::Path;

use concurrent_futures::prelude::*;
use image::RgbImage;
use tempfile::TempDir;
use tiff::encoder::{TiffEncoder, colortype::RGB8};

use crate::colour::Colour;
use crate::sheet::End;
use crate::snap;

/// A painting: its file, its size, and who paints it.
struct Painting(&'static str, (u32, u32), fn(u32, u32) -> RgbImage);

const PAINTINGS: [Painting; 23] = [
    Painting("aurora.jpg", (1200, 800), landscapes::aurora),
    Painting("bars.gif", (640, 480), plots::bars),
    Painting("clouds.jpg", (1120, 630), landscapes::clouds),
    Painting("contours.tiff", (800, 800), plots::contours),
    Painting("damping.png", (900, 600), plots::damping),
    Painting("dunes.jpg", (1200, 900), landscapes::dunes),
    Painting("fern.png", (600, 900), fractals::fern),
    Painting("fog.jpg", (640, 960), landscapes::fog),
    Painting("gradient.bmp", (400, 300), patterns::gradient),
    Painting("invader.gif", (48, 48), patterns::invader),
    Painting("julia.png", (1200, 800), fractals::julia),
    Painting("mandelbrot.png", (960, 720), fractals::mandelbrot),
    Painting("marble.jpg", (900, 900), patterns::marble),
    Painting("marbles.jpg", (1200, 900), solids::marbles),
    Painting("moonrise.jpg", (1600, 1067), landscapes::moonrise),
    Painting("mountains.jpg", (1200, 800), landscapes::mountains),
    Painting("newton.png", (800, 800), fractals::newton),
    Painting("planet.png", (1000, 800), solids::planet),
    Painting("ripples.snap", (720, 540), patterns::ripples),
    Painting("rose.gif", (500, 500), plots::rose),
    Painting("stained_glass.png", (700, 700), patterns::stained_glass),
    Painting("sunflower.png", (1024, 1024), patterns::sunflower),
    Painting("truchet.png", (960, 720), patterns::truchet),
];

/// A folder of images among the temporary files, gone when this is dropped.
pub(crate) struct Gallery(TempDir);

impl Gallery {
    /// Paints all pictures, and lays the hostile files among them.
    pub(crate) fn paint() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::Builder::new().prefix("thumbnails-").tempdir()?;
        // Paintings can be trusted, so threads will do.
        let pool = ThreadPool::new();
        let places = 0..PAINTINGS.len();
        let paintings = paint::map(&pool, places, iter::repeat(folder.path()));
        hostile::write_all(folder.path())?;
        for painted in paintings.try_results() {
            painted?;
        }
        Ok(Self(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// All files, with the size of the picture that each must hold, or why there must be none.
    pub(crate) fn plan() -> impl Iterator<Item = (&'static str, End)> {
        let good = PAINTINGS.map(|Painting(name, size, _)| (name, Ok(size)));
        let hostile = hostile::FILES.map(|(name, kind)| (name, Err(kind)));
        good.into_iter().chain(hostile)
    }
}

#[task]
fn paint(place: usize, folder: &Path) -> Result<(), PortableError> {
    let Painting(name, (width, height), paint) = PAINTINGS[place];
    save(&paint(width, height), &folder.join(name))
}

fn save(picture: &RgbImage, file: &Path) -> Result<(), PortableError> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("snap") => fs::write(file, snap::encode(picture))?,
        Some("tiff") => fs::write(file, with_preview(picture)?)?,
        _ => picture.save(file)?,
    }
    Ok(())
}

/// A TIFF file of two pages: a preview, and the picture.
fn with_preview(picture: &RgbImage) -> Result<Vec<u8>, PortableError> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    let preview = image::imageops::thumbnail(picture, 32, 32);
    for page in [&preview, picture] {
        encoder.write_image::<RGB8>(page.width(), page.height(), page)?;
    }
    Ok(file.into_inner())
}

/// A picture whose colours are a function of the place.
///
/// The middle is at (0, 0), the upper edge at 1, and x as long as y.
fn of_places(width: u32, height: u32, colour: impl Fn(f32, f32) -> Colour) -> RgbImage {
    let half = (width as f32 / 2.0, height as f32 / 2.0);
    RgbImage::from_fn(width, height, |column, row| {
        let x = (column as f32 + 0.5 - half.0) / half.1;
        let y = (half.1 - row as f32 - 0.5) / half.1;
        colour(x, y).into()
    })
}

/// From 0 below one edge to 1 above the other, without a kink.
fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
