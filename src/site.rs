//! The site: a folder that any static host can serve, and its manifest.
//!
//! `manifest.json` is written last and names every other file by its content, so a site is either the
//! old one or the new one, never half of each.

mod cells;
mod names;
mod page;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub use cells::Cell;
use page::Page;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::Model;
use crate::digest::Digest;
use crate::embedding::Codebook;
use crate::error::{Details, Error, Result};
use crate::files;
use crate::index::{Index, Origin};
use crate::network::Network;
use crate::recommender::Recommender;
use crate::settings::Settings;

const MANIFEST: &str = "manifest.json";
const THUMBNAILS: &str = "thumbnails";

/// The version of the manifest's form.
pub const VERSION: u32 = 3;

/// Common static hosts take no file over 25 MiB, so longer ones are cut into parts of this many bytes.
const PART: usize = 24 << 20;

/// What a site consists of; the page loads this first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// The number of models.
    pub models: usize,
    /// The page's module; absent where a site was written without the page.
    pub wasm: Option<Parts>,
    /// The same for browsers with relaxed lanes; absent where the page came without it.
    pub wasm_relaxed: Option<Parts>,
    /// The network's file.
    pub network: Parts,
    /// The embedding file; of a site in cells their head, see `src/index/cells.rs`.
    pub embeddings: Parts,
    /// How many of its parts the page begins with: those of the first level, or all.
    pub first_level: usize,
    /// The catalogue as JSON; nothing in a site in cells, which have it.
    pub catalogue: Parts,
    /// The list of cells as JSON, where the site is cut into them.
    pub cells: Option<Parts>,
    /// What the page embeds at start to see that it computes as the owner's machine did.
    pub self_test: SelfTest,
    /// Images to try.
    pub samples: Vec<Sample>,
    /// What the owner set; kept until other settings are given.
    #[serde(default, skip_serializing_if = "Settings::are_none")]
    pub settings: Settings,
}

/// A file as the parts that, one after another, are its content; mostly one.
pub type Parts = Vec<Named>;

/// A part named by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name within the site.
    pub file: String,
    /// Its length; hosts that compress do not tell it.
    pub bytes: usize,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A thumbnail and the model whose stored embedding it must give.
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
    /// Reads a manifest, of which every file lies within its site and every setting is one.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another version, for what is no manifest, and for a name that leads elsewhere.
    pub fn parse(json: &[u8]) -> Result<Manifest> {
        let json: Value = parse(json, MANIFEST)?;
        // Another version may lack what this one has.
        if json["version"] != VERSION {
            let came = json["version"].to_string();
            return Err(wrong(&format!("a site of version {VERSION}"), &came));
        }
        names::check(&json)?;
        let manifest: Manifest = serde_json::from_value(json).map_err(|error| {
            wrong(&format!("{MANIFEST} as `embed` writes it"), &error.to_string())
        })?;
        if manifest.first_level > manifest.embeddings.len() {
            let came = format!("{} of {}", manifest.first_level, manifest.embeddings.len());
            return Err(wrong("a first level of some of the embeddings' parts", &came));
        }
        Ok(manifest)
    }
}

/// Everything that goes into a site beside its thumbnails.
pub struct Contents<'a> {
    /// The network's file.
    pub network: &'a [u8],
    /// The embedding file.
    pub embeddings: &'a [u8],
    /// The models, in the order of the embedding file's rows.
    pub models: &'a [Model],
    /// Of more models than this, coded in levels, the page fetches cells of the nearest and never all.
    pub cells_above: usize,
    /// A folder of images to try.
    pub samples: Option<&'a Path>,
    /// The folder of the page's files and module, as `build.sh page` makes it.
    pub page: Option<&'a Path>,
    /// What the owner sets; without it what the site has.
    pub settings: Option<&'a Settings>,
}

/// Writes a site's thumbnail and gives its path within the site.
///
/// # Errors
/// [`Error::File`] where it cannot be written.
pub fn write_thumbnail(site: &Path, uid: &str, bytes: &[u8]) -> Result<String> {
    let ending = image::guess_format(bytes).map_or("jpg", |format| format.extensions_str()[0]);
    let file = format!("{THUMBNAILS}/{uid}.{ending}");
    let path = site.join(&file);
    // Most are there from the run before.
    if !std::fs::read(&path).is_ok_and(|there| there == bytes) {
        files::write(&path, bytes)?;
    }
    Ok(file)
}

