//! The models of the double: records of the form of Sketchfab's own, every field of a real one, and nulls
//! where a real one has them.

#![allow(unreachable_pub)]

use std::sync::OnceLock;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use serde_json::{Value, json};

use recasketch::commands::demo;

/// Columns and rows of the thumbnails that Sketchfab makes, in the order in which it lists them.
pub const SIZES: [[u32; 2]; 5] = [[1920, 1080], [1024, 576], [720, 405], [256, 144], [64, 36]];

/// How many pictures are drawn; models share them, each in a file of its own.
const PICTURES: usize = 24;

/// Slug and label, and the uid by which the API knows it.
const LICENCES: [(&str, &str); 3] = [
    ("by", "CC Attribution"),
    ("by-nc", "CC Attribution-NonCommercial"),
    ("cc0", "CC0 Public Domain"),
];

/// A model of the double.
#[derive(Clone)]
pub struct Made {
    pub uid: String,
    pub name: String,
    pub user: String,
    pub tags: Vec<String>,
    pub category: &'static str,
    pub licence: Option<(&'static str, &'static str)>,
    pub likes: u64,
    pub downloadable: bool,
    pub staff_picked: bool,
    pub restricted: bool,
    pub faces: Option<u64>,
    /// The sizes of its thumbnails; `None` where the record has null in their place.
    pub sizes: Option<Vec<[u32; 2]>>,
    /// Changes with each thumbnail that its author makes, and so the links.
    pub version: u32,
    pub picture: usize,
    /// The collections that it is in.
    pub collections: Vec<String>,
    /// Taken away by its author.
    pub gone: bool,
}

/// Models with nothing odd, the same for the same number.
pub fn models(count: usize) -> Vec<Made> {
    (0..count).map(made).collect()
}

fn made(index: usize) -> Made {
    let mut random = fastrand::Rng::with_seed(index as u64);
    let (_, name, tags, category) = &pictures()[index % PICTURES];
    Made {
        uid: hex(&mut random),
        name: format!("{name} {index}"),
        user: format!("author{}", index % 7),
        tags: tags.clone(),
        category,
        licence: Some(LICENCES[index % 3]),
        likes: random.u64(0..500),
        downloadable: !index.is_multiple_of(4),
        staff_picked: index.is_multiple_of(10),
        restricted: false,
        faces: (!index.is_multiple_of(9)).then(|| random.u64(12..2_000_000)),
        sizes: Some(SIZES.to_vec()),
        version: 0,
        picture: index % PICTURES,
        collections: Vec::new(),
        gone: false,
    }
}

pub fn hex(random: &mut fastrand::Rng) -> String {
    format!("{:032x}", random.u128(..))
}

/// A name as Sketchfab's addresses have it.
pub fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}

