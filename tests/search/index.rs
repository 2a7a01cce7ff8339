//! The embedding file: what is written comes back, and nothing else is taken for one.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric};
use recasketch::error::Error;
use recasketch::index::{Builder, Index, Origin};
use recasketch::pixels::{Fit, Preprocessing, Resize};

fn origin() -> Origin {
    let preprocessing = Preprocessing { fit: Fit::Pad, resize: Resize::Nearest };
    let (network, metric) = (Digest::of(b"a network"), Metric::MirrorSqrt);
    Origin { network, preprocessing, metric, shape: [1, 2, 2], classes: 2 }
}

const ROWS: [(&str, [i8; 6]); 3] =
    [("chair", [1, 2, 3, 4, 5, 6]), ("väse", [-127, 0, 0, 0, 0, 127]), ("z", [0; 6])];

fn written() -> Vec<u8> {
    let mut builder = Builder::new(origin());
    for (uid, codes) in ROWS {
        builder.push(uid, Embedding::from_codes(&codes)).unwrap();
    }
    builder.finish()
}

#[test]
fn what_is_written_comes_back() {
    let file = written();
    let index = Index::open(&file).unwrap();
    index.verify().unwrap();
    assert_eq!(index.origin(), origin());
    assert_eq!((index.len(), index.is_empty(), index.levels()), (3, false, 0));
    for (row, (uid, codes)) in ROWS.iter().enumerate() {
        assert_eq!(index.uid(row), Some(*uid));
        assert_eq!(index.map(row), Some((&codes[..], [91, 32_258, 0][row])));
        assert_eq!(index.query_of(row), index.query(&Embedding::from_codes(codes)));
        assert_eq!(index.row(uid), Some(row));
    }
    assert_eq!(index.first_map(), Some(Embedding::from_codes(&ROWS[0].1)));
    assert_eq!(index.row("chai"), None);
}

#[test]
fn the_bytes_are_those_of_the_documented_layout() {
    let file = written();
    assert_eq!(file.len(), 616 + 3 * 6 + 3 * 4 + 3 * 4 + 11 + 32);
    assert_eq!(&file[..8], b"RECASK\r\n");
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    assert_eq!([8, 12, 16, 20, 24, 28, 32].map(number), [7, 2, 1, 1, 1, 2, 2]);
    assert_eq!([36, 40, 44].map(number), [2, 3, 11]);
    assert_eq!([48, 52, 56, 60].map(number), [0; 4]);
    assert_eq!(file[64..96], Digest::of(b"a network").0);
    assert_eq!(&file[96..616], Index::open(&file).unwrap().calibration().bytes());
    assert_eq!(file[616..622], [1, 2, 3, 4, 5, 6]);
    assert_eq!([634, 638, 642].map(number), [91, 32_258, 0]);
    assert_eq!([646, 650, 654].map(number), [5, 10, 11]);
    assert_eq!(&file[658..669], "chairväsez".as_bytes());
    assert_eq!(file[669..], Digest::of(&file[..669]).0);
}

#[test]
fn every_framing_and_likeness_comes_back() {
    for fit in [Fit::Crop, Fit::Squash, Fit::Pad] {
        for resize in [Resize::CatmullRom, Resize::Nearest] {
            for metric in [Metric::Cosine, Metric::MirrorSqrt] {
                let written =
                    Origin { preprocessing: Preprocessing { fit, resize }, metric, ..origin() };
                let file = Builder::new(written).finish();
                assert_eq!(Index::open(&file).unwrap().origin(), written);
            }
        }
    }
}

#[test]
fn a_file_of_no_models_is_a_file() {
    let file = Builder::new(origin()).finish();
    let index = Index::open(&file).unwrap();
    index.verify().unwrap();
    assert!(index.is_empty());
}

#[test]
fn any_other_length_is_refused() {
    let file = written();
    for length in 0..file.len() {
        let error = Index::open(&file[..length]).unwrap_err();
        assert!(matches!(error, Error::EmbeddingFile(_)), "cut at {length}: {error}");
    }
    let longer = [file.as_slice(), &[0]].concat();
    assert!(Index::open(&longer).is_err());
}

#[test]
fn any_changed_byte_is_found() {
    let file = written();
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x55;
        let found = Index::open(&changed).and_then(|index| index.verify());
        assert!(found.is_err(), "byte {at} changed");
    }
}

fn refused(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut file = written();
    change(&mut file);
    Index::open(&file).unwrap_err().to_string()
}

#[test]
fn refusals_say_what_was_expected_and_what_came() {
    let says = |message: String, words: &str| assert!(message.contains(words), "{message}");
    says(refused(|file| file.clear()), "found an empty file");
    says(refused(|file| *file = b"<html>".to_vec()), "found a page of HTML");
    says(refused(|file| file.truncate(94)), "cut short");
    says(refused(|file| file[8] = 1), "expected version 7, found version 1");
    says(refused(|file| file[12] = 3), "expected fit 0, 1 or 2, found 3");
    says(refused(|file| file[16] = 2), "expected resize 0 or 1, found 2");
    says(refused(|file| file[20] = 2), "expected metric 0 or 1, found 2");
    says(refused(|file| file[650] = 7), "uids one after another");
    says(refused(|file| file[658] = 0xff), "uids in UTF-8");
    says(refused(|file| file[99] = 0x7f), "scores of pairs that rise");
}

#[test]
fn counts_whose_products_overflow_are_refused() {
    for (at, name) in [(24, "height"), (32, "channels"), (40, "models"), (44, "text")] {
        let message = refused(|file| file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes()));
        assert!(
            message.contains("expected a feature map's shape")
                || message.contains("the length that"),
            "{name}: {message}"
        );
    }
}

#[test]
fn a_uid_twice_or_a_row_of_other_dimensions_is_refused() {
    let mut builder = Builder::new(origin());
    let row = || Embedding::from_codes(&[0; 6]);
    builder.push("one", row()).unwrap();
    assert!(matches!(builder.push("one", row()), Err(Error::Catalogue(_))));
    assert!(matches!(builder.push("", row()), Err(Error::Catalogue(_))));
    assert!(matches!(builder.push("two", Embedding::from_codes(&[0; 5])), Err(Error::Mismatch(_))));
    assert_eq!(Index::open(&builder.finish()).unwrap().len(), 1);
}
