//! The functions that the page's worker in `www/` calls. They only convert arguments and results.

use js_sys::Float32Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::digest::Digest;
use crate::embedding::Embedding;
use crate::error::{Details, Error};
use crate::index::{Index, Query};
use crate::network::partition::Partition;
use crate::network::{FeatureMap, PartitionReading, Reading};
use crate::pixels::{Picture, Preprocessing};
use crate::recommender::{self, Cell, Recommender};
use crate::search::{Filter, RowSet};

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

    /// Reads the file of a cell. Throws where it is not a cell of this catalogue.
    pub fn cell(&self, file: &[u8]) -> Result<WebCell, JsValue> {
        Ok(WebCell(self.0.cell(file)?))
    }

    /// The score from which on models are similar.
    #[wasm_bindgen(getter)]
    pub fn alike(&self) -> f32 {
        self.0.index().calibration().alike()
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

/// A cell of a catalogue in cells.
#[wasm_bindgen(js_name = Cell)]
pub struct WebCell(Cell);

#[wasm_bindgen(js_class = Cell)]
impl WebCell {
    /// The number of models.
    #[wasm_bindgen(getter)]
    pub fn models(&self) -> usize {
        self.0.models()
    }

    /// The catalogue's data of the cell's models in the order of its rows, as JSON compressed by gzip.
    #[wasm_bindgen(getter)]
    pub fn catalogue(&self) -> Vec<u8> {
        self.0.catalogue().to_vec()
    }

    /// A row of the cell -> a query.
    #[wasm_bindgen(js_name = queryOf)]
    pub fn query_of(&self, row: usize) -> Result<WebQuery, JsValue> {
        Ok(WebQuery(self.0.query_of(row)?))
    }

    /// As [`regions`](WebRecommender::regions), for a row of this cell.
    pub fn regions(&self, query: &WebQuery, row: usize) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.regions(&query.0, row)?)?)
    }

    /// As [`similar`](WebRecommender::similar), in this cell only.
    pub fn similar(
        &self,
        query: &WebQuery,
        top: usize,
        except: Option<usize>,
    ) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.similar(&query.0, except, top))?)
    }
}

/// Reads one worker's partition of a network from the pieces of the network's file.
#[wasm_bindgen(js_name = PartitionReading)]
pub struct WebPartitionReading(PartitionReading);

#[wasm_bindgen(js_class = PartitionReading)]
impl WebPartitionReading {
    /// Starts before the first bytes. Throws where there is no such worker.
    #[wasm_bindgen(constructor)]
    pub fn new(worker: usize, workers: usize) -> Result<WebPartitionReading, JsValue> {
        Ok(WebPartitionReading(PartitionReading::new(worker, workers)?))
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }
}

/// One worker's partition of the network; see [`Partition`].
#[wasm_bindgen(js_name = Partition)]
pub struct WebPartition(Partition);

#[wasm_bindgen(js_class = Partition)]
impl WebPartition {
    /// Takes the partition once all bytes have been pushed. Throws where they are not a network.
    #[wasm_bindgen(constructor)]
    pub fn new(network: WebPartitionReading) -> Result<WebPartition, JsValue> {
        Ok(WebPartition(network.0.finish()?))
    }

    /// Begins an image on the first worker.
    pub fn begin(&mut self, pixels: &Pixels) -> Result<(), JsValue> {
        Ok(self.0.begin(&pixels.0)?)
    }

    /// Begins an image on any other worker.
    pub fn join(&mut self) {
        self.0.join();
    }

    /// The number of layers.
    #[wasm_bindgen(getter)]
    pub fn layers(&self) -> usize {
        self.0.layers()
    }

    /// Computes the next layer. Returns `false` where none is left.
    pub fn step(&mut self) -> bool {
        self.0.step()
    }

    /// Copies the floats that the worker `to` needs now to a buffer of [`WebPartition::most`] floats, and returns their
    /// number.
    pub fn outgoing(&mut self, to: usize, buffer: &Float32Array) -> u32 {
        let mut place = 0;
        for run in self.0.outgoing(to) {
            let end = place + run.len() as u32;
            buffer.subarray(place, end).copy_from(run);
            place = end;
        }
        place
    }

