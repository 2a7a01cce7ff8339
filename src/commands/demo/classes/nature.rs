//! Mushrooms and cacti.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{Vec3, between, chance, pick, sin_cos, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{profile_spline, spline, star};
use crate::commands::demo::solids::{ball, frustum, lathe, loft, lump};

/// One mushroom or a family of three, with spots or without.
pub(super) fn mushroom(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let (name, hue, hex, spotted) = pick(
        rng,
        &[
            ("fly agaric", "red", 0xc92f22, true),
            ("fly agaric", "red", 0xd9432a, true),
            ("porcini", "brown", 0x8a5a34, false),
            ("chanterelle", "yellow", 0xe6a032, false),
            ("glowing blue mushroom", "blue", 0x3f8fd8, true),
            ("violet mushroom", "purple", 0x8257b8, true),
        ],
    );
    let mut skin = finish::tone(hex, 0.35);
    if name.starts_with("glowing") {
        skin = skin.glowing(srgb(hex) * 0.5);
    }
    let cap = model.material(skin);
    let stem = model.material(finish::tone(0xeee3cc, 0.8).patterned(
        Pattern::Mottled,
        srgb(0xd2c09c),
        5.0,
    ));
    let family = chance(rng, 0.5);
    let flat = between(rng, 0.5, 0.85);
    grow(&mut model, [cap, stem], [0.0, 0.0, 1.0, flat], spotted, rng);
    if family {
        let small = between(rng, 0.42, 0.6);
        grow(&mut model, [cap, stem], [0.52, 0.22, small, flat], spotted, rng);
        grow(&mut model, [cap, stem], [-0.46, 0.28, small * 0.75, flat], spotted, rng);
    }
    let moss = model.material(finish::tone(0x5a7a35, 1.0).patterned(
        Pattern::Mottled,
        srgb(0x38521f),
        6.0,
    ));
    let reach = if family { 0.85 } else { 0.55 };
    model.add(moss, lump(1.0, 0.12, rng).scaled(reach, 0.13, reach * 0.85).at(0.0, 0.0, 0.06));
    let group = if family { "family of three on moss" } else { "on moss" };
    model.tag(hue);
    model.named(&format!("{name} {group}"))
}

/// Adds a mushroom of the given size at (x, z). `flat` is the height of its cap.
fn grow(
    model: &mut Builder,
    [cap, stem]: [Paint; 2],
    [x, z, size, flat]: [f32; 4],
    spotted: bool,
    rng: &mut Rng,
) {
    let place = |part: Mesh| part.scaled(size, size, size).at(x, 0.0, z);
    let foot = profile_spline(&[(0.20, 0.0), (0.15, 0.15), (0.11, 0.5), (0.12, 0.8)], 4);
    let mut profile = vec![(0.0, 0.0)];
    profile.extend(foot);
    profile.push((0.0, 0.8));
    model.add(stem, place(lathe(&profile, 20)));
    let collar = frustum(0.19, 0.12, 0.1).at(0.0, 0.55, 0.0);
    model.add(stem, place(collar));
    let (radius, low) = (0.52, 0.66);
    let dome = |angle: f32| {
        let (sin, cos) = sin_cos(angle);
        (radius * cos, low + 0.06 + radius * flat * sin)
    };
    let mut skin = vec![(0.0, low + 0.07), (radius * 0.93, low)];
    skin.extend((0..9).map(|step| dome(step as f32 * 10.0)));
    skin.push((0.0, low + 0.06 + radius * flat));
    model.add(cap, place(lathe(&skin, 28)));
    let gills = [
        (0.0, low - 0.02),
        (radius * 0.9, low - 0.012),
        (radius * 0.9, low + 0.01),
        (0.0, low + 0.03),
    ];
    model.add(stem, place(lathe(&gills, 28)));
    if !spotted {
        return;
    }
    for (ring, count) in [(68.0, 3), (42.0, 6), (15.0, 8)] {
        for index in 0..count {
            let (r, y) = dome(ring + between(rng, -7.0, 7.0));
            let turn = 360.0 * index as f32 / count as f32 + between(rng, -14.0, 14.0);
            let spot = ball(between(rng, 0.045, 0.075)).scaled(1.0, 0.55, 1.0);
            model.add(stem, place(spot.turn_z(ring - 90.0).at(r, y, 0.0).turn_y(turn)));
        }
    }
}

