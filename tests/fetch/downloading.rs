//! How tests download, and what is expected of a download.

#![allow(unreachable_pub)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::weights::fetch::{self, Expected, FILE, Options, RetryPolicy};

use crate::place::Place;
use crate::server::Server;
use crate::waiting::TOO_LONG;

/// Bytes that begin as HDF5 does and are alike in no two places.
pub fn file() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes: Vec<u8> = (0..300_000).map(|_| random.u8(..)).collect();
    bytes[..4].copy_from_slice(b"\x89HDF");
    bytes
}

/// For servers that do not stall, on a machine as busy as it may be.
pub const PATIENT: RetryPolicy = RetryPolicy { stall: TOO_LONG, pause: PAUSE, attempts: 5 };

/// For servers that stall; a busy machine may pass for one.
pub const IMPATIENT: RetryPolicy =
    RetryPolicy { stall: Duration::from_millis(300), pause: PAUSE, attempts: 5 };

const PAUSE: Duration = Duration::from_millis(4);

impl Place {
    /// The path of the file, or with an ending that of another beside it.
    pub fn kept(&self, ending: &str) -> PathBuf {
        self.path(&format!("recasketch/{FILE}{ending}"))
    }

    pub fn keep(&self, ending: &str, bytes: &[u8]) {
        self.write(&format!("recasketch/{FILE}{ending}"), bytes);
    }

    pub fn read(&self, ending: &str) -> Option<Vec<u8>> {
        std::fs::read(self.kept(ending)).ok()
    }

    pub fn fetch(&self, url: &str, content: &[u8], policy: RetryPolicy) -> Result<PathBuf, Error> {
        let digest = Expected::Sha256(Digest::of(content).0);
        let mut options = Options::new(Some(url.to_owned()), Some(digest));
        (options.folder, options.retry_policy) = (Some(self.path("recasketch")), policy);
        fetch::run(&options)
    }

    /// A download that must succeed with the bytes of [`file`] and leave nothing else.
    pub fn succeeds(&self, server: &Server, policy: RetryPolicy) {
        let path = self.fetch(&server.url(), &file(), policy).unwrap();
        assert_eq!(path, self.kept(""));
        assert_eq!(Digest::of(&self.read("").unwrap()), Digest::of(&file()));
        assert_eq!((self.read(".part"), self.read(".part.etag")), (None, None));
    }

    /// A download that must fail, and its sentence.
    pub fn fails(&self, server: &Server, policy: RetryPolicy) -> String {
        let error = self.fetch(&server.url(), &file(), policy).unwrap_err();
        assert_eq!(error.kind(), "Download");
        assert_eq!(self.read(""), None);
        error.to_string()
    }

    /// The real program with its cache here, and without the tester's proxies.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recasketch"));
        command.args(["network", "fetch"]).args(arguments).env("XDG_CACHE_HOME", self.root());
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(proxy).env_remove(proxy.to_lowercase());
        }
        command
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
