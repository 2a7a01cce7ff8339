//! Shares of a catalogue that were embedded elsewhere, joined.

use std::path::PathBuf;

use recasketch::commands::embed::merge;
use recasketch::commands::embed::{self, Shard};
use recasketch::error::Error;
use recasketch::pixels::Fit;

use crate::catalogues::{drawn, embeddings};
use crate::content::content;
use crate::place::{Place, changed};
use crate::program::{fails, recasketch, succeeds};

fn shard(text: &str) -> Shard {
    Shard::parse(text).unwrap()
}

#[test]
fn shares_joined_are_the_bytes_of_one_machine() {
    let place = Place::with_thumbnails();
    assert_eq!(place.catalogue(&drawn()[..421]).embed("one").embedded, 421);
    assert_eq!(embeddings(&place.path("one")).levels(), 2);
    let mut shards = Vec::new();
    for (text, models) in [("1/3", 141), ("2/3", 140), ("3/3", 140)] {
        // Two machines that know nothing of each other, and one that goes on.
        let options = place.options(if text == "3/3" { "elsewhere/site" } else { "many" });
        for embedded in [models, 0] {
            let summary = embed::run_shard(&options, shard(text)).unwrap();
            assert_eq!((summary.models, summary.embedded), (models, embedded));
        }
        shards.push(embed::run_shard(&options, shard(text)).unwrap().store);
    }
    assert_eq!(shards[0], place.path("many.1-of-3.embeddings"));
    assert!(!place.path("many").exists() && !place.path("many.embeddings").exists());
    for _ in 0..2 {
        let summary = merge::run(&shards, &place.options("many")).unwrap();
        assert_eq!((summary.embedded, summary.manifest.models), (0, 421));
        assert_eq!(content(&place.path("many")), content(&place.path("one")));
    }
    // The site has all of it from now on.
    shards.iter().for_each(|shard| std::fs::remove_file(shard).unwrap());
    assert_eq!(place.embed("many").embedded, 0);
}

#[test]
fn what_no_share_has_is_embedded_where_they_are_joined() {
    let place = Place::with_thumbnails();
    // By the program, which may have the page beside it, as the others.
    let arguments = ["one", "many"].map(|out| {
        let arguments = place.catalogue(&drawn()[..21]).arguments(out);
        [vec!["embed".to_owned()], arguments].concat()
    });
    let [one, arguments] = arguments
        .each_ref()
        .map(|arguments| arguments.iter().map(String::as_str).collect::<Vec<&str>>());
    succeeds(&one);
    let [printed, _] = succeeds(&[&arguments[..], &["--shard", "2/2"]].concat());
    let store = place.at("many.2-of-2.embeddings");
    let said = format!("shard 2/2, 10 models, into {store}: 10 embedded in ");
    assert!(printed.starts_with(&said) && printed.contains("0 known already"), "{printed}");

    // Its last record is cut: it had one batch, so nothing of it is left.
    let whole = std::fs::read(&store).unwrap();
    let cut = &whole[..whole.len() - 1];
    for (bytes, embedded) in [(&whole[..], 11), (cut, 21)] {
        let _ = std::fs::remove_file(place.path("many.embeddings"));
        std::fs::write(&store, bytes).unwrap();
        let [printed, _] = succeeds(&[&["merge", &store], &arguments[1..]].concat());
        let said = match embedded {
            21 => "21 models embedded in ".to_owned(),
            _ => format!("21 models into {}: {embedded} embedded in ", place.at("many")),
        };
        assert!(printed.starts_with(&said), "{printed}");
        assert_eq!(std::fs::read(&store).unwrap(), bytes);
        assert_eq!(content(&place.path("many")), content(&place.path("one")));
    }
}

#[test]
fn what_is_no_share_of_this_catalogue_is_refused_by_name() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..4]);
    let squashed =
        changed(place.options("squashed"), |options| options.preprocessing = Fit::Squash.into());
    let shard = embed::run_shard(&squashed, shard("1/1")).unwrap().store;
    let join = |shard: PathBuf| merge::run(&[shard], &place.options("site")).unwrap_err();
    let error = join(shard);
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    assert!(
        error.to_string().contains(
            "squashed.1-of-1.embeddings holds only embeddings of another network, preprocessing or"
        ),
        "{error}"
    );
    let error = join(place.path("catalogue.csv"));
    assert!(matches!(error, Error::EmbeddingFile(_)), "{error}");
    assert!(error.to_string().contains("catalogue.csv to be finished embeddings"), "{error}");
    let error = join(place.path("nowhere"));
    assert!(matches!(error, Error::File { .. }), "{error}");
    assert!(!place.path("site").exists());
}

#[test]
fn a_share_that_is_being_embedded_is_waited_for() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..4]);
    let shard = embed::run_shard(&place.options("site"), shard("1/2")).unwrap().store;
    let open = std::fs::File::open(&shard).unwrap();
    open.lock().unwrap();
    let error = merge::run(&[shard], &place.options("site")).unwrap_err().to_string();
    assert!(error.contains("another recasketch is embedding into this file"), "{error}");
}

#[test]
fn shares_are_counted_from_one_on_and_each_row_is_in_one() {
    for (count, rows) in [(1, 5), (3, 11), (40, 7)] {
        for row in 0..rows {
            let has = |number: &usize| shard(&format!("{number}/{count}")).has(row);
            assert_eq!((1..=count).filter(has).collect::<Vec<_>>(), [row % count + 1]);
        }
    }
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..2]);
    let mut arguments = place.arguments("site");
    arguments.insert(0, "embed".to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    for wrong in ["0/3", "4/3", "3", "/", "a/b", "-1/2", "1/0"] {
        assert!(Shard::parse(wrong).is_err(), "{wrong}");
    }
    for more in [&["--shard", "4/3"][..], &["--shard", "1/2", "--exact"]] {
        assert_eq!(recasketch(&[&arguments, more].concat()).status.code(), Some(2), "{more:?}");
    }
    let sentence = fails(&[&["merge", "nowhere"], &arguments[1..]].concat());
    assert!(sentence.contains("nowhere: "), "{sentence}");
    assert_eq!(recasketch(&[&["merge"], &arguments[1..]].concat()).status.code(), Some(2));
}
