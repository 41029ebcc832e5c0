//! Marks that tell at a glance why there is no picture.

use crate::canvas::{Area, Canvas, Place, disc, line, rectangle};
use crate::colour::Colour;
use crate::reason::Kind;

/// The colour of a reason.
pub(super) fn colour(kind: Kind) -> Colour {
    Colour::hex(match kind {
        Kind::TooSlow => 0xf6b93b,
        Kind::TooLarge => 0xb78bff,
        Kind::Crashed => 0xff6b6b,
        Kind::NoImage => 0x6bb3f2,
        Kind::Other => 0xa9b2bf,
    })
}

/// Draws the mark of a reason in the middle of an area.
pub(super) fn draw(canvas: &mut Canvas, area: Area, kind: Kind, ink: Colour, paper: Colour) {
    let middle = area.middle();
    let at = |x: f32, y: f32| (middle.0 + x, middle.1 + y);
    match kind {
        Kind::TooSlow => canvas.fill(area, ink, clock(at)),
        Kind::TooLarge => canvas.fill(area, ink, chip(at)),
        Kind::Crashed => canvas.fill(area, ink, bolt(at)),
        Kind::NoImage => {
            canvas.fill(area, ink, framed_picture(at));
            canvas.fill(area, paper, line(at(-26.0, 24.0), at(26.0, -24.0), 10.0));
            canvas.fill(area, ink, line(at(-24.0, 22.0), at(24.0, -22.0), 3.5));
        }
        Kind::Other => canvas.fill(area, ink, warning(at)),
    }
}

/// A clock that shows four.
fn clock(at: impl Fn(f32, f32) -> Place) -> impl Fn(Place) -> f32 {
    let rim = disc(at(0.0, 0.0), 23.0);
    let hours = line(at(0.0, 0.0), at(9.5, 5.5), 4.0);
    let minutes = line(at(0.0, 0.0), at(0.0, -14.0), 4.0);
    move |place| {
        let rim = rim(place).abs() - 2.2;
        rim.min(hours(place)).min(minutes(place))
    }
}

/// A memory chip with its legs.
fn chip(at: impl Fn(f32, f32) -> Place) -> impl Fn(Place) -> f32 {
    let body = rectangle(at(0.0, 0.0), (16.0, 16.0), 4.0);
    let heart = rectangle(at(0.0, 0.0), (7.0, 7.0), 2.0);
    let legs = [-9.0, 0.0, 9.0].map(|aside| {
        (
            line(at(-24.0, aside), at(24.0, aside), 3.6),
            line(at(aside, -24.0), at(aside, 24.0), 3.6),
        )
    });
    move |place| {
        let legs = legs.iter().map(|(flat, high)| flat(place).min(high(place)));
        let legs = legs.fold(f32::INFINITY, f32::min).max(-body(place));
        let body = body(place).abs() - 2.2;
        body.min(heart(place)).min(legs)
    }
}

/// A flash of lightning.
fn bolt(at: impl Fn(f32, f32) -> Place) -> impl Fn(Place) -> f32 {
    let corners = [
        at(5.0, -28.0),
        at(-16.0, 4.0),
        at(-2.5, 4.0),
        at(-7.0, 28.0),
        at(16.0, -7.0),
        at(2.0, -7.0),
    ];
    move |place| polygon(&corners, place) - 1.0
}

/// A frame, with the sun above mountains in it.
fn framed_picture(at: impl Fn(f32, f32) -> Place) -> impl Fn(Place) -> f32 {
    let frame = rectangle(at(0.0, 0.0), (26.0, 20.0), 5.0);
    let sun = disc(at(-11.0, -7.0), 4.5);
    let hills = [
        at(-20.0, 14.0),
        at(-7.0, 1.0),
        at(-1.0, 7.0),
        at(9.0, -5.0),
        at(20.0, 8.0),
        at(20.0, 14.0),
    ];
    move |place| {
        let frame = frame(place).abs() - 2.0;
        frame.min(sun(place)).min(polygon(&hills, place))
    }
}

/// A triangle with an exclamation mark.
fn warning(at: impl Fn(f32, f32) -> Place) -> impl Fn(Place) -> f32 {
    let corners = [at(0.0, -19.0), at(22.0, 19.0), at(-22.0, 19.0)];
    let stroke = line(at(0.0, -6.0), at(0.0, 5.0), 4.0);
    let dot = disc(at(0.0, 12.5), 2.6);
    move |place| {
        let edge = (polygon(&corners, place) - 3.0).abs() - 2.0;
        edge.min(stroke(place)).min(dot(place))
    }
}

/// The distance from a polygon: that from its nearest side, below zero inside.
fn polygon(corners: &[Place], place: Place) -> f32 {
    let sides = corners.iter().zip(corners.iter().cycle().skip(1));
    let (mut nearest, mut is_inside) = (f32::INFINITY, false);
    for (from, to) in sides {
        nearest = nearest.min(line(*from, *to, 0.0)(place));
        let share = (place.1 - from.1) / (to.1 - from.1);
        let is_crossed = (from.1 > place.1) != (to.1 > place.1);
        is_inside ^= is_crossed && place.0 < from.0 + share * (to.0 - from.0);
    }
    if is_inside { -nearest } else { nearest }
}
