//! The functions that the page's worker in `www/` calls. They only convert arguments and results.

mod partition;
mod picture;
mod words;

pub use partition::{Features, WebPartition, WebPartitionReading};
use picture::NetworkInput;
pub use picture::{Pixels, WebPicture};
use wasm_bindgen::prelude::*;
pub use words::{WebLists, WebNamed, WebWordIndex};

use crate::digest::Digest;
use crate::embedding::Embedding;
use crate::error::{Details, Error};
use crate::index::{Index, Query, read_cells};
use crate::network::Reading;
use crate::network::partition::Partition;
use crate::recommender::{self, Recommender, query_of, regions_of};
use crate::search::{Filter, RowSet, candidates, nearest_groups_of, short_list, spread};

/// Converts an error to a JavaScript `Error` to be thrown. Its `name` is [`Error::kind`]; its `message` is a sentence
/// for the visitor.
impl From<Error> for JsValue {
    fn from(error: Error) -> JsValue {
        let thrown = js_sys::Error::new(&error.to_string());
        thrown.set_name(error.kind());
        thrown.into()
    }
}

/// Makes a panic write to the console and throw an `Error` named `Panic`, which tells it from a trap when memory runs
/// out. After either of them the instance is in an undefined state and must not be used again.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let thrown = js_sys::Error::new(&panic.to_string());
        thrown.set_name("Panic");
        wasm_bindgen::throw_val(thrown.into());
    }));
}

/// The SHA-256 of some bytes in hexadecimal, to check a download against the manifest. The browser's own function is
/// missing on plain http.
#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

/// Reads a network from the pieces of its file.
#[wasm_bindgen(js_name = Reading)]
pub struct WebReading(Reading);

#[wasm_bindgen(js_class = Reading)]
impl WebReading {
    /// Starts before the first bytes. `sha256`, in hexadecimal, is the digest that the caller checks the file against;
    /// where it is missing, it is computed here. Throws where it is not a digest.
    #[wasm_bindgen(constructor)]
    pub fn new(sha256: Option<String>) -> Result<WebReading, JsValue> {
        let known = sha256.map(|text| Digest::parse(&text)).transpose()?;
        Ok(WebReading(Reading::new(known)))
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }
}

/// A network and the embeddings that it made.
#[wasm_bindgen(js_name = Recommender)]
pub struct WebRecommender(Recommender<Vec<u8>>);

#[wasm_bindgen(js_class = Recommender)]
impl WebRecommender {
    /// Takes a network, all of whose bytes have been pushed, and reads the embedding file or its first level. Throws
    /// where one of them is damaged, or where they do not belong together.
    #[wasm_bindgen(constructor)]
    pub fn new(network: WebReading, embeddings: Vec<u8>) -> Result<WebRecommender, JsValue> {
        let recommender = Recommender::new(network.0.finish()?, Index::open(embeddings)?)?;
        Ok(WebRecommender(recommender))
    }

    /// The number of models.
    #[wasm_bindgen(getter)]
    pub fn models(&self) -> usize {
        self.0.index().len()
    }

    /// The name of the vector instructions that the network's convolutions use.
    #[wasm_bindgen(getter)]
    pub fn kernel(&self) -> String {
        self.0.network().kernel().to_owned()
    }

    /// The first worker's partition for a number of workers.
    pub fn partition(&self, workers: usize) -> Result<WebPartition, JsValue> {
        Ok(WebPartition(Partition::new(self.0.network(), 0, workers)?))
    }

    /// Throws where the features of the first model's thumbnail differ from the stored map.
    #[wasm_bindgen(js_name = selfTest)]
    pub fn self_test(&self, features: &Features, uid: &str) -> Result<f32, JsValue> {
        Ok(self.0.self_test(&features.0, uid)?)
    }

    /// The preprocessing and the size of the network's input, for [`WebPicture`] in this or another instance of the
    /// module.
    #[wasm_bindgen(getter, js_name = networkInput)]
    pub fn network_input(&self) -> Result<JsValue, JsValue> {
        let preprocessing = self.0.index().origin().preprocessing;
        let [height, width] = self.0.network().input_size();
        Ok(serde_wasm_bindgen::to_value(&NetworkInput { preprocessing, height, width })?)
    }

    /// Takes preprocessed pixels of the network's input size: `[height, width, 3] u8`, RGB.
    #[wasm_bindgen(js_name = pixelsOf)]
    pub fn pixels_of(&self, rgb: Vec<u8>) -> Result<Pixels, JsValue> {
        let [height, width] = self.0.network().input_size();
        Ok(Pixels(crate::pixels::Pixels::from_rgb(rgb, height, width)?))
    }