impl Made {
    /// The record as a list has it; thumbnails lie at `media`.
    pub fn record(&self, media: &str) -> Value {
        let Made { uid, name, user, likes, .. } = self;
        let api = "https://api.sketchfab.com/v3";
        let archive = |kind: &str, faces: Option<u64>| {
            json!({"textureCount": faces.map(|_| 6), "size": 1_546_940, "type": kind,
                   "textureMaxResolution": faces.map(|_| 1024), "faceCount": faces,
                   "vertexCount": faces})
        };
        json!({
            "uri": format!("{api}/models/{uid}"), "uid": uid, "name": name,
            "staffpickedAt": self.staff_picked.then_some("2021-04-01T10:00:00.000000"),
            "viewCount": likes * 17, "likeCount": likes, "animationCount": 0, "commentCount": 0,
            "viewerUrl": format!("https://sketchfab.com/3d-models/{}-{uid}", slug(name)),
            "embedUrl": format!("https://sketchfab.com/models/{uid}/embed"),
            "isDownloadable": self.downloadable, "publishedAt": "2021-03-18T09:36:25.430631",
            "tags": self.tags.iter().map(|tag| json!({
                "name": tag, "slug": slug(tag), "uri": format!("{api}/tags/{}", slug(tag))
            })).collect::<Vec<_>>(),
            "categories": [{"uid": "86f23935d9fd4e0e8d3e9f4a4d4f1b8c", "name": self.category,
                            "slug": slug(self.category),
                            "uri": format!("{api}/categories/{}", slug(self.category))}],
            "thumbnails": self.sizes.as_ref().map(|sizes| json!({
                "images": sizes.iter().map(|size| self.image(media, *size)).collect::<Vec<_>>()
            })),
            "user": {
                "uid": "b50b409d636f4a8e9af2111d370786bf", "username": user,
                "displayName": format!("{user} & Co"), "account": "basic",
                "profileUrl": format!("https://sketchfab.com/{user}"),
                "avatar": {"uri": format!("{api}/avatars/d17386e905724bd7a5384abd5d2f21e3"),
                           "images": [{"size": 746, "width": 32, "height": 32,
                                       "url": "https://media.sketchfab.com/avatars/a.jpeg"}]},
                "uri": format!("{api}/users/b50b409d636f4a8e9af2111d370786bf")
            },
            "description": "Export by <b>someone</b> <br>", "faceCount": self.faces,
            "createdAt": "2021-03-18T09:31:52.190927", "vertexCount": 7309,
            "isAgeRestricted": self.restricted,
            "archives": {"glb": archive("glb", Some(14337)), "gltf": archive("gltf", Some(14337)),
                         "source": archive("source", None), "usdz": archive("usdz", None)},
            "license": self.licence.map(|(slug, label)| json!({
                "slug": slug, "label": label, "fullName": label, "requirements": "",
                "uri": format!("{api}/licenses/322a749bcfa841b29dff1e8a1bb74b0b"),
                "url": "https://creativecommons.org/licenses/by/4.0/"
            })),
        })
    }

    /// The record as its own address has it, which says more.
    pub fn detail(&self, media: &str) -> Value {
        let mut record = self.record(media);
        let more = json!({"status": {"processing": "SUCCEEDED"}, "files": [], "options": {},
                          "downloadCount": 0, "editorUrl": "https://sketchfab.com/edit", "ext": null});
        let fields = record.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        record
    }

    fn image(&self, media: &str, [width, height]: [u32; 2]) -> Value {
        let seed = u64::from(self.version) << 32 | u64::from(width);
        let file = hex(&mut fastrand::Rng::with_seed(seed));
        let uid = &self.uid;
        let url = format!("{media}/models/{uid}/thumbnails/{:08x}/{file}.jpeg", self.version);
        // The smallest one's size is seldom known.
        let size = (width > 64).then_some(u64::from(width) * 16);
        json!({"uid": file, "size": size, "width": width, "height": height, "url": url})
    }

    /// The thumbnail at a path, unless it is of an older version.
    pub fn thumbnail(&self, path: &str) -> Option<Vec<u8>> {
        let sizes = self.sizes.iter().flatten();
        let mut named = sizes.filter(|size| self.image("", **size)["url"] == path);
        named.next().map(|&size| jpeg(self.picture, size, &self.uid))
    }
}

type Drawn = (RgbImage, String, Vec<String>, &'static str);

fn pictures() -> &'static [Drawn] {
    static PICTURES_DRAWN: OnceLock<Vec<Drawn>> = OnceLock::new();
    PICTURES_DRAWN.get_or_init(|| {
        let draw = |index| {
            let drawing = demo::draw(11, index, 720, 405);
            (drawing.image, drawing.name, drawing.tags, drawing.category)
        };
        (0..PICTURES as u64).map(draw).collect()
    })
}

/// A picture in a size, in a file that no other model has: the uid is a comment in it.
fn jpeg(picture: usize, [width, height]: [u32; 2], uid: &str) -> Vec<u8> {
    static ENCODED: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let encode = |image: &RgbImage| {
        let mut bytes = Vec::new();
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)).unwrap();
        bytes
    };
    let image = &pictures()[picture].0;
    let bytes = match [width, height] == [image.width(), image.height()] {
        true => &ENCODED.get_or_init(|| pictures().iter().map(|drawn| encode(&drawn.0)).collect())
            [picture],
        false => &encode(&resize(image, width, height, FilterType::Triangle)),
    };
    let comment = [&[0xff, 0xfe, 0, 34], uid.as_bytes()].concat();
    [&bytes[..2], &comment[..], &bytes[2..]].concat()
}
