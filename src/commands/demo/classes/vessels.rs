//! Round vessels, which are made on a wheel or a lathe: vases, bottles, mugs, teapots and barrels.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::{Material, Pattern};
use crate::commands::demo::math::{between, chance, pick, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::object::{Builder, Object};
use crate::commands::demo::outline::{Point, profile_spline};
use crate::commands::demo::solids::{ball, bent_tube, cylinder, lathe, lathe_ring, loft, torus};

/// Makes a vessel with a thin wall. Its profile goes up outside and down inside.
fn walled(outside: &[Point], wall: f32) -> Mesh {
    let mut profile = vec![(0.0, outside[0].1)];
    profile.extend(outside);
    let floor = outside[0].1 + wall;
    let inside = outside.iter().rev().filter(|p| p.1 > floor);
    profile.extend(inside.map(|&(r, y)| ((r - wall).max(0.004), y)));
    profile.push((0.0, floor));
    lathe(&profile, 36)
}

/// A vase: a foot, a belly, a neck and a lip, with two handles or none.
pub(super) fn vase(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let mut ware = match rng.u8(..8) {
        0 => finish::fine_metal(rng),
        1 => finish::stone(rng),
        2 => finish::glass(rng),
        _ => finish::ceramic(rng),
    };
    let worn = ware.stuff != "glass" && finish::weathered(&mut ware, rng, 0.12);
    let clay = model.finish(&ware);
    let (foot, belly) = (between(rng, 0.12, 0.2), between(rng, 0.25, 0.40));
    let (neck, lip) = (between(rng, 0.08, 0.16), between(rng, 0.12, 0.24));
    let widest = between(rng, 0.3, 0.6);
    let outside = [
        (foot, 0.0),
        (foot * 1.03, 0.03),
        (0.5 * (foot + belly) * 1.08, widest * 0.5),
        (belly, widest),
        (0.5 * (belly + neck), 0.78),
        (neck, 0.9),
        (lip.max(neck), 1.0),
    ];
    model.add(clay, walled(&profile_spline(&outside, 6), 0.02));
    let handles = chance(rng, 0.3);
    if handles {
        for side in [-1.0, 1.0] {
            let curve = [
                vec3(side * neck * 0.9, 0.93, 0.0),
                vec3(side * (neck + 0.15), 0.96, 0.0),
                vec3(side * (belly + 0.06), 0.78, 0.0),
                vec3(side * belly * 0.90, widest + 0.08, 0.0),
            ];
            model.add(clay, bent_tube(&curve, &[0.022]));
        }
    }
    let age = if worn { "ancient " } else { "" };
    let shape = if belly > 0.33 { "round" } else { "slender" };
    let grip = if handles { " with two handles" } else { "" };
    let stuff = if ware.stuff == "ceramic" { " ceramic" } else { "" };
    model.named(&format!("{age}{shape} {}{stuff} vase{grip}", ware.word))
}

/// A bottle with a label and a cork, for wine, beer or potions.
pub(super) fn bottle(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let pane = finish::glass(rng);
    let glass = model.finish(&pane);
    let kind = pick(rng, &["wine", "wine", "beer", "potion"]);
    let (radius, body, neck, top) = match kind {
        "wine" => (between(rng, 0.14, 0.16), between(rng, 0.55, 0.68), 0.05, 1.05),
        "beer" => (between(rng, 0.13, 0.15), between(rng, 0.38, 0.48), 0.05, 0.85),
        _ => (between(rng, 0.22, 0.3), between(rng, 0.28, 0.36), 0.07, between(rng, 0.6, 0.75)),
    };
    let round = kind == "potion";
    let waist = if round { 0.5 * radius } else { radius * 0.97 };
    let outside = [
        (waist, 0.0),
        (radius, if round { 0.5 * body } else { 0.03 }),
        (radius, if round { 0.7 * body } else { 0.5 * body }),
        (radius * 0.98, body),
        (neck * 1.15, body + 0.6 * radius + 0.08),
        (neck, 0.5 * (body + top) + 0.1),
        (neck, top - 0.03),
        (neck * 1.25, top - 0.02),
        (neck * 1.25, top),
    ];
    model.add(glass, walled(&profile_spline(&outside, 4), 0.012));
    let cork = model.material(finish::tone(0xb98a58, 0.8));
    model.add(cork, cylinder(neck * 0.85, 0.09).at(0.0, top - 0.03, 0.0));
    if !round {
        let paper = model.material(finish::tone(
            pick(rng, &[0xeee6d2, 0xf2f0ea, 0xb4352e, 0x24344f, 0xd8b45a]),
            0.8,
        ));
        let (low, high) = (0.2 * body, between(rng, 0.62, 0.8) * body);
        model.add(paper, cylinder(radius * 1.02, high - low).at(0.0, low, 0.0));
        let band = model.material(finish::tone(pick(rng, &[0x8c6a2a, 0x7a1f24, 0x2b2b2b]), 0.6));
        model.add(band, cylinder(radius * 1.026, 0.03).at(0.0, high - 0.07, 0.0));
    }
    model.named(&format!("{} {kind} bottle with cork", pane.word))
}

/// A mug with its handle to one side, full or empty.
pub(super) fn mug(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.7);
    let metallic = chance(rng, 0.12);
    let ware = if metallic { finish::metal(rng) } else { finish::ceramic(rng) };
    let clay = model.finish(&ware);
    let (radius, height) = (between(rng, 0.38, 0.46), between(rng, 0.85, 1.05));
    let foot = radius * between(rng, 0.8, 1.0);
    let belly = radius * between(rng, 0.98, 1.08);
    let outside = [
        (foot - 0.03, 0.0),
        (foot, 0.03),
        (belly, 0.45 * height),
        (radius, height - 0.02),
        (radius - 0.01, height),
    ];
    model.add(clay, walled(&profile_spline(&outside, 6), 0.05));
    let reach = between(rng, 0.26, 0.34);
    let curve = [
        vec3(radius * 0.95, 0.82 * height, 0.0),
        vec3(radius + 0.75 * reach, 0.82 * height, 0.0),
        vec3(radius + reach, 0.52 * height, 0.0),
        vec3(radius + 0.6 * reach, 0.25 * height, 0.0),
        vec3(foot * 0.96, 0.2 * height, 0.0),
    ];
    model.add(clay, bent_tube(&curve, &[0.06, 0.055, 0.05]));
    let full = chance(rng, 0.7);
    let drink = pick(rng, &[("coffee", 0x3a2012), ("tea", 0x8a4a1c), ("cocoa", 0x6a3f28)]);
    if full {
        let liquid = model.material(finish::tone(drink.1, 0.12));
        model.add(liquid, cylinder(radius - 0.045, 0.03).at(0.0, height * 0.84, 0.0));
    }
    let content = if full { format!(" of {}", drink.0) } else { String::new() };
    model.named(&format!("{} {} mug{content}", ware.word, ware.stuff.replace("metal", "camping")))
}

