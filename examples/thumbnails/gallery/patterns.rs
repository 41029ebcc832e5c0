//! Patterns: regular, nearly regular, and not at all.

use std::f32::consts::TAU;

use image::RgbImage;

use super::noise::{dice, layered};
use super::{of_places, smooth};
use crate::canvas::{Area, Canvas, disc};
use crate::colour::{BLACK, Colour, WHITE};

/// Two light waves that meet.
pub(super) fn ripples(width: u32, height: u32) -> RgbImage {
    let water = [0x03132b, 0x0b4f7d, 0x3bb2d0, 0xf2fbff].map(Colour::hex);
    of_places(width, height, |x, y| {
        let wave = |from: f32| {
            let away = (x - from).hypot(y + 0.15);
            (away * 46.0).cos() / (1.0 + 1.5 * away)
        };
        Colour::of_scale(&water, 0.46 + 0.36 * (wave(-0.55) + wave(0.55)))
    })
}

/// Four corners, four colours, gently stirred.
pub(super) fn gradient(width: u32, height: u32) -> RgbImage {
    let corners = [0x7b2ff7, 0xf107a3, 0xffc46b, 0x2de2e6].map(Colour::hex);
    of_places(width, height, |x, y| {
        let right = 0.5 + 0.4 * x + 0.16 * (2.2 * y + 1.0).sin();
        let up = 0.5 + 0.5 * y + 0.16 * (2.6 * x).sin();
        let low = corners[0].mix(corners[1], right);
        low.mix(corners[3].mix(corners[2], right), up)
    })
}

/// Stone that was stirred while it was soft.
pub(super) fn marble(width: u32, height: u32) -> RgbImage {
    let stone = [0x0b2e33, 0x1e6f68, 0x7fc8a9, 0xf3efe0, 0xd8b25c].map(Colour::hex);
    of_places(width, height, |x, y| {
        let first = (
            layered(2.0 * x, 2.0 * y, 5),
            layered(2.0 * x + 5.2, 2.0 * y + 1.3, 5),
        );
        let (u, v) = (2.0 * x + 4.0 * first.0, 2.0 * y + 4.0 * first.1);
        let second = layered(u + 1.7, v + 9.2, 5);
        let vein = (layered(u + 3.0 * second, v - 2.0 * second, 6) - 0.49).abs();
        let body = Colour::of_scale(&stone[..4], (second - 0.22) * 1.7);
        body.mix(stone[4], 0.8 * smooth(0.025, 0.0, vein))
    })
}

/// Quarter circles on tiles that are turned by dice.
pub(super) fn truchet(width: u32, height: u32) -> RgbImage {
    let (paper, ink) = (Colour::hex(0xfaf3e3), Colour::hex(0x1d3557));
    of_places(width, height, |x, y| {
        let place = (x * 4.0, y * 4.0);
        let (column, row) = (place.0.floor(), place.1.floor());
        let (mut right, up) = (place.0 - column, place.1 - row);
        if dice(column as i32, row as i32) < 0.5 {
            right = 1.0 - right;
        }
        let near = right.hypot(up).min((1.0 - right).hypot(1.0 - up));
        let band = Colour::hex(0xe63946).mix(Colour::hex(0xf4a261), (x + 1.3) / 2.6);
        let ribbon = ink.mix(band, smooth(0.19, 0.16, (near - 0.5).abs()));
        paper.mix(ribbon, smooth(0.28, 0.25, (near - 0.5).abs()))
    })
}

/// Panes of glass with lead between them: each place belongs to the nearest point.
pub(super) fn stained_glass(width: u32, height: u32) -> RgbImage {
    of_places(width, height, |x, y| {
        let place = (x * 3.4, y * 3.4);
        let (column, row) = (place.0.floor() as i32, place.1.floor() as i32);
        let mut panes: Vec<(f32, i32, i32)> = (-2..=2)
            .flat_map(|up| (-2..=2).map(move |right| (column + right, row + up)))
            .map(|(column, row)| (distance_to_pane(place, column, row), column, row))
            .collect();
        panes.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (near, column, row) = panes[0];
        let hue = 0.55 + 0.16 * x + 0.25 * dice(column + 50, row) - 0.2 * y;
        let glass = Colour::of_wheel(hue).mix(WHITE, 0.12 + 0.3 * dice(row, column));
        let glass = glass
            .times(1.08 - 0.35 * near)
            .plus(Colour::grey(0.08 * layered(x * 8.0, y * 8.0, 3)));
        glass.mix(BLACK, 0.92 * smooth(0.09, 0.05, panes[1].0 - near))
    })
}

fn distance_to_pane((x, y): (f32, f32), column: i32, row: i32) -> f32 {
    let point = (
        column as f32 + dice(column, row),
        row as f32 + dice(row + 91, column),
    );
    (x - point.0).hypot(y - point.1)
}

/// Seeds, each a golden angle further round than the one before.
pub(super) fn sunflower(width: u32, height: u32) -> RgbImage {
    let heart = [0x6b3510, 0x9c5414, 0xf2a516, 0xffe08a].map(Colour::hex);
    let mut canvas = Canvas::new(width, height, Colour::hex(0x16324a));
    let golden = TAU * (1.0 - 0.618_034);
    for seed in 0..900 {
        let out = (seed as f32 / 900.0).sqrt();
        let (sin, cos) = (seed as f32 * golden).sin_cos();
        let reach = 0.46 * out * width.min(height) as f32;
        let middle = (
            width as f32 / 2.0 + reach * cos,
            height as f32 / 2.0 + reach * sin,
        );
        let size = width as f32 * (0.0065 + 0.0055 * out);
        canvas.fill(
            around(middle, size),
            Colour::of_scale(&heart, out),
            disc(middle, size),
        );
    }
    canvas.0
}

fn around((x, y): (f32, f32), size: f32) -> Area {
    let length = (2.0 * size) as u32 + 4;
    Area {
        x: (x - size - 1.0).max(0.0) as u32,
        y: (y - size - 1.0).max(0.0) as u32,
        width: length,
        height: length,
    }
}

/// An old acquaintance, in a picture that is smaller than its thumbnail may be.
pub(super) fn invader(width: u32, height: u32) -> RgbImage {
    const ROWS: [u16; 8] = [
        0b00100000100,
        0b00010001000,
        0b00111111100,
        0b01101110110,
        0b11111111111,
        0b10111111101,
        0b10100000101,
        0b00011011000,
    ];
    let (paper, ink) = (Colour::hex(0x101418), Colour::hex(0x7cf03d));
    RgbImage::from_fn(width, height, |x, y| {
        let (column, row) = (x * 13 / width, y * 13 / height);
        let bits = row.checked_sub(2).and_then(|row| ROWS.get(row as usize));
        let is_set =
            bits.is_some_and(|bits| (1..12).contains(&column) && bits >> (11 - column) & 1 == 1);
        if is_set { ink } else { paper }.into()
    })
}
