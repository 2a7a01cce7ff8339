//! A site whose embeddings and catalogue are divided into cells, of which the page downloads only some. `src/index/cells.rs`
//! has the files of a cell.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::packs::Thumbnails;
use super::place::Place;
use super::publication::{Publication, Source};
use super::{Coded, Manifest, Parts, parse, read_parts, wrong};
use crate::digest::Digest;
use crate::embedding::Codebook;
use crate::error::{Error, Result};
use crate::index::{
    CELL_BLOCK, CellFiles, Clustering, Index, assigned, clustered, read_cells, write_cells,
};
use crate::site::catalogue::Model;
use crate::util::files::{self, Scratch};
use crate::util::progress::{self, Progress};

/// The kinds of a cell's files, in the order of the list's digests; `www/engine/cell-files.js` has the same.
const KINDS: [&str; 3] = ["cell", "fine", "models"];

/// The largest block of models, in bytes after unpacking.
const MAXIMUM_BLOCK: u64 = 256 << 20;

/// The parts of a site in cells.
pub(super) struct Added {
    /// The head, whose rows are the cells' centres and the sample.
    pub(super) head: Parts,
    /// The second level of the codebook.
    pub(super) second: Parts,
    /// The list of cells.
    pub(super) list: Parts,
    /// The models of each cell.
    pub(super) cells: Vec<Vec<usize>>,
}

/// Adds embeddings and their models to a publication in cells. Writes the places of the thumbnails into the models. If the
/// site in `place` has cells of the same codes, its models stay at their places. Until they are published, the cells are in a temporary
/// file in its folder.
pub(super) fn add<'a>(
    publication: &mut Publication<'a>,
    coded: &Coded,
    codebook: &Codebook,
    models: &mut [Model],
    thumbnails: Thumbnails<'a>,
    place: &Place,
) -> Result<Added> {
    let index = Index::open(coded.file.read(&(0..coded.first_level))?)?;
    let fine = FineCodes::new(coded, codebook, index.len());
    let parts = match before(place, &index, models) {
        Some(before) => assigned(&index, before),
        None => clustered(&index, &progress::watch()),
    };
    thumbnails.add(publication, models, &parts.cells);
    let progress = Progress::start("writing cells", parts.cells.len());
    let scratch = Arc::new(Scratch::new(place.folder()));
    let write = |rows: &Vec<usize>| {
        let models: Vec<&Model> = rows.iter().map(|&row| &models[row]).collect();
        let blocks = models.chunks(CELL_BLOCK).map(packed).collect::<Result<Vec<_>>>()?;
        let lengths = blocks.iter().map(Vec::len).collect();
        let contents = [index.rows_of(0, rows), fine.of(rows)?, blocks.concat()];
        let digests = contents.each_ref().map(|bytes| Digest::of(bytes).short());
        let [codes, fine, models] = contents.each_ref().map(|bytes| scratch.push(bytes));
        progress.step();
        Ok((CellFiles { models: rows.len(), digests, blocks: lengths }, [codes?, fine?, models?]))
    };
    let written: Vec<_> = parts.cells.par_iter().map(write).collect::<Result<_>>()?;
    progress.finish();
    let mut cells = Vec::new();
    for (cell, ranges) in written {
        for (kind, range) in ranges.into_iter().enumerate() {
            publication.add(name(&cell, kind), Source::Scratch(Arc::clone(&scratch), range));
        }
        cells.push(cell);
    }
    let head = parts.head(&index)?;
    let (file, book) = (head.until(0), head.codebook_bytes());
    // The codebook is a part of its own because it stays where models come or go.
    let head = [&file[..book.start], &file[book.clone()], &file[book.end..]];
    let head = head.map(|part| publication.parts("embeddings", "bin", part.to_vec().into()));
    let second = codebook.bytes_of(1);
    Ok(Added {
        head: head.concat(),
        second: publication.parts("embeddings", "bin", second.into()),
        list: publication.parts("cells", "bin", write_cells(&cells)?.into()),
        cells: parts.cells,
    })
}

/// The second level's codes of an embedding file on the disk.
struct FineCodes<'a> {
    file: &'a Scratch,
    /// For each part, where its rows begin, and the bytes of a row.
    parts: [(u64, u64); 2],
}

impl FineCodes<'_> {
    fn new<'a>(coded: &'a Coded, codebook: &Codebook, models: usize) -> FineCodes<'a> {
        let [even, odd] = codebook.levels[1].parts.each_ref().map(|part| part.form.bytes() as u64);
        let start = coded.first_level + codebook.bytes_of(1).len() as u64;
        FineCodes { file: &coded.file, parts: [(start, even), (start + models as u64 * even, odd)] }
    }

    /// The codes of some rows, one after another.
    fn of(&self, rows: &[usize]) -> Result<Vec<u8>> {
        let mut codes = Vec::new();
        for &row in rows {
            for (start, bytes) in self.parts {
                let at = start + row as u64 * bytes;
                codes.extend(self.file.read(&(at..at + bytes))?);
            }
        }
        Ok(codes)
    }
}

