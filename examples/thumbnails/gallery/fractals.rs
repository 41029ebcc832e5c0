//! Fractals: little rules, applied again and again.

use image::RgbImage;

use super::noise::dice;
use super::of_places;
use crate::colour::{BLACK, Colour, WHITE};

type Complex = (f32, f32);

const DEPTHS: [Colour; 6] = [
    Colour::hex(0x000764),
    Colour::hex(0x206bcb),
    Colour::hex(0xedffff),
    Colour::hex(0xffaa00),
    Colour::hex(0x6a1b1b),
    Colour::hex(0x000764),
];

const EMBERS: [Colour; 6] = [
    Colour::hex(0x0d0a1f),
    Colour::hex(0x4b1166),
    Colour::hex(0xc2317a),
    Colour::hex(0xff8a5c),
    Colour::hex(0xfff1b8),
    Colour::hex(0x0d0a1f),
];

/// A valley of the Mandelbrot set where spirals live.
pub(super) fn mandelbrot(width: u32, height: u32) -> RgbImage {
    of_places(width, height, |x, y| {
        let start = (-0.7453 + x * 0.0035, 0.1127 + y * 0.0035);
        match steps_to_leave((0.0, 0.0), start, 400) {
            Some(steps) => Colour::of_scale(&DEPTHS, (steps.sqrt() * 0.145).fract()),
            None => BLACK,
        }
    })
}

pub(super) fn julia(width: u32, height: u32) -> RgbImage {
    of_places(width, height, |x, y| {
        match steps_to_leave((x * 1.05, y * 1.05), (-0.8, 0.156), 400) {
            Some(steps) => Colour::of_scale(&EMBERS, (steps / 90.0).min(0.8)),
            None => WHITE,
        }
    })
}

/// How often z² + c can be taken before z leaves; fractions make the bands smooth.
fn steps_to_leave(mut z: Complex, c: Complex, most: u32) -> Option<f32> {
    for step in 0..most {
        let square = z.0 * z.0 + z.1 * z.1;
        if square > 256.0 {
            return Some(step as f32 - square.ln().log2() + 3.0);
        }
        z = (z.0 * z.0 - z.1 * z.1 + c.0, 2.0 * z.0 * z.1 + c.1);
    }
    None
}

/// Which root of z³ = 1 Newton's method finds, and how soon.
pub(super) fn newton(width: u32, height: u32) -> RgbImage {
    let basins = [0x2ec4b6, 0xff9f1c, 0xe71d36].map(Colour::hex);
    of_places(width, height, |x, y| {
        let mut z = (x * 1.4, y * 1.4);
        let mut steps = 0.0;
        while steps < 40.0 && distance_to_root(z) > 0.01 {
            z = newton_step(z);
            steps += 1.0;
        }
        let basin = basins[(z.1.atan2(z.0) / 2.1).round().rem_euclid(3.0) as usize % 3];
        let late: f32 = steps / 18.0;
        basin
            .mix(WHITE, 0.35 - late)
            .mix(Colour::hex(0x10141f), late)
    })
}

/// |z³ - 1|.
fn distance_to_root((re, im): Complex) -> f32 {
    let cube = (
        re * (re * re - 3.0 * im * im),
        im * (3.0 * re * re - im * im),
    );
    (cube.0 - 1.0).hypot(cube.1)
}

/// z - (z³ - 1) / 3z².
fn newton_step((re, im): Complex) -> Complex {
    let square = (re * re - im * im, 2.0 * re * im);
    let norm = 3.0 * (square.0 * square.0 + square.1 * square.1).max(1e-12);
    let inverse = (square.0 / norm, -square.1 / norm);
    (re * 2.0 / 3.0 + inverse.0, im * 2.0 / 3.0 + inverse.1)
}

/// Barnsley's fern: four ways to go on, chosen by dice, half a million times.
pub(super) fn fern(width: u32, height: u32) -> RgbImage {
    let mut picture = RgbImage::from_pixel(width, height, Colour::hex(0xf6f1e3).into());
    let ink = Colour::hex(0x1f7a3d);
    let (mut x, mut y) = (0.0, 0.0);
    for step in 0..500_000 {
        (x, y) = match dice(step, 7) {
            ..0.01 => (0.0, 0.16 * y),
            ..0.86 => (0.85 * x + 0.04 * y, -0.04 * x + 0.85 * y + 1.6),
            ..0.93 => (0.2 * x - 0.26 * y, 0.23 * x + 0.22 * y + 1.6),
            _ => (-0.15 * x + 0.28 * y, 0.26 * x + 0.24 * y + 0.44),
        };
        let column = (width as f32 * (0.47 + x / 6.6)) as u32;
        let row = (height as f32 * (0.97 - y / 10.7)) as u32;
        if let Some(pixel) = picture.get_pixel_mut_checked(column, row) {
            *pixel = Colour::from(*pixel).mix(ink, 0.35).into();
        }
    }
    picture
}
