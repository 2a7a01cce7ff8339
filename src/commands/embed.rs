//! `recasketch embed`: a catalogue and its thumbnails -> a site.
//!
//! Every embedding goes through the store (`src/commands/embed/store.rs`), which lies beside the site and outlives
//! runs: a thumbnail that was embedded once, whatever became of the run, is not embedded again.

mod before;
pub mod merge;
mod shard;
pub(crate) mod store;
mod stream;
mod work;

use std::path::PathBuf;

use crate::digest::Digest;
use crate::embedding::Metric;
use crate::error::Result;
use crate::index::{Builder, Index, Origin};
use crate::pixels::Preprocessing;
use crate::site::catalogue::Model;
use crate::site::settings::Settings;
use crate::site::{self, Contents, Example, Manifest, Page, Place};
use crate::util::files;
use crate::util::progress::{self, Progress};
use crate::weights::shipped::NetworkSource;
pub use shard::{Shard, ShardSummary};
use store::Store;
pub use stream::stream;
use work::{Seen, Work};

/// How the name of a store ends.
const STORE: &str = "embeddings";

/// What to embed, with what, and where to.
#[derive(Debug, Clone)]
pub struct Options {
    /// The catalogue's CSV file.
    pub catalogue: PathBuf,
    /// The folder of thumbnails.
    pub thumbnails: PathBuf,
    /// The folder to write the site into.
    pub out: PathBuf,
    /// Whether the folder may hold other files, which stay, though no site is there yet.
    pub into_existing: bool,
    /// The file of finished embeddings, which is no part of the site; by default beside it, its name with
    /// `.embeddings`.
    pub store: Option<PathBuf>,
    /// The network.
    pub network: NetworkSource,
    /// How thumbnails become the network's shape.
    pub preprocessing: Preprocessing,
    /// How embeddings are compared.
    pub metric: Metric,
    /// Whether embeddings are kept whole, however many there are.
    pub exact: bool,
    /// Of more models than this, coded in levels, the page fetches cells of the nearest and never all.
    pub cells_above: usize,
    /// Whether codes are learnt anew where the site has some that were learnt before.
    pub relearn: bool,
    /// A folder of images to try on the page; without it those that the site has stay.
    pub samples: Option<PathBuf>,
    /// The folder of the page's files; without it the page that the site has stays.
    pub page: Option<PathBuf>,
    /// What the owner sets of the page; without it what the site has stays.
    pub settings: Option<Settings>,
    /// Whether a row of the catalogue that is wrong stops the run before it begins; without it, the row is left out.
    pub strict: bool,
}

/// More models than this are fetched in cells where nobody says otherwise: all of them would be a large download.
pub const CELLS_ABOVE: usize = 100_000;

impl Options {
    /// A catalogue and its thumbnails into a site's folder, all else as the program has it by default, and without a page.
    pub fn new(
        catalogue: impl Into<PathBuf>,
        thumbnails: impl Into<PathBuf>,
        out: impl Into<PathBuf>,
    ) -> Options {
        Options {
            catalogue: catalogue.into(),
            thumbnails: thumbnails.into(),
            out: out.into(),
            into_existing: false,
            store: None,
            network: NetworkSource::default(),
            preprocessing: Preprocessing::default(),
            metric: Metric::default(),
            exact: false,
            cells_above: CELLS_ABOVE,
            relearn: false,
            samples: None,
            page: None,
            settings: None,
            strict: false,
        }
    }
}

/// What became of the catalogue.
#[derive(Debug, Clone)]
pub struct Summary {
    /// What was written.
    pub manifest: Manifest,
    /// How many thumbnails were embedded by this run; the others were before.
    pub embedded: usize,
    /// Whether codes are those that were learnt for the site as it was.
    pub kept_codes: bool,
    /// The models that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// How long the embedding took, in seconds.
    pub seconds: f64,
}

/// Embeds, on all cores, every thumbnail that the store does not have, and writes the site. A thumbnail
/// that cannot be used is reported and left out. A run that was killed goes on from its last whole batch.
///
/// # Errors
/// Whatever stops the whole: a catalogue or network that is wrong, a folder that cannot be written,
/// not one thumbnail that can be used.
pub fn run(options: &Options) -> Result<Summary> {
    run_after(options, |_| Ok(()))
}

