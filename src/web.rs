//! The page's door: what the worker in `www/` calls. No logic lives here.

use wasm_bindgen::prelude::*;

use crate::digest::Digest;
use crate::error::{Details, Error};
use crate::index::Index;
use crate::network::Network;
use crate::recommender::Recommender;
use crate::search::RowSet;

/// A thrown `Error` whose `name` is [`Error::kind`] and whose `message` is a sentence for the visitor.
impl From<Error> for JsValue {
    fn from(error: Error) -> JsValue {
        let thrown = js_sys::Error::new(&error.to_string());
        thrown.set_name(error.kind());
        thrown.into()
    }
}

/// Panics become messages in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The SHA-256 of some bytes in hexadecimal, to hold a download against the manifest. The browser's
/// own digest is missing on plain http.
#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

/// A network and the embeddings it made.
#[wasm_bindgen(js_name = Recommender)]
pub struct WebRecommender(Recommender<Vec<u8>>);

#[wasm_bindgen(js_class = Recommender)]
impl WebRecommender {
    /// Reads both files, the embeddings whole or their first level. Throws where one is damaged or they do not belong together.
    #[wasm_bindgen(constructor)]
    pub fn new(network: &[u8], embeddings: Vec<u8>) -> Result<WebRecommender, JsValue> {
        let recommender = Recommender::new(Network::read(network)?, Index::open(embeddings)?)?;
        Ok(WebRecommender(recommender))
    }

    /// The number of models.
    #[wasm_bindgen(getter)]
    pub fn models(&self) -> usize {
        self.0.index().len()
    }

    /// Embeds the first model's thumbnail and throws where it differs from the stored map.
    #[wasm_bindgen(js_name = selfTest)]
    pub fn self_test(&self, thumbnail: &[u8], uid: &str) -> Result<f32, JsValue> {
        Ok(self.0.self_test(thumbnail, uid)?)
    }

    /// Image bytes -> pixels, `[height, width, 3] u8` RGB. Throws `UnsupportedImage` for what only a
    /// browser may decode.
    pub fn pixels(&self, image: &[u8]) -> Result<Pixels, JsValue> {
        Ok(Pixels(self.0.pixels(image)?))
    }

    /// An image that the browser decoded -> pixels.
    #[wasm_bindgen(js_name = pixelsFromImageData)]
    pub fn pixels_from_image_data(&self, image: &web_sys::ImageData) -> Result<Pixels, JsValue> {
        Ok(Pixels(self.0.pixels_from_rgba(&image.data(), image.width(), image.height())?))
    }

    /// Pixels -> `[{row, score, closer_than, duplicates}]`, best first; `only`, where it is given, has a
    /// byte for each row, zero for those that may not be found.
    #[wasm_bindgen(js_name = similarToPixels)]
    pub fn similar_to_pixels(
        &self,
        pixels: &Pixels,
        top: usize,
        only: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let only = self.rows(only)?;
        let found = self.0.similar_to_pixels(&pixels.0, only.as_ref(), top)?;
        Ok(serde_wasm_bindgen::to_value(&found)?)
    }

    /// A model's row -> as [`similarToPixels`](Self::similar_to_pixels), without the model itself.
    #[wasm_bindgen(js_name = similarToModel)]
    pub fn similar_to_model(
        &self,
        row: usize,
        top: usize,
        only: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let only = self.rows(only)?;
        Ok(serde_wasm_bindgen::to_value(&self.0.similar_to_model(row, only.as_ref(), top)?)?)
    }

    /// The score under which nothing is really alike.
    #[wasm_bindgen(getter)]
    pub fn alike(&self) -> f32 {
        self.0.index().calibration().alike()
    }

    /// Adds the rest of the embeddings to their first level.
    pub fn refine(&mut self, rest: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.refine(rest)?)
    }

    /// Pixels -> the network's feature map, flattened, channels fastest.
    pub fn features(&self, pixels: &Pixels) -> Result<Vec<f32>, JsValue> {
        Ok(self.0.network().features(&pixels.0)?.values().to_vec())
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

/// An image as the network sees it.
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
