//! What `recasketch export` writes, read back by other readers.

use std::path::{Path, PathBuf};
use std::process::Command;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{ListAccessor, RowAccessor};
use recasketch::commands::embed;
use recasketch::commands::export::{self, Format, Kind};
use recasketch::embedding::Metric;
use recasketch::search::{Filter, nearest};
use recasketch::site::Site;
use recasketch::site::catalogue::Model;
use serde_json::Value;

use crate::catalogues::drawn;
use crate::content::content;
use crate::place::{Place, changed};
use crate::program::{recasketch, succeeds};

const FORMATS: [(&str, Format); 3] =
    [("npy", Format::Npy), ("parquet", Format::Parquet), ("safetensors", Format::Safetensors)];

/// Exports a site in every format; gives the rows of the npy file.
fn exported(place: &Place, site: &Site) -> Vec<Vec<f32>> {
    for (name, format) in FORMATS {
        export::run(site, format, &place.path(&format!("vectors.{name}"))).unwrap();
    }
    npy(&place.path("vectors.npy"))
}

/// Rows of a `.npy` file, by NumPy's description of the format.
fn npy(path: &Path) -> Vec<Vec<f32>> {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((end % 64, bytes[end - 1]), (0, b'\n'));
    let header = std::str::from_utf8(&bytes[10..end]).unwrap();
    let shape = header.strip_prefix("{'descr': '<f4', 'fortran_order': False, 'shape': (").unwrap();
    let (models, rest) = shape.split_once(", ").unwrap();
    let (dimensions, rest) = rest.split_once(')').unwrap();
    assert_eq!(rest.trim(), ", }");
    let values =
        bytes[end..].chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
    let values: Vec<f32> = values.collect();
    let rows: Vec<Vec<f32>> =
        values.chunks_exact(dimensions.parse().unwrap()).map(<[f32]>::to_vec).collect();
    assert_eq!(rows.len(), models.parse::<usize>().unwrap());
    rows
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>() as f32
}

/// A catalogue whose first rows have everything and nothing.
fn catalogue(models: usize) -> Vec<Model> {
    let mut all = drawn()[..models].to_vec();
    all[0].name = "Chair, \"old\" \u{202e}und schön".to_owned();
    all[0].categories = vec!["Furniture".into(), "Seats".into()];
    all[0].url = Some("https://sketchfab.com/3d-models/x".into());
    (all[1].categories, all[1].tags, all[1].url) = (Vec::new(), Vec::new(), None);
    all
}

/// The score of two rows, as the module defines it.
fn score(a: &[f32], b: &[f32], even: usize) -> f32 {
    product(&a[..even], &b[..even]) + product(&a[even..], &b[even..]).abs()
}

#[test]
fn whole_maps_of_length_one_whose_products_are_the_scores() {
    // Of 7 columns, 4 are even.
    for (metric, even) in [(Metric::MirrorSqrt, 7 * 4 * 128), (Metric::Cosine, 7 * 7 * 128)] {
        let place = Place::with_thumbnails();
        place.catalogue(&catalogue(9));
        embed::run(&changed(place.options("site"), |options| options.metric = metric)).unwrap();
        let site = Site::open(&place.path("site")).unwrap();
        let summary = export::run(&site, Format::Npy, &place.path("again.npy")).unwrap();
        assert_eq!((summary.models, summary.dimensions, summary.kind), (9, 6272, Kind::Maps));
        let rows = exported(&place, &site);
        assert_eq!((rows.len(), rows[0].len()), (9, 6272));
        let index = site.recommender.index();
        for (at, row) in rows.iter().enumerate() {
            assert!((product(row, row) - 1.0).abs() < 1e-5);
            for found in nearest(index, &index.query_of(at), Filter::default(), 9) {
                assert!((score(row, &rows[found.row], even) - found.score).abs() < 1e-5);
            }
        }
        assert_eq!(read_back(&place, &site, &rows), ("maps".to_owned(), even));
    }
}

#[test]
fn coefficients_whose_products_are_the_scores() {
    for metric in [Metric::MirrorSqrt, Metric::Cosine] {
        let place = Place::with_thumbnails();
        place.catalogue(&catalogue(440));
        embed::run(&changed(place.options("site"), |options| options.metric = metric)).unwrap();
        let site = Site::open(&place.path("site")).unwrap();
        let index = site.recommender.index();
        assert_eq!(index.levels(), 2);
        let rows = exported(&place, &site);
        let [even, odd] = index.values(0).map(|part| part.len());
        assert_eq!((rows.len(), rows[0].len()), (440, even + odd));
        assert_eq!(odd == 0, metric == Metric::Cosine);
        let codebook = index.codebook().unwrap();
        for at in (0..440).step_by(110) {
            let products = codebook.products(&index.values(at));
            for found in nearest(index, &index.query_of(at), Filter::default(), 440) {
                let exported = score(&rows[at], &rows[found.row], even);
                let other = index.values(found.row);
                let defined =
                    product(&products[0], &other[0]) + product(&products[1], &other[1]).abs();
                assert!((exported - defined).abs() < 2e-5, "{exported} for {defined}");
                // The page rounds a query's weights to integers.
                assert!((exported - found.score).abs() < 1e-3, "{exported} for {}", found.score);
            }
        }
        assert_eq!(read_back(&place, &site, &rows), ("coefficients".to_owned(), even));
    }
}

