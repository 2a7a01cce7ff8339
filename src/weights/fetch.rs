//! `recasketch network fetch`: Keras's truncated VGG16, from its server into the user's cache folder.
//!
//! The file grows as `NAME.part` beside its place and takes its name only when its digest holds, so
//! whoever finds the name finds the whole file, and a download that was broken goes on where it
//! stopped.

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

/// Where Keras keeps it.
pub const ADDRESS: &str = "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";

/// The digest by which Keras names it.
pub const DIGEST: Expected = Expected::Md5([
    0x6d, 0x6b, 0xba, 0xe1, 0x43, 0xd8, 0x32, 0x00, 0x62, 0x94, 0x94, 0x51, 0x21, 0xd1, 0xf1, 0xfc,
]);

/// What to download, and where to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The address of the file.
    pub url: String,
    /// The digest that it must have.
    pub digest: Expected,
    /// The folder to keep it in, instead of `recasketch` in the user's cache folder.
    pub folder: Option<PathBuf>,
    /// How long to bear with a server.
    pub retry_policy: RetryPolicy,
}

/// How long to bear with a server.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// How long to wait for the next byte.
    pub stall: Duration,
    /// The pause after a first failure; each further one doubles it.
    pub pause: Duration,
    /// How many attempts in a row may gain nothing.
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
    /// An MD5, which guards against accidents alone; Keras publishes nothing else.
    Md5([u8; 16]),
    /// A SHA-256.
    Sha256([u8; 32]),
}

impl Expected {
    /// Reads a SHA-256 as `sha256sum` writes it: 64 hexadecimal digits.
    ///
    /// # Errors
    /// A sentence that says what came instead.
    pub fn sha256(text: &str) -> std::result::Result<Expected, String> {
        Digest::parse(text).map(|digest| Expected::Sha256(digest.0))
    }

    /// The digest, by the same function, of what can be read.
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
    /// Keras's file, from a mirror if one is named; a mirror's bytes are the same unless a digest
    /// says otherwise.
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

/// Downloads the file unless it is there already, and gives its path. Its digest holds.
///
/// # Errors
/// [`Error::Download`] where no server gives the right file; what came of it is kept for the next
/// run, unless it is wrong. [`Error::File`] where it cannot be kept.
pub fn run(options: &Options) -> Result<PathBuf> {
    let (place, digest) = (options.place()?, options.digest);
    match digest_at(&place, digest)? {
        Some(came) if came == digest => {
            eprintln!("already there, and its {digest} holds");
            return Ok(place);
        }
        Some(came) => {
            eprintln!("{} has {came}, not {digest}; downloading it again", place.display());
        }
        None => {}
    }
    let lock = place.with_added_extension("lock");
    let _lock = files::lock(&lock, "another recasketch is downloading this file")?;
    // Another process may have brought it between the look and the lock.
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

/// The digest of the file there, if there is one.
fn digest_at(place: &Path, like: Expected) -> Result<Option<Expected>> {
    let file = match std::fs::File::open(place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened,
    };
    let failed = |source| files::failed(place, source, "check that it can be read, or remove it");
    file.and_then(|file| like.same_of(file)).map(Some).map_err(failed)
}

/// Asks until the part is whole.
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
