//! `recasketch embed -`: paths of images in, embeddings out, a line each, in the same order.

use std::io::{BufRead, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;
use serde::Serialize;

use super::work::{BATCH, embedding};
use crate::embedding::{Embedding, Metric};
use crate::error::{Details, Error, Result};
use crate::network::Network;
use crate::pixels::Preprocessing;
use crate::util::files;
use crate::weights::shipped::NetworkSource;

/// Longer lines, in bytes, are no paths.
const LONGEST: u64 = 1 << 16;

/// A line that goes out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Embedded { path: &'a str, embedding: &'a [i8] },
    Failed { path: &'a str, error: String },
}

/// Embeds the images whose paths come in, one a line, on all cores. For each line one goes out, as JSON and
/// in the same order: `{"path": ..., "embedding": [...]}`, the packed map as [`Metric`] lays its values,
/// -127..=127; or `{"path": ..., "error": ...}`, after which it goes on. What has come is answered before
/// more is waited for, and memory is bounded however much comes.
///
/// # Errors
/// A network that cannot be used, a line of more than 65,536 bytes, and what the system says of either end;
/// none where nobody reads any more.
pub fn stream(
    network: &NetworkSource,
    preprocessing: Preprocessing,
    metric: Metric,
    input: impl BufRead + Send + 'static,
    mut output: impl Write,
) -> Result<()> {
    network.check("--network")?;
    let network = Network::read(&network.read()?)?;
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
                    let advice = "send it elsewhere";
                    return Err(files::failed(Path::new("standard output"), error, advice));
                }
            }
        }
    }
    Ok(())
}

/// The lines that come in, read by a thread of its own, so that what has come can be told from what may
/// still come; after an error no more.
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

/// The next line without its end.
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
    embedding(network, preprocessing, metric, &files::read(Path::new(path))?)
}

fn no_path(came: &str) -> Error {
    Error::Image(Details::new("the path of an image, in UTF-8", came, "send paths, one a line"))
}
