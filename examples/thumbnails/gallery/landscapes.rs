//! Landscapes: skies, and what stands before them, from far to near.

use image::RgbImage;

use super::noise::{dice, layered, noise};
use super::{of_places, smooth};
use crate::colour::{BLACK, Colour, WHITE};

/// Ranges of mountains before the setting sun.
pub(super) fn mountains(width: u32, height: u32) -> RgbImage {
    let sky = [0xffd9a0, 0xff9e6d, 0xd95f76, 0x7d3c7f, 0x2f2357].map(Colour::hex);
    let (far, near) = (Colour::hex(0xc9627a), Colour::hex(0x140f2b));
    of_places(width, height, |x, y| {
        let sun = (x - 0.42).hypot(y - 0.12);
        let mut colour = Colour::of_scale(&sky, (y + 0.15) / 1.1);
        colour = colour.plus(Colour::hex(0xffb36b).times(0.55 * (-sun * 2.6).exp()));
        colour = colour.mix(Colour::hex(0xfff3cf), smooth(0.17, 0.16, sun));
        for range in 0..6 {
            let depth = range as f32 / 5.0;
            let rough = layered(x * (1.3 + depth) + 9.1 * range as f32, 3.7, 6);
            let ridge = 0.1 - 0.95 * depth + 0.75 * (rough - 0.42);
            let haze = 0.45 * smooth(0.0, 0.5, ridge - y) * (1.0 - depth);
            let slope = far.mix(near, depth.sqrt()).mix(sky[1], haze);
            colour = colour.mix(slope, smooth(0.0, 0.004, ridge - y));
        }
        colour
    })
}

/// Northern lights above firs.
pub(super) fn aurora(width: u32, height: u32) -> RgbImage {
    let sky = [0x0f2d3a, 0x0a1730, 0x050818].map(Colour::hex);
    of_places(width, height, |x, y| {
        let mut colour = Colour::of_scale(&sky, (y + 0.6) / 1.5).plus(stars(x, y));
        for curtain in 0..3 {
            colour = colour.plus(curtain_of_light(curtain as f32, x, y));
        }
        for row in 0..2 {
            let trees = -0.55 - 0.22 * row as f32 + 0.12 * noise(x * 1.6, row as f32);
            let tip = firs(x * 13.0 + 5.5 * row as f32);
            let wood = Colour::hex(0x0a1a20).mix(BLACK, 0.7 * row as f32);
            colour = colour.mix(wood, smooth(0.0, 0.01, trees + 0.2 * tip - y));
        }
        colour
    })
}

fn curtain_of_light(curtain: f32, x: f32, y: f32) -> Colour {
    let wave = (x * 1.4 + curtain * 2.1).sin() * 0.18 + 0.12 * (x * 3.3 - curtain).sin();
    let above = y - (0.05 + 0.16 * curtain - wave);
    let folds = 0.35 + 0.65 * layered(x * 9.0 + 4.0 * wave + 31.0 * curtain, 0.5, 3);
    let glow = match above > 0.0 {
        true => (-above * 2.6).exp(),
        false => (above * 22.0).exp(),
    };
    let colour = Colour::hex(0x3dffa2).mix(Colour::hex(0x9a4dff), above * 1.5);
    colour.times(glow * folds * (1.0 - 0.2 * curtain))
}

/// The outline of a row of firs: pointed, and ragged at the sides.
fn firs(x: f32) -> f32 {
    let tree = x.floor();
    let aside = (x - tree - 0.5).abs() * 2.0;
    let tall = 0.45 + 0.55 * dice(tree as i32, 5);
    tall * (1.0 - aside) + 0.1 * ((1.0 - aside) * 7.0).fract() * (1.0 - aside)
}

fn stars(x: f32, y: f32) -> Colour {
    let grid = (x * 60.0, y * 60.0);
    let (column, row) = (grid.0.floor(), grid.1.floor());
    let light = dice(column as i32, row as i32);
    let away = (grid.0 - column - 0.5).hypot(grid.1 - row - 0.5);
    Colour::hex(0xdfe9ff).times(smooth(0.96, 1.0, light) * smooth(0.45, 0.0, away))
}