    /// Whether the worker `from` sends floats now.
    pub fn expects(&mut self, from: usize) -> bool {
        !self.0.incoming(from).is_empty()
    }

    /// Copies the floats that the worker `from` has sent out of a buffer.
    pub fn incoming(&mut self, from: usize, buffer: &Float32Array) {
        let mut place = 0;
        for run in self.0.incoming(from) {
            let end = place + run.len() as u32;
            buffer.subarray(place, end).copy_to(run);
            place = end;
        }
    }

    /// The most floats of one exchange with a worker, in either direction.
    pub fn most(&self, worker: usize) -> usize {
        self.0.most(worker)
    }

    /// The features, on the first worker after the last layer; otherwise `undefined`.
    pub fn features(&mut self) -> Option<Features> {
        self.0.features().map(Features)
    }
}

/// The network's feature map.
#[wasm_bindgen]
pub struct Features(FeatureMap);

#[wasm_bindgen]
impl Features {
    /// The map flattened, channels fastest.
    #[wasm_bindgen(getter)]
    pub fn values(&self) -> Vec<f32> {
        self.0.values().to_vec()
    }
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

/// The preprocessing and the input size of a network; see [`WebRecommender::network_input`].
#[derive(Serialize, Deserialize)]
struct NetworkInput {
    preprocessing: Preprocessing,
    height: usize,
    width: usize,
}

/// A decoded image.
#[wasm_bindgen(js_name = Picture)]
pub struct WebPicture(Picture);

#[wasm_bindgen(js_class = Picture)]
impl WebPicture {
    /// Decodes an image file. Throws `UnsupportedImage` for an image that a browser may still show, and `Image` for one
    /// that is empty or too large.
    pub fn read(image: &[u8]) -> Result<WebPicture, JsValue> {
        Ok(WebPicture(Picture::read(image)?))
    }

    /// Takes an upright image that the browser has decoded.
    #[wasm_bindgen(js_name = ofImageData)]
    pub fn of_image_data(image: &web_sys::ImageData) -> Result<WebPicture, JsValue> {
        Ok(WebPicture(Picture::from_rgba(&image.data(), image.width(), image.height())?))
    }

    /// The number of columns of the upright image.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.0.width()
    }

    /// The number of rows of the upright image.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.0.height()
    }

    /// Whether the file's metadata turn or mirror the image.
    #[wasm_bindgen(getter, js_name = isTurned)]
    pub fn is_turned(&self) -> bool {
        self.0.is_turned()
    }

    /// The whole image preprocessed for a recommender's network: `[height, width, 3] u8`, RGB. `input` is its
    /// [`network_input`](WebRecommender::network_input).
    pub fn pixels(&self, input: JsValue) -> Result<Vec<u8>, JsValue> {
        let NetworkInput { preprocessing, height, width } = serde_wasm_bindgen::from_value(input)?;
        Ok(self.0.pixels(preprocessing, height, width).rgb().to_vec())
    }

    /// Preprocesses a part of the image, given in fractions of the upright image's sides, as [`pixels`](Self::pixels)
    /// does.
    pub fn part(
        &self,
        left: f64,
        top: f64,
        width: f64,
        height: f64,
        input: JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        let part = [left, top, width, height];
        let NetworkInput { preprocessing, height, width } = serde_wasm_bindgen::from_value(input)?;
        Ok(self.0.part(part, preprocessing, height, width).rgb().to_vec())
    }

    /// The whole image, upright, resized: `[rows, columns, 4] u8`, RGBA for `ImageData`.
    pub fn upright(&self, columns: usize, rows: usize) -> Vec<u8> {
        let pixels = self.0.upright(rows, columns);
        pixels.rgb().chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], u8::MAX]).collect()
    }
}

/// Preprocessed pixels.
#[wasm_bindgen]
pub struct Pixels(crate::pixels::Pixels);

#[wasm_bindgen]
impl Pixels {
    /// The number of rows.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height()
    }

    /// The number of columns.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// `[height, width, 3] u8`, red, green, blue.
    #[wasm_bindgen(getter)]
    pub fn rgb(&self) -> Vec<u8> {
        self.0.rgb().to_vec()
    }
}
