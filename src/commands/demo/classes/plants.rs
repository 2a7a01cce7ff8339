//! Trees.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::{Material, Pattern};
use crate::commands::demo::math::{Vec3, between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::noise;
use crate::commands::demo::object::{Builder, Object};
use crate::commands::demo::outline::star;
use crate::commands::demo::solids::{bent_tube, frustum, loft, rod, sphere};

fn bark() -> Material {
    finish::tone(0x6b4a33, 0.9).patterned(Pattern::Mottled, srgb(0x3d2a1d), 7.0)
}

/// Returns the material of leaves of two tones.
fn foliage(base: u32, accent: u32) -> Material {
    finish::tone(base, 0.85).patterned(Pattern::Mottled, srgb(accent), 11.0)
}

/// A conifer with tiers of branches that become smaller towards the tip.
pub(super) fn conifer(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let trunk = model.material(bark());
    let (name, base, accent) = pick(
        rng,
        &[
            ("pine", 0x3f7a3d, 0x24502c),
            ("spruce", 0x2f6a4a, 0x1b4432),
            ("fir", 0x547f38, 0x2f5527),
            ("blue spruce", 0x4d7f83, 0x2e565e),
        ],
    );
    let green = model.material(foliage(base, accent));
    let snowy = chance(rng, 0.25);
    let tiers = rng.usize(4..8);
    let (radius, height) = (between(rng, 0.42, 0.62), between(rng, 1.3, 1.8));
    let clear = between(rng, 0.15, 0.3);
    model.add(trunk, frustum(0.085, 0.04, clear + 0.5 * height));
    let snow = model.material(finish::tone(0xf2f5f8, 0.8));
    for tier in 0..tiers {
        let share = tier as f32 / tiers as f32;
        let reach = radius * (1.0 - 0.86 * share);
        let (y, rise) = (clear + height * share * 0.86, height / tiers as f32 * 1.55);
        let turn = between(rng, 0.0, 90.0);
        model.add(green, skirt(reach, rise).turn_y(turn).at(0.0, y, 0.0));
        if snowy {
            let cap = skirt(reach * 0.62, rise * 0.66).turn_y(turn);
            model.add(snow, cap.at(0.0, y + rise * 0.385, 0.0));
        }
    }
    let season = if snowy { "snow-covered " } else { "" };
    let shape = if radius > 0.53 { "broad " } else { "slender " };
    model.tag("green");
    let count = ["four", "five", "six", "seven"][tiers - 4];
    model.named(&format!("{season}{shape}{name} with {count} tiers"))
}

/// Makes one tier: a cone whose lower edge is a star with hanging points.
fn skirt(radius: f32, height: f32) -> Mesh {
    let points = 18;
    let ring = |scale: f32, y: f32, droop: f32| -> Vec<Vec3> {
        star(&[radius * scale, radius * scale * (1.0 - 0.22 * droop)], points)
            .iter()
            .enumerate()
            .map(|(index, &(x, z))| {
                vec3(x, y - if index % 2 == 0 { 0.12 * height * droop } else { 0.0 }, z)
            })
            .collect()
    };
    let rings = [
        vec![vec3(0.0, 0.12 * height, 0.0)],
        ring(0.96, 0.0, 1.0),
        ring(1.0, 0.06 * height, 1.0),
        ring(0.5, 0.42 * height, 0.5),
        vec![vec3(0.0, height, 0.0)],
    ];
    loft(&rings, false)
}

/// A broadleaf tree: a forked trunk under clouds of leaves.
pub(super) fn broadleaf(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let trunk = model.material(bark());
    let (name, hue, base, accent) = pick(
        rng,
        &[
            ("oak tree", "green", 0x6aa63e, 0x2f5f26),
            ("maple in autumn", "orange", 0xe08030, 0x9a3a1e),
            ("birch in autumn", "yellow", 0xe8bc3e, 0xa87820),
            ("beech tree", "green", 0x8aba4a, 0x447a2e),
            ("cherry in blossom", "pink", 0xf4bccd, 0xd07a9c),
            ("linden tree", "green", 0x57994c, 0x28582e),
            ("apple tree", "green", 0x75a83c, 0x3c6e2a),
        ],
    );
    let leaves = model.material(foliage(base, accent));
    let height = between(rng, 0.6, 0.95);
    let sway = between(rng, -0.08, 0.08);
    let stem = [Vec3::default(), vec3(sway, 0.5 * height, 0.0), vec3(0.0, height + 0.2, 0.0)];
    model.add(trunk, bent_tube(&stem, &[0.12, 0.075, 0.06, 0.05]));
    let crown = between(rng, 0.44, 0.56);
    let tall = between(rng, 0.75, 1.25);
    let middle = height + 0.40 * tall;
    model.add(leaves, tuft(crown * 0.85, rng).scaled(1.0, tall, 1.0).at(0.0, middle, 0.0));
    // The golden angle spreads the tufts over an egg shape, from the top down.
    let tufts = rng.usize(16..26);
    for index in 0..tufts {
        let level = 1.0 - 1.75 * (index as f32 + 0.5) / tufts as f32;
        let reach = crown * (1.0 - level * level).max(0.0).sqrt() * between(rng, 0.85, 1.1);
        let place = vec3(reach, middle + 0.62 * tall * level * crown / 0.5, 0.0);
        let place = place.turn_y(137.5 * index as f32);
        let size = crown * between(rng, 0.36, 0.52);
        model.add(leaves, tuft(size, rng).at(place.x, place.y, place.z));
    }
    for turn in [20.0, 140.0, 260.0] {
        let fork = vec3(0.55 * crown, middle - 0.2 * tall, 0.0).turn_y(turn);
        model.add(trunk, rod(vec3(0.0, 0.62 * height, 0.0), fork, 0.045, 0.02));
    }
    let shape = if tall > 1.1 { "tall" } else { "round" };
    model.tag(hue);
    model.named(&format!("{shape} {name}"))
}

/// Makes a clump of leaves: a coarse ball with a rough surface.
fn tuft(radius: f32, rng: &mut Rng) -> Mesh {
    let shift = vec3(rng.f32(), rng.f32(), rng.f32()) * 90.0;
    sphere(1.0, 8, 12).mapped(move |p| {
        let swell = noise::value(p * 3.1 + shift);
        p * (radius * (0.72 + 0.55 * swell))
    })
}
