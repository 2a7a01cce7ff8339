//! Killed at any instant, a rerun goes on from the last finished batch.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::catalogues::{DRAWN, drawn};
use crate::content::{content, published};
use crate::place::Place;
use crate::program::succeeds;
use crate::support;
use crate::waiting::wait_until;
use recasketch::site::Site;

/// The codes of the narrow network: what is tested here is the writing and not the arithmetic.
const DIMENSIONS: usize = 7 * 7 * 8;

pub(crate) fn network(place: &Place) -> PathBuf {
    let network = support::layers([2, 2, 4, 4, 8], 1);
    let path = place.path("network.onnx");
    std::fs::write(&path, support::bytes(&support::onnx(&network, 224, false))).unwrap();
    path
}

/// The records of a store's whole batches, by the layout that its module writes down.
pub(crate) fn records(store: &Path) -> usize {
    let Ok(bytes) = std::fs::read(store) else { return 0 };
    let (mut at, mut records) = (12, 0);
    while let Some(number) = bytes.get(at..at + 4) {
        let number = u32::from_le_bytes(number.try_into().unwrap()) as usize;
        at += 40 + number * (32 + DIMENSIONS) + 32;
        records += if at <= bytes.len() { number } else { 0 };
    }
    records
}

#[test]
fn an_embedding_killed_at_any_batch_goes_on_and_ends_with_the_same_bytes() {
    let place = Place::with_thumbnails();
    let network = network(&place);
    place.catalogue(drawn());
    let arguments = |out: &str| place.embedding(&network, out);
    let run = |out: &str| {
        let arguments = arguments(out);
        let [printed, _] = succeeds(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        printed
    };
    assert!(run("quiet").starts_with(&format!("{DRAWN} models embedded in ")));

    let (store, mut random) = (place.path("killed.embeddings"), fastrand::Rng::with_seed(5));
    let mut killed = |goal: usize, within: Duration| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_recasketch"))
            .args(arguments("killed"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("records", || records(&store) >= goal);
        std::thread::sleep(within.mul_f64(random.f64()));
        child.kill().unwrap();
        child.wait().unwrap();
        records(&store)
    };
    let mut known = 0;
    for goal in [1, DRAWN / 4, DRAWN / 2, 3 * DRAWN / 4] {
        let kept = killed(goal, Duration::from_millis(2));
        assert!(kept >= known.max(goal), "a whole batch was lost: {known}, {kept}");
        known = kept;
        // As if the kill had come while the next batch was being written.
        let mut bytes = std::fs::read(&store).unwrap();
        bytes.extend_from_slice(&[1, 0, 0, 0, 136, 1, 0, 0, 7, 7, 7]);
        std::fs::write(&store, bytes).unwrap();
    }
    let printed = run("killed");
    let expected = format!(": {} embedded in ", DRAWN - known);
    assert!(printed.contains(&expected), "{expected}{printed}");
    assert_eq!(content(&place.path("killed")), content(&place.path("quiet")));

    // All is embedded, and another site is being published: the manifest's is whole whenever it is killed.
    // src/site/tests.rs kills at every step.
    let begun = Instant::now();
    run("quiet");
    let whole = begun.elapsed();
    place.catalogue(&drawn()[1..]);
    for _ in 0..8 {
        assert_eq!(killed(DRAWN, whole), DRAWN);
        let site = place.path("killed");
        for (path, digest) in published(&site) {
            let stem = path.file_stem().unwrap().to_str().unwrap().rsplit('-').next().unwrap();
            let is_content = path != Path::new("manifest.json") && stem.len() == 16;
            assert!(!is_content || digest.starts_with(stem), "{}", path.display());
        }
        Site::open(&site).unwrap();
    }
    for out in ["killed", "quiet"] {
        (0..2).for_each(|_| drop(run(out)));
    }
    assert_eq!(content(&place.path("killed")), content(&place.path("quiet")));
}
