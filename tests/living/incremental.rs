//! A run after others: it embeds what is new, and its site is that of a run from nothing.

use std::collections::BTreeSet;

use recasketch::commands::embed;
use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::pixels::Fit;
use recasketch::site::catalogue::Model;

use crate::catalogues::{DRAWN, drawn, embeddings};
use crate::content::{content, published};
use crate::place::{Place, changed};

#[test]
fn new_changed_and_removed_models_give_the_bytes_of_a_full_run() {
    let (place, all) = (Place::with_thumbnails(), drawn());
    let first = place.catalogue(&all[..420]).embed("site");
    assert_eq!((first.embedded, first.kept_codes), (420, false));
    let before = embeddings(&place.path("site"));
    assert_eq!(before.levels(), 2);

    // 2 gone, 20 new, 1 changed to what no other model shows, 1 under another name.
    let mut models = all[..440].to_vec();
    models.remove(17);
    models.remove(5);
    std::fs::copy(place.thumbnail(&all[445].uid), place.thumbnail(&all[30].uid)).unwrap();
    std::fs::rename(place.thumbnail(&all[40].uid), place.thumbnail("renamed")).unwrap();
    models.iter_mut().find(|model| model.uid == all[40].uid).unwrap().uid = "renamed".to_owned();
    let second = place.catalogue(&models).embed("site");
    assert_eq!((second.embedded, second.kept_codes, second.manifest.models), (21, true, 438));
    let after = embeddings(&place.path("site"));
    after.verify().unwrap();
    assert_eq!(after.codebook(), before.codebook());
    let incremental = published(&place.path("site"));

    // A thumbnail of the catalogue and no other is in the site; one is shown by two models.
    let thumbnails = incremental.iter().filter(|(path, _)| path.starts_with("thumbnails"));
    assert_eq!(thumbnails.count(), 438);

    let codebook = before.codebook().unwrap();
    for row in 0..before.len() {
        let uid = before.uid(row).unwrap();
        let now = after.row(if uid == all[40].uid { "renamed" } else { uid });
        if row == 5 || row == 17 {
            assert_eq!(now, None);
            continue;
        }
        for level in codebook.levels.iter().enumerate() {
            let same = before.row_of(level, row) == after.row_of(level, now.unwrap());
            assert_eq!(same, row != 30, "{uid}");
        }
    }

    std::fs::remove_file(place.path("site.embeddings")).unwrap();
    let full = place.embed("site");
    assert_eq!((full.embedded, full.kept_codes), (438, true));
    assert_eq!(published(&place.path("site")), incremental);

    let relearnt =
        embed::run(&changed(place.options("site"), |options| options.relearn = true)).unwrap();
    assert_eq!((relearnt.embedded, relearnt.kept_codes), (0, false));
    assert_ne!(published(&place.path("site")), incremental);
    assert_eq!(place.embed("fresh").embedded, 438);
    assert_eq!(published(&place.path("site")), published(&place.path("fresh")));
    // Nothing is left of the sites before, once the run after has come to its end.
    place.embed("site");
    assert_eq!(content(&place.path("site")), content(&place.path("fresh")));
}

#[test]
fn the_codes_of_a_site_in_cells_are_kept_too() {
    let (place, all) = (Place::with_thumbnails(), drawn());
    let options = changed(place.options("site"), |options| options.cells_above = 100);
    let run = |models: &[Model]| {
        place.catalogue(models);
        let summary = embed::run(&options).unwrap();
        assert!(summary.manifest.cells.is_some());
        (summary.embedded, summary.kept_codes)
    };
    assert_eq!(run(&all[..410]), (410, false));
    let before = embeddings(&place.path("site"));
    assert_eq!(run(&all[..430]), (20, true));
    assert_eq!(embeddings(&place.path("site")).codebook(), before.codebook());
    let incremental = published(&place.path("site"));
    std::fs::remove_file(place.path("site.embeddings")).unwrap();
    assert_eq!(run(&all[..430]), (430, true));
    assert_eq!(published(&place.path("site")), incremental);
    // A model more changes one cell, wherever the catalogue has it.
    let files = |kind: &str| -> BTreeSet<String> {
        let names = published(&place.path("site")).into_iter();
        let names = names.map(|(name, _)| name.to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(kind)).collect()
    };
    let kinds = ["cell-", "fine-", "models-", "embeddings-"];
    let known = kinds.map(files);
    assert_eq!(run(&[&all[430..431], &all[..430]].concat()), (1, true));
    let new = [0, 1, 2, 3].map(|kind| files(kinds[kind]).difference(&known[kind]).count());
    // Of the head what is before its codebook, and its rows.
    assert_eq!(new, [1, 1, 1, 2]);
}

