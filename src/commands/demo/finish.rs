//! Named finishes: materials with the words that people use for them.

use fastrand::Rng;

use super::material::{Material, Pattern};
use super::math::{Vec3, between, chance, pick, srgb, vec3};

/// A material and its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish {
    /// The material.
    pub(super) material: Material,
    /// The word for a title, such as "oak", "red" or "brass".
    pub(super) word: &'static str,
    /// The kind of material, for a tag, such as "wood" or "metal".
    pub(super) stuff: &'static str,
    /// The colour's common name, for a tag.
    pub(super) colour: &'static str,
}

/// Paints: name, sRGB, the colour's common name.
const PAINTS: [(&str, u32, &str); 18] = [
    ("red", 0xc4302b, "red"),
    ("crimson", 0x9e1b32, "red"),
    ("orange", 0xe5752a, "orange"),
    ("yellow", 0xf0bf2c, "yellow"),
    ("lime", 0x93c13d, "green"),
    ("green", 0x3b8f4a, "green"),
    ("olive", 0x77793a, "green"),
    ("teal", 0x1f8f8a, "teal"),
    ("turquoise", 0x45b8c4, "turquoise"),
    ("blue", 0x2f6cc4, "blue"),
    ("navy", 0x263f77, "blue"),
    ("purple", 0x7645a8, "purple"),
    ("pink", 0xe58bb0, "pink"),
    ("white", 0xece9e2, "white"),
    ("black", 0x2c2c31, "black"),
    ("grey", 0x8a8f96, "grey"),
    ("cream", 0xecdcb8, "cream"),
    ("brown", 0x80563a, "brown"),
];

/// Woods: name, sRGB of the board, sRGB of the grain, the colour's common name.
const WOODS: [(&str, u32, u32, &str); 7] = [
    ("oak", 0xc59a63, 0x8a5f33, "brown"),
    ("walnut", 0x7c543a, 0x40291a, "brown"),
    ("pine", 0xdfb878, 0xb27f44, "yellow"),
    ("cherry", 0xa5583a, 0x6a2f1b, "red"),
    ("birch", 0xe6d2ac, 0xbf9d6c, "cream"),
    ("mahogany", 0x7d3524, 0x481a12, "red"),
    ("teak", 0xa9713f, 0x6b4220, "brown"),
];

/// Metals: name, sRGB, typical roughness, the colour's common name.
const METALS: [(&str, u32, f32, &str); 8] = [
    ("steel", 0xb4b9c0, 0.25, "grey"),
    ("iron", 0x74767a, 0.48, "grey"),
    ("bronze", 0xb07a45, 0.34, "brown"),
    ("gold", 0xf6c453, 0.22, "gold"),
    ("silver", 0xdcdee2, 0.20, "silver"),
    ("copper", 0xd07c55, 0.28, "orange"),
    ("brass", 0xd8b15a, 0.27, "gold"),
    ("titanium", 0x8f959d, 0.32, "grey"),
];

/// Stones: name, sRGB of the two tones, the colour's common name.
const STONES: [(&str, u32, u32, &str); 5] = [
    ("granite", 0x9a9894, 0x5f5d5b, "grey"),
    ("sandstone", 0xd3b988, 0xa8875a, "yellow"),
    ("marble", 0xeae6df, 0x9fa0a6, "white"),
    ("slate", 0x66707a, 0x3c444d, "grey"),
    ("limestone", 0xcfc8b6, 0x9b9382, "cream"),
];

/// Changes a colour a little, so that two reds are not the same red.
fn varied(colour: Vec3, rng: &mut Rng) -> Vec3 {
    let tint = vec3(rng.f32(), rng.f32(), rng.f32()) * 0.16 + Vec3::splat(0.92);
    colour * tint * between(rng, 0.86, 1.12)
}

/// Returns a random wood. The grain runs along the board.
pub(super) fn wood(rng: &mut Rng) -> Finish {
    let (word, base, accent, colour) = pick(rng, &WOODS);
    let accent = varied(srgb(accent), rng);
    let material = Material::plain(varied(srgb(base), rng), between(rng, 0.38, 0.65));
    let scale = between(rng, 5.0, 9.0);
    Finish {
        material: material.patterned(Pattern::Wood, accent, scale),
        word,
        stuff: "wood",
        colour,
    }
}

/// Returns a random wood in boards, `scale` of them per unit.
pub(super) fn planks(rng: &mut Rng, scale: f32) -> Finish {
    let mut finish = wood(rng);
    let gap = finish.material.accent * 0.6;
    finish.material = finish.material.patterned(Pattern::Planks, gap, scale);
    finish
}

/// Returns a random bare metal, sometimes weathered.
pub(super) fn metal(rng: &mut Rng) -> Finish {
    let index = rng.usize(..METALS.len());
    metal_at(index, rng)
}

/// Returns a metal for blades and tools: steel, iron, bronze or titanium.
pub(super) fn tool_metal(rng: &mut Rng) -> Finish {
    let index = pick(rng, &[0, 0, 1, 2, 7]);
    metal_at(index, rng)
}

/// Returns a metal for jewels and prizes: gold, silver, bronze, copper or brass.
pub(super) fn fine_metal(rng: &mut Rng) -> Finish {
    let index = pick(rng, &[3, 3, 4, 2, 5, 6]);
    metal_at(index, rng)
}

fn metal_at(index: usize, rng: &mut Rng) -> Finish {
    let (word, base, roughness, colour) = METALS[index];
    let base = srgb(base) * between(rng, 0.9, 1.05);
    let material = Material::plain(base, roughness * between(rng, 0.8, 1.35)).metallic();
    Finish { material, word, stuff: "metal", colour }
}

