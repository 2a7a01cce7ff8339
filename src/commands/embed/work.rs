//! A catalogue's thumbnails -> embeddings in the store, on all cores, batch by batch.

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
use crate::util::progress::Progress;
use crate::util::{files, interrupt};

/// So many images a thread are embedded before what came of them is written down.
pub(super) const BATCH: usize = 16;

/// A network and the options that it works by.
pub(super) struct Work<'a> {
    options: &'a Options,
    /// The network's file.
    file: Cow<'static, [u8]>,
    network: Network,
    thumbnails: Thumbnails,
    /// Lines of the catalogue that are no models, each with the reason.
    wrong_lines: Vec<(String, String)>,
    /// Where the store lies.
    store: PathBuf,
}

/// What became of some models.
pub(super) struct Seen {
    /// Those whose embeddings the store has now, each with its thumbnail's path within a site.
    pub(super) models: Vec<Model>,
    /// Their thumbnails, in the same order, each with its digest.
    pub(super) thumbnails: Vec<(PathBuf, Digest)>,
    /// How many were embedded just now; the others were before.
    pub(super) embedded: usize,
    /// Those that were left out, each with the reason.
    pub(super) left_out: Vec<(String, String)>,
    pub(super) seconds: f64,
}

/// A thumbnail that can be used.
#[derive(Clone, Copy)]
struct Thumbnail {
    digest: Digest,
    /// Of its kind of image.
    ending: &'static str,
}

/// A thumbnail that can be used, and its embedding where the store does not have it.
struct Looked {
    thumbnail: Thumbnail,
    embedding: Option<Embedding>,
}

impl Work<'_> {
    /// Looks at all that the options name, for the whole catalogue or a shard of it, and gives the models.
    pub(super) fn prepare(
        options: &Options,
        shard: Option<Shard>,
    ) -> Result<(Work<'_>, Vec<Model>)> {
        let before = Before::look(options, shard)?;
        let file = options.network.read()?;
        let network = Network::read(&file)?;
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

    /// Sees to it that the store has the embeddings of all models whose thumbnails can be used. What is kept of each
    /// has its place from the start, so a run that has begun needs no more memory at its end.
    pub(super) fn embed(&self, models: Vec<Model>, store: &mut Store) -> Result<Seen> {
        self.check(&models, store)?;
        store.expect(models.len());
        let progress = Progress::start("embedding", models.len());
        let mut usable: Vec<Option<Thumbnail>> = vec![None; models.len()];
        let mut left_out = self.wrong_lines.clone();
        let (mut embedded, mut done) = (0, 0);
        let batch = BATCH * rayon::current_num_threads();
        for (batch, usable) in models.chunks(batch).zip(usable.chunks_mut(batch)) {
            let look = |model: &Model| self.look(model, store, &progress);
            let looked: Vec<Result<Looked>> = batch.par_iter().map(look).collect();
            let mut embeddings = Vec::new();
            for ((model, usable), looked) in batch.iter().zip(usable).zip(looked) {
                match looked {
                    Ok(Looked { thumbnail, embedding }) => {
                        embeddings.extend(embedding.map(|one| (thumbnail.digest, one)));
                        *usable = Some(thumbnail);
                        done += 1;
                    }
                    Err(reason) => left_out.push((model.uid.clone(), reason.to_string())),
                }
            }
            store.add(&embeddings)?;
            embedded += embeddings.len();
            self.keeps(done, models.len());
        }
        let seconds = progress.finish();
        let usable = models.into_iter().zip(usable).filter_map(|(model, usable)| {
            let Thumbnail { digest, ending } = usable?;
            // Found once already, or it would not be usable.
            let path = self.thumbnails.of(&model).ok()?;
            let thumbnail = Some(site::thumbnail_of(digest, ending));
            Some((Model { thumbnail, ..model }, (path, digest)))
        });
        let (models, thumbnails) = usable.unzip();
        Ok(Seen { models, thumbnails, embedded, left_out, seconds })
    }

    /// What Ctrl-C leaves.
    fn keeps(&self, done: usize, all: usize) {
        let store = self.store.display();
        interrupt::keeps(format!(
            "the embeddings of {done} of {all} models are kept in {store}, and a site that was there before is as it was"
        ));
    }

    /// Embeds a thumbnail that the store has once more, the first of the first few: what another program
    /// or machine computed otherwise must not be mixed with what is computed here.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the two are not alike.
    fn check(&self, models: &[Model], store: &Store) -> Result<()> {
        let read = |model: &Model| files::read(&self.thumbnails.of(model).ok()?).ok();
        let mut first = models.iter().take(BATCH).filter_map(read);
        let Some(bytes) = first.find(|bytes| store.has(Digest::of(bytes))) else { return Ok(()) };
        let there = store.get(Digest::of(&bytes))?;
        // What cannot be embedded any more cannot be told to differ.
        let Ok(here) = self.embedding(&bytes) else { return Ok(()) };
        let cosine = here.cosine(&there);
        if cosine >= SELF_TEST_COSINE || here == there {
            return Ok(());
        }
        Err(Error::Mismatch(Details::new(
            format!("{SELF_TEST_COSINE} or more between a thumbnail embedded before and now"),
            format!("a cosine of {cosine}"),
            "move the file of finished embeddings away, and all are embedded anew",
        )))
    }

    /// Looks at one thumbnail.
    fn look(&self, model: &Model, store: &Store, progress: &Progress) -> Result<Looked> {
        let looked = self.thumbnail(model, store);
        progress.step();
        if let Err(reason) = &looked {
            progress.say(&format!("left out {}: {reason}", model.uid));
        }
        looked
    }

    fn thumbnail(&self, model: &Model, store: &Store) -> Result<Looked> {
        let bytes = files::read(&self.thumbnails.of(model)?)?;
        let digest = Digest::of(&bytes);
        let embedding = match store.has(digest) {
            true => None,
            false => Some(self.embedding(&bytes)?),
        };
        let thumbnail = Thumbnail { digest, ending: site::ending_of(&bytes) };
        Ok(Looked { thumbnail, embedding })
    }

    fn embedding(&self, image: &[u8]) -> Result<Embedding> {
        embedding(&self.network, self.options.preprocessing, self.options.metric, image)
    }
}

/// Image bytes -> embedding.
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
