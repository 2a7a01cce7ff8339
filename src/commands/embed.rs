//! `recasketch embed`: makes a site from a catalogue and its thumbnails.
//!
//! Every embedding is written to the store (`src/commands/embed/store.rs`), a file beside the site that stays after
//! the run. A thumbnail is therefore embedded once only, also where a run was killed.

mod before;
pub mod merge;
mod shard;
pub(crate) mod store;
mod stream;
mod work;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use crate::embedding::{Embedding, Embeddings, Metric};
use crate::error::Result;
use crate::index::{self, Builder, Content, Uids, Writer};
use crate::pixels::Preprocessing;
use crate::site::catalogue::Model;
use crate::site::settings::Settings;
use crate::site::thumbnails::{self, Original};
use crate::site::{
    self, Coded, Contents, Example, Manifest, Page, PageSource, Place, PublishedThumbnails,
    Thumbnails,
};
use crate::util::files::{self, Scratch};
use crate::util::progress;
use crate::weights::photographs::photographs;
use crate::weights::shipped::NetworkSource;
pub use shard::{Shard, ShardSummary};
use store::Store;
pub use stream::stream;
use work::{Embedded, Work};

/// The file name endings of the stores of embeddings and of reduced thumbnails.
const STORE: &str = "embeddings";
const REDUCED: &str = "thumbnails";

/// The options of `embed`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The catalogue's CSV file.
    pub catalogue: PathBuf,
    /// The folder of thumbnails.
    pub thumbnails: PathBuf,
    /// The folder to write the site into.
    pub out: PathBuf,
    /// Whether `out` may be a folder with other files and no site yet. The other files stay.
    pub into_existing: bool,
    /// The file of finished embeddings, which is not part of the site. By default it lies beside the site and has the
    /// site's name with `.embeddings`.
    pub store: Option<PathBuf>,
    /// The network.
    pub network: NetworkSource,
    /// Whether images are embedded in bfloat16 by the processor's tile instructions; see [`Network::read_fast`].
    ///
    /// [`Network::read_fast`]: crate::network::Network::read_fast
    pub fast: bool,
    /// What the site publishes of the thumbnails. Reduced ones are kept beside the store, in a file with the ending
    /// `.thumbnails`.
    pub published: PublishedThumbnails,
    /// With more models than this, the site has packs of thumbnails instead of a file for each.
    pub packs_above: usize,
    /// How thumbnails are fitted to the network's input.
    pub preprocessing: Preprocessing,
    /// How embeddings are compared.
    pub metric: Metric,
    /// Whether the site keeps whole maps instead of codes, for any number of models.
    pub exact: bool,
    /// With more models than this, the page fetches only the cells nearest to the query. This needs codes.
    pub cells_above: usize,
    /// Whether a new codebook is learnt although the site already has one.
    pub relearn: bool,
    /// A folder of images to try on the page; `None` keeps the images that the site has.
    pub samples: Option<PathBuf>,
    /// The page's files; `None` keeps the page that the site has.
    pub page: Option<PageSource>,
    /// The owner's settings of the page; `None` keeps the settings that the site has.
    pub settings: Option<Settings>,
    /// Whether an invalid row of the catalogue stops the run before it begins. Otherwise the row is left out.
    pub strict: bool,
}

/// The default of [`Options::cells_above`]: the codes of more models would be a large download.
pub const CELLS_ABOVE: usize = 100_000;

/// The default of [`Options::packs_above`]: some hosts take 20,000 files.
pub const PACKS_ABOVE: usize = 10_000;

impl Options {
    /// Returns the program's defaults for a catalogue, its thumbnails and a site's folder, without a page.
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
            published: PublishedThumbnails::default(),
            packs_above: PACKS_ABOVE,
            network: NetworkSource::default(),
            fast: false,
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

/// The summary of `embed`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Summary {
    /// The manifest of the site that was written.
    pub manifest: Manifest,
    /// How many thumbnails this run embedded. The store had the others.
    pub embedded: usize,
    /// Whether the codebook is the one that the site already had.
    pub kept_codes: bool,
    /// The models that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// The duration of the embedding, in seconds.
    pub seconds: f64,
}

/// Embeds every thumbnail that is not in the store, on all cores, and writes the site. A thumbnail that cannot be
/// used is reported and left out. After a kill, the next run continues from the last complete batch.
///
/// # Errors
/// For an unusable catalogue or network, a folder that cannot be written, and where no thumbnail can be used.
pub fn run(options: &Options) -> Result<Summary> {
    run_after(options, |_| Ok(()))
}

/// Does the same as [`run`], after `before` has added embeddings to the store.
pub(crate) fn run_after(
    options: &Options,
    before: impl FnOnce(&mut Store) -> Result<()>,
) -> Result<Summary> {
    let (work, models) = Work::prepare(options, None)?;
    let page = options.page.as_ref().map(Page::read).transpose()?;
    let samples = options.samples.as_deref().map(site::read_samples).transpose()?;
    let place = Place::open(&options.out, options.into_existing)?;
    site::check(&place, page.as_ref())?;
    let sources = options.published.sources(&models);
    let mut stores = Stores { embeddings: work.store()?, reduced: work.reduced()?, sources };
    before(&mut stores.embeddings)?;
    let embedded = work.embed(models, &mut stores)?;
    write(&work, &stores, embedded, Destination { place, page, samples })
}

