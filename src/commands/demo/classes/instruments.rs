//! Guitars.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::math::{Vec3, between, chance, pick, vec3};
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{Point, closed_spline};
use crate::commands::demo::solids::{bevelled, block, cylinder, plate, rod, torus};

/// Half the outline of an acoustic body, from the foot to the neck.
const ACOUSTIC: [Point; 7] = [
    (0.0, 0.0),
    (0.24, 0.04),
    (0.34, 0.24),
    (0.25, 0.46),
    (0.22, 0.54),
    (0.26, 0.70),
    (0.12, 0.82),
];

/// The outline of an electric body with two horns.
const ELECTRIC: [Point; 14] = [
    (0.0, 0.02),
    (0.20, 0.0),
    (0.31, 0.16),
    (0.25, 0.38),
    (0.22, 0.48),
    (0.30, 0.66),
    (0.24, 0.72),
    (0.08, 0.58),
    (-0.08, 0.58),
    (-0.24, 0.80),
    (-0.31, 0.74),
    (-0.23, 0.46),
    (-0.31, 0.20),
    (-0.22, 0.02),
];

/// A guitar, acoustic or electric.
pub(super) fn guitar(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(0.6);
    let acoustic = chance(rng, 0.55);
    let mut body =
        if acoustic || chance(rng, 0.2) { finish::wood(rng) } else { finish::lacquer(rng) };
    body.material.roughness = 0.2;
    let top = model.finish(&body);
    let dark = model.material(finish::tone(0x2b1b12, 0.4));
    let metal = model.material(finish::fitting());
    let wood = finish::wood(rng);
    let neck = model.material(wood.material);
    let size = between(rng, 0.92, 1.08);
    let (points, depth): (Vec<Point>, f32) = if acoustic {
        let right = ACOUSTIC.iter().copied();
        let left = ACOUSTIC.iter().skip(1).rev().map(|&(x, y)| (-x, y));
        (right.chain(left).collect(), 0.18)
    } else {
        (ELECTRIC.to_vec(), 0.09)
    };
    let outline: Vec<Point> =
        closed_spline(&points, 5).into_iter().map(|(x, y)| (x * size, y)).collect();
    let front = 0.5 * depth;
    model.add(top, plate(&outline, depth, 0.02));
    if acoustic {
        model.add(dark, plate(&outline, depth * 0.84, 0.01).scaled(1.012, 1.006, 1.0));
        model.add(dark, cylinder(0.088, 0.012).turn_x(90.0).at(0.0, 0.56, front - 0.004));
        model.add(neck, torus(0.098, 0.012).turn_x(90.0).at(0.0, 0.56, front));
        model.add(dark, block(0.22, 0.04, 0.03).at(0.0, 0.22, front));
    } else {
        electric_parts(&mut model, [dark, metal], front, rng);
    }
    strings_and_neck(&mut model, [neck, dark, metal], front, acoustic);
    model.pose(-5.0, pick(rng, &[-60.0, -50.0, 50.0, 60.0]));
    let kind = if acoustic { "acoustic" } else { "electric" };
    model.named(&format!("{} {kind} guitar with {} neck", body.word, wood.word))
}

/// Adds pickups, bridge, plate and knobs.
fn electric_parts(model: &mut Builder, [dark, metal]: [Paint; 2], front: f32, rng: &mut Rng) {
    let shade = pick(rng, &[0xf2efe6, 0x202022, 0xe6dcc0]);
    let guard = model.material(finish::tone(shade, 0.25));
    let points = [
        (0.05, 0.60),
        (0.20, 0.56),
        (0.17, 0.36),
        (0.22, 0.14),
        (0.10, 0.12),
        (-0.06, 0.28),
        (-0.14, 0.46),
        (-0.07, 0.58),
    ];
    model.add(guard, plate(&closed_spline(&points, 3), 0.012, 0.003).at(0.0, 0.0, front + 0.004));
    for y in [0.27, 0.38, 0.48] {
        model.add(dark, block(0.15, 0.035, 0.02).at(0.0, y, front + 0.012));
    }
    model.add(metal, bevelled(0.14, 0.06, 0.03, 0.008).at(0.0, 0.17, front + 0.012));
    for (x, y) in [(0.17, 0.24), (0.19, 0.16)] {
        model.add(metal, cylinder(0.024, 0.03).turn_x(90.0).at(x, y, front + 0.005));
    }
}

fn strings_and_neck(
    model: &mut Builder,
    [neck, dark, metal]: [Paint; 3],
    front: f32,
    acoustic: bool,
) {
    let (low, nut) = (if acoustic { 0.64 } else { 0.56 }, 1.52);
    model.add(neck, block(0.075, nut - 0.6, 0.06).at(0.0, 0.6, front - 0.03));
    model.add(dark, block(0.085, nut - low, 0.02).at(0.0, low, front + 0.01));
    for fret in 0..11 {
        let y = nut - (nut - low) * (fret as f32 + 1.0) / 12.5;
        model.add(metal, block(0.084, 0.007, 0.012).at(0.0, y, front + 0.018));
    }
    let head = [
        (-0.05, nut),
        (0.05, nut),
        (0.075, nut + 0.06),
        (0.065, nut + 0.25),
        (0.0, nut + 0.27),
        (-0.065, nut + 0.25),
        (-0.075, nut + 0.06),
    ];
    model.add(neck, plate(&head, 0.04, 0.008).at(0.0, 0.0, front - 0.015));
    for peg in 0..3 {
        for side in [-1.0, 1.0] {
            let place = vec3(side * 0.07, nut + 0.07 + 0.07 * peg as f32, front - 0.01);
            model.add(metal, rod(place, place + vec3(side * 0.05, 0.0, 0.0), 0.012, 0.02));
        }
    }
    for string in 0..6 {
        let x = (string as f32 - 2.5) * 0.0125;
        let at = |y: f32| -> Vec3 { vec3(x, y, front + 0.032) };
        model.add(metal, rod(at(0.2), at(nut + 0.06), 0.003, 0.003));
    }
}
