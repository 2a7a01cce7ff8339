//! The seeds of `fuzz/`, made.

use std::collections::BTreeMap;

use prost::Message;
use recasketch::digest::Digest;
use recasketch::network::packed::{Packed, PackedLayer};
use recasketch::network::weights::{Layer, Weights};
use recasketch::site;
use tract_onnx::pb::ModelProto;

use crate::seeded::{h5, keras, npz, safetensors, torchvision};
use crate::targets::{coded, indexes};
use crate::{root, support};

/// Seeds by their target and name.
type Seeds = BTreeMap<(&'static str, String), Vec<u8>>;

pub(crate) fn seeds() -> Seeds {
    let mut seeds = Seeds::new();
    let mut add = |target, name: &str, bytes: Vec<u8>| {
        assert!(name.starts_with("read-") || name.starts_with("refused-"));
        assert!(seeds.insert((target, name.to_owned()), bytes).is_none(), "{name} twice");
    };
    embeddings(&mut add);
    links(&mut add);
    networks(&mut add);
    weights(&mut add);
    owners(&mut add);
    let image = |name| std::fs::read(root().join("tests/fixtures/images").join(name)).unwrap();
    for name in [
        "png-tiny-1x1.png",
        "png-palette-transparent.png",
        "webp-lossy.webp",
        "gif.gif",
        "icc-cmyk.jpg",
        "icc-grey.jpg",
        "icc-p3.jpg",
        "rare-exif-prefixed.webp",
        "rare-frame-beyond-screen.gif",
        "rare-scans-420.jpg",
    ] {
        add("image", &format!("read-{name}"), image(name));
    }
    add("image", "read-exif-6.jpg", image("exif-6.jpg"));
    seeds
}

type Add<'a> = &'a mut dyn FnMut(&'static str, &str, Vec<u8>);

fn embeddings(add: Add<'_>) {
    let (levels, maps) = (coded::file(5), indexes::maps(5));
    let first = recasketch::index::Index::open(&levels).unwrap().until(0).to_vec();
    add("index", "read-maps", maps.clone());
    add("index", "read-levels", levels.clone());
    add("index", "read-no-models", coded::file(0));
    add("index", "read-no-maps", indexes::maps(0));
    add("index", "read-first-level", first.clone());
    // Floats of a codebook, which begins behind the header, the calibration and the first model's codes: four channels,
    // a rotation of four rows of eight, and its scales.
    let scale = 96 + 520 + 36 + 4 + 4 * 8;
    for (name, value) in
        [("huge", 1e24f32), ("infinite", f32::INFINITY), ("over", 1025.0), ("nan", f32::NAN)]
    {
        add("index", &format!("refused-{name}-scale"), with(&levels, scale, value.to_le_bytes()));
    }
    let most = with(&levels, scale, 1024f32.to_le_bytes());
    add("index", "read-largest-scale", most);
    // Scores of pairs.
    add("index", "refused-score", with(&maps, 96 + 4 * 63, 1.5f32.to_le_bytes()));
    // So many models that their maps' bytes are no 32-bit number any more.
    add("index", "refused-models", with(&maps, 40, (1u32 << 27).to_le_bytes()));
    add("index", "refused-classes", with(&maps, 36, u32::MAX.to_le_bytes()));
    // Sides whose product is 0 in 32 bits.
    let sides = with(&maps, 24, (1u32 << 16).to_le_bytes());
    add("index", "refused-sides", with(&sides, 28, (1u32 << 16).to_le_bytes()));
    add("rest", "read-rest", indexes::rest_file());
    add("cell", "read-cell", indexes::cell_file());
    add("cell", "refused-short", indexes::cell_file()[1..].to_vec());
}

fn links(add: Add<'_>) {
    let [map, point] = indexes::codes();
    // Numbers without an end, which took most of a second: a header and not one byte of them.
    let head = map[..23].to_vec();
    add("link", "refused-map-of-22-bytes", head);
    add("link", "refused-point-of-zeros", [&point[..15], &[0; 3]].concat());
    add("link", "refused-not-finite", with(&map, 1 + 14, f32::NAN.to_le_bytes()));
    add("link", "refused-step", with(&map, 1 + 10, f32::INFINITY.to_le_bytes()));
    add("link", "refused-levels", with(&point, 1 + 1, [0]));
    add("link", "read-map-again", with(&map, 0, [0xff]));
    add("link", "read-point-again", with(&point, 0, [0xfe]));
    add("link", "read-map", map);
    add("link", "read-point", point);
}

/// A tiny network: a channel or two a layer.
fn tiny(quantised: bool) -> ModelProto {
    support::onnx(&support::layers([1, 2, 1, 2, 1], 3), 32, quantised)
}

fn tensor(model: &mut ModelProto, at: usize) -> &mut tract_onnx::pb::TensorProto {
    &mut model.graph.as_mut().unwrap().initializer[at]
}

fn networks(add: Add<'_>) {
    for (name, quantised) in [("floats", false), ("codes", true)] {
        let model = tiny(quantised);
        add("onnx", &format!("read-{name}"), support::bytes(&model));
        // The same values in the typed field are read, and part of them there are not.
        let (mut typed, mut split) = (model.clone(), model);
        for (model, kept) in [(&mut typed, 0), (&mut split, 4)] {
            let tensor = tensor(model, 0);
            let moved = tensor.raw_data.split_off(kept);
            if quantised {
                tensor.int32_data = moved.iter().map(|&code| i32::from(code as i8)).collect();
            } else {
                let floats = moved.as_chunks::<4>().0.iter();
                tensor.float_data = floats.map(|&bytes| f32::from_le_bytes(bytes)).collect();
            }
        }
        add("onnx", &format!("read-typed-{name}"), support::bytes(&typed));
        add("onnx", &format!("refused-split-{name}"), support::bytes(&split));
    }
    let mut nan = tiny(false);
    tensor(&mut nan, 0).raw_data[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    add("onnx", "refused-nan", support::bytes(&nan));
    let mut twice = tiny(false);
    let again = tensor(&mut twice, 0).clone();
    twice.graph.as_mut().unwrap().initializer.push(again);
    add("onnx", "refused-twice", support::bytes(&twice));
    // A kilobyte each once they are decoded.
    let mut parts = tiny(false);
    let nodes = &mut parts.graph.as_mut().unwrap().node;
    nodes[0].attribute.resize(20_000, Default::default());
    add("onnx", "refused-parts", support::bytes(&parts));
    let mut told = Weights::read(&support::bytes(&tiny(false))).unwrap();
    let inputs = told.layers[12].bias.len();
    let kernel = vec![0.5; 3 * inputs];
    let layer = Layer { name: "classes".into(), inputs, kernel, bias: vec![0.1; 3] };
    told.classifier = Some(layer);
    add("onnx", "read-classifier", told.write());
    let (small, sides, classes) = (packed([1; 13]), 12..20, 72);
    let one = with(&small, classes, 1u32.to_le_bytes());
    add("packed", "read-classifier", [one, classifier().bytes()].concat());
    add("packed", "refused-classes", with(&small, classes, u32::MAX.to_le_bytes()));
    add("packed", "refused-4GB-layer", with(&small, classes + 4, u32::MAX.to_le_bytes()));
    let large = [1024u32.to_le_bytes(), 1024u32.to_le_bytes()].concat();
    let with_sides = |mut bytes: Vec<u8>| {
        bytes[sides.clone()].copy_from_slice(&large);
        bytes
    };
    add("packed", "read-large-input", with_sides(small.clone()));
    add("packed", "read-small", small);
    // One channel more than fit at 1024 x 1024, and so many that their map's values are no 32-bit number.
    let mut widths = [1; 13];
    widths[0] = 17;
    add("packed", "refused-map", with_sides(packed(widths)));
    let wide = with(&with_sides(packed([1; 13])), 20, 4096u32.to_le_bytes());
    add("packed", "refused-4GB-map", wide);
}

fn packed(widths: [usize; 13]) -> Vec<u8> {
    let mut inputs = 3;
    let layers = widths.map(|outputs| {
        let codes = (0..9 * inputs * outputs).map(|at| [3, -7, 0, 1][at % 4]).collect();
        inputs = outputs;
        PackedLayer { codes, scales: vec![0.01; outputs], bias: vec![0.5; outputs] }
    });
    Packed { input_size: [32, 32], layers: layers.to_vec(), classifier: None }.write()
}

/// One class of a map of one channel.
fn classifier() -> PackedLayer {
    PackedLayer { codes: vec![5], scales: vec![0.1], bias: vec![0.2] }
}

fn weights(add: Add<'_>) {
    const NARROW: [usize; 13] = [1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2];
    let (keras, torchvision) = (keras(&NARROW), torchvision(&NARROW));
    add("weights", "read-keras.h5", h5(&keras));
    add("weights", "read-keras.npz", npz(&keras));
    add("weights", "read-torchvision.safetensors", safetensors(&torchvision));
    let with_classes = |classes: usize| {
        let weight = ("classes.weight".to_owned(), vec![classes, 2], vec![0.5; 2 * classes]);
        let bias = ("classes.bias".to_owned(), vec![3], vec![0.1; 3]);
        safetensors(&[torchvision.clone(), vec![weight, bias]].concat())
    };
    add("weights", "read-classes.safetensors", with_classes(3));
    add("weights", "refused-classes.safetensors", with_classes(4));
    add("weights", "read-own.onnx", tiny(true).encode_to_vec());
    let mut halves = tiny(false);
    let kernel = tensor(&mut halves, 0);
    kernel.data_type = tract_onnx::pb::tensor_proto::DataType::Float16 as i32;
    kernel.int32_data = vec![0x3c00; kernel.raw_data.len() / 4];
    kernel.raw_data.clear();
    add("weights", "read-halves.onnx", halves.encode_to_vec());
    tensor(&mut halves, 0).int32_data[0] = 0x1_3c00;
    add("weights", "refused-halves.onnx", halves.encode_to_vec());
}

fn owners(add: Add<'_>) {
    const UID: &str = "8476c4170df24cf5bbe6967222d1a42d";
    let text = |text: &str| text.as_bytes().to_vec();
    add(
        "catalogue",
        "read-all",
        text(
            "uid,name,category,tags,author,licence,file,url,author_url,likes,views,faces,published,thumbnail_url,thumbnail_size\n\
             a1,\"A \"\"chair\"\"\",Seats|Old,\"x|y\",Ann,CC BY,f.jpg,https://a.example/1,https://a.example/2,1,2,3,2021,https://a.example/3,4x5\n\
             b2,,,,,,,,,,,,,,\n",
        ),
    );
    add("catalogue", "read-id", text("\u{feff}id,other\r\na,1\r\n"));
    let record = format!(
        r#"{{"uid":"{UID}","name":"S","license":{{"label":"CC Attribution"}},"tags":[{{"name":"a|b"}}],"user":{{"username":"a","profileUrl":"https://a.example"}},"isAgeRestricted":false,"likeCount":3,"thumbnails":{{"images":[{{"url":"https://a.example/1.jpg","width":720,"height":405}}]}}}}"#
    );
    let page = format!(r#"{{"results":[{record},{{}}],"next":"https://a.example?cursor=a%3D"}}"#);
    add("answer", "read-page", text(&page));
    add("answer", "read-record", text(&record));
    add(
        "answer",
        "read-outcomes",
        text(&format!(
            "{{\"end\":{{\"uid\":\"{UID}\",\"end\":{{\"kept\":{{\"file\":\"a.jpg\",\"bytes\":3,\"size\":[4,5]}}}}}}}}\n\"refresh\"\n"
        )),
    );
    add("answer", "refused-uid", text(&record.replace(UID, "../a")));
    add("list", "read-annotations", text(&format!("{{\"{UID}\": {record}}}")));
    add("list", "read-page", text(&page));
    add("list", "read-lines", text(&format!("# mine\nhttps://sketchfab.com/3d-models/a-{UID}\n")));
    add("list", "read-named", text(&format!("name|mid\n\\A | B\\|{UID}\n")));
    add("list", "read-table", text("thumbnail_url,name\nhttps://a.example/1.jpg,One\n"));
    add("list", "refused-nested", vec![b'['; 5000]);
    add(
        "condition",
        "read-all",
        text("category:chairs and not (tag:rusty or author:\"A. Smith\")"),
    );
    add("condition", "read-64-deep", text(&format!("{}tag:a{}", "(".repeat(64), ")".repeat(64))));
    add(
        "condition",
        "refused-65-deep",
        text(&format!("{}tag:a{}", "(".repeat(65), ")".repeat(65))),
    );
    add("condition", "refused-brackets", vec![b'('; 9000]);
    add("condition", "refused-not", text(&("not ".repeat(2000) + "tag:a")));
    add("condition", "refused-long", text(&format!("tag:{}", "a".repeat(10_000))));
    let settings = r##"{"title":"Chairs","language":"ar","filters":["tag"],"colours":{"dark":{"ground":"#123456"}}}"##;
    add("settings", "read-settings", text(settings));
    let digest = Digest::of(b"").to_string();
    let part = |name: &str| format!(r#"[{{"file":"{name}","bytes":1,"sha256":"{digest}"}}]"#);
    let manifest = format!(
        r#"{{"version":{},"models":1,"wasm":null,"wasm_relaxed":null,"page":null,"offline":[],"files":[],"network":{},"embeddings":{},"first_level":1,"catalogue":{},"cells":null,"self_test":{{"uid":"a","file":"thumbnails/a.jpg"}},"samples":[{{"file":"samples/a.jpg","name":"a"}}],"settings":{settings}}}"#,
        site::VERSION,
        part("network-0.bin"),
        part("embeddings-0.bin"),
        part("catalogue-0.json"),
    );
    for (name, from, to) in [
        ("path", "samples/a.jpg", "samples/../../a.jpg"),
        ("root", "network-0.bin", "/etc/passwd"),
        ("setting", "\"ar\"", "\"en\\\"><script>\""),
        ("first-level", "\"first_level\":1", "\"first_level\":2"),
    ] {
        assert!(manifest.contains(from));
        add("settings", &format!("refused-{name}"), text(&manifest.replace(from, to)));
    }
    add("settings", "read-manifest", text(&manifest));
}

/// The same bytes with others at a place.
fn with<const N: usize>(bytes: &[u8], at: usize, others: [u8; N]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + N].copy_from_slice(&others);
    bytes
}
