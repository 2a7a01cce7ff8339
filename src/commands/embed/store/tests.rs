//! Stores that are cut off, damaged, opened twice, or other files.

use rayon::prelude::*;

use super::*;
use crate::embedding::Metric;
use crate::network::Network;
use crate::pixels::Fit;
use crate::site::catalogue::{Model, read_csv, write_csv};
use crate::weights::shipped::NetworkSource;

const DIMENSIONS: usize = 6;

fn origin(network: u8) -> Origin {
    let (network, preprocessing) = (Digest([network; 32]), Fit::Crop.into());
    Origin { network, preprocessing, metric: Metric::MirrorSqrt, shape: [1, 2, 3], classes: 0 }
}

/// Returns thumbnail `number` and its embedding.
fn record(number: u8) -> (Digest, Embedding) {
    let codes: Vec<i8> = (0..DIMENSIONS as i8).map(|at| at * 7 - number as i8).collect();
    (Digest::of(&[number]), Embedding::from_codes(&codes))
}

/// Returns which of the thumbnails the store has, and checks their embeddings.
fn has(store: &Store) -> Vec<u8> {
    let has: Vec<u8> = (0..10).filter(|&number| store.has(record(number).0)).collect();
    for (thumbnail, embedding) in has.iter().map(|&number| record(number)) {
        assert_eq!(store.get(thumbnail).unwrap(), embedding);
    }
    has
}

/// Makes a store of three batches, thumbnails 0 and 1, then 2, then 3, 4 and 5, and returns the ends of the batches.
fn three_batches(path: &Path) -> Vec<usize> {
    let mut store = Store::open(path, origin(1)).unwrap();
    let batches: [&[u8]; 3] = [&[0, 1], &[2], &[3, 4, 5]];
    let add = |batch: &[u8]| {
        store.add(&batch.iter().map(|&number| record(number)).collect::<Vec<_>>()).unwrap();
        std::fs::metadata(path).unwrap().len() as usize
    };
    batches.map(add).to_vec()
}

#[test]
fn a_store_cut_off_at_any_byte_keeps_its_complete_batches_and_takes_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/store.embeddings");
    let ends = three_batches(&path);
    assert_eq!(ends, [12 + 72 + 2 * 38, 160 + 72 + 38, 270 + 72 + 3 * 38]);
    let whole = std::fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let mut store = Store::open(&path, origin(1)).unwrap();
        let batches = ends.iter().filter(|&&end| end <= length).count();
        assert_eq!(has(&store).len(), [0, 2, 3, 6][batches], "{length}");
        store.add(&[record(1), record(9)]).unwrap();
        drop(store);
        let store = Store::open(&path, origin(1)).unwrap();
        let expected: &[u8] =
            [&[1, 9][..], &[0, 1, 9], &[0, 1, 2, 9], &[0, 1, 2, 3, 4, 5, 9]][batches];
        assert_eq!(has(&store), expected, "{length}");
    }
}

#[test]
fn a_batch_whose_bytes_have_changed_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let ends = three_batches(&path);
    let whole = std::fs::read(&path).unwrap();
    // Damage after the two numbers loses this batch only.
    for at in ends[0] + 8..ends[1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 16;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(has(&Store::open(&path, origin(1)).unwrap()), [0, 1, 3, 4, 5], "{at}");
        assert_eq!(std::fs::read(&path).unwrap().len(), whole.len());
    }
    // Damage in the two numbers, which give the batch's length, loses the following batches too.
    for at in ends[0]..ends[0] + 8 {
        let mut bytes = whole.clone();
        bytes[at] ^= 16;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(has(&Store::open(&path, origin(1)).unwrap()), [0, 1], "{at}");
    }
}

