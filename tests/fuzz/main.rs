//! The targets of `fuzz/` over their seeds, as they are and damaged at random: without the fuzzer, in a second or two.
//!
//! A seed is `fuzz/seeds/TARGET/read-NAME`, which must be read, or `refused-NAME`, which must not. `seeds.rs` makes them:
//! `cargo test --test fuzz -- --ignored` writes them anew after a change of a form.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/seeded.rs"]
mod seeded;
mod seeds;
#[path = "../support/mod.rs"]
mod support;
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use targets::TARGETS;

/// Damaged copies of each target's seeds.
const DAMAGED: usize = 200;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn path(target: &str, name: &str) -> PathBuf {
    root().join("fuzz/seeds").join(target).join(name)
}

#[test]
#[ignore = "writes fuzz/seeds/ anew"]
fn the_seeds_are_made_anew() {
    let folder = root().join("fuzz/seeds");
    let _ = std::fs::remove_dir_all(&folder);
    for ((target, name), bytes) in seeds::seeds() {
        let path = path(target, &name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn seeds_are_read_or_refused_as_their_names_say() {
    let targets = BTreeMap::from(TARGETS);
    for ((target, name), bytes) in seeds::seeds() {
        let kept = std::fs::read(path(target, &name)).unwrap_or_default();
        let advice = "run `cargo test --test fuzz -- --ignored` to make fuzz/seeds/ anew";
        assert!(kept == bytes, "{target}/{name} is another; {advice}");
        assert_eq!(targets[target](&bytes), name.starts_with("read-"), "{target}/{name}");
    }
    let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let kept: usize = TARGETS.iter().map(|(target, _)| files(path(target, "")).count()).sum();
    assert_eq!(kept, seeds::seeds().len(), "files in fuzz/seeds/");
}

/// The targets hold what was read against what must be so, and panic where it is not.
#[test]
fn damaged_seeds_are_read_or_refused_and_end_nothing() {
    let (mut seeds, hook) = (BTreeMap::<&str, Vec<Vec<u8>>>::new(), std::panic::take_hook());
    for ((target, _), bytes) in seeds::seeds() {
        seeds.entry(target).or_default().push(bytes);
    }
    targets::prepare();
    let mut failed = Vec::new();
    for (target, run) in TARGETS {
        let mut random = fastrand::Rng::with_seed(15);
        for number in 0..DAMAGED {
            let bytes = damaged(&mut random, &seeds[target]);
            if std::panic::catch_unwind(|| run(&bytes)).is_err() {
                failed.push(format!("{target}, {number}: {}", targets::said()));
            }
        }
    }
    std::panic::set_hook(hook);
    assert!(failed.is_empty(), "{failed:#?}");
}

/// One of the seeds with a few changes such as damage and malice make.
fn damaged(random: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let any = |random: &mut fastrand::Rng| seeds[random.usize(..seeds.len())].clone();
    let mut bytes = any(random);
    for _ in 0..random.usize(1..5) {
        let at = random.usize(..bytes.len().max(1));
        let put = |bytes: &mut Vec<u8>, others: &[u8]| {
            bytes.iter_mut().skip(at).zip(others).for_each(|(to, from)| *to = *from);
        };
        match random.u8(..8) {
            0 => put(&mut bytes, &[random.u8(..)]),
            1 => {
                let turned = bytes.get(at).map_or(0, |byte| byte ^ 1 << random.u8(..8));
                put(&mut bytes, &[turned]);
            }
            2 => {
                let numbers = [0, 1, u32::MAX, 1 << 31, 1 << 16, 4096, 1 << 27];
                put(&mut bytes, &numbers[random.usize(..numbers.len())].to_le_bytes());
            }
            3 => {
                let floats = [f32::NAN, f32::INFINITY, -1e24, 1e-45, 3e38, 1024.0, -0.0];
                put(&mut bytes, &floats[random.usize(..floats.len())].to_le_bytes());
            }
            4 => bytes.truncate(at),
            5 => {
                let other = any(random);
                let from = random.usize(..other.len().max(1));
                put(&mut bytes, &other[from.min(other.len())..]);
            }
            6 => {
                let end = (at + random.usize(1..40)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            _ => {
                let end = (at + random.usize(1..40)).min(bytes.len());
                let again = bytes[at.min(end)..end].to_vec();
                bytes.splice(at.min(end)..at.min(end), again);
            }
        }
    }
    bytes
}

#[test]
fn what_broke_it_is_refused() {
    let folder = root().join("../shared/cases/fuzz");
    if !folder.is_dir() {
        println!("skipped: {} is not on this machine", folder.display());
        return;
    }
    for (name, target) in [
        ("onnx-first49.onnx", "onnx"),
        ("onnx-stored66.onnx", "onnx"),
        ("packed-4GB-map.bin", "packed"),
        ("index-code_of-hang.bin", "index"),
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert!(!BTreeMap::from(TARGETS)[target](&bytes), "{name}");
    }
}
