//! Three-component vectors, and the scalar functions that the renderer shares.
//!
//! Transcendental functions come from `libm` and not from the platform, so that one seed gives the same bytes on
//! every machine.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A point, a direction or a linear colour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vec3 {
    /// Right, or red.
    pub x: f32,
    /// Up, or green.
    pub y: f32,
    /// Towards the viewer of an unturned object, or blue.
    pub z: f32,
}

/// Makes a [`Vec3`] of three components.
pub(super) const fn vec3(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    /// Makes a vector with the same value in all three components.
    pub(super) const fn splat(value: f32) -> Self {
        vec3(value, value, value)
    }

    /// Returns the scalar product.
    pub(super) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// Returns the right-handed vector product.
    pub(super) fn cross(self, other: Self) -> Self {
        vec3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Returns the Euclidean length.
    pub(super) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// Returns the unit vector of the same direction, or the unit vector upwards for a vector of length 0.
    pub(super) fn normalised(self) -> Self {
        let length = self.length();
        if length > 1e-12 { self * (1.0 / length) } else { vec3(0.0, 1.0, 0.0) }
    }

    /// Returns the point at the fraction `t` of the way to `other`.
    pub(super) fn lerp(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }

    /// Returns the smaller value of each component.
    pub(super) fn min(self, other: Self) -> Self {
        vec3(self.x.min(other.x), self.y.min(other.y), self.z.min(other.z))
    }

    /// Returns the larger value of each component.
    pub(super) fn max(self, other: Self) -> Self {
        vec3(self.x.max(other.x), self.y.max(other.y), self.z.max(other.z))
    }

    /// Turns the vector about the x axis by an angle in degrees.
    pub(super) fn turn_x(self, degrees: f32) -> Self {
        let (sin, cos) = sin_cos(degrees);
        vec3(self.x, cos * self.y - sin * self.z, sin * self.y + cos * self.z)
    }

    /// Turns the vector about the y axis by an angle in degrees.
    pub(super) fn turn_y(self, degrees: f32) -> Self {
        let (sin, cos) = sin_cos(degrees);
        vec3(cos * self.x + sin * self.z, self.y, cos * self.z - sin * self.x)
    }

    /// Turns the vector about the z axis by an angle in degrees.
    pub(super) fn turn_z(self, degrees: f32) -> Self {
        let (sin, cos) = sin_cos(degrees);
        vec3(cos * self.x - sin * self.y, sin * self.x + cos * self.y, self.z)
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        vec3(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl AddAssign for Vec3 {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        vec3(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        vec3(-self.x, -self.y, -self.z)
    }
}

impl Mul<f32> for Vec3 {
    type Output = Self;
    fn mul(self, scale: f32) -> Self {
        vec3(self.x * scale, self.y * scale, self.z * scale)
    }
}

impl Mul for Vec3 {
    type Output = Self;
    /// Multiplies component by component, as colours filter light.
    fn mul(self, other: Self) -> Self {
        vec3(self.x * other.x, self.y * other.y, self.z * other.z)
    }
}

/// Returns the sine and cosine of an angle in degrees.
pub(super) fn sin_cos(degrees: f32) -> (f32, f32) {
    let radians = degrees.to_radians();
    (libm::sinf(radians), libm::cosf(radians))
}

/// Interpolates linearly from `a` at 0 to `b` at 1.
pub(super) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Returns the Hermite step: 0 below `low`, 1 above `high`, smooth between them.
pub(super) fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Returns the linear colour of an sRGB colour, written 0xRRGGBB.
pub(super) fn srgb(hex: u32) -> Vec3 {
    let channel = |shift: u32| decode_srgb(((hex >> shift) & 255) as f32 / 255.0);
    vec3(channel(16), channel(8), channel(0))
}

/// Returns the linear value of an encoded sRGB value, both from 0 to 1.
fn decode_srgb(encoded: f32) -> f32 {
    if encoded <= 0.04045 { encoded / 12.92 } else { libm::powf((encoded + 0.055) / 1.055, 2.4) }
}

/// Returns the encoded sRGB value of a linear value, both from 0 to 1.
pub(super) fn encode_srgb(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * libm::powf(linear, 1.0 / 2.4) - 0.055
    }
}

/// Draws a number uniformly from `low` to `high`.
pub(super) fn between(rng: &mut fastrand::Rng, low: f32, high: f32) -> f32 {
    mix(low, high, rng.f32())
}

/// Returns true with the given probability.
pub(super) fn chance(rng: &mut fastrand::Rng, probability: f32) -> bool {
    rng.f32() < probability
}

/// Draws one of the choices uniformly. The slice must not be empty.
pub(super) fn pick<T: Copy>(rng: &mut fastrand::Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_round_trip_is_exact_to_a_thousandth() {
        for step in 0..=20 {
            let encoded = step as f32 / 20.0;
            assert!((encode_srgb(decode_srgb(encoded)) - encoded).abs() < 1e-3);
        }
    }

    #[test]
    fn turns_are_right_handed() {
        let x = vec3(1.0, 0.0, 0.0);
        let y = vec3(0.0, 1.0, 0.0);
        let z = vec3(0.0, 0.0, 1.0);
        assert!((x.turn_z(90.0) - y).length() < 1e-6);
        assert!((y.turn_x(90.0) - z).length() < 1e-6);
        assert!((z.turn_y(90.0) - x).length() < 1e-6);
        assert_eq!(x.cross(y), z);
    }
}