/// Reads the files back by other code than wrote them; gives what they say their vectors are, and how many
/// values are even.
fn read_back(place: &Place, site: &Site, rows: &[Vec<f32>]) -> (String, usize) {
    let at = |name: &str| place.path(&format!("vectors.{name}"));
    for name in ["npy.jsonl", "safetensors.jsonl"] {
        let text = std::fs::read_to_string(at(name)).unwrap();
        let models: Vec<Model> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(models, site.models);
    }
    let bytes = std::fs::read(at("safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let tensor = file.tensor("embeddings").unwrap();
    assert_eq!((file.len(), tensor.shape()), (1, &[rows.len(), rows[0].len()][..]));
    assert_eq!(tensor.dtype(), safetensors::Dtype::F32);
    let values: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    assert!(tensor.data() == values, "other values");
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let origin: Value =
        serde_json::from_str(&header.metadata().as_ref().unwrap()["recasketch"]).unwrap();
    let expected = serde_json::json!({
        "program": concat!("recasketch ", env!("CARGO_PKG_VERSION")),
        "vectors": origin["vectors"],
        "network_sha256": site.recommender.network().digest().to_string(),
        "fit": "crop",
        "resize": "cubic",
        "metric": origin["metric"],
        "shape": [7, 7, 128],
        "classes": 0,
        "even": origin["even"],
    });
    assert_eq!(origin, expected);
    parquet_rows(&at("parquet"), &site.models, rows, &origin);
    for (name, _) in FORMATS {
        by_python(name, &at(name), &site.models, rows, &origin);
    }
    let metric = site.recommender.index().origin().metric;
    let name = if metric == Metric::Cosine { "cosine" } else { "mirror-sqrt" };
    assert_eq!(origin["metric"], name);
    (origin["vectors"].as_str().unwrap().to_owned(), origin["even"].as_u64().unwrap() as usize)
}

fn parquet_rows(path: &Path, models: &[Model], rows: &[Vec<f32>], origin: &Value) {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let metadata = reader.metadata().file_metadata();
    let told = &metadata.key_value_metadata().unwrap()[0];
    assert_eq!(told.key, "recasketch");
    assert_eq!(serde_json::from_str::<Value>(told.value.as_ref().unwrap()).unwrap(), *origin);
    assert_eq!(metadata.num_rows() as usize, models.len());
    let texts = |list: &parquet::record::List| -> Vec<String> {
        (0..list.len()).map(|at| list.get_string(at).unwrap().clone()).collect()
    };
    for ((row, model), values) in reader.get_row_iter(None).unwrap().zip(models).zip(rows) {
        let row = row.unwrap();
        let told = [0, 1, 2, 3].map(|at| row.get_string(at).unwrap());
        assert_eq!(told, [&model.uid, &model.name, &model.author, &model.licence]);
        assert_eq!(texts(row.get_list(4).unwrap()), model.categories);
        assert_eq!(texts(row.get_list(5).unwrap()), model.tags);
        assert_eq!(row.get_string(6).ok(), model.thumbnail.as_ref());
        assert_eq!(row.get_string(7).ok(), model.url.as_ref());
        let list = row.get_list(8).unwrap();
        let read: Vec<f32> = (0..list.len()).map(|at| list.get_float(at).unwrap()).collect();
        assert_eq!(read, *values);
    }
}

/// Reads a file by numpy, pyarrow or Python's safetensors, where they are at hand.
fn by_python(name: &str, path: &PathBuf, models: &[Model], rows: &[Vec<f32>], origin: &Value) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/living/readers.py");
    let output = match Command::new("python3").arg(script).arg(name).arg(path).output() {
        Ok(output) => output,
        Err(error) => return println!("{name} is not read by Python here: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ModuleNotFoundError") {
        return println!("{name} is not read by Python here: {said}");
    }
    assert!(output.status.success(), "{name}: {said}");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["type"], "float32");
    assert_eq!(read["shape"], serde_json::json!([rows.len(), rows[0].len()]));
    for (end, row) in [("first", &rows[0]), ("last", &rows[rows.len() - 1])] {
        let values = read[end].as_array().unwrap().iter();
        let values: Vec<f32> = values.map(|value| value.as_f64().unwrap() as f32).collect();
        assert_eq!(values, *row, "{name}");
    }
    if name != "npy" {
        assert_eq!(read["origin"], *origin);
    }
    if name == "parquet" {
        assert_eq!(read["models"], serde_json::to_value(models).unwrap());
    }
}

#[test]
fn the_same_site_gives_the_same_bytes_and_says_what_was_written() {
    let place = Place::with_thumbnails();
    place.catalogue(&drawn()[..5]);
    embed::run(&changed(place.options("site"), |options| options.exact = true)).unwrap();
    for round in ["a", "b"] {
        for (name, _) in FORMATS {
            let out = place.at(&format!("{round}/vectors.{name}"));
            let arguments =
                ["export", "--site", &place.at("site"), "--format", name, "--out", &out];
            let [printed, _] = succeeds(&arguments);
            let said =
                format!("5 rows of 6272 values of a whole map, of length 1, f32, into {out}\n");
            assert_eq!(printed, said);
        }
    }
    assert_eq!(content(&place.path("a")), content(&place.path("b")));
    assert_eq!(content(&place.path("a")).len(), 5);
    let csv = ["export", "--site", &place.at("site"), "--format", "csv", "--out", "x"];
    assert_eq!(recasketch(&csv).status.code(), Some(2));
}
