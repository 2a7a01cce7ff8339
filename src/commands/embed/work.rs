//! Embeds a catalogue's thumbnails into the store, batch by batch, on all cores.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::before::Before;
use super::store::Store;
use super::{Options, Shard};
use crate::digest::Digest;
use crate::embedding::{Embedding, Metric};
use crate::error::{Details, Error, Result};
use crate::index::Origin;
use crate::network::Network;
use crate::pixels::{Pixels, Preprocessing};
use crate::recommender::SELF_TEST_COSINE;
use crate::site;
use crate::site::catalogue::{Model, Thumbnails};
use crate::util::files;
use crate::util::progress::Progress;

/// Images per thread in one batch. A batch is written to the store as a whole.
pub(super) const BATCH: usize = 16;

/// The network, the options and the catalogue's files of one run.
pub(super) struct Work<'a> {
    options: &'a Options,
    /// The network's file.
    file: Cow<'static, [u8]>,
    network: Network,
    thumbnails: Thumbnails,
    /// Invalid lines of the catalogue, each with the reason.
    wrong_lines: Vec<(String, String)>,
    /// The path of the store.
    store: PathBuf,
}

/// The result of embedding some models.
pub(super) struct Embedded {
    /// The models whose embeddings the store has now, each with its thumbnail's path within a site.
    pub(super) models: Vec<Model>,
    /// Their thumbnails, in the same order, each with its digest.
    pub(super) thumbnails: Vec<(PathBuf, Digest)>,
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
    /// The file name ending of its image format.
    ending: &'static str,
}

/// A thumbnail that can be used, and its embedding unless the store has it.
struct Checked {
    thumbnail: Thumbnail,
    embedding: Option<Embedding>,
}

/// Reads a network, to be computed in bfloat16 if `fast`.
pub(super) fn read(file: &[u8], fast: bool) -> Result<Network> {
    if fast { Network::read_fast(file) } else { Network::read(file) }
}

impl Work<'_> {
    /// Checks everything that the options name, for the whole catalogue or a shard, and returns the models.
    pub(super) fn prepare(
        options: &Options,
        shard: Option<Shard>,
    ) -> Result<(Work<'_>, Vec<Model>)> {
        let before = Before::check(options, shard)?;
        let file = options.network.read()?;
        let network = read(&file, options.fast)?;
        let dimensions = Origin::of(&network, options.preprocessing, options.metric).dimensions();
        before.room(options, file.len(), dimensions, shard.is_none())?;
        let Before { models, thumbnails, left_out: wrong_lines, store } = before;
        Ok((Work { options, file, network, thumbnails, wrong_lines, store }, models))
    }

    /// Opens the store.
    pub(super) fn store(&self) -> Result<Store> {
        Store::open(&self.store, self.origin())
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

    /// Embeds the thumbnails that the store lacks. The memory for the results is allocated at the start, so that a
    /// long run cannot fail for lack of memory near its end.
    pub(super) fn embed(&self, models: Vec<Model>, store: &mut Store) -> Result<Embedded> {
        self.check(&models, store)?;
        store.expect(models.len());
        let progress = Progress::start("embedding", models.len());
        let mut usable: Vec<Option<Thumbnail>> = vec![None; models.len()];
        let mut left_out = self.wrong_lines.clone();
        let mut embedded = 0;
        let batch = BATCH * rayon::current_num_threads();
        for (batch, usable) in models.chunks(batch).zip(usable.chunks_mut(batch)) {
            let check_one = |model: &Model| self.check_one(model, store, &progress);
            let checked: Vec<Result<Checked>> = batch.par_iter().map(check_one).collect();
            let mut embeddings = Vec::new();
            for ((model, usable), checked) in batch.iter().zip(usable).zip(checked) {
                match checked {
                    Ok(Checked { thumbnail, embedding }) => {
                        embeddings.extend(embedding.map(|one| (thumbnail.digest, one)));
                        *usable = Some(thumbnail);
                    }
                    Err(reason) => left_out.push((model.uid.clone(), reason.to_string())),
                }
            }
            store.add(&embeddings)?;
            embedded += embeddings.len();
        }
        let seconds = progress.finish();
        let usable = models.into_iter().zip(usable).filter_map(|(model, usable)| {
            let Thumbnail { digest, ending } = usable?;
            // A usable thumbnail was found before, so this never fails.
            let path = self.thumbnails.of(&model).ok()?;
            let thumbnail = Some(site::thumbnail_of(digest, ending));
            Some((Model { thumbnail, ..model }, (path, digest)))
        });
        let (models, thumbnails) = usable.unzip();
        Ok(Embedded { models, thumbnails, embedded, left_out, seconds })
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
        let Ok(here) = self.embedding(&bytes) else { return Ok(()) };
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
    fn check_one(&self, model: &Model, store: &Store, progress: &Progress) -> Result<Checked> {
        let checked = self.thumbnail(model, store);
        progress.step();
        if let Err(reason) = &checked {
            progress.say(&format!("left out {}: {reason}", model.uid));
        }
        checked
    }

    fn thumbnail(&self, model: &Model, store: &Store) -> Result<Checked> {
        let bytes = files::read(&self.thumbnails.of(model)?)?;
        let digest = Digest::of(&bytes);
        let embedding = match store.has(digest) {
            true => None,
            false => Some(self.embedding(&bytes)?),
        };
        let thumbnail = Thumbnail { digest, ending: site::ending_of(&bytes) };
        Ok(Checked { thumbnail, embedding })
    }

    fn embedding(&self, image: &[u8]) -> Result<Embedding> {
        embedding(&self.network, self.options.preprocessing, self.options.metric, image)
    }
}

/// Computes the embedding of an image's bytes.
pub(super) fn embedding(
    network: &Network,
    preprocessing: Preprocessing,
    metric: Metric,
    image: &[u8],
) -> Result<Embedding> {
    let [height, width] = network.input_size();
    let pixels = Pixels::decode(image, preprocessing, height, width)?;
    Ok(Embedding::pack(&network.features(&pixels)?, metric))
}