/// A ribbed column with arms, in a pot or in the sand.
pub(super) fn cactus(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.7);
    let hex = pick(rng, &[0x4f8a45, 0x3f7a4f, 0x6b9a48, 0x5a8a6a]);
    let green = model.material(finish::tone(hex, 0.7));
    let potted = chance(rng, 0.55);
    let base = if potted { 0.28 } else { 0.02 };
    let (radius, height) = (between(rng, 0.13, 0.19), between(rng, 0.8, 1.15));
    let trunk =
        [vec3(0.0, base, 0.0), vec3(0.0, base + 0.5 * height, 0.0), vec3(0.0, base + height, 0.0)];
    model.add(green, ribbed(&trunk, radius));
    let arms = rng.usize(1..4);
    for arm in 0..arms {
        let side = if arm % 2 == 0 { 1.0 } else { -1.0 };
        let (y, up) = (base + height * between(rng, 0.3, 0.5), between(rng, 0.25, 0.42));
        let reach = side * (radius + between(rng, 0.16, 0.24));
        let depth = if arm == 2 { 0.2 } else { 0.0 };
        let path = [
            vec3(0.0, y, 0.0),
            vec3(0.75 * reach, y + 0.01, 0.7 * depth),
            vec3(reach, y + 0.12, depth),
            vec3(reach, y + up, depth),
        ];
        model.add(green, ribbed(&spline(&path, 4), radius * 0.56));
    }
    let blooming = chance(rng, 0.5);
    if blooming {
        add_blossom(&mut model, base + height, rng);
    }
    add_bed(&mut model, potted, rng);
    model.tag("green");
    let (bloom, place) =
        (if blooming { "blooming " } else { "" }, if potted { "in a pot" } else { "in the sand" });
    let count = ["one arm", "two arms", "three arms"][arms - 1];
    model.named(&format!("{bloom}cactus with {count} {place}"))
}

/// Adds six petals on top.
fn add_blossom(model: &mut Builder, top: f32, rng: &mut Rng) {
    let pink = model.material(finish::tone(pick(rng, &[0xe8528a, 0xf2b632, 0xe2502e]), 0.6));
    for petal in 0..6 {
        let part = ball(0.08).scaled(1.0, 0.3, 0.5).turn_z(35.0).at(0.06, 0.05, 0.0);
        model.add(pink, part.turn_y(60.0 * petal as f32).at(0.0, top + 0.02, 0.0));
    }
}

/// Adds a pot with soil, or a patch of sand.
fn add_bed(model: &mut Builder, potted: bool, rng: &mut Rng) {
    if potted {
        let clay = model.material(finish::tone(pick(rng, &[0xb5643c, 0xe8e2d6, 0x4a7a8c]), 0.75));
        let soil = model.material(finish::tone(0xb89a6a, 1.0));
        model.add(clay, frustum(0.2, 0.28, 0.27));
        model.add(clay, frustum(0.3, 0.31, 0.07).at(0.0, 0.22, 0.0));
        model.add(soil, frustum(0.27, 0.26, 0.02).at(0.0, 0.285, 0.0));
    } else {
        let sand = model.material(finish::tone(0xd8b47a, 1.0).patterned(
            Pattern::Speckled,
            srgb(0xb8905a),
            8.0,
        ));
        model.add(sand, lump(0.5, 0.1, rng).scaled(1.0, 0.16, 0.9));
    }
}

/// Makes a ribbed tube with a round end.
fn ribbed(path: &[Vec3], radius: f32) -> Mesh {
    let mut rings = Vec::new();
    let last = path.len() - 1;
    let ring = |centre: Vec3, ahead: Vec3, radius: f32| -> Vec<Vec3> {
        let side = ahead.cross(vec3(0.0, 0.0, 1.0)).normalised();
        let other = ahead.cross(side);
        star(&[radius, radius * 0.80], 20)
            .iter()
            .map(|&(x, y)| centre + side * x + other * y)
            .collect()
    };
    let ahead_at =
        |index: usize| (path[(index + 1).min(last)] - path[index.saturating_sub(1)]).normalised();
    for (index, &centre) in path.iter().enumerate() {
        rings.push(ring(centre, ahead_at(index), radius));
    }
    let (tip, ahead) = (path[last], ahead_at(last));
    for step in 1..5 {
        let (sin, cos) = sin_cos(21.0 * step as f32);
        rings.push(ring(tip + ahead * (radius * sin), ahead, radius * cos));
    }
    rings.push(vec![tip + ahead * radius]);
    loft(&rings, false)
}
