//! Crowns, rings, keys and trophies.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Material;
use crate::commands::demo::math::{Vec3, between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object};
use crate::commands::demo::outline::{arc, ellipse, profile_spline, star};
use crate::commands::demo::solids::{
    ball, bent_tube, block, cylinder, lathe, lathe_ring, loft, plate, rod, torus, tube,
};

/// Gems: name and sRGB.
const GEMS: [(&str, u32); 5] = [
    ("ruby", 0xd01c3a),
    ("sapphire", 0x2450d8),
    ("emerald", 0x18a85a),
    ("diamond", 0xdff2fa),
    ("amethyst", 0x8a4ad0),
];

fn gem_material(hex: u32) -> Material {
    finish::tone(hex, 0.05).glowing(srgb(hex) * 0.22)
}

/// Makes a cut gem about the origin: table, girdle and point.
fn gem(radius: f32) -> Mesh {
    let profile = [
        (0.0, -0.8 * radius),
        (radius, 0.0),
        (0.95 * radius, 0.1 * radius),
        (0.6 * radius, 0.42 * radius),
        (0.0, 0.42 * radius),
    ];
    lathe(&profile, 8)
}

/// A crown: a band, points with pearls, gems, sometimes a velvet cap.
pub(super) fn crown(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let metal = finish::fine_metal(rng);
    let gold = model.finish(&metal);
    let (name, hex) = pick(rng, &GEMS);
    let stone = model.material(gem_material(hex));
    let pearl = model.material(finish::tone(0xf4eee4, 0.2));
    let points = rng.usize(5..9);
    let (low, flare) = (0.42, between(rng, 1.06, 1.3));
    let (band, spike) = (0.16, between(rng, 0.22, 0.38));
    model.add(gold, torus(low + 0.012, 0.03).at(0.0, 0.03, 0.0));
    model.add(gold, torus(low * 1.03 + 0.012, 0.022).at(0.0, band, 0.0));
    model.add(gold, wall(points, [low, flare], [band, spike]));
    for point in 0..points {
        let turn = 360.0 * point as f32 / points as f32;
        let top = vec3(0.0, band + spike + 0.02, low * flare).turn_y(turn);
        model.add(pearl, ball(0.042).at(top.x, top.y, top.z));
        let jewel = gem(0.052).turn_x(90.0).at(0.0, 0.095, low * 1.02 + 0.02);
        model.add(stone, jewel.turn_y(turn));
    }
    let capped = chance(rng, 0.45);
    if capped {
        let velvet = finish::fabric(rng);
        let cloth = model.finish(&velvet);
        model.add(
            cloth,
            ball(low * 0.98)
                .scaled(1.0, 0.85, 1.0)
                .at(0.0, 0.12, 0.0)
                .mapped(|p| vec3(p.x, p.y.max(0.05), p.z)),
        );
    }
    let cap = if capped { " and a velvet cap" } else { "" };
    model.named(&format!("{} crown set with {name}{cap}", metal.word))
}

/// Makes the band of a crown, whose upper edge has `points` points.
fn wall(points: usize, [low, flare]: [f32; 2], [band, spike]: [f32; 2]) -> Mesh {
    let steps = points * 8;
    let wall = 0.022;
    let ring = |inner: f32, upper: bool| -> Vec<Vec3> {
        (0..steps)
            .map(|step| {
                let phase = (step % 8) as f32 / 8.0;
                let rise = (2.0 * (phase - 0.5).abs()).max(0.0);
                let height = if upper { band + spike * rise * rise.sqrt() } else { 0.0 };
                let radius = low * (1.0 + (flare - 1.0) * height / (band + spike)) - inner;
                vec3(0.0, height, radius).turn_y(360.0 * step as f32 / steps as f32)
            })
            .collect()
    };
    loft(&[ring(0.0, false), ring(0.0, true), ring(wall, true), ring(wall, false)], true)
}

/// A ring that stands upright, with a gem or a seal.
pub(super) fn ring(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.8);
    let metal = finish::fine_metal(rng);
    let gold = model.finish(&metal);
    let (name, hex) = pick(rng, &GEMS);
    let stone = model.material(gem_material(hex));
    let (radius, wide) = (0.42, between(rng, 0.06, 0.11));
    let thick = between(rng, 0.035, 0.055);
    let band: Vec<_> =
        ellipse(2.0 * thick, 2.0 * wide, 14).into_iter().map(|(x, y)| (radius + x, y)).collect();
    let hoop = lathe_ring(&band, 48).turn_x(90.0).at(0.0, radius + thick, 0.0);
    model.add(gold, hoop);
    let top = 2.0 * radius + 2.0 * thick;
    let size = between(rng, 0.15, 0.24);
    model.add(
        gold,
        lathe(&[(0.0, -0.06), (0.07, -0.06), (size * 0.72, 0.06), (0.0, 0.06)], 20)
            .at(0.0, top, 0.0),
    );
    model.add(stone, gem(size).at(0.0, top + 0.08 + 0.25 * size, 0.0));
    for claw in 0..4 {
        let from = vec3(size * 0.45, top, 0.0).turn_y(45.0 + 90.0 * claw as f32);
        let tip =
            vec3(size * 0.97, top + 0.14 + 0.25 * size, 0.0).turn_y(45.0 + 90.0 * claw as f32);
        model.add(gold, rod(from, tip, 0.028, 0.02));
        model.add(gold, ball(0.03).at(tip.x, tip.y, tip.z));
    }
    let trio = chance(rng, 0.4);
    if trio {
        for side in [-1.0, 1.0] {
            let jewel = gem(0.09).at(0.0, radius + thick + 0.05, 0.0).turn_z(side * 33.0);
            model.add(stone, jewel.at(0.0, radius + thick, 0.0));
        }
    }
    let cut = if trio { "three-stone " } else { "" };
    model.named(&format!("{} {cut}ring with {name}", metal.word))
}