/// The same, after something has come into the store.
pub(crate) fn run_after(
    options: &Options,
    before: impl FnOnce(&mut Store) -> Result<()>,
) -> Result<Summary> {
    let (work, models) = Work::prepare(options, None)?;
    let page = options.page.as_deref().map(Page::read).transpose()?;
    let samples = options.samples.as_deref().map(site::read_samples).transpose()?;
    let place = Place::open(&options.out, options.into_existing)?;
    site::check(&place, page.as_ref())?;
    let mut store = work.store()?;
    before(&mut store)?;
    let seen = work.embed(models, &mut store)?;
    write(&work, &store, seen, Bound { place, page, samples })
}

/// Embeds a shard of the catalogue into a store of its own, by default beside the site with a name such as
/// `OUT.3-of-40.embeddings`, from which [`crate::commands::embed::merge::run`] takes it. No site is written.
///
/// # Errors
/// As [`run`], but a shard may have nothing that can be used.
pub fn run_shard(options: &Options, shard: Shard) -> Result<ShardSummary> {
    let (work, models) = Work::prepare(options, Some(shard))?;
    let mut store = work.store()?;
    let rows = models.into_iter().enumerate().filter(|(row, _)| shard.has(*row));
    let own: Vec<Model> = rows.map(|(_, model)| model).collect();
    let Seen { models, embedded, left_out, seconds, .. } = work.embed(own, &mut store)?;
    let store = work.store_path().to_owned();
    Ok(ShardSummary { store, models: models.len(), embedded, left_out, seconds })
}

/// Where a site goes, and what goes into it as it is; all of it was read before anything was embedded.
struct Bound {
    place: Place,
    page: Option<Page>,
    samples: Option<Vec<Example>>,
}

/// Writes the site of what the store has.
fn write(work: &Work<'_>, store: &Store, seen: Seen, bound: Bound) -> Result<Summary> {
    let (options, origin) = (work.options(), work.origin());
    let Seen { models, thumbnails, embedded, left_out, seconds } = seen;
    let builder = gather(origin, store, &models, &thumbnails)?;
    let is_kept = !options.exact && !options.relearn;
    let beside = options.store_path(STORE)?.with_added_extension("codebook");
    let codebook = is_kept.then(|| site::codebook(&options.out, &beside, origin)).flatten();
    let embeddings = match &codebook {
        Some(codebook) => builder.finish_in_levels(codebook),
        None if options.exact => builder.finish(),
        None => builder.finish_for_visitors(),
    };
    if models.len() > options.cells_above
        && let Some(codebook) = Index::open(&embeddings)?.codebook()
    {
        files::write(&beside, &Builder::new(origin).finish_in_levels(codebook))?;
    }
    let contents = Contents {
        network: work.network_file(),
        embeddings: &embeddings,
        models: &models,
        thumbnails: &thumbnails,
        cells_above: options.cells_above,
        samples: bound.samples.as_deref(),
        page: bound.page.as_ref(),
        settings: options.settings.as_ref(),
    };
    let manifest = site::write(bound.place, &contents)?;
    Ok(Summary { manifest, embedded, kept_codes: codebook.is_some(), left_out, seconds })
}

/// The embeddings of all models.
fn gather(
    origin: Origin,
    store: &Store,
    models: &[Model],
    thumbnails: &[(PathBuf, Digest)],
) -> Result<Builder> {
    let progress = Progress::start("gathering", models.len());
    let mut builder = Builder::new(origin).watched(progress::watch());
    for (model, (_, thumbnail)) in models.iter().zip(thumbnails) {
        builder.push(&model.uid, store.get(*thumbnail)?)?;
        progress.step();
    }
    Ok(builder)
}

impl Options {
    /// The file of finished embeddings: the one that is named, else the one beside the site with this ending.
    fn store_path(&self, ending: &str) -> Result<PathBuf> {
        if let Some(path) = &self.store {
            return Ok(path.clone());
        }
        let out = match self.out.file_name() {
            Some(_) => self.out.clone(),
            // Such as `..`, whose name is elsewhere.
            None => self.out.canonicalize().map_err(|source| {
                files::failed(&self.out, source, "give the folder by its name")
            })?,
        };
        Ok(out.with_added_extension(ending))
    }
}