/// Embeds a shard of the catalogue into a separate store and writes no site. By default the store lies beside the
/// site with a name such as `OUT.3-of-40.embeddings`. [`crate::commands::embed::merge::run`] reads it.
///
/// # Errors
/// As [`run`], but a shard without any usable thumbnail is no error.
pub fn run_shard(options: &Options, shard: Shard) -> Result<ShardSummary> {
    let (work, models) = Work::prepare(options, Some(shard))?;
    let mut stores = Stores { embeddings: work.store()?, reduced: None, sources: Vec::new() };
    let rows = models.into_iter().enumerate().filter(|(row, _)| shard.has(*row));
    let own: Vec<Model> = rows.map(|(_, model)| model).collect();
    let Embedded { models, embedded, left_out, seconds, .. } = work.embed(own, &mut stores)?;
    let store = work.store_path().to_owned();
    Ok(ShardSummary { store, models: models.len(), embedded, left_out, seconds })
}

/// What earlier runs have made of the thumbnails.
struct Stores {
    embeddings: Store,
    /// `None` if the owner's files are published, or no site is written.
    reduced: Option<thumbnails::Store>,
    /// The origins of thumbnails that are left at their sources.
    sources: Vec<String>,
}

/// The destination of a site, and the files that are copied into it. All are read before the first thumbnail is
/// embedded, so that a fault in them shows at once.
struct Destination {
    place: Place,
    page: Option<Page>,
    samples: Option<Vec<Example>>,
}

/// Writes the site from the embeddings in the store.
fn write(
    work: &Work<'_>,
    stores: &Stores,
    of_run: Embedded,
    destination: Destination,
) -> Result<Summary> {
    let (options, origin) = (work.options(), work.origin());
    let Embedded { models, originals, embedded, left_out, seconds } = of_run;
    let (watch, scratch) = (progress::watch(), destination.place.folder().to_owned());
    let rows = Rows { store: &stores.embeddings, originals: &originals };
    let may_keep = !options.exact && !options.relearn;
    let beside = options.store_path(STORE)?.with_added_extension("codebook");
    let kept = may_keep.then(|| site::codebook(&options.out, &beside, origin)).flatten();
    let kept_codes = kept.is_some();
    let codebook = match kept {
        None if options.exact => None,
        None => index::codebook_for_visitors(origin, &rows, &scratch, &watch)?,
        kept => kept,
    };
    let mut uids = Uids::default();
    models.iter().for_each(|model| uids.push(&model.uid));
    let photographs = photographs(work.network_file(), origin);
    let writer =
        Writer { origin, embeddings: &rows, uids: &uids, photographs: &photographs, watch: &watch };
    let file = Scratch::new(&scratch);
    let content = codebook.as_ref().map_or(Content::Maps, Content::Levels);
    let first_level = file.fill(|file| writer.write(content, file))?;
    let in_cells = codebook.filter(|_| models.len() > options.cells_above);
    if let Some(codebook) = &in_cells {
        files::write(&beside, &Builder::new(origin).finish_in_levels(codebook))?;
    }
    let embeddings = Coded { file: Arc::new(file), first_level, in_cells };
    let contents = Contents {
        network: work.network_file(),
        embeddings,
        models,
        thumbnails: Thumbnails {
            originals: &originals,
            reduced: stores.reduced.as_ref(),
            packs_above: options.packs_above,
            sources: &stores.sources,
        },
        samples: destination.samples.as_deref(),
        page: destination.page.as_ref(),
        settings: options.settings.as_ref(),
    };
    let manifest = site::write(destination.place, contents)?;
    Ok(Summary { manifest, embedded, kept_codes, left_out, seconds })
}

/// The embeddings of all models, which are read from the store when they are needed.
struct Rows<'a> {
    store: &'a Store,
    originals: &'a [Original],
}

impl Embeddings for Rows<'_> {
    fn len(&self) -> usize {
        self.originals.len()
    }

    fn get(&self, row: usize) -> Result<Cow<'_, Embedding>> {
        self.store.get(self.originals[row].digest).map(Cow::Owned)
    }

    fn is_blank(&self, row: usize) -> Result<bool> {
        Ok(self.store.is_blank(self.originals[row].digest))
    }
}

impl Options {
    /// Returns the path of the store: `self.store`, or else the path beside the site with this ending.
    fn store_path(&self, ending: &str) -> Result<PathBuf> {
        if let Some(path) = &self.store {
            return Ok(path.clone());
        }
        let out = match self.out.file_name() {
            Some(_) => self.out.clone(),
            // A path such as `..` does not contain the folder's name.
            None => self.out.canonicalize().map_err(|source| {
                files::failed(&self.out, source, "write the folder's own name instead")
            })?,
        };
        Ok(out.with_added_extension(ending))
    }
}