/// A teapot: belly, lid with a knob, spout and handle.
pub(super) fn teapot(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.55);
    let ware = if chance(rng, 0.25) { finish::metal(rng) } else { finish::ceramic(rng) };
    let clay = model.finish(&ware);
    let (belly, height) = (between(rng, 0.44, 0.54), between(rng, 0.55, 0.75));
    let middle = between(rng, 0.38, 0.52) * height;
    let mouth = between(rng, 0.2, 0.27);
    let side = [
        (0.26, 0.0),
        (0.29, 0.03),
        (belly, middle),
        (0.5 * (belly + mouth) * 1.12, 0.85 * height),
        (mouth, height),
    ];
    let mut profile = vec![(0.0, 0.0)];
    profile.extend(profile_spline(&side, 6));
    profile.extend(profile_spline(
        &[(mouth, height + 0.005), (0.6 * mouth, height + 0.07), (0.0, height + 0.1)],
        4,
    ));
    model.add(clay, lathe(&profile, 36));
    model.add(clay, torus(mouth * 1.02, 0.018).at(0.0, height, 0.0));
    model.add(clay, ball(0.06).at(0.0, height + 0.14, 0.0));
    let spout = [
        vec3(-belly * 0.8, 0.75 * middle, 0.0),
        vec3(-belly - 0.16, middle * 0.95, 0.0),
        vec3(-belly - 0.24, 0.8 * height, 0.0),
        vec3(-belly - 0.36, height * 1.02, 0.0),
    ];
    model.add(clay, bent_tube(&spout, &[0.14, 0.09, 0.06, 0.045]));
    let handle = [
        vec3(belly * 0.72, 0.88 * height, 0.0),
        vec3(belly + 0.24, 0.95 * height, 0.0),
        vec3(belly + 0.34, 0.65 * height, 0.0),
        vec3(belly * 0.9, 0.6 * middle, 0.0),
    ];
    model.add(clay, bent_tube(&handle, &[0.045, 0.042, 0.04]));
    let stuff = if ware.stuff == "ceramic" { " porcelain" } else { "" };
    model.named(&format!("{}{stuff} teapot", ware.word))
}

/// A barrel of staves with hoops of metal.
pub(super) fn barrel(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let mut staves = finish::wood(rng);
    let gap = staves.material.accent * 0.5;
    staves.material.base = staves.material.base * between(rng, 0.65, 1.0);
    let bulge = between(rng, 0.40, 0.46);
    let (end, height) = (bulge * between(rng, 0.78, 0.86), between(rng, 0.95, 1.2));
    let dark = staves.material.patterned(Pattern::Plain, gap, 1.0);
    let wood = model.finish(&staves);
    let lid = model.material(Material { base: dark.base * 0.55, ..dark });
    let count = rng.usize(14..19);
    let middle = 0.5 * height;
    let side = profile_spline(
        &[
            (end, 0.0),
            (0.5 * (end + bulge) * 1.03, 0.25 * height),
            (bulge, middle),
            (0.5 * (end + bulge) * 1.03, 0.75 * height),
            (end, height),
        ],
        3,
    );
    for stave in 0..count {
        let turn = 360.0 * stave as f32 / count as f32;
        let half = 180.0 / count as f32 * 0.94;
        let rings: Vec<Vec<_>> = side
            .iter()
            .map(|&(r, y)| {
                let edge = |degrees: f32, r: f32| vec3(0.0, y, r).turn_y(degrees);
                vec![
                    edge(-half, r - 0.05),
                    edge(half, r - 0.05),
                    edge(half, r),
                    edge(0.0, r * 1.01),
                    edge(-half, r),
                ]
            })
            .collect();
        model.add(wood, loft(&rings, false).turn_y(turn));
    }
    model.add(lid, cylinder(end - 0.03, height - 0.08).at(0.0, 0.04, 0.0));
    let metal = finish::tool_metal(rng);
    let hoop = model.finish(&metal);
    for share in [0.08, 0.27, 0.73, 0.92] {
        let y = share * height;
        let offset = (y - middle) / middle;
        let r = bulge - (bulge - end) * offset * offset + 0.004;
        let band = [
            (r + 0.012, y - 0.03),
            (r + 0.012, y + 0.03),
            (r - 0.03, y + 0.03),
            (r - 0.03, y - 0.03),
        ];
        model.add(hoop, lathe_ring(&band, 36));
    }
    model.named(&format!("{} barrel with {} hoops", staves.word, metal.word))
}
