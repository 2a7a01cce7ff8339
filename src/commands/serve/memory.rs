//! What is worked out once about a file and holds until it changes: its digest and its compressed forms.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

/// The endings of what becomes less: text, and the page's modules. Pictures and embeddings are compressed already.
const COMPRESSIBLE: [&str; 14] = [
    "css",
    "csv",
    "html",
    "js",
    "json",
    "jsonl",
    "map",
    "md",
    "mjs",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
    "xml",
];

/// Larger files are sent as they are: memory keeps what becomes of the others.
const LARGEST: u64 = 64 << 20;

/// So many files are known at once.
const FILES: usize = 4096;

/// A compression's level: the first visitor waits for it, so not the last percent.
const BROTLI: i32 = 5;

/// Of brotli's window of 4 MiB, as browsers expect at most 16.
const BROTLI_WINDOW: i32 = 22;

/// How a compressed form was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Whether the file of a path is worth compressing.
    pub(super) fn suits(path: &Path) -> bool {
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        COMPRESSIBLE.iter().any(|compressible| ending.eq_ignore_ascii_case(compressible))
    }

    /// The path of the plain file where this is that of a compressed form.
    pub(super) fn split(path: &Path) -> Option<(PathBuf, Encoding)> {
        let encoding = match path.extension()?.to_str()? {
            "br" => Encoding::Brotli,
            "gz" => Encoding::Gzip,
            _ => return None,
        };
        Some((path.with_extension(""), encoding))
    }

    fn of(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::with_capacity(bytes.len() / 3);
        match self {
            Encoding::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: BROTLI,
                    lgwin: BROTLI_WINDOW,
                    size_hint: bytes.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut Cursor::new(bytes), &mut packed, &parameters)?;
            }
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(&mut packed, Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()?;
            }
        }
        Ok(packed)
    }
}

/// The files that were asked for.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<PathBuf, Arc<Known>>>);

impl Memory {
    /// What is known of a file as it is at this moment.
    pub(super) fn of(&self, path: &Path, metadata: &Metadata) -> Arc<Known> {
        let state = State::of(metadata);
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(path)
            && known.state == state
        {
            return Arc::clone(known);
        }
        if files.len() >= FILES {
            files.clear();
        }
        let known = Arc::new(Known::new(state));
        files.insert(path.to_owned(), Arc::clone(&known));
        known
    }
}

/// By what a file that was changed or replaced is told.
#[derive(Debug, PartialEq, Eq)]
struct State {
    length: u64,
    modified: SystemTime,
    created: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> State {
        let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
        State { length: metadata.len(), modified, created: metadata.created().ok() }
    }
}

/// What is known of one file.
#[derive(Debug)]
pub(super) struct Known {
    state: State,
    digits: OnceCell<[u32; 3]>,
    brotli: OnceCell<Option<Bytes>>,
    gzip: OnceCell<Option<Bytes>>,
}

impl Known {
    fn new(state: State) -> Known {
        let [brotli, gzip] = [(); 2].map(|()| OnceCell::new());
        Known { state, digits: OnceCell::new(), brotli, gzip }
    }

    /// When the file was changed, to the second; below the second are digits of its content, others for each form.
    /// The service makes its entity tag of this time, and a tag must change with the content, also where a tool sets
    /// all times alike.
    pub(super) async fn modified(
        &self,
        path: &Path,
        encoding: Option<Encoding>,
    ) -> io::Result<SystemTime> {
        let path = path.to_owned();
        let digits = self.digits.get_or_try_init(|| blocking(move || digits(&path))).await?;
        let nanoseconds = match encoding {
            None => digits[0],
            Some(Encoding::Brotli) => digits[1],
            Some(Encoding::Gzip) => digits[2],
        };
        let since = self.state.modified.duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        Ok(UNIX_EPOCH + Duration::new(seconds, nanoseconds))
    }

    /// A compressed form of the file.
    ///
    /// # Errors
    /// `NotFound` where it is none or would be no smaller.
    pub(super) async fn compressed(&self, path: &Path, encoding: Encoding) -> io::Result<Bytes> {
        let cell = match encoding {
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
        };
        let is_suited = Encoding::suits(path) && self.state.length <= LARGEST;
        let path = path.to_owned();
        let compress = || async move {
            if !is_suited {
                return Ok(None);
            }
            blocking(move || {
                let plain = std::fs::read(&path)?;
                let packed = encoding.of(&plain)?;
                Ok((packed.len() < plain.len()).then(|| Bytes::from(packed)))
            })
            .await
        };
        let compressed: &Option<Bytes> = cell.get_or_try_init(compress).await?;
        compressed.clone().ok_or_else(|| ErrorKind::NotFound.into())
    }
}

/// Three numbers below a billion, of a file's SHA-256.
fn digits(path: &Path) -> io::Result<[u32; 3]> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    let digest = hasher.finalize();
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Ok([0, 4, 8].map(|start| number(&digest[start..start + 4]) % 1_000_000_000))
}

/// Does what waits for the disk or the processor beside the connections.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_compressed_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("style.css");
        std::fs::write(&path, "a { color: red }".repeat(100)).unwrap();
        let metadata = std::fs::metadata(&path).unwrap();
        let memory = Memory::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let compressed = |encoding| {
            let known = memory.of(&path, &metadata);
            runtime.block_on(known.compressed(&path, encoding))
        };
        let first =
            [Encoding::Brotli, Encoding::Gzip].map(|encoding| compressed(encoding).unwrap());
        // What was read again would be missing.
        std::fs::remove_file(&path).unwrap();
        let again =
            [Encoding::Brotli, Encoding::Gzip].map(|encoding| compressed(encoding).unwrap());
        assert_eq!(again, first);
        assert!(first.iter().all(|bytes| bytes.len() < 100), "{first:?}");
    }
}
