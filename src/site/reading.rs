//! Reads a site's files, and compares each with its digest in the manifest.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::catalogue::Model;
use super::{Cells, MANIFEST, Manifest, Named, Parts, cells, inverted};
use crate::digest::Digest;
use crate::embedding::Codebook;
use crate::error::{Details, Error, Result};
use crate::index::{self, CELL_ROWS, Index, Origin};
use crate::network::Network;
use crate::recommender::Recommender;
use crate::search::{Named as NamedModel, WordIndex};
use crate::util::files;

/// A site that was read. With it the program gives the same answers as the page.
pub struct Site {
    /// The manifest.
    pub manifest: Manifest,
    /// The network and the embeddings.
    pub recommender: Recommender<Vec<u8>>,
    /// The models, in the order of the index's rows. In a site in cells this is cell by cell.
    pub models: Vec<Model>,
    /// The cells; `None` in a site without cells.
    pub cells: Option<Cells>,
    /// Its folder.
    folder: PathBuf,
}

impl Site {
    /// Reads a site and compares every file with its digest in the manifest.
    ///
    /// # Errors
    /// [`Error::File`] for a missing file, [`Error::Mismatch`] for a file with another digest, and the errors of
    /// [`Network::read`], [`Index::open`] and [`Recommender::new`].
    pub fn open(site: &Path) -> Result<Site> {
        let manifest = read_manifest(site)?;
        let network = Network::read(&read_parts(site, &manifest.network)?)?;
        let folder = site.to_owned();
        if let Some(list) = &manifest.cells {
            let (index, models, cells) = cells::read(site, &manifest, list)?;
            let recommender = Recommender::new(network, index)?;
            return Ok(Site { manifest, recommender, models, cells: Some(cells), folder });
        }
        let embeddings = read_parts(site, &manifest.embeddings)?;
        let index = Index::open(embeddings)?;
        let catalogue = read_parts(site, &manifest.catalogue)?;
        let models: Vec<Model> = parse(&catalogue, "the catalogue")?;
        let same = models.len() == index.len()
            && models.iter().enumerate().all(|(row, model)| Some(&*model.uid) == index.uid(row));
        if !same {
            return Err(wrong("a catalogue with the embeddings' models", "other models"));
        }
        let recommender = Recommender::new(network, index)?;
        Ok(Site { manifest, recommender, models, cells: None, folder })
    }

    /// The row of the catalogue, as the page tells it, of a row of the index.
    pub fn number(&self, row: usize) -> usize {
        let Some(Cells { rows, .. }) = &self.cells else { return row };
        let cell = rows.partition_point(|rows| rows.end <= row);
        CELL_ROWS * cell + row - rows.get(cell).map_or(row, |rows| rows.start)
    }

    /// The models that words name, best first, as the page finds them.
    ///
    /// # Errors
    /// For a site in cells as [`Site::open`], for the shards that the words need.
    pub fn named(&self, words: &str) -> Result<Vec<NamedModel>> {
        match self.manifest.inverted.as_ref().zip(self.cells.as_ref()) {
            Some((list, cells)) => inverted::find(&self.folder, list, cells, words),
            None => Ok(WordIndex::new(self.models.iter().map(Model::texts)).find(words)),
        }
    }
}

/// The codebook of a site's embeddings, if they have this origin and are undamaged. The embeddings of a site in cells are
/// no whole file, so its codebook is read from the file `beside`.
pub(crate) fn codebook(site: &Path, beside: &Path, origin: Origin) -> Option<Codebook> {
    /// The fields that manifests of the last version have too.
    #[derive(Deserialize)]
    struct Coded {
        embeddings: Parts,
        cells: Option<Parts>,
    }

    let manifest: Coded = parse(&files::read(&site.join(MANIFEST)).ok()?, MANIFEST).ok()?;
    let file = match manifest.cells {
        Some(_) => files::read(beside).ok()?,
        // Whole maps, which have no codebook, are not read: they may be gigabytes.
        None => {
            let first = files::read(&site.join(&manifest.embeddings.first()?.file)).ok()?;
            index::is_in_levels(&first).then_some(())?;
            read_parts(site, &manifest.embeddings).ok()?
        }
    };
    let index = Index::open(file).ok().filter(|index| index.origin() == origin)?;
    index.verify().ok()?;
    index.codebook().cloned()
}

pub(super) fn read_manifest(site: &Path) -> Result<Manifest> {
    Manifest::parse(&files::read(&site.join(MANIFEST))?)
}

/// The network's file of a site.
///
/// # Errors
/// [`Error::File`] for a missing file, [`Error::Mismatch`] for a file with another digest.
pub(crate) fn network_file(site: &Path, manifest: &Manifest) -> Result<Vec<u8>> {
    read_parts(site, &manifest.network)
}

pub(super) fn read_parts(site: &Path, parts: &[Named]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in parts {
        let read = files::read(&site.join(&part.file))?;
        if Digest::of(&read).to_string() != part.sha256 {
            let expected = format!("{} as the manifest names it", part.file);
            return Err(wrong(&expected, "other content"));
        }
        bytes.extend(read);
    }
    Ok(bytes)
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], file: &str) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| wrong(&format!("{file} as `embed` writes it"), &error.to_string()))
}

pub(super) fn wrong(expected: &str, came: &str) -> Error {
    Error::Mismatch(Details::new(expected, came, "run `recasketch embed` again"))
}
