//! Tables, shelves and beds.

use fastrand::Rng;

use super::seating::{Legs, cushion};
use crate::commands::demo::finish;
use crate::commands::demo::material::Pattern;
use crate::commands::demo::math::{between, chance, pick};
use crate::commands::demo::object::{Builder, Object};
use crate::commands::demo::solids::{block, cylinder, frustum};

/// A table: long on four legs, or round on a pedestal.
pub(super) fn table(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let top = if chance(rng, 0.15) { finish::stone(rng) } else { finish::wood(rng) };
    let surface = model.finish(&top);
    let base = if chance(rng, 0.3) { finish::tool_metal(rng) } else { finish::wood(rng) };
    let base = if chance(rng, 0.6) { surface } else { model.material(base.material) };
    let height = pick(rng, &[0.74, 0.74, 0.45]);
    if chance(rng, 0.3) {
        let radius = between(rng, 0.45, 0.62);
        model.add(surface, cylinder(radius, 0.05).at(0.0, height, 0.0));
        model.add(base, frustum(0.32, 0.07, 0.12));
        model.add(base, frustum(0.06, 0.05, height));
        model.add(base, frustum(0.05, 0.2, 0.08).at(0.0, height - 0.08, 0.0));
        return model.named(&format!("round {} table on a pedestal", top.word));
    }
    let (width, depth) = (between(rng, 0.95, 1.6), between(rng, 0.65, 0.85));
    let thickness = between(rng, 0.035, 0.06);
    model.add(surface, block(width, thickness, depth).at(0.0, height, 0.0));
    let round = chance(rng, 0.35);
    let legs = Legs {
        width: width - 0.1,
        depth: depth - 0.1,
        height,
        thickness: between(rng, 0.06, 0.10),
        splay: if round { 0.04 } else { 0.0 },
        round,
    };
    legs.add(&mut model, base);
    for z in [-1.0, 1.0] {
        let rail = block(width - 0.16, 0.08, 0.025);
        model.add(base, rail.at(0.0, height - 0.08, z * (0.5 * depth - 0.09)));
        let rail = block(0.025, 0.08, depth - 0.16);
        model.add(base, rail.at(z * (0.5 * width - 0.09), height - 0.08, 0.0));
    }
    let kind = if height < 0.6 { "coffee table" } else { "table" };
    let style = if round { "tapered" } else { "square" };
    model.named(&format!("{} {kind} with {style} legs", top.word))
}

/// A bookshelf with three to five rows of books.
pub(super) fn bookshelf(rng: &mut Rng) -> Object {
    let mut model = Builder::facing(0.8);
    let frame = if chance(rng, 0.2) { finish::paint(rng) } else { finish::wood(rng) };
    let wood = model.finish(&frame);
    let (width, depth, board) = (between(rng, 0.75, 1.15), 0.3, 0.03);
    let rows = rng.usize(3..6);
    let row = between(rng, 0.32, 0.38);
    let height = rows as f32 * row + board;
    for side in [-0.5, 0.5] {
        model.add(wood, block(board, height, depth).at(side * width, 0.0, 0.0));
    }
    model.add(wood, block(width, height, 0.015).at(0.0, 0.0, -0.5 * depth));
    for level in 0..=rows {
        let shelf = block(width + board, board, depth);
        model.add(wood, shelf.at(0.0, level as f32 * row, 0.0));
    }
    let covers: Vec<_> = (0..7)
        .map(|_| {
            let cover = finish::paint(rng);
            model.material(cover.material)
        })
        .collect();
    for level in 0..rows {
        let mut x = -0.5 * width + board;
        let end = 0.5 * width - board - rng.f32() * 0.35;
        while x < end - 0.06 {
            let (thick, tall) = (between(rng, 0.025, 0.055), between(rng, 0.6, 0.85) * row);
            let cover = pick(rng, &covers);
            let book = block(thick, tall, depth * between(rng, 0.6, 0.78));
            model.add(cover, book.at(x + 0.5 * thick, level as f32 * row + board, -0.01));
            x += thick + 0.004;
        }
    }
    let count = ["three", "four", "five"][rows - 3];
    model.named(&format!("{} bookshelf with {count} rows of books", frame.word))
}

/// A bed with a headboard, pillows and a blanket.
pub(super) fn bed(rng: &mut Rng) -> Object {
    let mut model = Builder::new();
    let frame = finish::wood(rng);
    let wood = model.finish(&frame);
    let double = chance(rng, 0.65);
    let width = if double { between(rng, 1.35, 1.6) } else { between(rng, 0.85, 1.0) };
    let (length, base) = (1.9, between(rng, 0.2, 0.32));
    let head = between(rng, 0.75, 1.1);
    model.add(wood, block(width + 0.08, head, 0.07).at(0.0, 0.0, -0.5 * length));
    let foot = if chance(rng, 0.5) { 0.55 } else { base + 0.06 };
    model.add(wood, block(width + 0.08, foot, 0.06).at(0.0, 0.0, 0.5 * length));
    for x in [-1.0, 1.0] {
        let rail = block(0.05, 0.18, length);
        model.add(wood, rail.at(x * (0.5 * width + 0.015), base - 0.1, 0.0));
    }
    let sheet = model.material(finish::tone(0xeeebe4, 0.9));
    model.add(sheet, cushion(width - 0.02, 0.24, length - 0.1).at(0.0, base, 0.0));
    let mut cover = finish::fabric(rng);
    if chance(rng, 0.35) {
        let second = finish::fabric(rng).material.base;
        cover.material = cover.material.patterned(Pattern::Checker, second, 5.0);
    }
    let blanket = model.finish(&cover);
    let share = between(rng, 0.55, 0.72);
    let part = cushion(width + 0.05, 0.22, length * share);
    model.add(blanket, part.at(0.0, base + 0.07, 0.5 * length * (1.0 - share) - 0.04));
    let pillows = if double { 2 } else { 1 };
    let pillow = if chance(rng, 0.6) { sheet } else { blanket };
    for index in 0..pillows {
        let x = (index as f32 - 0.5 * (pillows - 1) as f32) * 0.5 * width;
        let part = cushion(0.48 * width / pillows as f32 + 0.14, 0.16, 0.38).turn_x(14.0);
        model.add(pillow, part.at(x, base + 0.24, -0.5 * length + 0.30));
    }
    let size = if double { "double" } else { "single" };
    model.named(&format!("{} {size} bed with {} blanket", frame.word, cover.word))
}
