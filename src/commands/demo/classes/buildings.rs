//! Houses, castle towers and lighthouses.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{Vec3, between, chance, pick, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::arc;
use crate::commands::demo::solids::{
    ball, bevelled, block, cylinder, frustum, lathe_ring, lump, plate, rod, torus,
};

/// A house with a gabled roof, a door, windows and a chimney.
pub(super) fn house(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let walls = match rng.u8(..4) {
        0 => finish::masonry(rng, 9.0),
        1 => finish::planks(rng, 11.0),
        _ => finish::paint(rng),
    };
    let wall = model.finish(&walls);
    let roof_hex = pick(rng, &[0xa4452f, 0x8a3a2c, 0x4a525c, 0x6b4a36, 0x3d5a66]);
    let tiles = finish::tone(roof_hex, 0.8).patterned(Pattern::Planks, srgb(roof_hex) * 0.55, 9.0);
    let roof = model.material(tiles);
    let trim = model.material(finish::tone(pick(rng, &[0xf2efe8, 0xf2efe8, 0x4a3526]), 0.7));
    let storeys = if chance(rng, 0.4) { 2 } else { 1 };
    let (width, depth) = (between(rng, 1.0, 1.35), between(rng, 0.8, 1.0));
    let storey = 0.5;
    let height = storey * storeys as f32;
    let rise = between(rng, 0.35, 0.6);
    let (x, z) = (0.5 * width, 0.5 * depth);
    model.add(wall, block(width, height, depth).upright());
    let gable = [(-z, height - 0.02), (z, height - 0.02), (0.0, height + rise)];
    model.add(wall, plate(&gable, width - 0.01, 0.004).turn_y(90.0));
    let eave = 0.14;
    let slope = (rise * rise + z * z).sqrt();
    let angle = libm::atan2f(rise, z).to_degrees();
    for side in [-1.0, 1.0] {
        let slab = block(slope + eave, 0.06, width + 0.2);
        // The roof is made along x, so that the rows of tiles run down the slope.
        let slab = slab.at(0.5 * (slope + eave), 0.0, 0.0).turn_z(-angle).turn_y(-90.0 * side);
        model.add(roof, slab.at(0.0, height + rise, 0.0));
    }
    openings(&mut model, trim, [x, z], storeys, rng);
    if chance(rng, 0.75) {
        let brick = model.material(finish::masonry(rng, 14.0).material);
        let place = between(rng, 0.2, 0.32) * width * if rng.bool() { 1.0 } else { -1.0 };
        model.add(brick, block(0.15, 0.55, 0.15).at(place, height + rise - 0.32, -0.25 * depth));
        model.add(trim, block(0.19, 0.05, 0.19).at(place, height + rise + 0.22, -0.25 * depth));
    }
    let grass = model.material(finish::tone(0x5d8a3c, 1.0).patterned(
        Pattern::Mottled,
        srgb(0x3f6a2c),
        5.0,
    ));
    model.add(grass, bevelled(width + 0.6, 0.06, depth + 0.6, 0.02).at(0.0, -0.06, 0.0));
    for side in [-1.0, 1.0] {
        let bush = lump(0.13, 0.2, rng);
        model.add(grass, bush.at(side * (x - 0.08), 0.07, z + 0.13));
    }
    let floors = if storeys == 2 { "two-storey" } else { "small" };
    model.named(&format!("{floors} {} house with gabled roof", walls.word))
}

