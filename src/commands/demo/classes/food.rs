//! Donuts and burgers.

use fastrand::Rng;

use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{Vec3, between, chance, pick, sin_cos, srgb, vec3};
use crate::commands::demo::mesh::Mesh;
use crate::commands::demo::noise;
use crate::commands::demo::object::{Builder, Object, Paint};
use crate::commands::demo::outline::{profile_spline, star};
use crate::commands::demo::solids::{ball, block, cylinder, lathe, loft, rod, torus};

/// A donut with icing that runs down its sides, and sprinkles.
pub(super) fn donut(rng: &mut Rng) -> Object {
    let mut model = Builder::floating(1.0);
    let dough = model.material(finish::tone(0xc98a4a, 0.75).patterned(
        Pattern::Mottled,
        srgb(0xa8682f),
        4.0,
    ));
    let (flavour, hue, hex) = pick(
        rng,
        &[
            ("strawberry", "pink", 0xe8759c),
            ("chocolate", "brown", 0x4a2a1c),
            ("vanilla", "cream", 0xf2e6cc),
            ("blueberry", "blue", 0x6a6fc4),
            ("mint", "turquoise", 0x8fd0b4),
            ("lemon", "yellow", 0xf2d65a),
        ],
    );
    let icing = model.material(finish::tone(hex, 0.22));
    let (major, minor) = (0.5, between(rng, 0.22, 0.28));
    model.add(dough, torus(major, minor).scaled(1.0, 0.86, 1.0));
    let seed = rng.f32() * 50.0;
    let frosting = torus(major, minor * 1.05).mapped(|p| {
        let drip = 0.75 * (noise::value(vec3(p.x * 5.0 + seed, 0.0, p.z * 5.0)) - 0.62) * minor;
        vec3(p.x, (p.y * 0.88).max(drip), p.z)
    });
    model.add(icing, frosting);
    let sprinkled = chance(rng, 0.8);
    if sprinkled {
        let colours: Vec<_> = [0xf4f4f0, 0xe8433a, 0xf2c230, 0x3fa860, 0x3f86d8, 0xe85aa8]
            .iter()
            .map(|&hex| model.material(finish::tone(hex, 0.3)))
            .collect();
        for index in 0..90 {
            let (sin, cos) = sin_cos(between(rng, 28.0, 152.0));
            let reach = minor * 1.06;
            let half = vec3(0.034, 0.0, 0.0)
                .turn_y(between(rng, 0.0, 180.0))
                .turn_z(90.0 - libm::atan2f(sin, cos).to_degrees());
            let place = vec3(major + reach * cos, reach * sin * 0.89, 0.0);
            let turn = 137.5 * index as f32;
            let sprinkle = rod(place - half, place + half, 0.013, 0.013);
            model.add(pick(rng, &colours), sprinkle.turn_y(turn));
        }
    }
    // The donut is tilted towards the viewer, so that the hole is visible from a low camera too.
    model.pose(between(rng, 16.0, 34.0), between(rng, -6.0, 6.0));
    let topping = if sprinkled { " with sprinkles" } else { "" };
    model.tag(flavour);
    model.tag(hue);
    model.named(&format!("{flavour} donut{topping}"))
}

