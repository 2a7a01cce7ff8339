//! A site whose embeddings and catalogue are divided into cells, of which the page downloads only some.

use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::packs::Thumbnails;
use super::place::Place;
use super::publication::Publication;
use super::{Named, Parts, parse, read_parts, wrong};
use crate::embedding::Row;
use crate::error::{Error, Result};
use crate::index::{Index, assigned, clustered};
use crate::site::catalogue::Model;
use crate::util::files::Scratch;
use crate::util::progress::{self, Progress};

/// The largest catalogue of one cell, in bytes after unpacking.
const MAXIMUM_CATALOGUE: u64 = 256 << 20;

/// An entry of the list of cells, which has the order of the head's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The number of models in the cell.
    pub models: usize,
    /// Its file.
    #[serde(flatten)]
    pub named: Named,
}

/// Adds an index and its models to a publication in cells. Returns the parts of the head, whose rows are the cells'
/// centres, and the parts of the list of cells, as JSON. Writes the places of the thumbnails into the models. If the site
/// in `place` has cells of the same codes, their centres stay. Until they are published, the cells are in a temporary file
/// in its folder.
pub(super) fn add<'a>(
    publication: &mut Publication<'a>,
    index: &Index<Vec<u8>>,
    models: &mut [Model],
    thumbnails: Thumbnails<'a>,
    place: &Place,
) -> Result<(Parts, Parts)> {
    let parts = match centres(place, index) {
        Some(centres) => assigned(index, &centres),
        None => clustered(index, &progress::watch()),
    };
    thumbnails.add(publication, models, &parts.cells);
    let progress = Progress::start("writing cells", parts.cells.len());
    let scratch = Arc::new(Scratch::new(place.folder()));
    let write = |rows: &Vec<usize>| {
        let models: Vec<&Model> = rows.iter().map(|&row| &models[row]).collect();
        let range = scratch.push(&index.cell_of(rows, &packed(&models)?))?;
        progress.step();
        Ok(range)
    };
    let ranges: Vec<Range<u64>> = parts.cells.par_iter().map(write).collect::<Result<_>>()?;
    progress.finish();
    let mut cells = Vec::new();
    for (rows, range) in parts.cells.iter().zip(ranges) {
        let file = publication.parts_of("cell", "bin", &scratch, range)?;
        match <[Named; 1]>::try_from(file) {
            Ok([named]) => cells.push(Cell { models: rows.len(), named }),
            Err(parts) => return Err(wrong("a cell of one part", &parts.len().to_string())),
        }
    }
    let head = parts.head(index)?.until(0).to_vec();
    let list = serde_json::to_vec(&cells)
        .map_err(|error| wrong("a list that can be written", &error.to_string()))?;
    Ok((
        publication.parts("embeddings", "bin", head.into()),
        publication.parts("cells", "json", list.into()),
    ))
}

/// The centres of a site's cells, if its codes are those of an index.
fn centres(place: &Place, index: &Index<Vec<u8>>) -> Option<Vec<Row>> {
    let manifest = place.last().manifest.as_ref().filter(|manifest| manifest.cells.is_some())?;
    let head = Index::open(read_parts(place.folder(), &manifest.embeddings).ok()?).ok()?;
    let codebook = head
        .codebook()
        .filter(|codebook| index.codebook().is_some_and(|own| own.first_level() == **codebook))?;
    let level = (0, codebook.levels.first()?);
    let centre = |row: usize| head.row_of(level, row).map(<[u8]>::to_vec);
    Some((0..head.len()).map(centre).collect())
}

/// Reads all cells as one index and its models, cell by cell.
pub(super) fn read(site: &Path, head: &[u8], list: &Parts) -> Result<(Index<Vec<u8>>, Vec<Model>)> {
    let head = Index::open(head)?;
    let (mut rows, mut models) = ([Vec::new(), Vec::new()], Vec::new());
    for cell in named(site, list)? {
        let file = read_parts(site, std::slice::from_ref(&cell.named))?;
        let (index, catalogue) = head.cell(&file)?;
        let own = unpacked(catalogue)?;
        if own.len() != index.len() || index.len() != cell.models {
            return Err(wrong("a cell's models", &format!("{} of {}", own.len(), index.len())));
        }
        models.extend(own);
        rows.iter_mut().zip(index.rows(0)).for_each(|(rows, own)| rows.extend_from_slice(own));
    }
    let [even, odd] = &rows;
    Ok((head.with_rows(models.len(), [even, odd])?, models))
}

/// Reads a list of cells.
pub(super) fn named(site: &Path, list: &Parts) -> Result<Vec<Cell>> {
    let list = read_parts(site, list)?;
    super::names::check(&parse(&list, "the list of cells")?)?;
    parse(&list, "the list of cells")
}

/// The models of a cell as JSON in gzip, which browsers can unpack.
fn packed(models: &[&Model]) -> Result<Vec<u8>> {
    let unwritten = |error: std::io::Error| wrong("models that can be packed", &error.to_string());
    let json = serde_json::to_vec(models).map_err(|error| unwritten(error.into()))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&json).and_then(|()| packer.finish()).map_err(unwritten)
}

fn unpacked(packed: &[u8]) -> Result<Vec<Model>> {
    let mut json = Vec::new();
    GzDecoder::new(packed).take(MAXIMUM_CATALOGUE).read_to_end(&mut json).map_err(
        |error: std::io::Error| -> Error { wrong("a cell's models", &error.to_string()) },
    )?;
    parse(&json, "a cell's models")
}
