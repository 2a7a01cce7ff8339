//! The camera's position, the light and the background of a picture.

use fastrand::Rng;

use super::math::{Vec3, between, chance, pick, srgb, vec3};

/// The view of an object in one picture.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The camera's azimuth in degrees, from -180 to 180; 0 is in front of the object.
    pub azimuth: f32,
    /// The camera's elevation in degrees above the horizon.
    pub elevation: f32,
    /// The vertical field of view in degrees.
    pub field_of_view: f32,
    /// The fraction of the picture's height that the object fills, from 0 to 1.
    pub fill: f32,
    /// The key light.
    pub light: Light,
    /// The background.
    pub background: Background,
    /// Whether there is a ground that shows the object's shadow.
    pub ground: bool,
}

/// A directional key light, and the surrounding light.
#[derive(Clone, Copy, Debug)]
pub struct Light {
    /// The azimuth in degrees, relative to the camera's, so that the visible side is lit.
    pub azimuth: f32,
    /// The elevation in degrees above the horizon.
    pub elevation: f32,
    /// The key light's linear colour, multiplied by its strength.
    pub key: Vec3,
    /// The sky's linear colour, multiplied by its strength.
    pub sky: Vec3,
    /// The same of the light from below.
    pub bounce: Vec3,
    /// The same of the light from behind.
    pub rim: Vec3,
}

/// A background with a radial gradient.
#[derive(Clone, Copy, Debug)]
pub struct Background {
    /// Linear colour in the middle.
    pub centre: Vec3,
    /// Linear colour in the corners.
    pub edge: Vec3,
}

impl View {
    /// Returns a random view of the kind that people choose: mostly from a corner, and mostly before Sketchfab's dark
    /// gradient.
    pub fn random(rng: &mut Rng) -> Self {
        let side = if rng.bool() { 1.0 } else { -1.0 };
        let azimuth =
            if chance(rng, 0.85) { between(rng, 18.0, 56.0) } else { between(rng, 0.0, 75.0) };
        let elevation =
            if chance(rng, 0.85) { between(rng, 9.0, 27.0) } else { between(rng, 27.0, 42.0) };
        Self {
            azimuth: side * azimuth,
            elevation,
            field_of_view: between(rng, 16.0, 36.0),
            fill: between(rng, 0.72, 0.85),
            light: Light::random(rng),
            background: Background::random(rng),
            ground: chance(rng, 0.8),
        }
    }
}

impl Light {
    /// Returns a random key light from the upper left or right, warm or cool.
    fn random(rng: &mut Rng) -> Self {
        let side = if rng.bool() { 1.0 } else { -1.0 };
        let warmth = between(rng, -1.0, 1.0);
        let tint = vec3(1.0 + 0.10 * warmth, 1.0, 1.0 - 0.14 * warmth);
        let coolness = vec3(1.0 - 0.10 * warmth, 1.0, 1.0 + 0.16 * warmth);
        let rim = pick(
            rng,
            &[vec3(0.9, 0.95, 1.0), vec3(0.5, 0.75, 1.2), vec3(1.2, 0.8, 0.5), vec3(1.0, 1.0, 1.0)],
        );
        Self {
            azimuth: side * between(rng, 22.0, 68.0),
            elevation: between(rng, 34.0, 62.0),
            key: tint * between(rng, 1.25, 1.7),
            sky: coolness * between(rng, 0.34, 0.52),
            bounce: tint * between(rng, 0.12, 0.22),
            rim: rim * between(rng, 0.4, 1.1),
        }
    }
}

impl Background {
    /// Returns a random background: dark grey in seven of ten cases, otherwise light, white or coloured.
    fn random(rng: &mut Rng) -> Self {
        let (centre, edge) = match rng.u8(..20) {
            0..=13 => pick(
                rng,
                &[
                    (0x55565a, 0x1d1d20),
                    (0x4a4b4f, 0x1a1a1c),
                    (0x5d5e62, 0x252528),
                    (0x45474c, 0x15161a),
                ],
            ),
            14 | 15 => pick(rng, &[(0xd9dadc, 0x9b9da1), (0xc2c5c9, 0x82868c)]),
            16 => (0xfafafa, 0xe6e7e9),
            _ => pick(
                rng,
                &[
                    (0x4d7196, 0x16263c),
                    (0x8a6a92, 0x2a1d38),
                    (0xb98d6a, 0x4a2c1f),
                    (0x57897c, 0x17302c),
                    (0xe3cdb2, 0xa98a6c),
                    (0xa9c4d8, 0x62819c),
                    (0x96484a, 0x2d1216),
                ],
            ),
        };
        Self { centre: srgb(centre), edge: srgb(edge) }
    }

    /// Returns the linear colour at a place of the picture. Both coordinates are from -1 to 1.
    pub(super) fn colour_at(&self, x: f32, y: f32) -> Vec3 {
        let distance = (0.42 * x * x + 0.55 * (y - 0.05) * (y - 0.05)).sqrt();
        let t = distance.min(1.0);
        self.centre.lerp(self.edge, t * (1.7 - 0.7 * t).min(1.0 / t.max(1e-3)))
    }
}