/// Makes a finish look old with the given probability, and returns whether it did.
pub(super) fn weathered(finish: &mut Finish, rng: &mut Rng, probability: f32) -> bool {
    let worn = chance(rng, probability);
    if worn {
        let dirt = finish.material.base * 0.38 + srgb(0x4a3a2c) * 0.25;
        let scale = between(rng, 3.0, 7.0);
        finish.material = finish.material.patterned(Pattern::Mottled, dirt, scale);
        finish.material.roughness = (finish.material.roughness * 1.5).min(0.75);
    }
    worn
}

/// Returns a paint of a random colour with the given roughness.
fn coloured(rng: &mut Rng, roughness: f32, stuff: &'static str) -> Finish {
    let (word, base, colour) = pick(rng, &PAINTS);
    let material = Material::plain(varied(srgb(base), rng), roughness);
    Finish { material, word, stuff, colour }
}

/// Returns a glossy lacquer, as on a car.
pub(super) fn lacquer(rng: &mut Rng) -> Finish {
    coloured(rng, 0.16, "painted")
}

/// Returns a semi-gloss paint.
pub(super) fn paint(rng: &mut Rng) -> Finish {
    let roughness = between(rng, 0.35, 0.6);
    coloured(rng, roughness, "painted")
}

/// Returns a moulded plastic.
pub(super) fn plastic(rng: &mut Rng) -> Finish {
    let roughness = between(rng, 0.25, 0.45);
    coloured(rng, roughness, "plastic")
}

/// Returns a woven cloth.
pub(super) fn fabric(rng: &mut Rng) -> Finish {
    let mut finish = coloured(rng, 0.92, "fabric");
    let weave = finish.material.base * 0.8;
    finish.material = finish.material.patterned(Pattern::Speckled, weave, 4.0);
    finish
}

/// Returns a leather: soft gloss over dark tones.
pub(super) fn leather(rng: &mut Rng) -> Finish {
    let (word, base, colour) = pick(
        rng,
        &[
            ("tan leather", 0xa8703f, "brown"),
            ("brown leather", 0x6b4228, "brown"),
            ("black leather", 0x2a2828, "black"),
            ("red leather", 0x8c2a25, "red"),
            ("cream leather", 0xdccbaa, "cream"),
        ],
    );
    let base = varied(srgb(base), rng);
    let material = Material::plain(base, 0.42).patterned(Pattern::Mottled, base * 0.75, 5.0);
    Finish { material, word, stuff: "leather", colour }
}

/// Returns glazed earthenware in one colour or two.
pub(super) fn ceramic(rng: &mut Rng) -> Finish {
    let roughness = between(rng, 0.12, 0.4);
    let mut finish = coloured(rng, roughness, "ceramic");
    let second = coloured(rng, roughness, "ceramic").material.base;
    let scale = between(rng, 2.5, 5.0);
    match rng.u8(..6) {
        0 => finish.material = finish.material.patterned(Pattern::Bands, second, scale),
        1 => finish.material = finish.material.patterned(Pattern::Wedges, second, 8.0),
        2 => {
            let glaze = finish.material.base * 0.5;
            finish.material = finish.material.patterned(Pattern::Mottled, glaze, scale);
        }
        _ => {}
    }
    finish
}

/// Returns a tinted glass: smooth, and transparent where the view is perpendicular to it.
pub(super) fn glass(rng: &mut Rng) -> Finish {
    let (word, base, colour) = pick(
        rng,
        &[
            ("green glass", 0x2f6b3a, "green"),
            ("amber glass", 0x96561a, "orange"),
            ("blue glass", 0x2a5c9e, "blue"),
            ("clear glass", 0xb4c9cc, "white"),
            ("violet glass", 0x5d3a86, "purple"),
            ("ruby glass", 0x8e1e2c, "red"),
        ],
    );
    let base = varied(srgb(base), rng);
    Finish {
        material: Material::plain(base, 0.07).glowing(base * 0.06).clear(0.7),
        word,
        stuff: "glass",
        colour,
    }
}

/// Returns a stone, mottled or veined.
pub(super) fn stone(rng: &mut Rng) -> Finish {
    let (word, base, accent, colour) = pick(rng, &STONES);
    let pattern = match word {
        "marble" => Pattern::Veins,
        "granite" => Pattern::Speckled,
        _ => Pattern::Mottled,
    };
    let roughness = if word == "marble" { 0.25 } else { 0.85 };
    let material = Material::plain(varied(srgb(base), rng), roughness);
    Finish {
        material: material.patterned(pattern, srgb(accent), 4.0),
        word,
        stuff: "stone",
        colour,
    }
}

/// Returns brick or cut stone for walls: courses with mortar, `scale` bricks per unit.
pub(super) fn masonry(rng: &mut Rng, scale: f32) -> Finish {
    let (word, base, mortar, colour) = pick(
        rng,
        &[
            ("brick", 0x9c4a36, 0xa8917c, "red"),
            ("grey stone", 0x8e8c88, 0x5c5a57, "grey"),
            ("sandstone", 0xcfb080, 0x8f7448, "yellow"),
            ("limestone", 0xcdc6b5, 0x938b7a, "cream"),
        ],
    );
    let material = Material::plain(varied(srgb(base), rng), 0.9);
    Finish {
        material: material.patterned(Pattern::Bricks, srgb(mortar), scale),
        word,
        stuff: "stone",
        colour,
    }
}

/// Returns a plain surface of one sRGB colour, for parts without a named finish.
pub(super) fn tone(hex: u32, roughness: f32) -> Material {
    Material::plain(srgb(hex), roughness)
}

/// Returns bare steel for fittings.
pub(super) fn fitting() -> Material {
    tone(0xaeb2b8, 0.3).metallic()
}
