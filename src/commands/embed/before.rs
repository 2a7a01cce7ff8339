//! The checks before the first image is embedded: every file and folder that the options name, and the free space on
//! their disks.

use std::path::{Path, PathBuf};

use super::{Options, STORE, Shard};
use crate::embedding::SAMPLE;
use crate::error::Result;
use crate::site::catalogue::{Catalogue, Facts, Model, Thumbnails};
use crate::site::{PageSource, PublishedThumbnails};
use crate::util::files::{self, Scratch};
use crate::util::{options, progress, terminal};

/// Bytes of a thumbnail's digest in the store.
const DIGEST: u64 = 32;

/// Bytes of a model's codes, and of a map in the file that the codes are learnt with.
const CODES: u64 = 512;
const LONGEST_MAP: u64 = 27 << 10;
/// Bytes of a reduced thumbnail, by which the space is estimated.
const REDUCED_BYTES: u64 = 8 << 10;

/// A catalogue whose files were checked.
pub(super) struct Before {
    pub(super) models: Vec<Model>,
    pub(super) thumbnails: Thumbnails,
    /// Invalid lines of the catalogue, each with the reason.
    pub(super) left_out: Vec<(String, String)>,
    /// The path of the store.
    pub(super) store: PathBuf,
}

impl Before {
    /// Checks everything that the options name, and reports the rows of the catalogue that are left out.
    pub(super) fn check(options: &Options, shard: Option<Shard>) -> Result<Before> {
        let ending = shard.map_or_else(|| STORE.to_owned(), |shard| shard.ending());
        let store = options.store_path(&ending)?;
        check_options(options, &store, shard.is_some())?;
        let thumbnails = Thumbnails::list(&options.thumbnails)?;
        let mut catalogue = Catalogue::read(&options.catalogue)?;
        report(&options.catalogue, &catalogue);
        // A site has none of these but links; they would take half of the memory for the catalogue.
        let at_source = options.published == PublishedThumbnails::AtSource;
        for Model { facts, .. } in &mut catalogue.models {
            let thumbnail_url = facts.thumbnail_url.take().filter(|_| at_source);
            *facts = Facts { thumbnail_url, ..Facts::default() };
        }
        if options.strict {
            let models = catalogue.whole(&options.catalogue)?;
            return Ok(Before { models, thumbnails, left_out: Vec::new(), store });
        }
        let left_out = std::mem::take(&mut catalogue.left_out);
        let models = catalogue.some(&options.catalogue)?;
        let left_out = left_out.into_iter().map(|(line, reason)| (format!("line {line}"), reason));
        Ok(Before { models, thumbnails, left_out: left_out.collect(), store })
    }

    /// Checks the free space for embeddings of `dimensions` values, for a site with a network of `network` bytes, and
    /// for its temporary files. Only files whose size is known now are counted.
    pub(super) fn room(
        &self,
        options: &Options,
        network: usize,
        dimensions: usize,
        has_site: bool,
    ) -> Result<()> {
        let published = |bytes: u64| match options.published {
            PublishedThumbnails::Originals => bytes,
            PublishedThumbnails::Reduced(_) => bytes.min(REDUCED_BYTES),
            PublishedThumbnails::AtSource => 0,
        };
        let lengths = self.models.iter().filter_map(|model| {
            let path = self.thumbnails.of(model).ok()?;
            std::fs::metadata(path).ok().map(|file| published(file.len()))
        });
        let (count, bytes) = lengths.fold((0, 0), |(count, sum), bytes| (count + 1, sum + bytes));
        let embeddings: u64 = count * (DIGEST + dimensions as u64);
        let mut needed = embeddings.saturating_sub(length(&self.store));
        let option = if options.store.is_some() { "--store" } else { "--out" };
        options::room(option, &self.store, needed)?;
        if !has_site {
            return Ok(());
        }
        // A store beside the site shares its disk. Thumbnails that the site already has need no further space.
        if options.store.is_some() {
            needed = 0;
        }
        needed +=
            (bytes + network as u64).saturating_sub(length_of_all(&options.out.join("thumbnails")));
        needed += temporary(options, count, dimensions as u64);
        options::room("--out", &options.out, needed)
    }
}

/// The bytes on the disk of the embedding file and of a temporary file with the same, or of the file that the codes are
/// learnt with, whichever are more. The last is gone before the others come.
fn temporary(options: &Options, models: u64, dimensions: u64) -> u64 {
    let row = if options.exact { dimensions } else { dimensions.min(CODES) };
    let learning = if options.exact { 0 } else { models.min(SAMPLE as u64) * LONGEST_MAP };
    let on_disk = |bytes: u64| if bytes > Scratch::LITTLE as u64 { bytes } else { 0 };
    (2 * on_disk(models * row)).max(on_disk(learning))
}

/// Checks the options, the quickest checks first.
fn check_options(options: &Options, store: &Path, is_shard: bool) -> Result<()> {
    options::file("--catalogue", &options.catalogue)?;
    options::folder("--thumbnails", &options.thumbnails)?;
    if !is_shard {
        options::folder_to_write("--out", &options.out)?;
    }
    let option = if options.store.is_some() { "--store" } else { "--out" };
    options::file_to_write(option, store)?;
    options.network.check("--network")?;
    if let Some(samples) = &options.samples {
        options::folder("--samples", samples)?;
    }
    if let Some(PageSource::Folder(page)) = &options.page {
        options::folder("--page", page)?;
    }
    Ok(())
}

/// Reports the invalid lines of a catalogue, and the columns that are not used.
fn report(path: &Path, catalogue: &Catalogue) {
    let name = path.display();
    for (line, reason) in &catalogue.left_out {
        eprintln!("left out line {line} of {name}: {}", terminal::printable(reason));
    }
    if !catalogue.unused.is_empty() {
        let columns = terminal::printable(&catalogue.unused.join(", "));
        progress::note(&format!("columns of {name} that are not used: {columns}"));
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn length_of_all(folder: &Path) -> u64 {
    files::list(folder).map_or(0, |files| files.iter().map(|file| length(file)).sum())
}