/// The cells of the site in `place`, if its codes are those of an index: for each the rows of its models in the index, in
/// their order.
fn before(place: &Place, index: &Index<Vec<u8>>, models: &[Model]) -> Option<Clustering> {
    /// What of a model says which it is.
    #[derive(Deserialize)]
    struct Uid {
        uid: String,
    }

    let (site, manifest) = (place.folder(), place.last().manifest.as_ref()?);
    let cells = read_cells(&read_parts(site, manifest.cells.as_ref()?).ok()?).ok()?;
    let head = manifest.embeddings.get(..manifest.first_level)?;
    let head = Index::open(read_parts(site, head).ok()?).ok()?.divided(cells.len()).ok()?;
    let codebook = head
        .codebook()
        .filter(|codebook| index.codebook().is_some_and(|own| own.first_level() == **codebook))?;
    let level = (0, codebook.levels.first()?);
    let centre = |row: usize| head.row_of(level, row).map(<[u8]>::to_vec);
    let rows: HashMap<&str, usize> =
        models.iter().enumerate().map(|(row, model)| (model.uid.as_str(), row)).collect();
    // Models of a cell that cannot be read stand as new ones.
    let of_cell = |cell: &CellFiles| -> Vec<usize> {
        let models: Vec<Uid> = read_models(site, cell).unwrap_or_default();
        models.iter().filter_map(|model| rows.get(model.uid.as_str()).copied()).collect()
    };
    Some(Clustering {
        cells: cells.par_iter().map(of_cell).collect(),
        centres: (0..head.len()).map(centre).collect(),
    })
}

/// The cells of a site that was read.
pub struct Cells {
    /// An index whose rows are the centres of the cells.
    pub centres: Index<Vec<u8>>,
    /// The rows of each cell in the site's index.
    pub rows: Vec<Range<usize>>,
}

/// Reads all cells as one index and its models, cell by cell.
pub(super) fn read(
    site: &Path,
    manifest: &Manifest,
    list: &Parts,
) -> Result<(Index<Vec<u8>>, Vec<Model>, Cells)> {
    let cells = read_cells(&read_parts(site, list)?)?;
    let (head, second) = manifest.embeddings.split_at(manifest.first_level);
    let head = Index::open(read_parts(site, head)?)?.divided(cells.len())?;
    let head = head.refined(&read_parts(site, second)?)?;
    let (mut levels, mut models, mut ranges) =
        ([Vec::new(), Vec::new()], Vec::new(), Vec::with_capacity(cells.len()));
    for cell in &cells {
        let before = models.len();
        models.extend(read_models::<Model>(site, cell)?);
        ranges.push(before..models.len());
        levels[0].extend(read_file(site, cell, 0)?);
        levels[1].extend(read_file(site, cell, 1)?);
    }
    let index = head.of_rows(&[&levels[0], &levels[1]])?;
    if index.len() != models.len() {
        let came = format!("{} and {}", index.len(), models.len());
        return Err(wrong("the codes of all models", &came));
    }
    Ok((index, models, Cells { centres: head, rows: ranges }))
}

/// The names of the files of all cells.
pub(super) fn names(site: &Path, list: &Parts) -> Result<Vec<String>> {
    let cells = read_cells(&read_parts(site, list)?)?;
    Ok(cells.iter().flat_map(|cell| [0, 1, 2].map(|kind| name(cell, kind))).collect())
}

/// The models of a cell, or what of them is wanted.
fn read_models<T: DeserializeOwned>(site: &Path, cell: &CellFiles) -> Result<Vec<T>> {
    let file = read_file(site, cell, 2)?;
    let (mut packed, mut models) = (&file[..], Vec::new());
    for &length in &cell.blocks {
        let Some((block, rest)) = packed.split_at_checked(length) else {
            return Err(wrong("all models of a cell", "fewer bytes"));
        };
        models.extend(parse::<Vec<T>>(&gunzip(block)?, "a cell's models")?);
        packed = rest;
    }
    match models.len() == cell.models {
        true => Ok(models),
        false => Err(wrong("a cell's models", &format!("{} of {}", models.len(), cell.models))),
    }
}

fn name(cell: &CellFiles, kind: usize) -> String {
    format!("{}-{}.bin", KINDS[kind], cell.digests[kind])
}

fn read_file(site: &Path, cell: &CellFiles, kind: usize) -> Result<Vec<u8>> {
    let name = name(cell, kind);
    let bytes = files::read(&site.join(&name))?;
    match Digest::of(&bytes).short() == cell.digests[kind] {
        true => Ok(bytes),
        false => Err(wrong(&format!("{name} as the list of cells names it"), "other content")),
    }
}

/// Models as JSON in gzip, which browsers can unpack.
fn packed(models: &[&Model]) -> Result<Vec<u8>> {
    let unwritten = |error: std::io::Error| wrong("models that can be packed", &error.to_string());
    let json = serde_json::to_vec(models).map_err(|error| unwritten(error.into()))?;
    gzip(&json).map_err(unwritten)
}

/// Bytes in gzip.
pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

/// Bytes out of gzip.
pub(super) fn gunzip(packed: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed)
        .take(MAXIMUM_BLOCK)
        .read_to_end(&mut bytes)
        .map_err(|error: std::io::Error| -> Error { wrong("packed data", &error.to_string()) })?;
    Ok(bytes)
}