/// Adds a door in front, and windows on all four sides.
fn openings(model: &mut Builder, trim: Paint, [x, z]: [f32; 2], storeys: i32, rng: &mut Rng) {
    let lit = chance(rng, 0.4);
    let pane = finish::tone(0x2c4458, 0.08);
    let pane = if lit { pane.glowing(srgb(0xffc266) * 0.9) } else { pane };
    let glass = model.material(pane);
    let door = finish::paint(rng);
    let door = model.material(door.material);
    let knob = model.material(finish::tone(0xe0b84a, 0.3).metallic());
    model.add(trim, block(0.25, 0.39, 0.03).at(0.0, 0.0, z));
    model.add(door, block(0.19, 0.35, 0.04).at(0.0, 0.0, z + 0.003));
    model.add(knob, ball(0.016).at(0.06, 0.17, z + 0.03));
    model.add(trim, block(0.36, 0.03, 0.16).at(0.0, 0.0, z + 0.06));
    let mut window = |place: Vec3, turn: f32| {
        let lift = |part: Mesh| part.turn_y(turn).at(place.x, place.y, place.z);
        model.add(trim, lift(block(0.22, 0.25, 0.03)));
        model.add(glass, lift(block(0.17, 0.20, 0.036).at(0.0, 0.025, 0.0)));
        model.add(trim, lift(block(0.016, 0.21, 0.044).at(0.0, 0.02, 0.0)));
        model.add(trim, lift(block(0.18, 0.016, 0.044).at(0.0, 0.117, 0.0)));
        model.add(trim, lift(block(0.27, 0.025, 0.07).at(0.0, -0.02, 0.0)));
    };
    for storey in 0..storeys {
        let y = 0.17 + 0.5 * storey as f32;
        for side in [-1.0, 1.0] {
            window(vec3(side * 0.62 * x, y, z), 0.0);
            window(vec3(side * 0.62 * x, y, -z), 0.0);
            window(vec3(side * x, y, 0.45 * z), 90.0);
            window(vec3(side * x, y, -0.45 * z), 90.0);
        }
        if storey > 0 {
            window(vec3(0.0, y, z), 0.0);
        }
    }
}

/// A round tower with battlements or a pointed roof.
pub(super) fn tower(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let stone = finish::masonry(rng, 6.5);
    let wall = model.finish(&stone);
    let dark = model.material(finish::tone(0x17181c, 0.9));
    let wood = model.material(finish::planks(rng, 14.0).material);
    let (radius, height) = (between(rng, 0.34, 0.44), between(rng, 1.1, 1.5));
    model.add(wall, frustum(radius * 1.16, radius * 1.06, 0.2).wrapped(radius));
    model.add(wall, frustum(radius * 1.04, radius * 0.95, height).wrapped(radius));
    battlements(&mut model, wall, [radius, height]);
    let roofed = chance(rng, 0.5);
    let hex = pick(rng, &[0x9a3a2c, 0x3f5f8a, 0x4a5560, 0x5a7a4a]);
    let tiles =
        model.material(finish::tone(hex, 0.75).patterned(Pattern::Bands, srgb(hex) * 0.72, 9.0));
    if roofed {
        model.add(wall, cylinder(radius * 0.85, 0.32).wrapped(radius).at(0.0, height, 0.0));
        model.add(tiles, frustum(radius * 1.08, 0.0, 0.62).at(0.0, height + 0.3, 0.0));
    }
    let top = height + if roofed { 0.88 } else { 0.02 };
    model.add(wood, rod(vec3(0.0, top, 0.0), vec3(0.0, top + 0.42, 0.0), 0.014, 0.01));
    let banner = [(0.0, top + 0.40), (0.28, top + 0.33), (0.0, top + 0.22)];
    model.add(tiles, plate(&banner, 0.02, 0.004));
    tower_openings(&mut model, [wall, wood, dark], [radius, height]);
    let crown = if roofed { "pointed roof" } else { "battlements" };
    model.named(&format!("{} castle tower with {crown}", stone.word))
}

/// Adds a wider top with a walk and merlons around it.
fn battlements(model: &mut Builder, wall: Paint, [radius, height]: [f32; 2]) {
    let crown = radius * 1.2;
    model.add(wall, frustum(radius * 0.95, crown, 0.12).at(0.0, height - 0.1, 0.0));
    let walk = lathe_ring(
        &[
            (crown, height),
            (crown, height + 0.16),
            (crown - 0.09, height + 0.16),
            (crown - 0.09, height),
        ],
        36,
    );
    model.add(wall, walk.wrapped(crown));
    model.add(wall, cylinder(crown - 0.05, 0.03).at(0.0, height, 0.0));
    let merlons = 10;
    for merlon in 0..merlons {
        let part = block(0.09, 0.13, 0.16).at(crown - 0.045, height + 0.15, 0.0);
        model.add(wall, part.turn_y(360.0 * merlon as f32 / merlons as f32));
    }
}

