//! A catalogue that tests change, and the sites that are made of it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::options::options;
use crate::place::Place;
use recasketch::commands::demo;
use recasketch::commands::embed::{self, Options, Summary};
use recasketch::index::Index;
use recasketch::site::Manifest;
use recasketch::site::catalogue::{self, Model};

/// As many models as there are to choose from. Of 400 and more the small network's maps are coded.
pub(crate) const DRAWN: usize = 450;

impl Place {
    /// Thumbnails of all models, and a catalogue of none.
    pub(crate) fn with_thumbnails() -> Place {
        let place = Place::new();
        std::fs::create_dir(place.path("thumbnails")).unwrap();
        for model in drawn() {
            let thumbnail = demo().join(format!("thumbnails/{}.jpg", model.uid));
            std::fs::copy(&thumbnail, place.thumbnail(&model.uid)).unwrap();
        }
        place
    }

    pub(crate) fn thumbnail(&self, uid: &str) -> PathBuf {
        self.path("thumbnails").join(format!("{uid}.jpg"))
    }

    /// Writes the catalogue.
    pub(crate) fn catalogue(&self, models: &[Model]) -> &Place {
        catalogue::write_csv(&self.path("catalogue.csv"), models).unwrap();
        self
    }

    pub(crate) fn options(&self, out: &str) -> Options {
        options(self.root(), &self.path(out))
    }

    /// Embeds the catalogue into a site.
    pub(crate) fn embed(&self, out: &str) -> Summary {
        embed::run(&self.options(out)).unwrap()
    }

    /// The arguments of `embed` that name the small network, the catalogue and the site.
    pub(crate) fn arguments(&self, out: &str) -> Vec<String> {
        self.naming("small".to_owned(), out)
    }

    /// The arguments of the program that embed the catalogue with a network.
    pub(crate) fn embedding(&self, network: &Path, out: &str) -> Vec<String> {
        let named = self.naming(network.to_string_lossy().into_owned(), out);
        ["embed".to_owned()].into_iter().chain(named).collect()
    }

    fn naming(&self, network: String, out: &str) -> Vec<String> {
        let [catalogue, thumbnails, out] = ["catalogue.csv", "thumbnails", out].map(|p| self.at(p));
        let pairs = [
            ("--network", network),
            ("--catalogue", catalogue),
            ("--thumbnails", thumbnails),
            ("--out", out),
        ];
        pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }
}

/// All models, drawn once.
pub(crate) fn drawn() -> &'static [Model] {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    MODELS.get_or_init(|| {
        demo::write(&demo(), DRAWN as u64, 1, 1).unwrap();
        catalogue::read_csv(&demo().join("catalogue.csv")).unwrap()
    })
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("living")
}

/// The embedding file of a site, or the head of one in cells.
pub(crate) fn embeddings(site: &Path) -> Index<Vec<u8>> {
    let manifest = std::fs::read(site.join("manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    let parts = match manifest.cells {
        Some(_) => &manifest.embeddings[..manifest.first_level],
        None => &manifest.embeddings,
    };
    let parts = parts.iter().map(|part| std::fs::read(site.join(&part.file)).unwrap());
    Index::open(parts.collect::<Vec<_>>().concat()).unwrap()
}
