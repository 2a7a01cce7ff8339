//! The last publication in a folder. It may be of the version before.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use super::lists::{is_inside, listed};
use super::{MANIFEST, Manifest, Named, Parts, Sample, VERSION, cells, parse};
use crate::error::{Details, Error, Result};
use crate::site::settings::Settings;
use crate::util::files;

/// The version before. Its page lay beside the manifest, and its images had their owners' names.
const BEFORE: u32 = 3;

/// The fields that the manifests of both versions have.
#[derive(Deserialize)]
struct Common {
    version: u32,
    network: Parts,
    embeddings: Parts,
    catalogue: Parts,
    cells: Option<Parts>,
    #[serde(default)]
    samples: Vec<Sample>,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    wasm: Option<Parts>,
    #[serde(default)]
    wasm_relaxed: Option<Parts>,
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
    /// Those of these names that are in no list of this version.
    pub(super) unlisted: Vec<String>,
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
            VERSION => Last::of(folder, parse(&json, MANIFEST)?),
            BEFORE => Ok(Last::before(folder, common)),
            0..BEFORE => Ok(Last::default()),
            newer => Err(Error::Mismatch(Details::new(
                format!("a site of version {VERSION} or before in {}", folder.display()),
                format!("version {newer}"),
                "use the version of this program that wrote it, or name another folder with --out",
            ))),
        }
    }

    fn of(folder: &Path, manifest: Manifest) -> Result<Last> {
        let mut files: HashSet<String> = HashSet::from([MANIFEST.to_owned()]);
        for list in &manifest.files {
            files.insert(list.file.clone());
            files.extend(listed(folder, &list.file).unwrap_or_default());
        }
        let (settings, samples) = (manifest.settings.clone(), manifest.samples.clone());
        Ok(Last { manifest: Some(manifest), settings, samples, files, unlisted: Vec::new() })
    }

    /// The files of a site of the version before, without its images. These stay, because some owners kept images of
    /// their own in the same folders.
    fn before(folder: &Path, common: Common) -> Last {
        let Common { network, embeddings, catalogue, cells, samples, settings, .. } = common;
        let mut names = pages_before(folder);
        names.extend(cells.iter().flat_map(|list| cells_of(folder, list)));
        let parts = [Some(network), Some(embeddings), Some(catalogue), cells];
        let parts = parts.into_iter().chain([common.wasm, common.wasm_relaxed]).flatten().flatten();
        names.extend(parts.map(|part| part.file));
        names.retain(|name| is_inside(name) && !name.contains('/') && name != MANIFEST);
        names.sort();
        names.dedup();
        let mut files: HashSet<String> = names.iter().cloned().collect();
        files.insert(MANIFEST.to_owned());
        Last { manifest: None, settings, samples, files, unlisted: names }
    }
}

/// The page's files, from the list that was written for its service worker.
fn pages_before(folder: &Path) -> Vec<String> {
    const WORKER: &str = "service-worker.js";
    const KEPT: &str = "service-worker-files.js";

    let read = || -> Option<Vec<Named>> {
        let script = files::read(&folder.join(KEPT)).ok()?;
        let script = String::from_utf8(script).ok()?;
        let (_, list) = script.split_once("files: ")?;
        serde_json::from_str(list.trim_end().strip_suffix(" };")?).ok()
    };
    let Some(list) = read() else { return Vec::new() };
    let names = list.into_iter().map(|named| named.file);
    names.chain([WORKER, KEPT].map(str::to_owned)).collect()
}

fn cells_of(folder: &Path, list: &Parts) -> Vec<String> {
    let cells = cells::named(folder, list).unwrap_or_default();
    cells.into_iter().map(|cell| cell.named.file).collect()
}
