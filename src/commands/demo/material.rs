//! Surfaces: a base colour, how it reflects, and a solid procedural pattern.

use super::math::{Vec3, smoothstep, vec3};
use super::noise;

/// How the accent colour is spread over the base colour, in rest space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pattern {
    /// The base colour alone.
    Plain,
    /// Grain along y, as in a sawn board.
    Wood,
    /// Boards along y with dark gaps between, and grain.
    Planks,
    /// Horizontal bands.
    Bands,
    /// Wedges about the y axis: their number is the scale.
    Wedges,
    /// Cubes in turn.
    Checker,
    /// Soft clouds: stone, worn metal, leaves.
    Mottled,
    /// Thin wandering lines: marble.
    Veins,
    /// Courses of bricks; the accent is the mortar.
    Bricks,
    /// Fine grain of two colours: cloth, granite.
    Speckled,
}

/// What a surface is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Material {
    /// Linear reflectance of the base.
    pub(super) base: Vec3,
    /// Linear reflectance of the pattern.
    pub(super) accent: Vec3,
    /// Where the pattern goes.
    pub(super) pattern: Pattern,
    /// Repeats of the pattern per unit of length.
    pub(super) scale: f32,
    /// From 0.05, a mirror, to 1, chalk.
    pub(super) roughness: f32,
    /// 0 for everything else, 1 for bare metal.
    pub(super) metalness: f32,
    /// Linear light given off.
    pub(super) glow: Vec3,
    /// Share of what lies behind that is seen through it, where it is faced.
    pub(super) clearness: f32,
}

impl Material {
    /// A plain surface that is no metal.
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

    /// The same surface with a pattern in a second colour.
    pub(super) fn patterned(self, pattern: Pattern, accent: Vec3, scale: f32) -> Self {
        Self { pattern, accent, scale, ..self }
    }

    /// The same surface as bare metal.
    pub(super) fn metallic(self) -> Self {
        Self { metalness: 1.0, ..self }
    }

    /// The same surface, giving off light.
    pub(super) fn glowing(self, glow: Vec3) -> Self {
        Self { glow, ..self }
    }

    /// The same surface as tinted glass.
    pub(super) fn clear(self, clearness: f32) -> Self {
        Self { clearness, ..self }
    }

    /// The linear colour at a point of rest space.
    pub(super) fn colour_at(&self, rest: Vec3) -> Vec3 {
        if self.pattern == Pattern::Plain {
            return self.base;
        }
        let share = self.pattern.share_at(rest, self.scale);
        self.base.lerp(self.accent, share)
    }
}

impl Pattern {
    /// How much of the accent shows at a point, from 0 to 1.
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

/// Growth rings cut along the grain.
fn grain(p: Vec3) -> f32 {
    let drift = noise::value(vec3(p.x * 1.5, p.y * 0.35, p.z * 1.5));
    let rings = fraction((p.x + p.z) * 1.3 + 4.0 * drift);
    let fibre = noise::value(vec3(p.x * 14.0, p.y * 0.8, p.z * 14.0));
    (0.65 * rings * rings + 0.35 * fibre).clamp(0.0, 1.0)
}

/// Boards of unit width, each of a slightly different tone.
fn planks(p: Vec3) -> f32 {
    let across = p.x + p.z;
    let gap = (fraction(across) - 0.5).abs();
    if gap > 0.455 {
        return 1.0;
    }
    let tone = noise::cell(across, 3.0, 5.0);
    0.45 * grain(vec3(p.x, p.y * 0.5, p.z)) + 0.35 * tone
}

/// Running bond on every vertical side; the mortar shows between.
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
