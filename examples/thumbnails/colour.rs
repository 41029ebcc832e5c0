//! Colours, as those who paint think of them: mixed, lightened, taken from a scale.

use image::Rgb;

/// Red, green and blue, each from 0 to 1.
#[derive(Clone, Copy)]
pub(crate) struct Colour(pub(crate) f32, pub(crate) f32, pub(crate) f32);

pub(crate) const BLACK: Colour = Colour(0.0, 0.0, 0.0);
pub(crate) const WHITE: Colour = Colour(1.0, 1.0, 1.0);

impl Colour {
    /// The colour that style sheets write as `#rrggbb`.
    pub(crate) const fn hex(code: u32) -> Self {
        const fn part(code: u32) -> f32 {
            (code & 0xff) as f32 / 255.0
        }
        Self(part(code >> 16), part(code >> 8), part(code))
    }

    pub(crate) const fn grey(light: f32) -> Self {
        Self(light, light, light)
    }

    /// A bright colour, once round the wheel from 0 to 1.
    pub(crate) fn of_wheel(turn: f32) -> Self {
        let wave = |shift: f32| 0.5 + 0.5 * ((turn + shift) * std::f32::consts::TAU).cos();
        Self(wave(0.0), wave(0.67), wave(0.33))
    }

    /// From the first of some colours, at 0, to the last, at 1.
    pub(crate) fn of_scale(scale: &[Self], at: f32) -> Self {
        let steps = scale.len() - 1;
        let at = at.clamp(0.0, 1.0) * steps as f32;
        let step = (at as usize).min(steps - 1);
        scale[step].mix(scale[step + 1], at - step as f32)
    }

    /// This colour, with a share of another.
    pub(crate) fn mix(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        self.times(1.0 - share).plus(other.times(share))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }

    pub(crate) fn times(self, light: f32) -> Self {
        Self(self.0 * light, self.1 * light, self.2 * light)
    }
}

impl From<Colour> for Rgb<u8> {
    fn from(Colour(red, green, blue): Colour) -> Self {
        Self([red, green, blue].map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8))
    }
}

impl From<Rgb<u8>> for Colour {
    fn from(Rgb(parts): Rgb<u8>) -> Self {
        let [red, green, blue] = parts.map(|part| f32::from(part) / 255.0);
        Self(red, green, blue)
    }
}