#[test]
fn whole_maps_are_those_of_a_full_run_too() {
    let (place, all) = (Place::with_thumbnails(), drawn());
    let exact = |out: &str| {
        embed::run(&changed(place.options(out), |options| options.exact = true)).unwrap()
    };
    assert_eq!(place.catalogue(&all[..12]).embed("site").embedded, 12);
    place.catalogue(&all[4..20]);
    assert_eq!(exact("site").embedded, 8);
    assert_eq!(exact("fresh").embedded, 16);
    assert_eq!(published(&place.path("site")), published(&place.path("fresh")));
    // Few models are whole maps anyway.
    assert_eq!(place.embed("site").embedded, 0);
    assert_eq!(content(&place.path("site")), content(&place.path("fresh")));
}

#[test]
fn another_framing_is_embedded_anew_and_the_first_is_still_known() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..9]);
    let squash = || {
        let options =
            changed(place.options("site"), |options| options.preprocessing = Fit::Squash.into());
        embed::run(&options).unwrap().embedded
    };
    assert_eq!((place.embed("site").embedded, squash(), squash()), (9, 9, 0));
    assert_eq!(place.embed("site").embedded, 0);
}

#[test]
fn what_cannot_be_used_is_tried_again_by_every_run() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..5]);
    let thumbnail = place.thumbnail(&drawn()[2].uid);
    let whole = std::fs::read(&thumbnail).unwrap();
    std::fs::write(&thumbnail, b"<html>404</html>").unwrap();
    for embedded in [4, 0] {
        let summary = place.embed("site");
        assert_eq!((summary.embedded, summary.left_out.len()), (embedded, 1));
        assert_eq!(summary.left_out[0].0, drawn()[2].uid);
    }
    std::fs::write(&thumbnail, whole).unwrap();
    let summary = place.embed("site");
    assert_eq!((summary.embedded, summary.left_out.len(), summary.manifest.models), (1, 0, 5));
    assert_eq!(embeddings(&place.path("site")).row(&drawn()[2].uid), Some(2));
}

#[test]
fn the_store_lies_beside_the_site_or_where_it_is_named() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]).embed("a/site");
    assert!(place.path("a/site.embeddings").is_file());
    assert!(!content(&place.path("a/site")).iter().any(|(path, _)| path.ends_with(".embeddings")));
    let named = changed(place.options("b/site"), |options| {
        options.store = Some(place.path("a/site.embeddings"))
    });
    assert_eq!(embed::run(&named).unwrap().embedded, 0);
    assert!(!place.path("b/site.embeddings").exists());
    assert_eq!(content(&place.path("a/site")), content(&place.path("b/site")));
    // A folder that is named by its place alone.
    let up = changed(place.options(""), |options| {
        options.out = place.path("a/site/..");
        options.into_existing = true;
    });
    assert_eq!(embed::run(&up).unwrap().embedded, 3);
    assert!(place.path("a.embeddings").is_file());
}

/// As if an older program, of the same version, had computed otherwise.
#[test]
fn a_store_that_was_computed_otherwise_is_refused() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]).embed("site");
    let store = place.path("site.embeddings");
    let mut bytes = std::fs::read(&store).unwrap();
    // The codes of the first record, and then the digest of its batch.
    bytes[12 + 40 + 32..][..6272].reverse();
    let end = bytes.len() - 32;
    let digest = Digest::of(&bytes[12..end]);
    bytes[end..].copy_from_slice(&digest.0);
    std::fs::write(&store, &bytes).unwrap();
    let before = content(&place.path("site"));
    let error = embed::run(&place.options("site")).unwrap_err();
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    assert!(error.to_string().contains("move the file of finished embeddings away"), "{error}");
    assert_eq!(content(&place.path("site")), before);
    std::fs::remove_file(&store).unwrap();
    assert_eq!(place.embed("site").embedded, 3);
}

/// Crawled into the very folder that the site is published into.
#[test]
fn thumbnails_that_the_owner_keeps_in_the_site_stay() {
    let place = Place::with_thumbnails();
    let own = changed(place.options("site"), |options| {
        options.thumbnails = place.path("site/thumbnails");
        options.into_existing = true;
    });
    std::fs::create_dir(place.path("site")).unwrap();
    std::fs::rename(place.path("thumbnails"), place.path("site/thumbnails")).unwrap();
    let originals = content(&place.path("site/thumbnails"));
    for models in [6, 4, 4, 5] {
        place.catalogue(&drawn()[..models]);
        embed::run(&own).unwrap();
        let there = content(&place.path("site/thumbnails"));
        assert!(originals.iter().all(|file| there.contains(file)));
    }
    assert_eq!(content(&place.path("site/thumbnails")).len(), DRAWN + 5);
}