    /// Features -> a query.
    #[wasm_bindgen(js_name = queryOfFeatures)]
    pub fn query_of_features(&self, features: &Features) -> WebQuery {
        WebQuery(self.0.query_of_features(&features.0))
    }

    /// The parts of a photograph that show its things, up to three: for each, one after another, left, top, width and
    /// height in fractions of the image's sides, which are given in pixels. Empty where none is worth a proposal.
    pub fn proposals(&self, features: &Features, width: u32, height: u32) -> Vec<f64> {
        self.0.proposals(&features.0, [width, height]).concat()
    }

    /// A model's row -> a query.
    #[wasm_bindgen(js_name = queryOfModel)]
    pub fn query_of_model(&self, row: usize) -> Result<WebQuery, JsValue> {
        Ok(WebQuery(self.0.query_of_model(row)?))
    }

    /// The code of a link -> a query. Throws `Link` where the code is damaged or of another site.
    #[wasm_bindgen(js_name = queryOfCode)]
    pub fn query_of_code(&self, code: &[u8]) -> Result<WebQuery, JsValue> {
        Ok(WebQuery(self.0.index().query_of_code(code)?))
    }

    /// A query -> its code, short enough for a link.
    #[wasm_bindgen(js_name = codeOf)]
    pub fn code_of(&self, query: &WebQuery) -> Vec<u8> {
        self.0.index().code_of(&query.0)
    }

    /// A query -> its neighbours `[{row, score, closer_than, duplicates}]`, best first, without the row `except`.
    /// `only`, where it is given, has a byte for each row, which is zero for a row that may not be found.
    pub fn similar(
        &self,
        query: &WebQuery,
        top: usize,
        except: Option<usize>,
        only: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let only = self.rows(only)?;
        let found = self.0.similar(&query.0, Filter { except, only: only.as_ref() }, top);
        Ok(serde_wasm_bindgen::to_value(&found)?)
    }

    /// As [`similar`](WebRecommender::similar), among or beside the models that words name.
    #[wasm_bindgen(js_name = similarNamed)]
    pub fn similar_named(
        &self,
        query: &WebQuery,
        named: &WebNamed,
        top: usize,
        except: Option<usize>,
        only: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let only = self.rows(only)?;
        let filter = Filter { except, only: only.as_ref() };
        let (found, _) = self.0.similar_named(&query.0, &named.0, filter, top);
        Ok(serde_wasm_bindgen::to_value(&found)?)
    }

    /// The rows of `count` models that differ from each other; other rows for another seed.
    pub fn spread(&self, count: usize, seed: u32) -> Vec<usize> {
        spread(self.0.index(), count, seed)
    }

