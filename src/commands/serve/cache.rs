//! A cache of each file's digest and compressed forms, which are computed once and used until the file changes.

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

/// The file name endings of files that compression makes smaller: text, and the page's modules. Pictures and
/// embeddings are already compressed.
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

/// The most bytes of a file that is compressed: the compressed forms stay in memory.
const LARGEST: u64 = 64 << 20;

/// The most files in the cache.
const FILES: usize = 4096;

/// Brotli's level, 0..=11. The first visitor waits for the compression, so it is a quick one.
const BROTLI: i32 = 5;

/// The logarithm of brotli's window: 4 MiB. Browsers accept at most 16 MiB.
const BROTLI_WINDOW: i32 = 22;

/// The encoding of a compressed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Returns whether the file at a path is worth compressing.
    pub(super) fn suits(path: &Path) -> bool {
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        COMPRESSIBLE.iter().any(|compressible| ending.eq_ignore_ascii_case(compressible))
    }

    /// Returns the path of the uncompressed file where `path` is that of a compressed form.
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

/// The cache of the files that were requested.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<PathBuf, Arc<Entry>>>);

impl Cache {
    /// Returns the cache's entry for a file in its present state.
    pub(super) fn of(&self, path: &Path, metadata: &Metadata) -> Arc<Entry> {
        let state = State::of(metadata);
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = files.get(path)
            && entry.state == state
        {
            return Arc::clone(entry);
        }
        if files.len() >= FILES {
            files.clear();
        }
        let entry = Arc::new(Entry::new(state));
        files.insert(path.to_owned(), Arc::clone(&entry));
        entry
    }
}

/// The properties that show whether a file was changed or replaced.
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

/// The cache's entry for one file.
#[derive(Debug)]
pub(super) struct Entry {
    state: State,
    digits: OnceCell<[u32; 3]>,
    brotli: OnceCell<Option<Bytes>>,
    gzip: OnceCell<Option<Bytes>>,
}

impl Entry {
    fn new(state: State) -> Entry {
        let [brotli, gzip] = [(); 2].map(|()| OnceCell::new());
        Entry { state, digits: OnceCell::new(), brotli, gzip }
    }

    /// Returns the time of the file's last change in whole seconds, plus a fraction that is computed from the content
    /// and differs for each form. The service computes the entity tag from this time, and the tag must change with
    /// the content also where a tool sets the times of all files alike.
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

    /// Returns a compressed form of the file.
    ///
    /// # Errors
    /// `NotFound` where the file is not compressible or the form would not be smaller.
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

/// Returns three numbers below a billion, from a file's SHA-256.
fn digits(path: &Path) -> io::Result<[u32; 3]> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    let digest = hasher.finalize();
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Ok([0, 4, 8].map(|start| number(&digest[start..start + 4]) % 1_000_000_000))
}

/// Runs work that needs the disk or much computing time on a separate thread, so that it does not block connections.
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
        let cache = Cache::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let compressed = |encoding| {
            let entry = cache.of(&path, &metadata);
            runtime.block_on(entry.compressed(&path, encoding))
        };
        let first =
            [Encoding::Brotli, Encoding::Gzip].map(|encoding| compressed(encoding).unwrap());
        // A second compression would need to read the file, which is gone.
        std::fs::remove_file(&path).unwrap();
        let again =
            [Encoding::Brotli, Encoding::Gzip].map(|encoding| compressed(encoding).unwrap());
        assert_eq!(again, first);
        assert!(first.iter().all(|bytes| bytes.len() < 100), "{first:?}");
    }
}