/// Writes a site into a folder, the manifest last, and then removes what older manifests named.
///
/// # Errors
/// [`Error::File`] where something cannot be read or written, [`Error::Catalogue`] for no models.
pub fn write(site: &Path, contents: &Contents<'_>) -> Result<Manifest> {
    let shown = contents.models.first().ok_or_else(no_models)?;
    let Data { embeddings, first_level, catalogue, list, cells } = write_data(site, contents)?;
    let settings = match contents.settings {
        Some(settings) => settings.clone(),
        None => read_manifest(site).map(|manifest| manifest.settings).unwrap_or_default(),
    };
    let mut page = match contents.page {
        Some(page) => Page::write(site, page, &settings)?,
        None => Page::default(),
    };
    let manifest = Manifest {
        version: VERSION,
        models: contents.models.len(),
        wasm: page.wasm.take(),
        wasm_relaxed: page.wasm_relaxed.take(),
        network: write_parts(site, "network", "bin", contents.network)?,
        first_level,
        embeddings,
        catalogue,
        cells: list,
        self_test: SelfTest {
            uid: shown.uid.clone(),
            file: shown.thumbnail.clone().unwrap_or_default(),
        },
        samples: contents.samples.map_or(Ok(Vec::new()), |folder| write_samples(site, folder))?,
        settings,
    };
    write_manifest(site, &manifest, contents.page.and(Some(page)))?;
    remove_older(site, &manifest, &cells)?;
    for folder in ["", THUMBNAILS, "samples"] {
        files::remove_unfinished(&site.join(folder));
    }
    Ok(manifest)
}

/// Writes the page of a site anew, with other settings where they are given, and leaves its data as it is.
///
/// # Errors
/// As [`Site::open`], as the page and the data must be of one version, and [`Error::File`] where something cannot
/// be read or written.
pub fn rewrite(site: &Path, page: &Path, settings: Option<Settings>) -> Result<Manifest> {
    let mut manifest = Site::open(site)?.manifest;
    manifest.settings = settings.unwrap_or(manifest.settings);
    let mut page = Page::write(site, page, &manifest.settings)?;
    (manifest.wasm, manifest.wasm_relaxed) = (page.wasm.take(), page.wasm_relaxed.take());
    write_manifest(site, &manifest, Some(page))?;
    let cells = manifest.cells.as_ref().map_or(Ok(Vec::new()), |list| cells::named(site, list))?;
    remove_older(site, &manifest, &cells)?;
    files::remove_unfinished(site);
    Ok(manifest)
}

/// Writes the manifest, and before it what the page's service worker keeps.
fn write_manifest(site: &Path, manifest: &Manifest, page: Option<Page>) -> Result<()> {
    let json = serde_json::to_vec_pretty(manifest)
        .map_err(|error| wrong("a manifest that can be written", &error.to_string()))?;
    if let Some(page) = page {
        page.write_kept(site, manifest, named(MANIFEST, &json))?;
    }
    files::write(&site.join(MANIFEST), &json)
}

/// A site that was read back: how the program answers as the page does.
pub struct Site {
    /// The manifest.
    pub manifest: Manifest,
    /// The network and the embeddings.
    pub recommender: Recommender<Vec<u8>>,
    /// The models, in the order of rows; of a site in cells, cell by cell.
    pub models: Vec<Model>,
}

impl Site {
    /// Reads a site, holding every file against the manifest.
    ///
    /// # Errors
    /// [`Error::File`] for a file that is missing, [`Error::Mismatch`] for one that is not the
    /// manifest's, and what [`Network::read`], [`Index::open`] and [`Recommender::new`] say.
    pub fn open(site: &Path) -> Result<Site> {
        let manifest = read_manifest(site)?;
        let network = Network::read(&read_parts(site, &manifest.network)?)?;
        let embeddings = read_parts(site, &manifest.embeddings)?;
        if let Some(list) = &manifest.cells {
            let (index, models) = cells::read(site, &embeddings, list)?;
            let recommender = Recommender::new(network, index)?;
            return Ok(Site { manifest, recommender, models });
        }
        let index = Index::open(embeddings)?;
        let catalogue = read_parts(site, &manifest.catalogue)?;
        let models: Vec<Model> = parse(&catalogue, "the catalogue")?;
        let same = models.len() == index.len()
            && models.iter().enumerate().all(|(row, model)| Some(&*model.uid) == index.uid(row));
        if !same {
            return Err(wrong("a catalogue with the embeddings' models", "other models"));
        }
        let recommender = Recommender::new(network, index)?;
        Ok(Site { manifest, recommender, models })
    }
}

/// The embeddings and the catalogue, as they were written.
struct Data {
    embeddings: Parts,
    first_level: usize,
    catalogue: Parts,
    list: Option<Parts>,
    cells: Vec<Cell>,
}

fn write_data(site: &Path, contents: &Contents<'_>) -> Result<Data> {
    let index = Index::open(contents.embeddings)?;
    if index.levels() > 0 && index.len() > contents.cells_above {
        let cells::Written { head, list, cells } = cells::write(site, &index, contents.models)?;
        return Ok(Data {
            first_level: head.len(),
            embeddings: head,
            catalogue: Parts::new(),
            list: Some(list),
            cells,
        });
    }
    let catalogue = serde_json::to_vec(contents.models)
        .map_err(|error| wrong("a catalogue that can be written", &error.to_string()))?;
    let end = if index.levels() == 0 { contents.embeddings.len() } else { index.until(0).len() };
    let (start, rest) = contents.embeddings.split_at(end);
    let first = write_parts(site, "embeddings", "bin", start)?;
    Ok(Data {
        first_level: first.len(),
        embeddings: [first, write_parts(site, "embeddings", "bin", rest)?].concat(),
        catalogue: write_parts(site, "catalogue", "json", &catalogue)?,
        list: None,
        cells: Vec::new(),
    })
}

