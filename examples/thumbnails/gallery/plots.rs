//! Plots, as they come out of notebooks.

use std::f32::consts::TAU;

use image::RgbImage;

use super::{of_places, smooth};
use crate::colour::{Colour, WHITE};

const PAPER: Colour = Colour::hex(0xfcfcfa);
const INK: Colour = Colour::hex(0x2b2d42);
const RULE: Colour = Colour::hex(0xd8dbe2);

/// Three damped swings.
pub(super) fn damping(width: u32, height: u32) -> RgbImage {
    let swings = [(0.35, 0xe63946), (0.8, 0xf4a261), (1.7, 0x2a9d8f)];
    of_places(width, height, |x, y| {
        let (left, bottom) = (x + 1.3, y + 0.8);
        let mut colour = axes(x, y, left, bottom);
        for (damping, code) in swings {
            let value = |left: f32| (-damping * left).exp() * (left * 9.0).cos() * 0.72;
            let slope = (value(left + 0.01) - value(left - 0.01)) / 0.02;
            let away = (y - value(left)).abs() / slope.hypot(1.0);
            let is_inside = (0.0..2.6).contains(&left);
            let cover = smooth(0.022, 0.014, away) * f32::from(is_inside);
            colour = colour.mix(Colour::hex(code), cover);
        }
        colour
    })
}

/// Paper with rules, and an axis at the left and at the bottom.
fn axes(x: f32, y: f32, left: f32, bottom: f32) -> Colour {
    let to_rule = |place: f32| ((place / 0.2).fract().abs() - 0.5).abs() * 0.4;
    let rule = smooth(0.194, 0.198, to_rule(x + 2.0).max(to_rule(y + 2.0)));
    let axis = smooth(0.012, 0.008, left.abs()).max(smooth(0.012, 0.008, bottom.abs()));
    PAPER.mix(RULE, rule).mix(INK, axis)
}

/// Bars that grow, most of the time.
pub(super) fn bars(width: u32, height: u32) -> RgbImage {
    const VALUES: [f32; 9] = [0.28, 0.4, 0.36, 0.55, 0.72, 0.66, 0.9, 1.12, 1.38];
    let (low, high) = (Colour::hex(0x4361ee), Colour::hex(0xf72585));
    of_places(width, height, |x, y| {
        let (left, bottom) = (x + 1.12, y + 0.8);
        let column = left / 0.25;
        let value = VALUES.get(column as usize).filter(|_| left > 0.0);
        let is_bar = value.is_some_and(|value| {
            (0.18..0.9).contains(&column.fract()) && (0.0..*value).contains(&bottom)
        });
        match is_bar {
            true => low.mix(high, bottom / 1.4),
            false => axes(x, y, left, bottom),
        }
    })
}

/// A landscape of two hills and a hollow, as a map with lines of one height.
pub(super) fn contours(width: u32, height: u32) -> RgbImage {
    let scale = [0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725].map(Colour::hex);
    of_places(width, height, |x, y| {
        let hill =
            |left: f32, up: f32, wide: f32| (-((x - left).powi(2) + (y - up).powi(2)) / wide).exp();
        let level = 0.4 + 0.55 * hill(0.4, 0.4, 0.25) + 0.42 * hill(-0.45, -0.35, 0.3)
            - 0.5 * hill(0.35, -0.5, 0.2)
            - 0.2 * hill(-0.6, 0.6, 0.15);
        let step = (level * 16.0).fract();
        let colour = Colour::of_scale(&scale, (level * 16.0).floor() / 15.0);
        colour.mix(WHITE, 0.65 * smooth(0.14, 0.04, step.min(1.0 - step)))
    })
}

/// r = cos 5φ/3, which closes after three turns.
pub(super) fn rose(width: u32, height: u32) -> RgbImage {
    let petals = [0xff006e, 0x8338ec, 0x3a86ff].map(Colour::hex);
    of_places(width, height, |x, y| {
        let (out, angle) = (x.hypot(y), y.atan2(x));
        let grid = (out * 5.0).fract();
        let rule = smooth(0.08, 0.03, grid.min(1.0 - grid)) * f32::from(out < 0.98);
        let mut colour = PAPER.mix(RULE, rule);
        for turn in 0..6 {
            let place = angle + TAU / 2.0 * turn as f32;
            let value = 0.9 * (place * 5.0 / 3.0).cos() * if turn % 2 == 0 { 1.0 } else { -1.0 };
            let slope = 1.5 * (place * 5.0 / 3.0).sin() / out.max(0.05);
            let away = (out - value).abs() / slope.hypot(1.0);
            colour = colour.mix(petals[turn % 3], smooth(0.026, 0.014, away));
        }
        colour
    })
}
