//! A catalogue's thumbnails -> embeddings in the store, on all cores, batch by batch.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::before::Before;
use super::store::Store;
use super::{DEFAULT_NETWORK, Order, Shard};
use crate::catalogue::{Model, Thumbnails};
use crate::digest::Digest;
use crate::embedding::{Embedding, Likeness};
use crate::error::{Details, Error, Result};
use crate::index::Origin;
use crate::network::Network;
use crate::pixels::{Framing, Pixels};
use crate::progress::Progress;
use crate::recommender::SELF_TEST_COSINE;
use crate::{files, interrupt, site};

/// So many images a thread are embedded before what came of them is written down.
pub(super) const BATCH: usize = 16;

/// A network and the order that it works on.
pub(super) struct Work<'a> {
    order: &'a Order,
    /// The network's file, where it is not the default one.
    file: Option<Vec<u8>>,
    network: Network,
    thumbnails: Thumbnails,
    /// Lines of the catalogue that are no models, each with the reason.
    wrong_lines: Vec<(String, String)>,
    /// Where the store lies.
    store: PathBuf,
}

/// What became of some models.
#[derive(Default)]
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

/// A model whose thumbnail can be used, and its embedding where the store does not have it.
struct Looked {
    model: Model,
    thumbnail: (PathBuf, Digest),
    embedding: Option<Embedding>,
}

impl Work<'_> {
    /// Looks at all that an order names, for the whole catalogue or a share of it, and gives the models.
    pub(super) fn prepare(order: &Order, shard: Option<Shard>) -> Result<(Work<'_>, Vec<Model>)> {
        let before = Before::look(order, shard)?;
        let file = order.network.as_deref().map(files::read).transpose()?;
        let network = Network::read(file.as_deref().unwrap_or(DEFAULT_NETWORK))?;
        before.room(order, network.output_shape().iter().product(), shard.is_none())?;
        let Before { models, thumbnails, left_out: wrong_lines, store } = before;
        Ok((Work { order, file, network, thumbnails, wrong_lines, store }, models))
    }

    /// Opens the store.
    pub(super) fn store(&self) -> Result<Store> {
        Store::open(&self.store, self.origin())
    }

    pub(super) fn store_path(&self) -> &Path {
        &self.store
    }

    pub(super) fn order(&self) -> &Order {
        self.order
    }

    pub(super) fn network_file(&self) -> &[u8] {
        self.file.as_deref().unwrap_or(DEFAULT_NETWORK)
    }

    pub(super) fn origin(&self) -> Origin {
        let (network, shape) = (self.network.digest(), self.network.output_shape());
        let Order { framing, likeness, .. } = *self.order;
        Origin { network, framing, likeness, shape }
    }

    /// Sees to it that the store has the embeddings of all models whose thumbnails can be used.
    pub(super) fn embed(&self, models: &[Model], store: &mut Store) -> Result<Seen> {
        self.check(models, store)?;
        let progress = Progress::start("embedding", models.len());
        let mut seen = Seen { left_out: self.wrong_lines.clone(), ..Seen::default() };
        for batch in models.chunks(BATCH * rayon::current_num_threads()) {
            let look = |model: &Model| self.look(model, store, &progress);
            let looked: Vec<Result<Looked>> = batch.par_iter().map(look).collect();
            let mut embeddings = Vec::new();
            for (model, looked) in batch.iter().zip(looked) {
                match looked {
                    Ok(Looked { model, thumbnail, embedding }) => {
                        embeddings.extend(embedding.map(|embedding| (thumbnail.1, embedding)));
                        seen.models.push(model);
                        seen.thumbnails.push(thumbnail);
                    }
                    Err(reason) => seen.left_out.push((model.uid.clone(), reason.to_string())),
                }
            }
            store.add(&embeddings)?;
            seen.embedded += embeddings.len();
            self.keeps(seen.models.len(), models.len());
        }
        seen.seconds = progress.finish();
        Ok(seen)
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
        let path = self.thumbnails.of(model)?;
        let bytes = files::read(&path)?;
        let digest = Digest::of(&bytes);
        let embedding = match store.has(digest) {
            true => None,
            false => Some(self.embedding(&bytes)?),
        };
        let thumbnail = Some(site::thumbnail_of(&bytes, digest));
        let model = Model { thumbnail, ..model.clone() };
        Ok(Looked { model, thumbnail: (path, digest), embedding })
    }

    fn embedding(&self, image: &[u8]) -> Result<Embedding> {
        embedding(&self.network, self.order.framing, self.order.likeness, image)
    }
}

/// Image bytes -> embedding.
pub(super) fn embedding(
    network: &Network,
    framing: Framing,
    likeness: Likeness,
    image: &[u8],
) -> Result<Embedding> {
    let [height, width] = network.input_size();
    let pixels = Pixels::decode(image, framing, height, width)?;
    Ok(Embedding::pack(&network.features(&pixels)?, likeness))
}
