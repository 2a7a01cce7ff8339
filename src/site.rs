//! The site: a folder that any static host can serve, and its manifest.
//!
//! `manifest.json` names every other file by its content. A visitor therefore sees the old site or the new one, never a
//! mixture; `src/site/place.rs` describes how a new publication replaces the old one.

pub mod catalogue;
mod cells;
mod inverted;
mod last;
mod lists;
mod names;
mod packs;
mod page;
mod place;
mod publication;
mod reading;
pub mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod thumbnails;

use std::path::Path;
use std::sync::Arc;

use catalogue::Model;
pub use cells::Cells;
pub(crate) use packs::{Thumbnails, read as read_thumbnail};
pub(crate) use page::Page;
pub use page::PageSource;
use page::Published;
pub(crate) use place::Place;
use publication::{Publication, Source};
pub use reading::Site;
pub(crate) use reading::{codebook, network_file};
use reading::{parse, read_manifest, read_parts, wrong};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use settings::Settings;
pub use thumbnails::PublishedThumbnails;

use crate::digest::Digest;
use crate::embedding::Codebook;
use crate::error::{Details, Error, Result};
use crate::util::files::{self, Scratch};

const MANIFEST: &str = "manifest.json";
const SAMPLES: &str = "samples";

/// The version of the manifest's form; `www/engine/site.js` has the same.
pub const VERSION: u32 = 5;

/// The longest part of a file, in bytes. Common static hosts accept no file over 25 MiB.
const PART: usize = 24 << 20;

/// The list of a site's files; the page loads it first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// The number of models.
    pub models: usize,
    /// The folder of the page's files; absent if the site was written without the page.
    pub page: Option<String>,
    /// The list of files for offline use, as JSON; see [`Offline`]. Empty if there is no page.
    pub offline: Parts,
    /// The network's file.
    pub network: Parts,
    /// The embedding file. In a site in cells it is the head, then the second level of its codebook; see
    /// `src/index/cells.rs`.
    pub embeddings: Parts,
    /// The number of parts of the embedding file that the page answers from first: those of the first level, or all.
    pub first_level: usize,
    /// The catalogue as JSON. Empty in a site in cells, because each cell has its models.
    pub catalogue: Parts,
    /// The list of cells, if the site is in cells.
    pub cells: Option<Parts>,
    /// The list of the shards of inverted lists as JSON, if the site is in cells.
    pub inverted: Option<Parts>,
    /// The thumbnail that the page embeds at start, to check that it computes the same as the owner's machine.
    pub self_test: SelfTest,
    /// Images to try. The next publication keeps them unless it gets others.
    pub samples: Vec<Sample>,
    /// The origins of thumbnails that are left at their sources, such as `https://media.sketchfab.com`. The page's
    /// policy allows images from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thumbnail_hosts: Vec<String>,
    /// The names of all files of this publication, one a line. These lists do not name themselves.
    pub files: Parts,
    /// The owner's settings. The next publication keeps them unless it gets others.
    #[serde(default, skip_serializing_if = "Settings::are_none")]
    pub settings: Settings,
}

/// The parts of a file, in the order in which they are joined; most files have one.
pub type Parts = Vec<Named>;

/// A part named by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name within the site.
    pub file: String,
    /// Its length in bytes; hosts that compress do not send it.
    pub bytes: usize,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A thumbnail, and the model whose stored embedding it must give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfTest {
    /// The model.
    pub uid: String,
    /// Its thumbnail within the site.
    pub file: String,
}

/// An image to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Its path within the site.
    pub file: String,
    /// What it shows.
    pub name: String,
}

impl Manifest {
    /// Reads a manifest. Checks that every name lies within the site and that every setting is valid.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another version, for data that is no manifest, and for a name outside the site.
    pub fn parse(json: &[u8]) -> Result<Manifest> {
        let json: Value = parse(json, MANIFEST)?;
        // Checked first, because another version may lack fields of this one.
        if json["version"] != VERSION {
            let came = json["version"].to_string();
            return Err(wrong(&format!("a site of version {VERSION}"), &came));
        }
        names::check(&json)?;
        let manifest: Manifest = serde_json::from_value(json).map_err(|error| {
            wrong(&format!("{MANIFEST} as `embed` writes it"), &error.to_string())
        })?;
        if let Some(host) =
            manifest.thumbnail_hosts.iter().find(|host| !thumbnails::is_origin(host))
        {
            return Err(wrong("hosts such as https://media.example.org", &format!("{host:?}")));
        }
        if manifest.first_level > manifest.embeddings.len() {
            let came = format!("{} of {}", manifest.first_level, manifest.embeddings.len());
            return Err(wrong("a first level within the embeddings' parts", &came));
        }
        Ok(manifest)
    }
}

/// The files that the page's service worker stores for offline use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    /// The SHA-256, in hexadecimal, of the manifest without this list and the list of all files. It makes the lists of
    /// two sites differ.
    pub site: String,
    /// The page's files and the images that it always requests, all named by their content.
    pub files: Vec<Named>,
}