/// The moon above a calm sea.
pub(super) fn moonrise(width: u32, height: u32) -> RgbImage {
    let sky = [0x6d7fa8, 0x33477d, 0x141f4d, 0x0a1030].map(Colour::hex);
    of_places(width, height, |x, y| {
        let horizon = -0.28;
        let moon = (x + 0.25).hypot(y - 0.3);
        if y > horizon {
            let colour = Colour::of_scale(&sky, (y - horizon) / 1.2).plus(stars(x, y));
            let colour = colour.plus(Colour::hex(0xfff0c9).times(0.5 * (-moon * 2.4).exp()));
            let seas = 0.2 * smooth(0.45, 0.62, layered(x * 6.0, y * 6.0, 4));
            let face = Colour::hex(0xfff6dc).mix(Colour::hex(0xb7a988), 2.2 * seas);
            return colour.mix(face, smooth(0.232, 0.226, moon));
        }
        let near = (horizon - y) / (1.0 + horizon);
        let swell = layered(x * 3.0 / (near + 0.12), 9.0 / (near + 0.1), 4) - 0.47;
        let path = (-((x + 0.25) / (0.16 + 0.3 * near)).powi(2)).exp();
        let water = Colour::hex(0x41568c).mix(Colour::hex(0x070c26), near.sqrt() * 1.1);
        let glint = smooth(0.02, 0.22, swell) * path * 1.5 + 0.25 * path;
        water
            .plus(Colour::grey(0.22 * swell))
            .plus(Colour::hex(0xffe9b8).times(glint))
    })
}

/// Sand in the evening light, one side of each dune in the shade.
pub(super) fn dunes(width: u32, height: u32) -> RgbImage {
    let sky = [0xfbe3c0, 0x9cc5de, 0x3f7fb5].map(Colour::hex);
    let (lit, shade) = (Colour::hex(0xf0b46c), Colour::hex(0x8a4a2f));
    of_places(width, height, |x, y| {
        let mut colour = Colour::of_scale(&sky, (y - 0.05) / 0.9);
        for dune in 0..5 {
            let near = dune as f32 / 4.0;
            let bend = x * (1.5 - 0.8 * near) + 2.4 * dune as f32;
            let crest = 0.26 - 0.95 * near + 0.16 * bend.sin() + 0.07 * (2.3 * bend).sin();
            let steep = 0.16 * bend.cos() + 0.16 * (2.3 * bend).cos();
            let below = crest - y;
            let side = smooth(-0.08, 0.1, steep + 0.25 * below - 0.06);
            let wind = 0.05 * (90.0 * (below + 0.14 * (x * 3.0).sin()) / (near + 0.4)).sin();
            let sand = lit
                .mix(shade, 0.85 * side)
                .times(0.94 + 0.1 * near + wind * near);
            let sand = sand.mix(sky[0], 0.55 * (1.0 - near));
            colour = colour.mix(sand, smooth(0.0, 0.004, below));
        }
        colour
    })
}

/// Hills that get lost in fog.
pub(super) fn fog(width: u32, height: u32) -> RgbImage {
    let (mist, wood) = (Colour::hex(0xe8eee9), Colour::hex(0x16352f));
    of_places(width, height, |x, y| {
        let sun = x.hypot(y - 0.62);
        let mut colour = Colour::hex(0xc8d8d6).mix(Colour::hex(0xfff4dd), (-sun * 2.0).exp());
        for hill in 0..8 {
            let near = (hill + 1) as f32 / 8.0;
            let rough = layered(x * 1.1 + 5.3 * hill as f32, 1.7, 3) + 0.02 * firs(x * 60.0);
            let crest = 0.75 - 1.6 * near + 0.8 * (rough - 0.4);
            let rising = smooth(0.0, 0.42, crest - y) * (1.0 - 0.75 * near);
            let slope = mist.mix(wood, near * near).mix(mist, rising);
            colour = colour.mix(slope, smooth(0.0, 0.006, crest - y));
        }
        colour
    })
}

/// A summer sky.
pub(super) fn clouds(width: u32, height: u32) -> RgbImage {
    of_places(width, height, |x, y| {
        let far = 1.0 / (1.35 + 0.55 * y);
        let (u, v) = (x * far * 1.7 + 3.0, far * 4.2);
        let bend = layered(u * 1.4, v * 1.4, 4);
        let thick = layered(u + bend, v + 0.7 * bend, 7);
        let lit = layered(u + bend - 0.12, v + 0.7 * bend + 0.12, 7);
        let sky = Colour::hex(0x9fd0f2).mix(Colour::hex(0x1f6fc4), 0.5 + 0.5 * y);
        let body = WHITE.mix(Colour::hex(0x8ea3bd), 5.0 * (lit - thick) + 0.25);
        sky.mix(body, smooth(0.44, 0.64, thick))
    })
}
