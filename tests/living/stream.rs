//! `embed -`: paths in, embeddings out.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use recasketch::commands::embed;
use recasketch::embedding::{Embedding, Metric};
use recasketch::index::Index;
use recasketch::network::Network;
use recasketch::pixels::Fit;
use recasketch::weights::shipped::NetworkSource;
use serde_json::Value;

use crate::catalogues::{drawn, embeddings};
use crate::place::{Place, changed};
use crate::program::recasketch;
use crate::waiting::{TOO_LONG, wait_until};

/// The program, waiting for paths.
fn start(more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_recasketch"))
        .args(["embed", "-", "--network", "small"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn codes(answer: &Value) -> Vec<i8> {
    let codes = answer["embedding"].as_array().unwrap().iter();
    codes.map(|code| i8::try_from(code.as_i64().unwrap()).unwrap()).collect()
}

#[test]
fn each_line_is_answered_in_order_and_a_bad_image_ends_nothing() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..60]);
    let squash = changed(place.options("site"), |options| {
        options.preprocessing = Fit::Squash.into();
        options.exact = true;
    });
    embed::run(&squash).unwrap();
    let index = embeddings(&place.path("site"));
    std::fs::write(place.path("page.jpg"), b"<html>404</html>").unwrap();
    let mut input = Vec::new();
    for (row, model) in drawn()[..60].iter().enumerate() {
        let path = place.thumbnail(&model.uid).to_string_lossy().into_owned();
        input.extend(path.bytes());
        input.extend_from_slice([&b"\n"[..], b"\r\n"][row % 2]);
        if row % 20 == 7 {
            input.extend(place.at("page.jpg").bytes());
            input.extend_from_slice(b"\n\n/nowhere/x.jpg\n/nowhere/\xff.jpg\n");
        }
    }
    // The last line needs no end.
    input.truncate(input.len() - 2);
    let mut child = start(&["--fit", "squash"]);
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut answers = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (row, model) in drawn()[..60].iter().enumerate() {
        let answer = answers.next().unwrap();
        assert_eq!(answer["path"], place.thumbnail(&model.uid).to_string_lossy().into_owned());
        assert_eq!(codes(&answer), index.map(row).unwrap().0);
        assert_eq!(answer["error"], Value::Null);
        if row % 20 == 7 {
            for (path, reason) in [
                (place.at("page.jpg"), "this image cannot be read: expected a JPEG, PNG"),
                (String::new(), "expected the path of an image, in UTF-8, found an empty line"),
                ("/nowhere/x.jpg".to_owned(), "/nowhere/x.jpg: "),
                ("/nowhere/\u{fffd}.jpg".to_owned(), "found invalid utf-8 sequence"),
            ] {
                let answer = answers.next().unwrap();
                assert_eq!((&answer["path"], &answer["embedding"]), (&path.into(), &Value::Null));
                let said = answer["error"].as_str().unwrap();
                assert!(said.contains(reason), "{said}");
            }
        }
    }
    assert_eq!(answers.next(), None);
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    let place = Place::with_thumbnails();
    let mut child = start(&[]);
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (sender, answers) = channel();
    std::thread::spawn(move || {
        BufReader::new(stdout).lines().for_each(|line| drop(sender.send(line.unwrap())));
    });
    for model in &drawn()[..3] {
        let path = place.thumbnail(&model.uid).to_string_lossy().into_owned();
        writeln!(stdin, "{path}").unwrap();
        let answer = answers.recv_timeout(TOO_LONG).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((answer["path"].as_str(), codes(&answer).len()), (Some(&*path), 6272));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert!(answers.recv().is_err());
}

#[test]
fn who_leaves_is_not_an_error_and_a_line_without_end_is() {
    let mut child = start(&[]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // The program may be gone before all is written.
    let _ = stdin.write_all("/nowhere\n".repeat(10_000).as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));

    let mut child = start(&[]);
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        stdin.write_all(b"/nowhere\n").unwrap();
        let _ = stdin.write_all(&vec![b'x'; 1 << 20]);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stdout).starts_with("{\"path\":\"/nowhere\",\"error\"")
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("found a line of more than 65536 bytes; send paths, one a line"),
        "{said}"
    );
}