/// The content of a site before it is published.
pub(crate) struct Contents<'a> {
    /// The network's file.
    pub(crate) network: &'a [u8],
    /// The embeddings.
    pub(crate) embeddings: Coded,
    /// The models, in the order of the embedding file's rows.
    pub(crate) models: Vec<Model>,
    /// The thumbnails of these models.
    pub(crate) thumbnails: Thumbnails<'a>,
    /// Images to try; `None` keeps those of the site.
    pub(crate) samples: Option<&'a [Example]>,
    /// The page; `None` keeps that of the site.
    pub(crate) page: Option<&'a Page>,
    /// The owner's settings; `None` keeps those of the site.
    pub(crate) settings: Option<&'a Settings>,
}

/// The embeddings of a site before it is published.
pub(crate) struct Coded {
    /// The embedding file.
    pub(crate) file: Arc<Scratch>,
    /// Where its first level ends, or the file if it holds whole maps.
    pub(crate) first_level: u64,
    /// The codebook, if the site is written in cells.
    pub(crate) in_cells: Option<Codebook>,
}

/// An image to try, before it is in a site.
pub(crate) struct Example {
    name: String,
    bytes: Vec<u8>,
}

/// Reads a folder of images to try. Ignores hidden files, and files whose content is no image.
///
/// # Errors
/// [`Error::File`] if the folder or a file cannot be read.
pub(crate) fn read_samples(folder: &Path) -> Result<Vec<Example>> {
    let mut samples = Vec::new();
    for path in files::list(folder)? {
        if files::is_hidden(&path) {
            continue;
        }
        let bytes = files::read(&path)?;
        if image::guess_format(&bytes).is_ok() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            samples.push(Example { name: name.replace(['-', '_'], " "), bytes });
        }
    }
    Ok(samples)
}

/// The ending of an image's name, by its content.
pub(crate) fn ending_of(image: &[u8]) -> &'static str {
    image::guess_format(image).map_or("jpg", |format| format.extensions_str()[0])
}

fn image_name(folder: &str, digest: Digest, ending: &str) -> String {
    format!("{folder}/{}.{ending}", digest.short())
}

/// Checks that a page can be published into a place. Called before the work begins, which may take hours.
///
/// # Errors
/// [`Error::File`] if the owner has a file of a name that the page needs.
pub(crate) fn check(place: &Place, page: Option<&Page>) -> Result<()> {
    page.map_or(Ok(()), |page| place.check(page.doors()))
}

/// Publishes a site into a folder.
///
/// # Errors
/// [`Error::File`] if something cannot be read or written, [`Error::Catalogue`] if there are no models.
pub(crate) fn write(place: Place, mut contents: Contents<'_>) -> Result<Manifest> {
    let (uid, path) = match (contents.models.first(), contents.thumbnails.originals.first()) {
        (Some(shown), Some(original)) => (shown.uid.clone(), &original.path),
        _ => return Err(no_models()),
    };
    let mut publication = Publication::default();
    let file = contents.thumbnails.add_original(&mut publication, 0);
    let mut images = vec![named(&file, &files::read(path)?)];
    let self_test = SelfTest { uid, file };
    let Data { embeddings, first_level, catalogue, list, inverted } =
        add_data(&place, &mut publication, &mut contents)?;
    let kept = kept_samples(&place);
    let samples = contents.samples.unwrap_or(&kept);
    let samples = samples.iter().map(|sample| {
        let file = image_name(SAMPLES, Digest::of(&sample.bytes), ending_of(&sample.bytes));
        images.push(named(&file, &sample.bytes));
        publication.add(file.clone(), Source::Bytes(sample.bytes.clone().into()));
        Sample { file, name: sample.name.clone() }
    });
    let samples = samples.collect();
    let sources = contents.thumbnails.sources;
    let settings = contents.settings.unwrap_or(&place.last().settings).clone();
    let page = match contents.page {
        Some(page) => Some(page.publish(&settings, sources, &mut publication)?),
        None => Published::carried(&place, sources, &mut publication)?,
    };
    let manifest = Manifest {
        version: VERSION,
        models: contents.models.len(),
        page: None,
        offline: Parts::new(),
        network: publication.parts("network", "bin", contents.network.into()),
        first_level,
        embeddings,
        catalogue,
        cells: list,
        inverted,
        self_test,
        samples,
        thumbnail_hosts: sources.to_vec(),
        files: Parts::new(),
        settings,
    };
    publish(place, publication, manifest, page, &images)
}

