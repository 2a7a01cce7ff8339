//! The page's door: what the worker in `www/` calls. No logic lives here.

use wasm_bindgen::prelude::*;

use crate::digest::Digest;
use crate::error::Error;
use crate::index::Index;
use crate::network::Network;
use crate::recommender::Recommender;

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
    /// Reads both files. Throws where one is damaged or they do not belong together.
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

    /// The uid of a row.
    pub fn uid(&self, row: usize) -> Option<String> {
        (row < self.0.index().len()).then(|| self.0.index().uid(row).to_owned())
    }

    /// Embeds a model's thumbnail and throws where it differs from the stored embedding.
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

    /// Pixels -> `[{row, score}]`, best first.
    #[wasm_bindgen(js_name = similarToPixels)]
    pub fn similar_to_pixels(&self, pixels: &Pixels, top: usize) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.similar_to_pixels(&pixels.0, top)?)?)
    }

    /// A model's uid -> `[{row, score}]`, best first, without the model itself.
    #[wasm_bindgen(js_name = similarToModel)]
    pub fn similar_to_model(&self, uid: &str, top: usize) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.similar_to_model(uid, top)?)?)
    }

    /// Pixels -> the network's feature map, flattened, channels fastest.
    pub fn features(&self, pixels: &Pixels) -> Result<Vec<f32>, JsValue> {
        Ok(self.0.network().features(&pixels.0)?.values().to_vec())
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