/// Paths without end, a line at a time, counted as they are read.
struct Paths(Arc<AtomicUsize>);

impl Read for Paths {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.fetch_add(1, Ordering::SeqCst);
        buffer[..3].copy_from_slice(b"/x\n");
        Ok(3)
    }
}

/// Counts answers, holds them against the paths that were read, and leaves after many.
struct Answers {
    read: Arc<AtomicUsize>,
    batch: usize,
    count: usize,
    most_ahead: usize,
}

impl Write for &mut Answers {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.count += bytes.iter().filter(|&&byte| byte == b'\n').count();
        // The other side always gets a batch ahead of who does not go on.
        let ahead = || self.read.load(Ordering::SeqCst) - self.count;
        wait_until("a batch of paths", || ahead() >= self.batch);
        self.most_ahead = self.most_ahead.max(ahead());
        if self.count < 2_000 { Ok(bytes.len()) } else { Err(Error::from(ErrorKind::BrokenPipe)) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn paths_without_end_are_read_only_a_little_ahead() {
    let read = Arc::new(AtomicUsize::new(0));
    let batch = 16 * rayon::current_num_threads();
    let mut answers = Answers { read: Arc::clone(&read), batch, count: 0, most_ahead: 0 };
    let input = BufReader::with_capacity(3, Paths(read));
    let network = (&NetworkSource::Small, false);
    embed::stream(network, Fit::Crop.into(), Metric::Cosine, input, &mut answers).unwrap();
    assert_eq!(answers.count, 2_000);
    assert!(answers.most_ahead <= 2 * batch + 2, "{}", answers.most_ahead);
}

#[test]
fn a_fast_site_is_that_of_the_same_network_or_refused_at_once() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..24]);
    let plain = changed(place.options("plain"), |options| options.exact = true);
    let fast =
        changed(place.options("fast"), |options| (options.exact, options.fast) = (true, true));
    if !Network::can_be_fast() {
        let error = embed::run(&fast).unwrap_err().to_string();
        assert!(error.contains("expected a processor with AMX"), "{error}");
        assert!(!place.path("fast").exists());
        eprintln!("skipped: this machine has no AMX, or is not Linux");
        return;
    }
    embed::run(&plain).unwrap();
    embed::run(&fast).unwrap();
    let [plain, fast] = ["plain", "fast"].map(|name| embeddings(&place.path(name)));
    assert_eq!(plain.origin(), fast.origin());
    for row in 0..24 {
        let uid = plain.uid(row).unwrap();
        assert_eq!(fast.uid(row), Some(uid));
        let whole = |index: &Index<_>| Embedding::from_codes(index.map(row).unwrap().0);
        let [plain, fast] = [whole(&plain), whole(&fast)];
        let cosine = plain.cosine(&fast);
        assert!(cosine > 0.9999, "{uid}: {cosine}");
        // The self-test shows one of the first, which the page compares with floats.
        assert_eq!(plain == fast, row < 16, "{uid}");
    }
}

#[test]
fn a_stream_takes_nothing_of_a_site_and_a_site_needs_all_of_its_own() {
    for arguments in [
        &["embed", "-", "--catalogue", "x.csv"][..],
        &["embed", "-", "--strict"],
        &["embed", "-", "--shard", "1/2"],
        &["embed", "+"],
        &["embed"],
        &["embed", "--network", "x.onnx"],
        &["embed", "--catalogue", "x.csv", "--thumbnails", "x"],
    ] {
        assert_eq!(recasketch(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let said = recasketch(&["embed"]).stderr;
    let said = String::from_utf8_lossy(&said);
    for name in ["--catalogue <FILE>", "--thumbnails <FOLDER>", "--out <FOLDER>"] {
        assert!(said.contains(name), "{name} in {said}");
    }
}
