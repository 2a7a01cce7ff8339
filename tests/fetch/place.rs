//! A folder to download into, and what is expected of a download.

#![allow(unreachable_pub)]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::weights::fetch::{self, Expected, FILE, Options, RetryPolicy};

use crate::server::Server;
use crate::waiting::TOO_LONG;

/// Bytes that begin as HDF5 does and are alike in no two places.
pub fn file() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes: Vec<u8> = (0..300_000).map(|_| random.u8(..)).collect();
    bytes[..4].copy_from_slice(b"\x89HDF");
    bytes
}

/// How long the impatient wait for a byte.
pub const SHORT: Duration = Duration::from_millis(300);

/// A folder of one test's own and options to download into it.
pub struct Place(tempfile::TempDir, RetryPolicy);

impl Place {
    pub fn new() -> Place {
        Place::patient(TOO_LONG, 5)
    }

    /// For servers that stall; to the impatient a busy machine is one, too.
    pub fn impatient(attempts: u32) -> Place {
        Place::patient(SHORT, attempts)
    }

    fn patient(stall: Duration, attempts: u32) -> Place {
        let pause = Duration::from_millis(4);
        Place(tempfile::tempdir().unwrap(), RetryPolicy { stall, pause, attempts })
    }

    pub fn path(&self, ending: &str) -> PathBuf {
        self.0.path().join(format!("recasketch/{FILE}{ending}"))
    }

    pub fn write(&self, ending: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.0.path().join("recasketch")).unwrap();
        std::fs::write(self.path(ending), bytes).unwrap();
    }

    pub fn read(&self, ending: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(ending)).ok()
    }

    pub fn fetch(&self, url: &str, content: &[u8]) -> Result<PathBuf, Error> {
        fetch::run(&Options {
            url: url.to_owned(),
            digest: Expected::Sha256(Digest::of(content).0),
            folder: Some(self.0.path().join("recasketch")),
            retry_policy: self.1.clone(),
        })
    }

    /// A download that must succeed with the bytes of [`file`] and leave nothing else.
    pub fn succeeds(&self, server: &Server) {
        let path = self.fetch(&server.url(), &file()).unwrap();
        assert_eq!(path, self.path(""));
        assert_eq!(Digest::of(&self.read("").unwrap()), Digest::of(&file()));
        assert_eq!((self.read(".part"), self.read(".part.etag")), (None, None));
    }

    /// A download that must fail, and its sentence.
    pub fn fails(&self, server: &Server) -> String {
        let error = self.fetch(&server.url(), &file()).unwrap_err();
        assert_eq!(error.kind(), "Download");
        assert_eq!(self.read(""), None);
        error.to_string()
    }

    /// The real program with its cache here, and without the tester's proxies.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recasketch"));
        command.args(["network", "fetch"]).args(arguments).env("XDG_CACHE_HOME", self.0.path());
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(proxy).env_remove(proxy.to_lowercase());
        }
        command
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

pub fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), text(&stdout), text(&stderr))
}