/// Adds a door in front, and slits all around.
fn tower_openings(model: &mut Builder, [wall, wood, dark]: [Paint; 3], [radius, height]: [f32; 2]) {
    let front = radius * 1.04;
    model.add(wall, arch(0.28, 0.42, 0.1).at(0.0, 0.0, front + 0.01));
    model.add(wood, arch(0.21, 0.37, 0.12).at(0.0, 0.0, front + 0.015));
    for (turn, share) in
        [(20.0, 0.45), (-35.0, 0.62), (70.0, 0.55), (8.0, 0.78), (-80.0, 0.4), (150.0, 0.5)]
    {
        let slit = arch(0.09, 0.2, 0.06).at(0.0, share * height, radius * 1.0);
        model.add(dark, slit.turn_y(turn));
    }
}

/// Makes a plate with a round top, standing on y = 0.
fn arch(width: f32, height: f32, depth: f32) -> Mesh {
    let half = 0.5 * width;
    let mut outline = vec![(half, 0.0)];
    outline.extend(arc((0.0, height - half), half, 0.0, 180.0, 8));
    outline.push((-half, 0.0));
    plate(&outline, depth, 0.01)
}

/// A lighthouse with bands of colour, a gallery and a burning lamp.
pub(super) fn lighthouse(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let paint = finish::paint(rng);
    let (band, hex) = pick(
        rng,
        &[
            ("red", 0xc4302b),
            ("red", 0xc4302b),
            ("blue", 0x2b4f8c),
            ("black", 0x2c2c31),
            ("green", 0x2f7a4a),
        ],
    );
    let white = finish::tone(0xf1eee6, 0.7);
    let bands = between(rng, 1.4, 2.6);
    let striped = chance(rng, 0.8);
    let tower =
        if striped { white.patterned(Pattern::Bands, srgb(hex), bands) } else { paint.material };
    model.tag(if striped { band } else { paint.colour });
    let wall = model.material(tower);
    let accent = model.material(finish::tone(hex, 0.5));
    let dark = model.material(finish::tone(0x2a2c30, 0.5));
    let lamp = model.material(finish::tone(0xfff0b8, 0.2).glowing(srgb(0xffd870) * 1.8));
    let rock = model.material(finish::stone(rng).material);
    let (foot, top, height) =
        (between(rng, 0.27, 0.33), between(rng, 0.16, 0.2), between(rng, 1.25, 1.55));
    model.add(rock, lump(0.62, 0.25, rng).scaled(1.0, 0.3, 0.9));
    model.add(wall, frustum(foot, top, height).at(0.0, 0.1, 0.0));
    let y = height + 0.08;
    model.add(dark, cylinder(top + 0.11, 0.04).at(0.0, y, 0.0));
    model.add(dark, torus(top + 0.10, 0.011).at(0.0, y + 0.13, 0.0));
    for post in 0..12 {
        let part = cylinder(0.009, 0.13).at(top + 0.10, y, 0.0);
        model.add(dark, part.turn_y(30.0 * post as f32));
    }
    model.add(lamp, cylinder(top * 0.66, 0.22).at(0.0, y + 0.03, 0.0));
    for post in 0..6 {
        let part = cylinder(0.012, 0.22).at(top * 0.70, y + 0.03, 0.0);
        model.add(dark, part.turn_y(60.0 * post as f32));
    }
    model.add(accent, frustum(top * 0.98, 0.0, 0.2).at(0.0, y + 0.24, 0.0));
    model.add(accent, ball(0.03).at(0.0, y + 0.44, 0.0));
    model.add(accent, arch(0.15, 0.28, 0.06).at(0.0, 0.16, foot * 0.97));
    for (turn, share) in [(0.0, 0.45), (0.0, 0.72), (120.0, 0.55), (-110.0, 0.6)] {
        let radius = foot + (top - foot) * share;
        model.add(
            dark,
            arch(0.08, 0.13, 0.05).at(0.0, 0.1 + share * height, radius * 0.99).turn_y(turn),
        );
    }
    let style = if striped { format!("{band} striped") } else { paint.word.to_owned() };
    model.named(&format!("{style} lighthouse on a rock"))
}
