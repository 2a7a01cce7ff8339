//! `recasketch embed -`: reads paths of images and writes their embeddings, one line each, in the same order.

use std::io::{BufRead, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use serde::Serialize;

use super::work::{BATCH, embedding};
use crate::embedding::{Embedding, Metric};
use crate::error::{Details, Error, Result};
use crate::network::Network;
use crate::pixels::{Picture, Preprocessing};
use crate::util::files;
use crate::weights::shipped::NetworkSource;

/// The longest line in bytes. A longer line is not a path.
const LONGEST: u64 = 1 << 16;

/// A line of the output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Embedded { path: &'a str, embedding: &'a [i8] },
    Failed { path: &'a str, error: String },
}

/// Embeds the images whose paths are read from `input`, one a line, on all cores. Each line is answered by one line
/// of JSON, in the same order: `{"path": ..., "embedding": [...]}` with the packed map in the order of [`Metric`],
/// each value -127..=127, or `{"path": ..., "error": ...}`. An error of one image does not end the stream. All lines
/// that have arrived are answered before the program waits for more. The memory does not grow with the input.
///
/// # Errors
/// For a network that cannot be used, a machine that cannot be `fast`, a line of more than 65,536 bytes, and failures of input or output. A closed
/// output pipe is no error.
pub fn stream(
    (network, fast): (&NetworkSource, bool),
    preprocessing: Preprocessing,
    metric: Metric,
    input: impl BufRead + Send + 'static,
    mut output: impl Write,
) -> Result<()> {
    network.check("--network")?;
    let file = network.read()?;
    let network = if fast { Network::read_fast(&file)? } else { Network::read(&file)? };
    let most = BATCH * rayon::current_num_threads();
    let lines = lines(input, most);
    while let Ok(first) = lines.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(lines.try_iter()).take(most).collect();
        let answer = |line: Result<Vec<u8>>| answer(&network, preprocessing, metric, &line?);
        let answers: Vec<Result<Vec<u8>>> = batch.into_par_iter().map(answer).collect();
        for answer in answers {
            let answer = answer?;
            match output.write_all(&answer).and_then(|()| output.flush()) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                Err(error) => {
                    let advice = "send the output elsewhere";
                    return Err(files::failed(Path::new("standard output"), error, advice));
                }
            }
        }
    }
    Ok(())
}

/// Reads the input's lines on a separate thread, so that the lines that have arrived can be answered while it waits
/// for more. It ends after an error.
fn lines(mut input: impl BufRead + Send + 'static, most: usize) -> Receiver<Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(most);
    std::thread::spawn(move || {
        while let Some(line) = line(&mut input).transpose() {
            let is_last = line.is_err();
            if sender.send(line).is_err() || is_last {
                return;
            }
        }
    });
    receiver
}

/// Returns the next line without its line end.
fn line(input: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = input.take(LONGEST + 1).read_until(b'\n', &mut line);
    read.map_err(|source| {
        files::failed(Path::new("standard input"), source, "send paths, one a line")
    })?;
    if line.is_empty() {
        return Ok(None);
    }
    let ending = [&b"\r\n"[..], b"\n"].into_iter().find(|ending| line.ends_with(ending));
    line.truncate(line.len() - ending.map_or(0, <[u8]>::len));
    if line.len() as u64 > LONGEST {
        return Err(no_path(&format!("a line of more than {LONGEST} bytes")));
    }
    Ok(Some(line))
}

fn answer(
    network: &Network,
    preprocessing: Preprocessing,
    metric: Metric,
    line: &[u8],
) -> Result<Vec<u8>> {
    let path = String::from_utf8_lossy(line);
    let embedded = embedded(network, preprocessing, metric, line);
    let answer = match &embedded {
        Ok(embedding) => Answer::Embedded { path: &path, embedding: embedding.codes() },
        Err(error) => Answer::Failed { path: &path, error: error.to_string() },
    };
    let mut text = serde_json::to_vec(&answer).map_err(|error| no_path(&error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

fn embedded(
    network: &Network,
    preprocessing: Preprocessing,
    metric: Metric,
    line: &[u8],
) -> Result<Embedding> {
    let path = str::from_utf8(line).map_err(|error| no_path(&error.to_string()))?;
    if path.is_empty() {
        return Err(no_path("an empty line"));
    }
    let picture = Picture::read(&files::read(Path::new(path))?)?;
    embedding(network, preprocessing, metric, &picture)
}

fn no_path(came: &str) -> Error {
    Error::Image(Details::new("the path of an image, in UTF-8", came, "send paths, one a line"))
}
