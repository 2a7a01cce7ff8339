//! Whatever is wrong with options is said before the first image is embedded, with the option's name, and nothing
//! is left behind.

use std::fs::File;

use recasketch::commands::embed;
use recasketch::site::PublishedThumbnails;

use crate::catalogues::drawn;
use crate::content::content;
use crate::place::{Place, changed};
use crate::program::{fails, recasketch, succeeds};

/// The arguments of `embed` with others behind, which count.
fn arguments(place: &Place, more: &[(&str, &str)]) -> Vec<String> {
    let mut pairs: Vec<String> = place.arguments("site");
    for (name, value) in more {
        match pairs.iter().position(|argument| argument == name) {
            Some(at) => pairs[at + 1] = place.at(value),
            None => pairs.extend([(*name).to_owned(), place.at(value)]),
        }
    }
    pairs
}

fn run<'a>(verb: &[&'a str], arguments: &'a [String]) -> Vec<&'a str> {
    verb.iter().copied().chain(arguments.iter().map(String::as_str)).collect()
}

#[test]
fn every_option_that_is_wrong_is_named_and_nothing_is_begun() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]);
    std::fs::create_dir(place.path("empty")).unwrap();
    std::fs::write(place.path("file"), b"no folder").unwrap();
    std::fs::write(place.path("settings.json"), b"{\"titel\": 1}").unwrap();
    let before = content(&place.path(""));
    for (option, value, sentence) in [
        ("--catalogue", "none.csv", "none.csv: "),
        ("--catalogue", "empty", "a folder, not a file"),
        ("--thumbnails", "none", "none: "),
        ("--thumbnails", "file", "file: "),
        ("--out", "file", "file is not a folder"),
        ("--out", "file/site", "file is not a folder"),
        ("--store", "empty", "a folder, not a file"),
        ("--store", "file/store", "file is not a folder"),
        ("--network", "none", "none: "),
        ("--network", "empty", "a folder, not a file"),
        ("--samples", "none", "none: "),
        ("--samples", "file", "file: "),
        ("--page", "none", "none: "),
        ("--settings", "none", "none: "),
        ("--settings", "empty", "a folder, not a file"),
    ] {
        for verb in [&["embed"][..], &["merge", &place.at("file")]] {
            let arguments = arguments(&place, &[(option, value)]);
            let said = fails(&run(verb, &arguments));
            let start = format!("recasketch: {option} {}", place.at(value));
            assert!(
                said.contains(&start) || verb[0] == "merge" && said.contains(sentence),
                "{said}"
            );
            assert!(said.contains(sentence), "{sentence} in {said}");
        }
    }
    for (option, value, sentence) in [
        ("--settings", "settings.json", "the settings cannot be used"),
        ("--network", "file", "not a usable network"),
        ("--catalogue", "file", "a column `uid`"),
    ] {
        let said = fails(&run(&["embed"], &arguments(&place, &[(option, value)])));
        assert!(said.contains(sentence), "{said}");
    }
    let said = fails(&run(&["merge", &place.at("none")], &arguments(&place, &[])));
    assert!(said.contains("the shard ") && said.contains("none: "), "{said}");
    assert_eq!(content(&place.path("")), before);
}

#[test]
fn other_verbs_say_at_once_where_they_cannot_write() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]).embed("site");
    std::fs::write(place.path("file"), b"no folder").unwrap();
    let (site, inside, folder) = (place.at("site"), place.at("file/x"), place.at("thumbnails"));
    let thumbnail = place.thumbnail(&drawn()[0].uid).to_string_lossy().into_owned();
    let before = content(&place.path(""));
    for (verb, option) in [
        (&["recommend", "--site", &site, "--out", &inside][..], "--out"),
        (&["recommend", "--site", &site, "--out", &place.at("file")], "--out"),
        (&["export", "--site", &site, "--format", "npy", "--out", &inside], "--out"),
        (&["export", "--site", &site, "--format", "npy", "--out", &folder], "--out"),
        (&["demo", "--out", &inside], "--out"),
        (&["crawl", "--from", &folder, "--out", &inside], "--out"),
        (&["crawl", "--from", &inside, "--contact", "a@b.example", "--out", &site], "--from"),
        (&["eval", "--site", &site, "--sheet", &folder], "--sheet"),
        (&["eval", "--labels", &inside], "--labels"),
        (&["inspect", &thumbnail, "--site", &site, "--out", &inside], "--out"),
        (&["network", "export", &thumbnail, "--out", &inside], "--out"),
        (&["network", "import", &thumbnail, "--out", &inside], "--out"),
        (&["network", "quantise", &thumbnail, "--out", &folder], "--out"),
        (&["site", &site, "--page", &site, "--settings", &inside], "--settings"),
    ] {
        let said = fails(verb);
        assert!(said.starts_with(&format!("recasketch: {option} ")), "{verb:?}: {said}");
    }
    assert_eq!(content(&place.path("")), before);
}

/// A thumbnail of 8 TB, all of it a hole.
#[test]
fn a_disk_without_room_is_told_before_anything_is_written() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]);
    let large = File::options().write(true).open(place.thumbnail(&drawn()[1].uid)).unwrap();
    if large.set_len(8 << 40).is_err() {
        println!("skipped: this disk has no files with holes of that size");
        return;
    }
    let options = changed(place.options("site"), |options| {
        options.published = PublishedThumbnails::Originals;
    });
    let said = embed::run(&options).unwrap_err().to_string();
    assert!(said.starts_with("--out ") && said.contains(" needed, "), "{said}");
    assert!(!place.path("site").exists() && !place.path("site.embeddings").exists());
}

