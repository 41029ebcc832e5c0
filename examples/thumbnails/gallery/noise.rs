//! Noise, which makes what is computed look grown.

/// A number from 0 to 1 for each point of a grid, the same each time.
pub(super) fn dice(x: i32, y: i32) -> f32 {
    let mut bits = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
    for _ in 0..2 {
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x2c1b_3c6d);
    }
    (bits >> 8) as f32 / (1 << 24) as f32
}

/// Noise without corners: between the grid's points it goes gently from one to the next.
pub(super) fn noise(x: f32, y: f32) -> f32 {
    let (left, below) = (x.floor(), y.floor());
    let ease = |part: f32| part * part * (3.0 - 2.0 * part);
    let (right, up) = (ease(x - left), ease(y - below));
    let corner = |dx: i32, dy: i32| dice(left as i32 + dx, below as i32 + dy);
    let low = corner(0, 0) * (1.0 - right) + corner(1, 0) * right;
    let high = corner(0, 1) * (1.0 - right) + corner(1, 1) * right;
    low * (1.0 - up) + high * up
}

/// Noise upon noise, each layer half as strong and twice as fine.
pub(super) fn layered(x: f32, y: f32, layers: u32) -> f32 {
    let (mut sum, mut strength, mut scale) = (0.0, 0.5, 1.0);
    for layer in 0..layers {
        let shift = 17.3 * layer as f32;
        sum += strength * noise(x * scale + shift, y * scale - shift);
        strength *= 0.5;
        scale *= 2.03;
    }
    sum
}
