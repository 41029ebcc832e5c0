//! Solids: spheres, looked at along rays of light.

use image::RgbImage;

use super::noise::{dice, layered};
use super::{of_places, smooth};
use crate::colour::{BLACK, Colour, WHITE};

#[derive(Clone, Copy)]
struct Vector(f32, f32, f32);

impl Vector {
    fn dot(self, other: Self) -> f32 {
        self.0 * other.0 + self.1 * other.1 + self.2 * other.2
    }

    fn plus(self, other: Self, times: f32) -> Self {
        Self(
            self.0 + other.0 * times,
            self.1 + other.1 * times,
            self.2 + other.2 * times,
        )
    }

    fn unit(self) -> Self {
        let zero = Self(0.0, 0.0, 0.0);
        zero.plus(self, 1.0 / self.dot(self).sqrt())
    }
}

struct Sphere {
    middle: Vector,
    radius: f32,
    colour: Colour,
}

const LIGHT: Vector = Vector(-0.55, 0.7, -0.45);

/// Four marbles on a chequered floor, which see each other.
pub(super) fn marbles(width: u32, height: u32) -> RgbImage {
    let marble = |x: f32, z: f32, radius: f32, code: u32| Sphere {
        middle: Vector(x, radius - 1.0, z),
        radius,
        colour: Colour::hex(code),
    };
    let marbles = [
        marble(-0.15, 4.6, 1.0, 0xd7263d),
        marble(1.35, 3.7, 0.62, 0x1b98e0),
        marble(-1.35, 3.6, 0.55, 0xf5b700),
        marble(0.55, 2.75, 0.34, 0x2fbf71),
    ];
    of_places(width, height, |x, y| {
        let eye = Vector(0.0, 0.35, -0.6);
        look(
            &marbles,
            eye,
            Vector(x * 0.56, y * 0.56 - 0.2, 1.2).unit(),
            3,
        )
    })
}

/// The colour that comes along a ray, after at most `reflections`.
fn look(spheres: &[Sphere], from: Vector, along: Vector, reflections: u32) -> Colour {
    if let Some((way, sphere)) = nearest(spheres, from, along) {
        let place = from.plus(along, way);
        let outward = place.plus(sphere.middle, -1.0).unit();
        let bounce = along.plus(outward, -2.0 * along.dot(outward)).unit();
        let light = LIGHT.unit();
        let direct = match nearest(spheres, place, light) {
            Some(_) => 0.0,
            None => outward.dot(light).max(0.0),
        };
        let gloss = bounce.dot(light).max(0.0).powi(60) * f32::from(direct > 0.0);
        let seen = match reflections {
            0 => sphere.colour,
            _ => look(spheres, place, bounce, reflections - 1),
        };
        let skin = sphere.colour.times(0.25 + 0.75 * direct);
        let rim = (1.0 + along.dot(outward)).powi(3);
        return skin
            .mix(seen, 0.14 + 0.5 * rim)
            .plus(WHITE.times(0.9 * gloss));
    }
    match along.1 < -0.001 {
        true => floor(spheres, from.plus(along, (from.1 + 1.0) / -along.1)),
        false => sky(along),
    }
}

fn sky(along: Vector) -> Colour {
    Colour::hex(0xf3e9dc).mix(Colour::hex(0x5f9bc9), along.1 * 1.6)
}

fn floor(spheres: &[Sphere], place: Vector) -> Colour {
    let is_dark = (place.0.floor() + place.2.floor()).rem_euclid(2.0) > 0.5;
    let tile = if is_dark {
        Colour::hex(0x39424e)
    } else {
        Colour::hex(0xf0ead6)
    };
    let shade = if nearest(spheres, place, LIGHT.unit()).is_some() {
        0.45
    } else {
        1.0
    };
    let far = smooth(4.0, 22.0, place.2);
    tile.times(shade).mix(sky(Vector(0.0, 0.0, 1.0)), far)
}

/// The first sphere on a ray, and how far away it is.
fn nearest(spheres: &[Sphere], from: Vector, along: Vector) -> Option<(f32, &Sphere)> {
    let hits = spheres.iter().filter_map(|sphere| {
        let away = from.plus(sphere.middle, -1.0);
        let half = away.dot(along);
        let square = half * half - away.dot(away) + sphere.radius * sphere.radius;
        let way = -half - square.max(0.0).sqrt();
        (square > 0.0 && way > 0.001).then_some((way, sphere))
    });
    hits.min_by(|one, other| one.0.total_cmp(&other.0))
}

/// A planet with rings, half of it in the night.
pub(super) fn planet(width: u32, height: u32) -> RgbImage {
    let bands = [0x7a4b2a, 0xe0b070, 0xf6e3bd, 0xc98a4b, 0xf0cf94].map(Colour::hex);
    of_places(width, height, |x, y| {
        let (u, v) = (x * 0.94 + y * 0.34, y * 0.94 - x * 0.34);
        let out = u.hypot(v / 0.28);
        let mut colour = night(x, y);
        if u.hypot(v) < 0.52 {
            let deep = (0.27 - u * u - v * v).max(0.0).sqrt();
            let light = Vector(u, v, deep)
                .unit()
                .dot(Vector(-0.7, 0.35, 0.6).unit());
            let storm = 0.08 * layered(u * 7.0 + 3.0, v * 22.0, 4);
            let band = Colour::of_scale(&bands, ((v + storm) * 5.5).sin() * 0.5 + 0.5);
            let edge = smooth(0.52, 0.512, u.hypot(v));
            colour = colour.mix(band.times(0.06 + 1.05 * light.max(0.0)), edge);
        }
        let is_before = v < 0.0 || u.hypot(v) > 0.52;
        let ring = smooth(0.66, 0.68, out) * smooth(1.16, 1.14, out) * f32::from(is_before);
        let grooves = layered(out * 26.0, 0.5, 3);
        let in_shadow = u > 0.05 && v > 0.0 && v < 0.62 * (u - 0.05);
        let ice = Colour::hex(0xe8d7b5).times(if in_shadow { 0.12 } else { 0.6 + 0.5 * grooves });
        colour.mix(ice, ring * (0.25 + 1.1 * grooves).min(0.95))
    })
}

fn night(x: f32, y: f32) -> Colour {
    let cloud = layered(x * 1.6 + 4.0, y * 1.6, 5);
    let haze = Colour::hex(0x2b1d52).times(1.6 * (cloud - 0.3).max(0.0));
    let grid = (x * 45.0, y * 45.0);
    let light = dice(grid.0.floor() as i32, grid.1.floor() as i32);
    let away = (grid.0 - grid.0.floor() - 0.5).hypot(grid.1 - grid.1.floor() - 0.5);
    let star = WHITE.times(smooth(0.95, 1.0, light) * smooth(0.4, 0.05, away));
    BLACK.plus(Colour::hex(0x070913)).plus(haze).plus(star)
}
