//! `recasketch network fetch`: Keras's truncated VGG16, from its server into the user's cache folder.
//!
//! The download is written to `NAME.part` and gets its final name only when its digest is right. A file with the final
//! name is therefore complete, and an interrupted download continues where it stopped.

mod attempts;
mod part;
mod request;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::error::{Details, Error, Result};
use crate::util::progress::Progress;
use crate::util::{files, interrupt};
use attempts::{Attempts, Next};
use part::Part;
use request::Source;

/// The name of Keras's VGG16 without its fully connected layers, here and on its server.
pub const FILE: &str = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";

/// The address from which Keras downloads it.
pub const ADDRESS: &str = "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";

/// The digest that Keras publishes for it.
pub const DIGEST: Expected = Expected::Md5([
    0x6d, 0x6b, 0xba, 0xe1, 0x43, 0xd8, 0x32, 0x00, 0x62, 0x94, 0x94, 0x51, 0x21, 0xd1, 0xf1, 0xfc,
]);

/// Options of `network fetch`: what to download, and where to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The address of the file.
    pub url: String,
    /// The digest that it must have.
    pub digest: Expected,
    /// The folder to keep it in, instead of `recasketch` in the user's cache folder.
    pub folder: Option<PathBuf>,
    /// When to try again, and when to give up.
    pub retry_policy: RetryPolicy,
}

/// When to try again, and when to give up.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// How long to wait for the next byte.
    pub stall: Duration,
    /// The pause after a first failure; each further failure doubles it.
    pub pause: Duration,
    /// The number of attempts in a row that may bring no new bytes.
    pub attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        let (stall, pause) = (Duration::from_secs(30), Duration::from_secs(1));
        RetryPolicy { stall, pause, attempts: 5 }
    }
}

/// The digest that a file must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// An MD5, which protects only against accidents. Keras publishes no other digest.
    Md5([u8; 16]),
    /// A SHA-256.
    Sha256([u8; 32]),
}

impl Expected {
    /// Reads a SHA-256 as `sha256sum` writes it: 64 hexadecimal digits.
    ///
    /// # Errors
    /// A sentence that says what was found instead.
    pub fn sha256(text: &str) -> std::result::Result<Expected, String> {
        Digest::parse(text).map(|digest| Expected::Sha256(digest.0))
    }

    /// Digests a content with the same hash function.
    fn same_of(&self, mut content: impl Read) -> std::io::Result<Expected> {
        Ok(match self {
            Expected::Md5(_) => {
                let mut hasher = Md5::new();
                std::io::copy(&mut content, &mut hasher)?;
                Expected::Md5(hasher.finalize().into())
            }
            Expected::Sha256(_) => {
                let mut hasher = Sha256::new();
                std::io::copy(&mut content, &mut hasher)?;
                Expected::Sha256(hasher.finalize().into())
            }
        })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, bytes): (_, &[u8]) = match self {
            Expected::Md5(bytes) => ("MD5", bytes),
            Expected::Sha256(bytes) => ("SHA-256", bytes),
        };
        write!(formatter, "{name} ")?;
        bytes.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Options {
    /// Options for Keras's file. `url` names a mirror, which must have the same bytes unless `sha256` is given.
    pub fn new(url: Option<String>, sha256: Option<Expected>) -> Options {
        Options {
            url: url.unwrap_or_else(|| ADDRESS.to_owned()),
            digest: sha256.unwrap_or(DIGEST),
            folder: None,
            retry_policy: RetryPolicy::default(),
        }
    }

    fn place(&self) -> Result<PathBuf> {
        let cache = || dirs::cache_dir().map(|folder| folder.join("recasketch"));
        let folder = self.folder.clone().or_else(cache).ok_or_else(|| {
            Error::Download(Details::new(
                "a cache folder of this user's",
                "none",
                "set XDG_CACHE_HOME or HOME to a folder",
            ))
        })?;
        Ok(folder.join(FILE))
    }
}

/// Downloads the file unless it is already there, and checks its digest. Returns its path.
///
/// # Errors
/// [`Error::Download`] if the server does not give the right file. The bytes that were received are kept for the next
/// run, unless they are wrong. [`Error::File`] if the file cannot be written.
pub fn run(options: &Options) -> Result<PathBuf> {
    let (place, digest) = (options.place()?, options.digest);
    match digest_at(&place, digest)? {
        Some(came) if came == digest => {
            eprintln!("already there, with the right {digest}");
            return Ok(place);
        }
        Some(came) => {
            eprintln!("{} has {came}, not {digest}; downloading it again", place.display());
        }
        None => {}
    }
    let lock = place.with_added_extension("lock");
    let _lock = files::lock(&lock, "another recasketch is downloading this file")?;
    // Another process may have downloaded it before we got the lock.
    if digest_at(&place, digest)? == Some(digest) {
        return Ok(place);
    }
    let mut part = Part::open(&place)?;
    let progress = Progress::bytes("downloading");
    interrupt::keeps("what was downloaded is kept".to_owned());
    let downloaded = download(options, &mut part, &progress);
    progress.finish();
    downloaded?;
    part.keep(&place, options)?;
    Ok(place)
}

/// The digest of the file at a path, if there is one.
fn digest_at(place: &Path, like: Expected) -> Result<Option<Expected>> {
    let file = match std::fs::File::open(place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened,
    };
    let failed = |source| files::failed(place, source, "check that it can be read, or remove it");
    file.and_then(|file| like.same_of(file)).map(Some).map_err(failed)
}

/// Sends requests until the file is complete.
fn download(options: &Options, part: &mut Part, progress: &Progress) -> Result<()> {
    let source = Source::new(options)?;
    let mut attempts = Attempts::new(options, part);
    while let Err(fault) = source.ask(part, progress) {
        match attempts.after(fault, part)? {
            Next::Stop => break,
            Next::Again(reason, pause) => {
                let seconds = pause.as_secs_f64();
                progress.note(&format!("{reason}; trying again in {seconds:.1} s"));
                std::thread::sleep(pause);
            }
        }
    }
    Ok(())
}
