//! Embeds a catalogue's thumbnails into the store, batch by batch, on all cores.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::before::Before;
use super::store::Store;
use super::{Options, REDUCED, STORE, Shard, Stores};
use crate::digest::Digest;
use crate::embedding::{Embedding, Metric};
use crate::error::{Details, Error, Result};
use crate::index::Origin;
use crate::network::Network;
use crate::pixels::{Picture, Preprocessing};
use crate::recommender::SELF_TEST_COSINE;
use crate::site;
use crate::site::catalogue::{Model, Thumbnails};
use crate::site::thumbnails::{self, Original};
use crate::util::files;
use crate::util::progress::Progress;

/// Images per thread in one batch. A batch is written to the store as a whole.
pub(super) const BATCH: usize = 16;

/// The first models of a catalogue, which are embedded in floats also with `--fast`. The self-test shows the first one
/// that can be used, and the page compares it with floats of its own.
const IN_FLOATS: usize = 16;

/// The network, the options and the catalogue's files of one run.
pub(super) struct Work<'a> {
    options: &'a Options,
    /// The network's file.
    file: Cow<'static, [u8]>,
    network: Network,
    /// The same network in bfloat16, with `--fast`.
    fast: Option<Network>,
    thumbnails: Thumbnails,
    /// Invalid lines of the catalogue, each with the reason.
    wrong_lines: Vec<(String, String)>,
    /// The path of the store.
    store: PathBuf,
}

/// The result of embedding some models.
pub(super) struct Embedded {
    /// The models whose embeddings the store has now.
    pub(super) models: Vec<Model>,
    /// Their thumbnails, in the same order.
    pub(super) originals: Vec<Original>,
    /// How many this run embedded. The store had the others.
    pub(super) embedded: usize,
    /// The models that were left out, each with the reason.
    pub(super) left_out: Vec<(String, String)>,
    pub(super) seconds: f64,
}

/// A thumbnail that can be used.
#[derive(Clone, Copy)]
struct Thumbnail {
    digest: Digest,
    bytes: u64,
    /// The file name ending of its image format.
    ending: &'static str,
}

/// A thumbnail that can be used, and what the stores lack of it.
struct Checked {
    thumbnail: Thumbnail,
    embedding: Option<Embedding>,
    /// The reduced thumbnail; `Some(None)` if the owner's file is published as it is.
    reduced: Option<Option<Vec<u8>>>,
}

