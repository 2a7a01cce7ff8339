//! Flowers in pots.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::solids::{ball, bent_tube, frustum, lathe, lathe_ring, sphere};

/// Name, the colour's common name, number of petals, sRGB of the petals and of the centre.
const KINDS: [(&str, &str, usize, u32, u32); 6] = [
    ("daisy", "white", 13, 0xf4f2ec, 0xf0b429),
    ("sunflower", "yellow", 17, 0xf5b921, 0x4a2c17),
    ("gerbera", "pink", 15, 0xe5536b, 0x6b2a2a),
    ("cosmos", "pink", 8, 0xd977b5, 0xf0c23a),
    ("anemone", "blue", 7, 0x5f6fd0, 0x22223a),
    ("poppy", "red", 5, 0xd8342a, 0x2a2024),
];

/// A flower in a pot: one large bloom or three.
pub(super) fn flower(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.8);
    let (name, hue, petals, colour, heart) = pick(rng, &KINDS);
    let green = model.material(finish::tone(0x4c8a3c, 0.7));
    let petal = model.material(finish::tone(colour, 0.7));
    let seeds = finish::tone(heart, 0.9);
    let seeds = seeds.patterned(Pattern::Speckled, srgb(heart) * 0.6, 12.0);
    let heart = model.material(seeds);
    pot(&mut model, rng);
    let single = chance(rng, 0.65);
    let offsets: &[f32] = if single { &[0.0] } else { &[-0.24, 0.0, 0.24] };
    for &aside in offsets {
        let height = between(rng, 1.0, 1.16) - 0.6 * aside.abs();
        let tip = vec3(aside * 1.5, height, 0.05);
        let (foot, bend) = (vec3(0.2 * aside, 0.3, 0.0), vec3(0.8 * aside, 0.65 * height, 0.0));
        model.add(green, bent_tube(&[foot, bend, tip], &[0.024, 0.018]));
        let size = if single { between(rng, 0.30, 0.36) } else { 0.22 };
        let place = |part: Mesh| {
            let part = part.turn_x(58.0).turn_z(-aside * 60.0);
            part.at(tip.x, tip.y, tip.z)
        };
        bloom(&mut model, [petal, heart], petals, size, place);
    }
    for side in [-1.0, 1.0] {
        let leaf = ball(0.17).scaled(1.0, 0.12, 0.38).turn_z(32.0);
        model.add(green, leaf.at(0.15, 0.5, 0.0).turn_y(90.0 - side * 80.0));
    }
    model.tag(hue);
    let (count, plural) = if single { ("", "") } else { ("three ", " blooms") };
    model.named(&format!("{count}{name}{plural} in a pot"))
}

/// Adds petals around a centre. They face up before they are placed.
fn bloom(
    model: &mut Builder,
    [petal, heart]: [Paint; 2],
    petals: usize,
    size: f32,
    place: impl Fn(Mesh) -> Mesh,
) {
    let width = (3.5 / petals as f32).min(0.48);
    for index in 0..petals {
        let turn = 360.0 * index as f32 / petals as f32;
        let part = sphere(0.5 * size, 8, 12).scaled(1.0, 0.14, width);
        let part = part.turn_z(14.0).at(0.60 * size, 0.04, 0.0);
        model.add(petal, place(part.turn_y(turn)));
    }
    let middle = ball(0.34 * size).scaled(1.0, 0.5, 1.0);
    model.add(heart, place(middle.at(0.0, 0.03, 0.0)));
}

/// Adds a pot of clay or glazed ware, with soil in it.
fn pot(model: &mut Builder, rng: &mut Rng) {
    let ware =
        if chance(rng, 0.6) { finish::tone(0xb5643c, 0.8) } else { finish::ceramic(rng).material };
    let clay = model.material(ware);
    let soil = model.material(finish::tone(0x3a281c, 1.0));
    let body = [(0.0, 0.0), (0.17, 0.0), (0.22, 0.29), (0.0, 0.29)];
    let rim = [(0.20, 0.28), (0.245, 0.28), (0.255, 0.36), (0.225, 0.36)];
    model.add(clay, lathe(&body, 28));
    model.add(clay, lathe_ring(&rim, 28));
    model.add(soil, frustum(0.205, 0.19, 0.035).at(0.0, 0.29, 0.0));
}
