//! Ctrl-C: what is kept is said, and the same command goes on.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::catalogues::{DRAWN, drawn};
use crate::content::content;
use crate::kills::{network, records};
use crate::place::Place;
use crate::program::succeeds;
use crate::waiting::wait_until;

fn start(arguments: &[String]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_recasketch"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What Ctrl-C sends; gives the exit code and what was said.
fn interrupted(mut child: Child) -> (Option<i32>, String) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn an_embedding_says_what_is_kept_and_the_same_command_goes_on() {
    let place = Place::with_thumbnails();
    let network = network(&place);
    place.catalogue(drawn());
    let arguments = |out: &str| place.embedding(&network, out);
    let run = |out: &str| {
        let arguments = arguments(out);
        let [printed, _] = succeeds(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        printed
    };
    let store = place.path("site.embeddings");
    let once = || {
        let _ = std::fs::remove_file(&store);
        let child = start(&arguments("site"));
        wait_until("records", || records(&store) > 0);
        interrupted(child)
    };
    // On a very quick machine all may be done before the signal comes.
    let (code, said) = (0..9).map(|_| once()).find(|(code, _)| *code != Some(0)).unwrap();
    let kept = records(&store);
    assert_eq!(code, Some(130), "{said}");
    let what = format!("interrupted; what was embedded so far is kept in {}, ", store.display());
    assert!(said.contains(&what), "{said}");
    // The last line is the very command.
    let command = said.trim_end().lines().last().unwrap();
    assert!(command.ends_with(&arguments("site").join(" ")), "{command}");
    let printed = run("site");
    let more = DRAWN - kept;
    assert!(
        kept > 0 && (more == 0 || printed.contains(&format!(" {more} embedded in "))),
        "{printed}"
    );
    run("quiet");
    assert_eq!(content(&place.path("site")), content(&place.path("quiet")));
}

#[test]
fn what_begins_anew_says_so_and_leaves_nothing_half_written() {
    let place = Place::with_thumbnails();
    let out = place.at("demo");
    let arguments = ["demo", "--models", "1000000", "--out", &out].map(str::to_owned);
    let mut child = start(&arguments);
    // A line of progress: it is at work.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("drawing "), "{line}");
    child.stderr = Some(said.into_inner());
    let (code, said) = interrupted(child);
    assert_eq!(code, Some(130), "{said}");
    assert!(
        said.contains(
            "interrupted; nothing is left half-written. The same command starts from the beginning:\n"
        ),
        "{said}"
    );
    let drawn = content(&place.path("demo"));
    assert!(!drawn.is_empty());
    for (path, _) in drawn {
        let bytes = std::fs::read(place.path("demo").join(&path)).unwrap();
        let is_jpeg = path.extension().is_some_and(|ending| ending == "jpg");
        assert!(is_jpeg && bytes.ends_with(&[0xff, 0xd9]), "{}", path.display());
    }
}

#[test]
fn with_quiet_there_is_no_progress_and_the_result_stays() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..3]);
    let arguments = place.arguments("site");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [printed, said] = succeeds(&[&["--quiet", "embed"], &arguments[..]].concat());
    assert!(printed.starts_with("3 models embedded"), "{printed}");
    assert_eq!(said, "");
    let output = crate::program::recasketch(&["--quiet", "search", "none.jpg", "--site", "none"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.jpg: "));
}