impl Work<'_> {
    /// Checks everything that the options name, for the whole catalogue or a shard, and returns the models.
    pub(super) fn prepare(
        options: &Options,
        shard: Option<Shard>,
    ) -> Result<(Work<'_>, Vec<Model>)> {
        let before = Before::check(options, shard)?;
        let file = options.network.read()?;
        let network = Network::read(&file)?;
        let fast = options.fast.then(|| Network::read_fast(&file)).transpose()?;
        let dimensions = Origin::of(&network, options.preprocessing, options.metric).dimensions();
        before.room(options, file.len(), dimensions, shard.is_none())?;
        let Before { models, thumbnails, left_out: wrong_lines, store } = before;
        Ok((Work { options, file, network, fast, thumbnails, wrong_lines, store }, models))
    }

    /// Opens the store.
    pub(super) fn store(&self) -> Result<Store> {
        Store::open(&self.store, self.origin())
    }

    /// Opens the store of reduced thumbnails, if the site is to have such.
    pub(super) fn reduced(&self) -> Result<Option<thumbnails::Store>> {
        let Some(width) = self.options.published.width() else { return Ok(None) };
        let path = match self.store.extension().is_some_and(|ending| ending == STORE) {
            true => self.store.with_extension(REDUCED),
            false => self.store.with_added_extension(REDUCED),
        };
        thumbnails::Store::open(&path, width).map(Some)
    }

    pub(super) fn store_path(&self) -> &Path {
        &self.store
    }

    pub(super) fn options(&self) -> &Options {
        self.options
    }

    pub(super) fn network_file(&self) -> &[u8] {
        &self.file
    }

    pub(super) fn origin(&self) -> Origin {
        Origin::of(&self.network, self.options.preprocessing, self.options.metric)
    }

    /// Embeds and reduces the thumbnails that the stores lack. The memory for the results is allocated at the start, so
    /// that a long run cannot fail for lack of memory near its end.
    pub(super) fn embed(&self, models: Vec<Model>, stores: &mut Stores) -> Result<Embedded> {
        self.check(&models, &stores.embeddings)?;
        stores.embeddings.expect(models.len());
        let progress = Progress::start("embedding", models.len());
        let mut usable: Vec<Option<Thumbnail>> = vec![None; models.len()];
        let mut left_out = self.wrong_lines.clone();
        let mut embedded = 0;
        let batch = BATCH * rayon::current_num_threads();
        let batches = models.chunks(batch).zip(usable.chunks_mut(batch));
        for (first, (batch, usable)) in (0..).step_by(batch).zip(batches) {
            let check_one = |(at, model): (usize, &Model)| {
                let fast = self.fast.as_ref().filter(|_| first + at >= IN_FLOATS);
                self.check_one(model, fast.unwrap_or(&self.network), stores, &progress)
            };
            let models = batch.par_iter().enumerate();
            let checked: Vec<Result<Checked>> = models.map(check_one).collect();
            let (mut embeddings, mut reduced) = (Vec::new(), Vec::new());
            for ((model, usable), checked) in batch.iter().zip(usable).zip(checked) {
                match checked {
                    Ok(checked) => {
                        let digest = checked.thumbnail.digest;
                        embeddings.extend(checked.embedding.map(|one| (digest, one)));
                        reduced.extend(checked.reduced.map(|one| (digest, one)));
                        *usable = Some(checked.thumbnail);
                    }
                    Err(reason) => left_out.push((model.uid.clone(), reason.to_string())),
                }
            }
            stores.embeddings.add(&embeddings)?;
            if let Some(store) = &mut stores.reduced {
                store.add(reduced)?;
            }
            embedded += embeddings.len();
        }
        let seconds = progress.finish();
        let usable = models.into_iter().zip(usable).filter_map(|(model, usable)| {
            let Thumbnail { digest, bytes, ending } = usable?;
            // A usable thumbnail was found before, so this never fails.
            let path = self.thumbnails.of(&model).ok()?;
            Some((model, Original { path, digest, bytes, ending }))
        });
        let (models, originals) = usable.unzip();
        Ok(Embedded { models, originals, embedded, left_out, seconds })
    }

    /// Embeds one thumbnail that the store already has again, and compares. Embeddings that another program or
    /// machine computed differently must not be mixed with those of this run.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the two embeddings differ.
    fn check(&self, models: &[Model], store: &Store) -> Result<()> {
        let read = |model: &Model| files::read(&self.thumbnails.of(model).ok()?).ok();
        let mut first = models.iter().take(BATCH).filter_map(read);
        let Some(bytes) = first.find(|bytes| store.has(Digest::of(bytes))) else { return Ok(()) };
        let there = store.get(Digest::of(&bytes))?;
        // A thumbnail that can no longer be embedded cannot be compared.
        let Ok(here) =
            Picture::read(&bytes).and_then(|picture| self.embedding(&self.network, &picture))
        else {
            return Ok(());
        };
        let cosine = here.cosine(&there);
        if cosine >= SELF_TEST_COSINE || here == there {
            return Ok(());
        }
        Err(Error::Mismatch(Details::new(
            format!(
                "a cosine of at least {SELF_TEST_COSINE} between a thumbnail's stored embedding and a new one"
            ),
            cosine.to_string(),
            "move the file of finished embeddings away, so that all thumbnails are embedded again",
        )))
    }

    /// Reads one thumbnail, and reports why it is left out where it is.
    fn check_one(
        &self,
        model: &Model,
        network: &Network,
        stores: &Stores,
        progress: &Progress,
    ) -> Result<Checked> {
        let checked = self.thumbnail(model, network, stores);
        progress.step();
        if let Err(reason) = &checked {
            progress.say(&format!("left out {}: {reason}", model.uid));
        }
        checked
    }

    fn thumbnail(&self, model: &Model, network: &Network, stores: &Stores) -> Result<Checked> {
        let bytes = files::read(&self.thumbnails.of(model)?)?;
        let (digest, ending) = (Digest::of(&bytes), site::ending_of(&bytes));
        let thumbnail = Thumbnail { digest, bytes: bytes.len() as u64, ending };
        let is_embedded = stores.embeddings.has(digest);
        let is_here = thumbnails::source_of(model, &stores.sources).is_none();
        let lacks = |store: &thumbnails::Store| is_here && !store.has(digest);
        let width = self.options.published.width();
        let width = width.filter(|_| stores.reduced.as_ref().is_some_and(lacks));
        if is_embedded && width.is_none() {
            return Ok(Checked { thumbnail, embedding: None, reduced: None });
        }
        let picture = Picture::read(&bytes)?;
        let embedding = (!is_embedded).then(|| self.embedding(network, &picture)).transpose()?;
        let reduced = width.map(|width| thumbnails::reduced(&picture, bytes.len(), width));
        Ok(Checked { thumbnail, embedding, reduced })
    }

    fn embedding(&self, network: &Network, picture: &Picture) -> Result<Embedding> {
        embedding(network, self.options.preprocessing, self.options.metric, picture)
    }
}

/// Computes the embedding of a picture.
pub(super) fn embedding(
    network: &Network,
    preprocessing: Preprocessing,
    metric: Metric,
    picture: &Picture,
) -> Result<Embedding> {
    let [height, width] = network.input_size();
    let pixels = picture.pixels(preprocessing, height, width);
    Ok(Embedding::pack(&network.features(&pixels)?, metric))
}
