//! A surface to draw on: shapes with smooth edges, pictures, and text.
//!
//! A shape is a function that says how far a place is from its edge: below
//! zero inside, above zero outside. So shapes are joined with `min`, cut out
//! with `max`, and hollow ones are the `abs` of solid ones.

use image::{Rgb, RgbImage, RgbaImage};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use crate::colour::Colour;

/// A place, from the left and from the top.
pub(crate) type Place = (f32, f32);

/// A part of the canvas: its left upper corner, its width and height.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Area {
    pub(crate) fn middle(self) -> Place {
        let half = |length: u32| length as f32 / 2.0;
        (
            self.x as f32 + half(self.width),
            self.y as f32 + half(self.height),
        )
    }

    /// The distance from this area, its corners rounded.
    pub(crate) fn rounded(self, radius: f32) -> impl Fn(Place) -> f32 {
        let half = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        rectangle(self.middle(), half, radius)
    }
}

/// The distance from a rectangle around a middle, its corners rounded.
pub(crate) fn rectangle(middle: Place, half: Place, radius: f32) -> impl Fn(Place) -> f32 {
    move |(x, y)| {
        let (right, down) = (
            (x - middle.0).abs() - half.0 + radius,
            (y - middle.1).abs() - half.1 + radius,
        );
        right.max(0.0).hypot(down.max(0.0)) + right.max(down).min(0.0) - radius
    }
}

/// The distance from a disc.
pub(crate) fn disc(middle: Place, radius: f32) -> impl Fn(Place) -> f32 {
    move |(x, y)| (x - middle.0).hypot(y - middle.1) - radius
}

/// The distance from a line with round ends.
pub(crate) fn line(from: Place, to: Place, width: f32) -> impl Fn(Place) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let square = (along.0 * along.0 + along.1 * along.1).max(f32::EPSILON);
    move |(x, y)| {
        let away = (x - from.0, y - from.1);
        let share = ((away.0 * along.0 + away.1 * along.1) / square).clamp(0.0, 1.0);
        (away.0 - along.0 * share).hypot(away.1 - along.1 * share) - width / 2.0
    }
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Font {
    height: RasterHeight,
    weight: FontWeight,
}

impl Font {
    pub(crate) const PLAIN: Self = Self {
        height: RasterHeight::Size16,
        weight: FontWeight::Regular,
    };
    pub(crate) const BOLD: Self = Self {
        height: RasterHeight::Size16,
        weight: FontWeight::Bold,
    };
    pub(crate) const LARGE: Self = Self {
        height: RasterHeight::Size24,
        weight: FontWeight::Bold,
    };

    /// All letters have one width.
    pub(crate) fn letter_width(self) -> u32 {
        get_raster_width(self.weight, self.height) as u32
    }

    pub(crate) fn width_of(self, text: &str) -> u32 {
        text.chars().count() as u32 * self.letter_width()
    }
}

/// A picture that is being made.
pub(crate) struct Canvas(pub(crate) RgbImage);

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, colour: Colour) -> Self {
        Self(RgbImage::from_pixel(width, height, colour.into()))
    }

    /// Fills a shape, so far as it lies in an area.
    pub(crate) fn fill(&mut self, area: Area, colour: Colour, shape: impl Fn(Place) -> f32) {
        for y in area.y..(area.y + area.height).min(self.0.height()) {
            for x in area.x..(area.x + area.width).min(self.0.width()) {
                let distance = shape((x as f32 + 0.5, y as f32 + 0.5));
                self.tint(x, y, colour, 0.5 - distance);
            }
        }
    }

    /// Lays a picture in the middle of an area.
    pub(crate) fn lay(&mut self, area: Area, picture: &RgbaImage) {
        let left = area.x + area.width.saturating_sub(picture.width()) / 2;
        let top = area.y + area.height.saturating_sub(picture.height()) / 2;
        for (x, y, pixel) in picture.enumerate_pixels() {
            let [red, green, blue, cover] = pixel.0;
            let colour = Colour::from(Rgb([red, green, blue]));
            self.tint(left + x, top + y, colour, f32::from(cover) / 255.0);
        }
    }

    /// Writes a text in one line, from its left upper corner on.
    pub(crate) fn write(&mut self, (x, y): (u32, u32), font: Font, colour: Colour, text: &str) {
        for (place, letter) in text.chars().enumerate() {
            let letter = if letter.is_whitespace() { ' ' } else { letter };
            let raster = get_raster(letter, font.weight, font.height);
            let raster = raster.or_else(|| get_raster('?', font.weight, font.height));
            let left = x + place as u32 * font.letter_width();
            let rows = raster.iter().flat_map(|raster| raster.rows());
            for (row, line) in (y..).zip(rows) {
                for (column, ink) in (left..).zip(line) {
                    self.tint(column, row, colour, f32::from(*ink) / 255.0);
                }
            }
        }
    }

    /// Writes a text in the middle of the line that begins at a height.
    pub(crate) fn write_centred(&mut self, area: Area, font: Font, colour: Colour, text: &str) {
        let left = area.x + area.width.saturating_sub(font.width_of(text)) / 2;
        self.write((left, area.y), font, colour, text);
    }

    fn tint(&mut self, x: u32, y: u32, colour: Colour, cover: f32) {
        if let Some(pixel) = self.0.get_pixel_mut_checked(x, y).filter(|_| cover > 0.0) {
            *pixel = Colour::from(*pixel).mix(colour, cover).into();
        }
    }
}