/// A burger: bun, patties, cheese, salad and tomato.
pub(super) fn burger(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let bread = finish::tone(pick(rng, &[0xc98440, 0xb8702f, 0xd89a54]), 0.5);
    let bun = model.material(bread.patterned(Pattern::Mottled, bread.base * 0.72, 3.0));
    let crumb = model.material(finish::tone(0xefd9a8, 0.9));
    let meat = model.material(finish::tone(0x5a3220, 0.75).patterned(
        Pattern::Mottled,
        srgb(0x33190f),
        9.0,
    ));
    let cheese = model.material(finish::tone(0xf5b324, 0.4));
    let salad = model.material(finish::tone(0x6fae3a, 0.6));
    let tomato = model.material(finish::tone(0xc8352a, 0.3));
    let radius = 0.5;
    let base = profile_spline(&[(0.44, 0.0), (0.52, 0.05), (0.5, 0.14)], 4);
    let mut low = vec![(0.0, 0.0)];
    low.extend(base);
    low.push((0.0, 0.14));
    model.add(bun, lathe(&low, 32));
    let mut y = 0.14;
    let patties = rng.usize(1..3);
    for _ in 0..patties {
        model.add(meat, patty(radius * 1.03).at(0.0, y, 0.0));
        y += 0.13;
        let turn = between(rng, 0.0, 90.0);
        model.add(cheese, slice().turn_y(turn).at(0.0, y, 0.0));
        y += 0.022;
    }
    for turn in [30.0, 150.0, 270.0] {
        model.add(tomato, cylinder(0.24, 0.05).at(0.27, y, 0.0).turn_y(turn));
    }
    y += 0.05;
    model.add(salad, leaf(0.56, rng).at(0.0, y, 0.0));
    y += 0.05;
    model.add(crumb, cylinder(0.49, 0.03).at(0.0, y, 0.0));
    let dome = between(rng, 0.26, 0.34);
    let top = profile_spline(
        &[(0.48, 0.01), (0.53, 0.07), (0.44, 0.65 * dome), (0.22, 0.94 * dome), (0.0, dome)],
        5,
    );
    let mut high = vec![(0.0, 0.01)];
    high.extend(&top);
    model.add(bun, lathe(&high, 32).at(0.0, y, 0.0));
    let seeded = chance(rng, 0.8);
    if seeded {
        add_seeds(&mut model, crumb, [y, dome]);
    }
    let size = if patties == 2 { "double" } else { "classic" };
    let bread = if seeded { " with a sesame bun" } else { "" };
    model.tag("cheese");
    model.tag("brown");
    model.named(&format!("{size} cheese burger{bread}"))
}

/// Makes a thin slice of cheese whose corners hang down.
fn slice() -> Mesh {
    let droop = |p: Vec3| {
        let overhang = (p.x * p.x + p.z * p.z).sqrt() - 0.42;
        vec3(p.x, p.y - 0.35 * overhang.max(0.0), p.z)
    };
    block(0.86, 0.022, 0.86).mapped(droop)
}

/// Adds sesame to a dome of the given height that starts at y.
fn add_seeds(model: &mut Builder, crumb: Paint, [y, dome]: [f32; 2]) {
    for index in 0..34 {
        let share = ((index as f32 + 0.5) / 34.0).sqrt() * 0.40;
        let fall = share * share * (0.8 + 2.6 * share);
        let seed = ball(0.024).scaled(1.0, 0.5, 0.6);
        let seed = seed.at(share, y + dome * (1.0 - fall) + 0.004, 0.0);
        model.add(crumb, seed.turn_y(137.5 * index as f32));
    }
}

fn patty(radius: f32) -> Mesh {
    let side = profile_spline(&[(radius * 0.94, 0.0), (radius, 0.065), (radius * 0.94, 0.13)], 3);
    let mut profile = vec![(0.0, 0.0)];
    profile.extend(side);
    profile.push((0.0, 0.13));
    lathe(&profile, 32).mapped(|p| p * (0.97 + 0.06 * noise::value(p * 9.0)))
}

/// Makes a ruffled leaf of salad.
fn leaf(radius: f32, rng: &mut Rng) -> Mesh {
    let shift = rng.f32() * 40.0;
    let ring = |scale: f32, y: f32| -> Vec<_> {
        star(&[radius * scale, radius * scale * 0.93], 44)
            .into_iter()
            .map(|(x, z)| {
                let ruffle =
                    0.16 * (noise::value(vec3(x * 7.0 + shift, 0.0, z * 7.0)) - 0.55) * scale;
                vec3(x, y + ruffle, z)
            })
            .collect()
    };
    let rings = [
        vec![vec3(0.0, 0.0, 0.0)],
        ring(0.75, 0.0),
        ring(1.0, -0.01),
        ring(1.0, 0.02),
        ring(0.75, 0.045),
        vec![vec3(0.0, 0.045, 0.0)],
    ];
    loft(&rings, false)
}