#[test]
fn embeddings_of_another_network_preprocessing_or_shape_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    three_batches(&path);
    let squashed = Origin { preprocessing: Fit::Squash.into(), ..origin(1) };
    let post = Origin { metric: Metric::Cosine, ..origin(1) };
    for other in [origin(2), squashed, post, Origin { shape: [1, 1, 3], ..origin(1) }] {
        assert!(has(&Store::open(&path, other).unwrap()).is_empty());
    }
    Store::open(&path, origin(2)).unwrap().add(&[record(7)]).unwrap();
    assert_eq!(has(&Store::open(&path, origin(2)).unwrap()), [7]);
    assert_eq!(has(&Store::open(&path, origin(1)).unwrap()), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn another_file_is_refused_and_stays_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let newer = [&MAGIC[..], &7u32.to_le_bytes(), b"more"].concat();
    for (bytes, came) in [
        (&b"uid,name\nchair,Chair\n"[..], "found another file, which stays unchanged"),
        (b"uid", "found another file"),
        (&newer, "of version 1, found version 7"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = Store::open(&path, origin(1)).unwrap_err();
        assert!(matches!(error, Error::EmbeddingFile(_)), "{error}");
        assert!(error.to_string().contains(came), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_map_of_zeros_is_known_without_reading_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let blank = (Digest::of(b"blank"), Embedding::from_codes(&[0; DIMENSIONS]));
    let mut store = Store::open(&path, origin(1)).unwrap();
    store.add(&[record(1), blank.clone()]).unwrap();
    assert_eq!([record(1).0, blank.0].map(|one| store.is_blank(one)), [false, true]);
    drop(store);
    let store = Store::open(&path, origin(1)).unwrap();
    assert_eq!([record(1).0, blank.0].map(|one| store.is_blank(one)), [false, true]);
}

#[test]
fn a_store_cannot_be_opened_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let first = Store::open(&path, origin(1)).unwrap();
    let error = Store::open(&path, origin(1)).unwrap_err().to_string();
    assert!(error.contains("another recasketch is embedding into this file"), "{error}");
    drop(first);
    Store::open(&path, origin(1)).unwrap();
}

/// Makes a catalogue, thumbnails and finished embeddings of many models, to measure what `embed` and `merge` need:
///
///     FROM=site CATALOGUE=demo/catalogue.csv OUT=made cargo test --release --lib -- --ignored made_up
///
/// They are made around those of a real catalogue, whose finished embeddings are in FROM.embeddings, by VGG16 or, with
/// SMALL=1, by the small network: a model, and the difference of two others, added in part. Their thumbnails are no
/// images, which only a site's visitor would notice. MODELS is another count than 30,000.
#[test]
#[ignore = "takes minutes; it makes what others measure"]
fn made_up() {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let [from, catalogue, out] = ["FROM", "CATALOGUE", "OUT"].map(|name| variable(name).unwrap());
    let models = std::env::var("MODELS").map_or(30_000, |models| models.parse().unwrap());
    let network =
        if variable("SMALL").is_some() { NetworkSource::Small } else { NetworkSource::Vgg16 };
    let network = Network::read(&network.read().unwrap()).unwrap();
    let origin = Origin::of(&network, Fit::Crop.into(), Metric::default());
    let base = Store::open(&from.with_added_extension("embeddings"), origin).unwrap();
    let known: Vec<Digest> = base.known.places.keys().map(|&digest| Digest(digest)).collect();
    let base: Vec<Embedding> = known.iter().map(|&digest| base.get(digest).unwrap()).collect();
    let rows = read_csv(&catalogue).unwrap();
    let uid = |at: usize| Digest::of(&at.to_le_bytes()).to_string()[..32].to_owned();
    let model = |at: usize| Model {
        uid: uid(at),
        url: Some(format!("https://sketchfab.com/3d-models/{}", uid(at))),
        thumbnail: None,
        ..rows[at % rows.len()].clone()
    };
    let all: Vec<Model> = (0..models).map(model).collect();
    write_csv(&out.join("catalogue.csv"), &all).unwrap();
    std::fs::create_dir_all(out.join("thumbnails")).unwrap();
    let mut store = Store::open(&out.join("site.embeddings"), origin).unwrap();
    for start in (0..models).step_by(2048) {
        let made = (start..models.min(start + 2048)).into_par_iter().map(|at| {
            let mut random = fastrand::Rng::with_seed(at as u64);
            let [one, add, less] = [(); 3].map(|()| base[random.usize(..base.len())].codes());
            let values = one.iter().zip(add).zip(less).map(|((&one, &add), &less)| {
                f32::from(one) + 0.3 * (f32::from(add) - f32::from(less))
            });
            let thumbnail = uid(at);
            let path = out.join("thumbnails").join(format!("{thumbnail}.jpg"));
            std::fs::write(path, &thumbnail).unwrap();
            let embedding = Embedding::from_values(&values.collect::<Vec<f32>>());
            (Digest::of(thumbnail.as_bytes()), embedding)
        });
        store.add(&made.collect::<Vec<_>>()).unwrap();
    }
}
