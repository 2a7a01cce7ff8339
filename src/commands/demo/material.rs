//! The materials of surfaces: a base colour, the reflection and a solid procedural pattern.

use super::math::{Vec3, smoothstep, vec3};
use super::noise;

/// The pattern of the accent colour on the base colour, computed from the rest positions of a mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pattern {
    /// The base colour only.
    Plain,
    /// Grain along y, as in a sawn board.
    Wood,
    /// Boards along y with grain, and dark gaps between them.
    Planks,
    /// Horizontal bands.
    Bands,
    /// Wedges about the y axis. The scale is their number.
    Wedges,
    /// Cubes of alternating colours.
    Checker,
    /// Soft clouds, for stone, worn metal and leaves.
    Mottled,
    /// Thin irregular lines, for marble.
    Veins,
    /// Courses of bricks. The accent colour is the mortar.
    Bricks,
    /// A fine grain of two colours, for cloth and granite.
    Speckled,
}

/// A surface's material.
#[derive(Clone, Copy, Debug)]
pub(super) struct Material {
    /// The linear reflectance of the base colour.
    pub(super) base: Vec3,
    /// The linear reflectance of the accent colour.
    pub(super) accent: Vec3,
    /// The pattern.
    pub(super) pattern: Pattern,
    /// The repeats of the pattern per unit of length.
    pub(super) scale: f32,
    /// The roughness, from 0.05 for a mirror to 1 for chalk.
    pub(super) roughness: f32,
    /// 1 for bare metal, 0 for everything else.
    pub(super) metalness: f32,
    /// The linear light that the surface emits.
    pub(super) glow: Vec3,
    /// The fraction of the light behind the surface that passes through it, where the view is perpendicular to it.
    pub(super) clearness: f32,
}

impl Material {
    /// Returns a plain surface that is not metal.
    pub(super) fn plain(base: Vec3, roughness: f32) -> Self {
        Self {
            base,
            accent: base * 0.5,
            pattern: Pattern::Plain,
            scale: 1.0,
            roughness,
            metalness: 0.0,
            glow: Vec3::default(),
            clearness: 0.0,
        }
    }

    /// Adds a pattern in an accent colour.
    pub(super) fn patterned(self, pattern: Pattern, accent: Vec3, scale: f32) -> Self {
        Self { pattern, accent, scale, ..self }
    }

    /// Makes the surface bare metal.
    pub(super) fn metallic(self) -> Self {
        Self { metalness: 1.0, ..self }
    }

    /// Makes the surface emit light.
    pub(super) fn glowing(self, glow: Vec3) -> Self {
        Self { glow, ..self }
    }

    /// Makes the surface tinted glass.
    pub(super) fn clear(self, clearness: f32) -> Self {
        Self { clearness, ..self }
    }

    /// Returns the linear colour at a rest position.
    pub(super) fn colour_at(&self, rest: Vec3) -> Vec3 {
        if self.pattern == Pattern::Plain {
            return self.base;
        }
        let share = self.pattern.share_at(rest, self.scale);
        self.base.lerp(self.accent, share)
    }
}

impl Pattern {
    /// Returns the fraction of the accent colour at a point, from 0 to 1.
    fn share_at(self, rest: Vec3, scale: f32) -> f32 {
        let p = rest * scale;
        match self {
            Self::Plain => 0.0,
            Self::Wood => grain(p),
            Self::Planks => planks(p),
            Self::Bands => f32::from(fraction(p.y) < 0.5),
            Self::Wedges => {
                let turn = libm::atan2f(rest.z, rest.x) / std::f32::consts::TAU;
                f32::from(fraction(turn * scale) < 0.5)
            }
            Self::Checker => {
                let p = p + Vec3::splat(0.013);
                let cells = p.x.floor() + p.y.floor() + p.z.floor();
                (cells * 0.5 - (cells * 0.5).floor()) * 2.0
            }
            Self::Mottled => smoothstep(0.3, 0.75, noise::fractal(p)),
            Self::Veins => {
                let wander = p.x + p.y * 0.6 + 3.0 * noise::fractal(p * 0.8);
                let line = (fraction(wander) - 0.5).abs();
                1.0 - smoothstep(0.0, 0.13, line)
            }
            Self::Bricks => bricks(p),
            Self::Speckled => noise::value(p * 6.0),
        }
    }
}

fn fraction(value: f32) -> f32 {
    value - value.floor()
}

/// Returns the pattern of growth rings that are cut along the grain.
fn grain(p: Vec3) -> f32 {
    let drift = noise::value(vec3(p.x * 1.5, p.y * 0.35, p.z * 1.5));
    let rings = fraction((p.x + p.z) * 1.3 + 4.0 * drift);
    let fibre = noise::value(vec3(p.x * 14.0, p.y * 0.8, p.z * 14.0));
    (0.65 * rings * rings + 0.35 * fibre).clamp(0.0, 1.0)
}

/// Returns the pattern of boards of unit width, each of a slightly different tone.
fn planks(p: Vec3) -> f32 {
    let across = p.x + p.z;
    let gap = (fraction(across) - 0.5).abs();
    if gap > 0.455 {
        return 1.0;
    }
    let tone = noise::cell(across, 3.0, 5.0);
    0.45 * grain(vec3(p.x, p.y * 0.5, p.z)) + 0.35 * tone
}

/// Returns the pattern of bricks in running bond on every vertical side, with mortar between them.
fn bricks(p: Vec3) -> f32 {
    let row = (p.y * 2.0).floor();
    let along = p.x + p.z + 0.5 * row;
    let joint = (fraction(along) - 0.5).abs() > 0.455 || (fraction(p.y * 2.0) - 0.5).abs() > 0.42;
    if joint { 1.0 } else { 0.34 * noise::cell(along, row, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_near_their_two_colours() {
        let patterns = [
            Pattern::Wood,
            Pattern::Planks,
            Pattern::Bands,
            Pattern::Wedges,
            Pattern::Checker,
            Pattern::Mottled,
            Pattern::Veins,
            Pattern::Bricks,
            Pattern::Speckled,
        ];
        for pattern in patterns {
            let shares: Vec<f32> = (0..200)
                .map(|i| vec3(i as f32 * 0.031 - 2.0, i as f32 * 0.017, 1.7 - i as f32 * 0.023))
                .map(|p| pattern.share_at(p, 3.0))
                .collect();
            assert!(shares.iter().all(|share| (0.0..=1.5).contains(share)));
            assert!(shares.iter().any(|share| *share != shares[0]), "{pattern:?}");
        }
    }
}