    /// The contributions of all regions to the score of a query and a model's row:
    /// `{score, height, width, contributions, mirrored}`.
    pub fn regions(&self, query: &WebQuery, row: usize) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.regions(&query.0, row)?)?)
    }

    /// How images were fitted to the network's input: `crop`, `squash` or `pad`.
    #[wasm_bindgen(getter)]
    pub fn fit(&self) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.index().origin().preprocessing.fit)?)
    }

    /// Features -> the whole embedding, as `recasketch embed -` writes it.
    #[wasm_bindgen(js_name = embeddingOf)]
    pub fn embedding_of(&self, features: &Features) -> Vec<i8> {
        self.0.embedding(&features.0).codes().to_vec()
    }

    /// A whole embedding -> a query. Throws where its length is not that of this network's embeddings.
    #[wasm_bindgen(js_name = queryOfEmbedding)]
    pub fn query_of_embedding(&self, embedding: &[i8]) -> Result<WebQuery, JsValue> {
        Ok(WebQuery(self.0.query_of_embedding(&Embedding::from_codes(embedding))?))
    }

    /// The numbers of the `count` cells nearest to a query, the nearest first.
    #[wasm_bindgen(js_name = nearestCells)]
    pub fn nearest_cells(&self, query: &WebQuery, count: usize) -> Vec<usize> {
        self.0.nearest_cells(&query.0, count)
    }

    /// Takes the embedding file as the head of so many cells. Throws where it has fewer rows.
    pub fn divide(&mut self, cells: usize) -> Result<(), JsValue> {
        Ok(self.0.divide(cells)?)
    }

    /// The bytes of a model's codes in each level that is there.
    #[wasm_bindgen(getter, js_name = rowBytes)]
    pub fn row_bytes(&self) -> Vec<usize> {
        self.0.index().row_bytes()
    }

    /// How many candidates of the first level are ranked to find the `depth` nearest models of a catalogue in cells.
    #[wasm_bindgen(js_name = candidatesFor)]
    pub fn candidates_for(&self, depth: usize) -> usize {
        if self.row_bytes().len() > 1 { short_list(depth) } else { depth }
    }

    /// The `count` best of some rows of the first level's codes: for each, best first, its score and its number among
    /// them. `only`, where it is given, has the numbers of those that may be found.
    pub fn candidates(
        &self,
        query: &WebQuery,
        codes: &[u8],
        count: usize,
        only: Option<Vec<u32>>,
    ) -> Result<Vec<i32>, JsValue> {
        let rows = self.0.rows(&[codes])?;
        let only = only.map(|only| RowSet::of_rows(rows.len(), &only));
        let filter = Filter { except: None, only: only.as_ref() };
        let found = candidates(&rows, &query.0, filter, count);
        Ok(found.into_iter().flat_map(|(score, row)| [score, row as i32]).collect())
    }

    /// As [`similar`](WebRecommender::similar), among the `depth` nearest of some rows of a catalogue in cells, of which
    /// `codes` has the first level and `fine` the second; it is empty where the second level is not there.
    pub fn ranked(
        &self,
        query: &WebQuery,
        codes: &[u8],
        fine: &[u8],
        top: usize,
        depth: usize,
    ) -> Result<JsValue, JsValue> {
        let rows = self.0.rows(levels(&[codes, fine]))?;
        let found = nearest_groups_of(&rows, &query.0, top, depth, &self.0.closeness(&query.0));
        Ok(serde_wasm_bindgen::to_value(&found)?)
    }

    /// The codes of a model of a catalogue in cells, as for [`ranked`](WebRecommender::ranked) -> a query.
    #[wasm_bindgen(js_name = queryOfCodes)]
    pub fn query_of_codes(&self, codes: &[u8], fine: &[u8]) -> Result<WebQuery, JsValue> {
        Ok(WebQuery(query_of(&self.0.rows(levels(&[codes, fine]))?, 0)?))
    }

    /// As [`regions`](WebRecommender::regions), of the codes of a model of a catalogue in cells.
    #[wasm_bindgen(js_name = regionsOfCodes)]
    pub fn regions_of_codes(
        &self,
        query: &WebQuery,
        codes: &[u8],
        fine: &[u8],
    ) -> Result<JsValue, JsValue> {
        let rows = self.0.rows(levels(&[codes, fine]))?;
        Ok(serde_wasm_bindgen::to_value(&regions_of(&rows, &query.0, 0)?)?)
    }

    /// The score from which on a model is similar to the query.
    pub fn alike(&self, query: &WebQuery) -> f32 {
        self.0.closeness(&query.0).alike()
    }

    /// Adds the rest of the embeddings to their first level.
    pub fn refine(&mut self, rest: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.refine(rest)?)
    }
}

/// A query, whose neighbours are searched.
#[wasm_bindgen(js_name = Query)]
pub struct WebQuery(Query);

/// Combines queries into one by their weights; neighbours are dissimilar to queries with a negative weight. Frees the
/// queries. Throws `Catalogue` where they cancel each other.
#[wasm_bindgen]
pub fn combined(queries: Vec<WebQuery>, weights: &[f32]) -> Result<WebQuery, JsValue> {
    let parts = queries.into_iter().map(|query| query.0).zip(weights.iter().copied());
    Ok(WebQuery(recommender::combined(parts.collect())?))
}

/// Reads a list of cells: `[{models, digests, blocks}]`, see `src/index/cells.rs`.
#[wasm_bindgen(js_name = readCells)]
pub fn cells_of(list: &[u8]) -> Result<JsValue, JsValue> {
    Ok(serde_wasm_bindgen::to_value(&read_cells(list)?)?)
}

/// The levels that are there.
fn levels<'a, 'b>(both: &'a [&'b [u8]; 2]) -> &'a [&'b [u8]] {
    if both[1].is_empty() { &both[..1] } else { both }
}

impl WebRecommender {
    fn rows(&self, only: Option<Vec<u8>>) -> Result<Option<RowSet>, Error> {
        let rows = self.models();
        let Some(bytes) = only else { return Ok(None) };
        if bytes.len() != rows {
            return Err(Error::Catalogue(Details::new(
                format!("a byte for each of {rows} rows"),
                bytes.len().to_string(),
                "filter the rows of this catalogue",
            )));
        }
        Ok(Some(RowSet::of(rows, |row| bytes[row] != 0)))
    }
}