/// An old key: a bow, a shaft with collars, and a bit with wards.
pub(super) fn key(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.55);
    let mut metal = finish::metal(rng);
    let worn = finish::weathered(&mut metal, rng, 0.35);
    let paint = model.finish(&metal);
    let style = pick(rng, &["ring", "clover", "heart"]);
    let upright = |part: Mesh| part.turn_x(90.0);
    let length = between(rng, 0.75, 0.95);
    let bow = length + 0.22;
    match style {
        "ring" => model.add(paint, upright(torus(0.2, 0.05)).at(0.0, bow, 0.0)),
        "clover" => {
            for (x, y) in [(-0.15, -0.02), (0.15, -0.02), (0.0, 0.2)] {
                model.add(paint, upright(torus(0.115, 0.04)).at(x, bow + y, 0.0));
            }
        }
        _ => {
            for side in [-1.0, 1.0] {
                let curve = [
                    vec3(0.0, bow - 0.22, 0.0),
                    vec3(side * 0.22, bow + 0.02, 0.0),
                    vec3(side * 0.20, bow + 0.2, 0.0),
                    vec3(side * 0.08, bow + 0.22, 0.0),
                    vec3(0.0, bow + 0.11, 0.0),
                ];
                model.add(paint, bent_tube(&curve, &[0.045]));
            }
        }
    }
    model.add(paint, rod(Vec3::default(), vec3(0.0, length + 0.03, 0.0), 0.048, 0.045));
    for y in [length - 0.04, length - 0.13, 0.30] {
        model.add(paint, torus(0.05, 0.026).at(0.0, y, 0.0));
    }
    let reach = between(rng, 0.22, 0.28);
    model.add(paint, block(reach, 0.07, 0.05).at(0.5 * reach, 0.04, 0.0));
    model.add(paint, block(reach, 0.06, 0.05).at(0.5 * reach, 0.2, 0.0));
    model.add(paint, block(0.07, 0.22, 0.05).at(reach * 0.52, 0.04, 0.0));
    for y in [0.04, 0.2] {
        let tooth = if rng.bool() { 0.05 } else { 0.0 };
        model.add(paint, block(0.05, 0.07 + tooth, 0.05).at(reach, y - 0.5 * tooth, 0.0));
    }
    model.pose(-6.0, pick(rng, &[-60.0, -52.0, 52.0, 60.0]));
    let age = if worn { "old " } else { "" };
    model.named(&format!("{age}{} key with {style} bow", metal.word))
}

/// A cup with two handles on a plinth.
pub(super) fn trophy(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.7);
    let metal = finish::fine_metal(rng);
    let gold = model.finish(&metal);
    let foot = if chance(rng, 0.5) { finish::wood(rng) } else { finish::stone(rng) };
    let base = model.finish(&foot);
    model.add(base, block(0.46, 0.2, 0.46));
    model.add(base, block(0.54, 0.06, 0.54));
    let plaque = plate(&ellipse(0.26, 0.1, 20), 0.02, 0.005);
    model.add(gold, plaque.at(0.0, 0.125, 0.235));
    let (bowl, lip) = (between(rng, 0.22, 0.28), between(rng, 0.27, 0.36));
    let top = between(rng, 1.0, 1.2);
    let outside = [
        (0.17, 0.2),
        (0.15, 0.24),
        (0.05, 0.32),
        (0.045, 0.44),
        (bowl * 0.7, 0.56),
        (bowl, 0.74),
        (lip, top),
    ];
    let mut profile = vec![(0.0, 0.2)];
    profile.extend(profile_spline(&outside, 5));
    profile.extend([(lip - 0.02, top), (bowl - 0.03, 0.76), (0.0, 0.6)]);
    model.add(gold, lathe(&profile, 36));
    model.add(gold, torus(lip, 0.016).at(0.0, top, 0.0));
    model.add(gold, torus(0.062, 0.02).at(0.0, 0.41, 0.0));
    for side in [-1.0, 1.0] {
        let curve = [
            vec3(side * lip * 0.94, top - 0.08, 0.0),
            vec3(side * (lip + 0.15), top - 0.03, 0.0),
            vec3(side * (lip + 0.16), top - 0.24, 0.0),
            vec3(side * bowl * 0.85, 0.64, 0.0),
        ];
        model.add(gold, bent_tube(&curve, &[0.026]));
    }
    let starred = chance(rng, 0.5);
    if starred {
        let badge = plate(&star(&[0.11, 0.047], 10), 0.04, 0.01);
        let middle = 0.5 * (bowl + lip);
        model.add(gold, badge.turn_x(-12.0).at(0.0, 0.5 * (0.74 + top), middle + 0.01));
    } else {
        let wreath: Vec<Vec3> = arc((0.0, 0.0), 0.1, -230.0, 50.0, 10)
            .into_iter()
            .map(|(x, y)| vec3(x, y, 0.0))
            .collect();
        model.add(gold, tube(&wreath, &[0.014]).at(0.0, 0.9, 0.5 * (bowl + lip) + 0.02));
    }
    model.add(gold, cylinder(0.09, 0.03).at(0.0, 0.2, 0.0));
    model.named(&format!("{} trophy on a {} base", metal.word, foot.word))
}
