//! The last publication in a folder. It may be of the version before.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use super::lists::listed;
use super::{MANIFEST, Manifest, Parts, Sample, VERSION, parse};
use crate::error::{Details, Error, Result};
use crate::site::settings::Settings;

/// The version before. Its data are embedded again, its settings and samples stay.
const BEFORE: u32 = 4;

/// The fields that the manifests of both versions have.
#[derive(Deserialize)]
struct Common {
    version: u32,
    files: Parts,
    #[serde(default)]
    samples: Vec<Sample>,
    #[serde(default)]
    settings: Settings,
}

/// The last publication; empty for a folder that had none.
#[derive(Debug, Default)]
pub(super) struct Last {
    /// Its manifest, if it is of this version.
    pub(super) manifest: Option<Manifest>,
    pub(super) settings: Settings,
    pub(super) samples: Vec<Sample>,
    /// The names of all its files, including its lists and the manifest.
    pub(super) files: HashSet<String>,
}

/// Whether a folder holds a site that this program can replace.
pub(super) fn is_at(folder: &Path) -> bool {
    read(folder).is_some_and(|(common, _)| common.version >= BEFORE)
}

fn read(folder: &Path) -> Option<(Common, Vec<u8>)> {
    let json = std::fs::read(folder.join(MANIFEST)).ok()?;
    Some((serde_json::from_slice(&json).ok()?, json))
}

impl Last {
    /// Reads the last publication in a folder.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a site of a newer version.
    pub(super) fn read(folder: &Path) -> Result<Last> {
        let Some((common, json)) = read(folder) else { return Ok(Last::default()) };
        match common.version {
            VERSION => Ok(Last::of(folder, common, Some(parse(&json, MANIFEST)?))),
            BEFORE => Ok(Last::of(folder, common, None)),
            0..BEFORE => Ok(Last::default()),
            newer => Err(Error::Mismatch(Details::new(
                format!("a site of version {VERSION} or before in {}", folder.display()),
                format!("version {newer}"),
                "use the version of this program that wrote it, or name another folder with --out",
            ))),
        }
    }

    fn of(folder: &Path, common: Common, manifest: Option<Manifest>) -> Last {
        let mut files: HashSet<String> = HashSet::from([MANIFEST.to_owned()]);
        for list in &common.files {
            files.insert(list.file.clone());
            files.extend(listed(folder, &list.file).unwrap_or_default());
        }
        Last { manifest, settings: common.settings, samples: common.samples, files }
    }
}
