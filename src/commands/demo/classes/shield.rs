//! Shields.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{Vec3, chance, pick, vec3};
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{closed_spline, ellipse, inset, star};
use crate::commands::demo::solids::{ball, block, cylinder, plate, torus};

/// The points of a heater shield's outline, counter-clockwise.
const HEATER: [(f32, f32); 8] = [
    (-0.43, 0.1),
    (-0.28, -0.35),
    (0.0, -0.62),
    (0.28, -0.35),
    (0.43, 0.1),
    (0.42, 0.5),
    (0.0, 0.54),
    (-0.42, 0.5),
];

/// A round or pointed shield with a rim, and a boss or a heraldic device.
pub(super) fn shield(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.75);
    let wooden = chance(rng, 0.3);
    let mut face = if wooden { finish::planks(rng, 7.0) } else { finish::paint(rng) };
    let second = finish::paint(rng).material;
    let metal = finish::metal(rng);
    let round = chance(rng, 0.45);
    if round && !wooden && chance(rng, 0.6) {
        let wedges = f32::from(pick(rng, &[2_u8, 4, 6]));
        face.material = face.material.patterned(Pattern::Wedges, second.base, wedges);
    }
    let board = model.finish(&face);
    let trim = model.finish(&metal);
    if round {
        disc(&mut model, [board, trim]);
    } else {
        let device = if chance(rng, 0.5) { metal.material } else { second };
        let device = model.material(device);
        heater(&mut model, [board, trim, device], rng);
    }
    let wood = model.material(finish::tone(0x5a3c24, 0.7));
    let grip = plate(&ellipse(0.4, 0.12, 16), 0.03, 0.008);
    model.add(wood, grip.at(0.0, 0.0, -0.05));
    let shape = if round { "round" } else { "heater" };
    let (face, rim) = (face.word, metal.word);
    model.named(&format!("{face} {shape} shield with {rim} rim"))
}

/// Adds a round shield with a boss and rivets. The pattern turns with the disc, so that wedges meet at the boss.
fn disc(model: &mut Builder, [board, trim]: [Paint; 2]) {
    model.add(board, cylinder(0.5, 0.05).turn_x(90.0).at(0.0, 0.0, -0.02));
    model.add(trim, torus(0.5, 0.035).turn_x(90.0));
    model.add(trim, ball(0.14).scaled(1.0, 1.0, 0.6).at(0.0, 0.0, 0.03));
    for rivet in 0..8 {
        let place = vec3(0.41, 0.0, 0.035).turn_z(45.0 * rivet as f32);
        model.add(trim, ball(0.022).at(place.x, place.y, place.z));
    }
}

/// Adds a pointed shield with a cross or a star.
fn heater(model: &mut Builder, [board, trim, device]: [Paint; 3], rng: &mut Rng) {
    let dome = |p: Vec3| vec3(p.x, p.y, p.z + 0.22 - 0.55 * (p.x * p.x + 0.5 * p.y * p.y));
    let outline = closed_spline(&HEATER, 4);
    model.add(trim, plate(&outline, 0.07, 0.02).mapped(dome));
    model.add(board, plate(&inset(&outline, 0.05), 0.11, 0.02).mapped(dome));
    if chance(rng, 0.5) {
        let (pale, bar) = (block(0.1, 0.8, 0.05), block(0.6, 0.1, 0.05));
        model.add(device, pale.at(0.0, -0.42, 0.06).mapped(dome));
        model.add(device, bar.at(0.0, 0.08, 0.06).mapped(dome));
    } else {
        let badge = plate(&star(&[0.25, 0.11], 10), 0.06, 0.015);
        model.add(device, badge.at(0.0, 0.08, 0.06).mapped(dome));
    }
}