/// Writes the page of a site again, with other settings if they are given. The site's data stay as they are.
///
/// # Errors
/// Those of [`Site::open`], because the page and the data must have the same version; [`Error::Mismatch`] for a folder
/// that is not the page's; and [`Error::File`] if something cannot be read or written.
pub fn rewrite(site: &Path, page: &PageSource, settings: Option<Settings>) -> Result<Manifest> {
    let page = Page::read(page)?;
    read_manifest(site)?;
    let place = Place::open(site, false)?;
    check(&place, Some(&page))?;
    let Site { mut manifest, models, .. } = Site::open(site)?;
    manifest.settings = settings.unwrap_or(manifest.settings);
    (manifest.files, manifest.offline) = (Parts::new(), Parts::new());
    let mut publication = Publication::default();
    let mut cells = match &manifest.cells {
        Some(list) => cells::names(site, list)?,
        None => Vec::new(),
    };
    if let Some(list) = &manifest.inverted {
        cells.extend(inverted::names(site, list)?);
    }
    let parts = [&manifest.network, &manifest.embeddings, &manifest.catalogue];
    let parts = parts.into_iter().chain(&manifest.cells).chain(&manifest.inverted).flatten();
    let parts = parts.map(|part| part.file.clone()).chain(cells);
    let shown: Vec<String> = manifest.samples.iter().map(|sample| sample.file.clone()).collect();
    let shown: Vec<String> = shown.into_iter().chain([manifest.self_test.file.clone()]).collect();
    let is_here = |thumbnail: &String| !thumbnail.starts_with("https://");
    let thumbnails = models.into_iter().filter_map(|model| model.thumbnail).filter(is_here);
    let thumbnails = thumbnails.map(|thumbnail| packs::file_of(&thumbnail).to_owned());
    for name in parts.chain(thumbnails).chain(shown.iter().cloned()) {
        publication.add(name, Source::There);
    }
    let image = |file: &String| Ok(named(file, &files::read(&site.join(file))?));
    let images = shown.iter().map(image).collect::<Result<Vec<Named>>>()?;
    let page = page.publish(&manifest.settings, &manifest.thumbnail_hosts, &mut publication)?;
    publish(place, publication, manifest, Some(page), &images)
}

/// Adds the list of files for offline use, and publishes everything.
fn publish(
    place: Place,
    mut publication: Publication<'_>,
    mut manifest: Manifest,
    page: Option<Published>,
    images: &[Named],
) -> Result<Manifest> {
    if let Some(page) = page {
        manifest.page = Some(page.folder.clone());
        let list = page.offline(&manifest, images)?;
        manifest.offline = publication.parts("offline", "json", list.into());
    }
    place.publish(publication, manifest)
}

/// The samples of a site. A sample whose file is missing is left out.
fn kept_samples(place: &Place) -> Vec<Example> {
    let read = |sample: &Sample| {
        let bytes = files::read(&place.folder().join(&sample.file)).ok()?;
        Some(Example { name: sample.name.clone(), bytes })
    };
    place.last().samples.iter().filter_map(read).collect()
}

/// The embeddings and the catalogue, as fields of the manifest.
struct Data {
    embeddings: Parts,
    first_level: usize,
    catalogue: Parts,
    list: Option<Parts>,
    inverted: Option<Parts>,
}

/// Adds thumbnails, embeddings and catalogue to a publication.
fn add_data<'a>(
    place: &Place,
    publication: &mut Publication<'a>,
    contents: &mut Contents<'a>,
) -> Result<Data> {
    let (models, thumbnails) = (&mut contents.models, contents.thumbnails);
    if let Some(codebook) = &contents.embeddings.in_cells {
        let cells::Added { head, second, list, cells } =
            cells::add(publication, &contents.embeddings, codebook, models, thumbnails, place)?;
        let of_cell = |rows: &Vec<usize>| rows.iter().map(|&row| &models[row]).collect();
        let models: Vec<Vec<&Model>> = cells.iter().map(of_cell).collect();
        return Ok(Data {
            first_level: head.len(),
            embeddings: [head, second].concat(),
            catalogue: Parts::new(),
            list: Some(list),
            inverted: Some(inverted::add(publication, &models)?),
        });
    }
    let (file, end) = (&contents.embeddings.file, contents.embeddings.first_level);
    let rows = (0..models.len()).collect();
    thumbnails.add(publication, models, &[rows]);
    let catalogue = serde_json::to_vec(models)
        .map_err(|error| wrong("a catalogue that can be written", &error.to_string()))?;
    let [first, rest] = match file.length()? {
        // Whole maps are too large for many small parts.
        length if length == end => {
            [publication.parts_of("embeddings", "bin", file, 0..end)?, Parts::new()]
        }
        length => [
            publication.cut_of("embeddings", "bin", file, 0..end)?,
            publication.cut_of("embeddings", "bin", file, end..length)?,
        ],
    };
    Ok(Data {
        first_level: first.len(),
        embeddings: [first, rest].concat(),
        catalogue: publication.cut("catalogue", "json", catalogue.into()),
        list: None,
        inverted: None,
    })
}

fn named(file: &str, bytes: &[u8]) -> Named {
    let sha256 = Digest::of(bytes).to_string();
    Named { file: file.to_owned(), bytes: bytes.len(), sha256 }
}

fn no_models() -> Error {
    let advice = "see the reasons above, and check whether --thumbnails names the right folder";
    Error::Catalogue(Details::new("at least one thumbnail that can be embedded", "none", advice))
}