/// The codebook that a site's embeddings are coded by, where they are of this origin and whole; that of a
/// site in cells, which have the first level alone, lies in the file `beside`.
pub(crate) fn codebook(site: &Path, beside: &Path, origin: Origin) -> Option<Codebook> {
    let manifest = read_manifest(site).ok()?;
    let file = match manifest.cells {
        Some(_) => files::read(beside).ok()?,
        None => read_parts(site, &manifest.embeddings).ok()?,
    };
    let index = Index::open(file).ok().filter(|index| index.origin() == origin)?;
    index.verify().ok()?;
    index.codebook().cloned()
}

fn read_manifest(site: &Path) -> Result<Manifest> {
    Manifest::parse(&files::read(&site.join(MANIFEST))?)
}

fn write_parts(site: &Path, name: &str, ending: &str, bytes: &[u8]) -> Result<Parts> {
    let write = |part: &[u8]| {
        let file = format!("{name}-{}.{ending}", Digest::of(part).short());
        files::write(&site.join(&file), part)?;
        Ok(named(&file, part))
    };
    bytes.chunks(PART).map(write).collect()
}

fn named(file: &str, bytes: &[u8]) -> Named {
    let sha256 = Digest::of(bytes).to_string();
    Named { file: file.to_owned(), bytes: bytes.len(), sha256 }
}

fn read_parts(site: &Path, parts: &[Named]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in parts {
        let read = files::read(&site.join(&part.file))?;
        if Digest::of(&read).to_string() != part.sha256 {
            let expected = format!("{} as the manifest names it", part.file);
            return Err(wrong(&expected, "other content"));
        }
        bytes.extend(read);
    }
    Ok(bytes)
}

fn write_samples(site: &Path, folder: &Path) -> Result<Vec<Sample>> {
    let copy = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = format!("samples/{name}");
        files::write(&site.join(&file), &files::read(&path)?)?;
        let shown = path.file_stem().unwrap_or_default().to_string_lossy().replace(['-', '_'], " ");
        Ok(Sample { file, name: shown })
    };
    files::list(folder)?.into_iter().map(copy).collect()
}

/// Removes files named by content that this manifest does not name.
fn remove_older(site: &Path, manifest: &Manifest, cells: &[Cell]) -> Result<()> {
    let named = [&manifest.network, &manifest.embeddings, &manifest.catalogue];
    let others = [&manifest.wasm, &manifest.wasm_relaxed, &manifest.cells];
    let parts = named.into_iter().chain(others.into_iter().flatten()).flatten();
    let cells = cells.iter().map(|cell| &cell.named);
    let kept: HashSet<&str> = parts.chain(cells).map(|part| &*part.file).collect();
    for path in files::list(site)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if is_named_by_content(name) && !kept.contains(name) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes the thumbnails of models that are no more, unless they are the owner's own, in `source`.
pub(crate) fn remove_older_thumbnails(site: &Path, source: &Path, models: &[Model]) -> Result<()> {
    let folder = site.join(THUMBNAILS);
    if matches!((folder.canonicalize(), source.canonicalize()), (Ok(a), Ok(b)) if a == b) {
        return Ok(());
    }
    let shown = models.iter().filter_map(|model| model.thumbnail.as_ref());
    let kept: HashSet<PathBuf> = shown.map(|file| site.join(file)).collect();
    files::list(&folder)?.iter().filter(|path| !kept.contains(*path)).try_for_each(remove)
}

fn remove(path: &PathBuf) -> Result<()> {
    std::fs::remove_file(path)
        .map_err(|source| files::failed(path, source, "remove this old file by hand"))
}

fn is_named_by_content(name: &str) -> bool {
    let Some((stem, ending)) = name.split_once('.') else { return false };
    let Some((kind, digest)) = stem.split_once('-') else { return false };
    let kinds = [
        ("network", "bin"),
        ("embeddings", "bin"),
        ("catalogue", "json"),
        ("cells", "json"),
        ("cell", "bin"),
        ("recasketch", "wasm"),
    ];
    kinds.contains(&(kind, ending))
        && digest.len() == 16
        && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], file: &str) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| wrong(&format!("{file} as `embed` writes it"), &error.to_string()))
}

fn wrong(expected: &str, came: &str) -> Error {
    Error::Mismatch(Details::new(expected, came, "run `recasketch embed` again"))
}

fn no_models() -> Error {
    let advice = "see the reasons above, and whether --thumbnails names the right folder";
    Error::Catalogue(Details::new("at least one thumbnail that can be embedded", "none", advice))
}