#[cfg(unix)]
#[test]
fn a_pipe_a_socket_and_a_folder_among_thumbnails_are_left_out_and_not_waited_for() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..5]);
    let [pipe, socket, folder] = [1, 2, 3].map(|at| place.thumbnail(&drawn()[at].uid));
    [&pipe, &socket, &folder].into_iter().for_each(|path| std::fs::remove_file(path).unwrap());
    make_pipe(&pipe);
    let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let arguments = place.arguments("site");
    let [printed, said] = succeeds(&run(&["embed"], &arguments));
    assert!(printed.starts_with("2 models embedded"), "{printed}");
    for kind in ["a pipe, not a file", "a socket, not a file", "a folder, not a file"] {
        assert!(said.contains(kind), "{kind} in {said}");
    }
    // As any other file.
    make_pipe(&place.path("pipe"));
    for option in ["--catalogue", "--store", "--network", "--settings"] {
        let arguments = self::arguments(&place, &[(option, "pipe")]);
        let said = fails(&run(&["embed"], &arguments));
        assert!(said.contains("a pipe, not a file"), "{option}: {said}");
    }
    let said = fails(&["search", &place.at("pipe"), "--site", &place.at("site")]);
    assert!(said.contains("a pipe, not a file"), "{said}");
}

#[cfg(unix)]
fn make_pipe(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_row_that_is_wrong_is_left_out_told_by_its_line_and_stops_a_strict_run() {
    let place = Place::with_thumbnails();
    let (one, two) = (&drawn()[0].uid, &drawn()[1].uid);
    let text = format!(
        "Id;Name;File;Colour\n{one};One;;red\n;Nobody;;\n{one};Again;;\nb/ä;Two;{two}.jpg;\n"
    );
    std::fs::write(place.path("catalogue.csv"), text).unwrap();
    let arguments = place.arguments("site");
    let output = recasketch(&run(&["embed", "--strict"], &arguments));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("every row to be right") && said.contains("line 3: it has no uid"),
        "{said}"
    );
    assert!(!place.path("site").exists() && !place.path("site.embeddings").exists());

    let [printed, said] = succeeds(&run(&["embed"], &arguments));
    let name = place.at("catalogue.csv");
    for sentence in [
        format!("left out line 3 of {name}: it has no uid\n"),
        format!("left out line 4 of {name}: its uid '{one}' is that of line 2\n"),
        format!("columns of {name} that are not used: Colour\n"),
    ] {
        assert_eq!(said.matches(&sentence).count(), 1, "{sentence} in {said}");
    }
    assert!(printed.contains("2 left out; the reasons are above"), "{printed}");
    let [_, said] = succeeds(&run(&["embed", "--quiet"], &arguments));
    assert!(said.contains("left out line 3") && !said.contains("not used"), "{said}");

    let found = succeeds(&[
        "search",
        &place.at(&format!("thumbnails/{two}.jpg")),
        "--site",
        &place.at("site"),
        "--json",
    ]);
    let answer: serde_json::Value = serde_json::from_str(&found[0]).unwrap();
    assert_eq!(
        (&answer["neighbours"][0]["uid"], &answer["neighbours"][0]["name"]),
        (&"b/ä".into(), &"Two".into())
    );
    // A uid that no file can have for its name.
    succeeds(&["recommend", "--site", &place.at("site"), "--out", &place.at("lists")]);
    let page = std::fs::read(place.path("lists/neighbours/b~2f~c3~a4.json")).unwrap();
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
    assert_eq!((&page["uid"], &page["neighbours"][0]["uid"]), (&"b/ä".into(), &(**one).into()));
}

#[test]
fn endings_of_cameras_are_thumbnails_too() {
    let place = Place::with_thumbnails();
    let bytes = std::fs::read(place.thumbnail(&drawn()[0].uid)).unwrap();
    for name in ["_DSC0001.JPG", "k.jfif", "l.JPE"] {
        std::fs::write(place.path("thumbnails").join(name), &bytes).unwrap();
    }
    std::fs::write(place.path("catalogue.csv"), "uid\n_DSC0001\nk\nl\n").unwrap();
    let summary =
        embed::run(&changed(place.options("site"), |options| options.strict = true)).unwrap();
    assert_eq!((summary.manifest.models, summary.left_out.len()), (3, 0));
}

#[test]
fn usage_shows_what_is_required() {
    let said = |arguments: &[&str]| {
        let output = recasketch(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let needed = "--catalogue <FILE> --thumbnails <FOLDER> --out <FOLDER>";
    let usage = said(&["embed", "--nonsense"]);
    assert!(usage.contains(&format!("recasketch embed [OPTIONS] {needed}\n")), "{usage}");
    assert!(usage.contains("recasketch embed - "), "{usage}");
    let usage = said(&["merge", "x", "--nonsense"]);
    assert!(usage.contains(&format!("{needed} <SHARDS>...")), "{usage}");
    for (verb, needed) in [
        (&["recommend"][..], "--site <SITE> --out <OUT>"),
        (&["export"], "--site <SITE> --format <FORMAT> --out <FILE>"),
        (&["search"], "--site <SITE> <IMAGES>..."),
        (&["crawl"], "--out <OUT>"),
        (&["eval"], "<--labels <LABELS>|--site <SITE>>"),
        (&["network", "import"], "--out <OUT> <FILE>"),
    ] {
        let usage = said(verb);
        let line = usage.lines().find(|line| line.starts_with("Usage: ")).unwrap();
        assert!(line.contains(needed), "{line}");
    }
}
