//! Image bytes -> the network's input.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::pixels::{Picture, Preprocessing};

/// The preprocessing and the input size of a network; see [`WebRecommender::network_input`](super::WebRecommender::network_input).
#[derive(Serialize, Deserialize)]
pub(super) struct NetworkInput {
    pub(super) preprocessing: Preprocessing,
    pub(super) height: usize,
    pub(super) width: usize,
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
    /// [`network_input`](super::WebRecommender::network_input).
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
pub struct Pixels(pub(super) crate::pixels::Pixels);

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
