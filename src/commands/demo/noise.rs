//! Value noise in space from an integer hash, so that it is the same on every machine.

use super::math::{Vec3, mix};

/// Returns a hash of three lattice coordinates, from 0 to 1.
fn lattice(x: i32, y: i32, z: i32) -> f32 {
    let mut hash = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ (z as u32).wrapping_mul(0xcb1a_b31f);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2c1b_3c6d);
    hash ^= hash >> 12;
    hash = hash.wrapping_mul(0x297a_2d39);
    hash ^= hash >> 15;
    (hash >> 8) as f32 / 16_777_216.0
}

/// Returns the largest whole number that is not above a value, without a library call.
fn floor(value: f32) -> i32 {
    let whole = value as i32;
    whole - i32::from(value < whole as f32)
}

/// Returns the hash of a cell of the unit lattice, from 0 to 1.
pub(super) fn cell(x: f32, y: f32, z: f32) -> f32 {
    lattice(floor(x), floor(y), floor(z))
}

/// Returns smooth value noise of unit wavelength, from 0 to 1.
pub(super) fn value(point: Vec3) -> f32 {
    let (i, j, k) = (floor(point.x), floor(point.y), floor(point.z));
    let (x, y, z) = (i as f32, j as f32, k as f32);
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v, w) = (fade(point.x - x), fade(point.y - y), fade(point.z - z));
    let edge =
        |dy: i32, dz: i32| mix(lattice(i, j + dy, k + dz), lattice(i + 1, j + dy, k + dz), u);
    let face = |dz: i32| mix(edge(0, dz), edge(1, dz), v);
    mix(face(0), face(1), w)
}

/// Returns two octaves of [`value`], from 0 to 1.
pub(super) fn fractal(point: Vec3) -> f32 {
    0.65 * value(point) + 0.35 * value(point * 2.17 + Vec3::splat(11.3))
}

#[cfg(test)]
mod tests {
    use super::super::math::vec3;
    use super::*;

    #[test]
    fn noise_is_continuous_and_bounded() {
        let mut last = fractal(Vec3::default());
        for step in 1..400 {
            let t = step as f32 * 0.01;
            let now = fractal(vec3(t, 0.7 * t, -t));
            assert!((0.0..=1.0).contains(&now));
            assert!((now - last).abs() < 0.1);
            last = now;
        }
    }
}
