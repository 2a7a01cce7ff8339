//! Chooses one of a model's thumbnails, and checks the bytes that came.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Details, Error, Result};
use crate::pixels;
use crate::site::catalogue;

/// The side of the network's input in pixels. A thumbnail whose short side reaches it need not be enlarged.
pub(super) const SIDE: u32 = 224;

/// One of a model's thumbnails.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) link: String,
    /// Columns and rows, where the source states them.
    pub(super) size: Option<[u32; 2]>,
}

/// The thumbnail that was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Picture {
    /// An address, or a path where `local`.
    pub(super) link: String,
    /// Columns and rows, where the source states them.
    pub(super) size: Option<[u32; 2]>,
    /// Whether the file is on this machine.
    pub(super) local: bool,
}

impl Image {
    /// Reads one entry of the API's `thumbnails.images`.
    pub(super) fn read(image: &Value) -> Option<Image> {
        let side = |name: &str| u32::try_from(image[name].as_u64()?).ok().filter(|&side| side > 0);
        let size = side("width").zip(side("height")).map(|(columns, rows)| [columns, rows]);
        image["url"].as_str().map(|link| Image { link: catalogue::link(link.trim()), size })
    }
}

/// Chooses the smallest thumbnail whose short side reaches [`SIDE`]. A larger one costs more bytes and shows the
/// network nothing more. Where none reaches it, the largest is chosen, because it is enlarged the least. Thumbnails
/// of unknown size come last.
pub(super) fn choose(images: impl Iterator<Item = Image>) -> Option<Picture> {
    let rank = |image: &Image| match image.size {
        Some([columns, rows]) => {
            let (short, area) = (columns.min(rows), i64::from(columns) * i64::from(rows));
            if short >= SIDE { (0, 0, area) } else { (1, -i64::from(short), -area) }
        }
        None => (2, 0, 0),
    };
    let best = images.min_by_key(rank)?;
    Some(Picture { link: best.link, size: best.size, local: false })
}

/// Returns whether the shorter of columns and rows reaches [`SIDE`].
pub(super) fn reaches([columns, rows]: [u32; 2]) -> bool {
    columns.min(rows) >= SIDE
}

/// Checks that bytes are a complete image that the network can read. Returns its columns and rows, and the ending of
/// its file name.
///
/// # Errors
/// As [`pixels::Picture::read`], and [`Error::Image`] for a JPEG that ends too early.
pub(super) fn check(bytes: &[u8]) -> Result<([u32; 2], &'static str)> {
    let format = image::guess_format(bytes).ok();
    // An image of the owner's may lack a few rows. A download must be complete, because it can be repeated.
    if format == Some(image::ImageFormat::Jpeg) && !pixels::jpeg_has_end(bytes) {
        return Err(Error::Image(Details::new(
            "a whole JPEG",
            format!("{} bytes without the mark of its end", bytes.len()),
            "download it again",
        )));
    }
    let picture = pixels::Picture::read(bytes)?;
    let size = [picture.width(), picture.height()];
    Ok((size, format.map_or("jpg", |format| format.extensions_str()[0])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(sizes: &[Option<[u32; 2]>]) -> Option<Option<[u32; 2]>> {
        let image = |&size: &Option<[u32; 2]>| Image { link: String::new(), size };
        choose(sizes.iter().map(image)).map(|picture| picture.size)
    }

    #[test]
    fn the_smallest_whose_short_side_reaches_224_is_chosen_in_any_order() {
        let sizes = [[1920, 1080], [1024, 576], [720, 405], [256, 144], [64, 36]].map(Some);
        assert_eq!(chosen(&sizes), Some(Some([720, 405])));
        let mut backwards = sizes;
        backwards.reverse();
        assert_eq!(chosen(&backwards), Some(Some([720, 405])));
        assert_eq!(chosen(&[Some([224, 224]), Some([448, 224])]), Some(Some([224, 224])));
        // 256 x 144 is wide enough and not high enough.
        assert_eq!(chosen(&[Some([256, 144]), Some([1920, 1080])]), Some(Some([1920, 1080])));
    }

    #[test]
    fn where_none_reaches_it_the_largest_is_chosen() {
        assert_eq!(chosen(&[Some([64, 36]), Some([256, 144])]), Some(Some([256, 144])));
        assert_eq!(chosen(&[Some([200, 200]), Some([356, 200])]), Some(Some([356, 200])));
        assert_eq!(chosen(&[None, Some([64, 36])]), Some(Some([64, 36])));
        assert_eq!(chosen(&[None]), Some(None));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn a_jpeg_with_a_film_after_its_end_is_taken_and_a_cut_jpeg_is_not() {
        let jpeg = include_bytes!("../../../tests/fixtures/images/jpeg-16x9.jpg");
        let film = [&jpeg[..], b"\0\0\0\x18ftypmp42", &[7; 5000]].concat();
        assert_eq!(check(&film).unwrap(), ([320, 180], "jpg"));
        for length in [jpeg.len() / 2, jpeg.len() - 2] {
            let error = check(&jpeg[..length]).unwrap_err().to_string();
            assert!(error.contains("bytes without the mark of its end"), "{error}");
        }
    }
}
