//! The double held against Sketchfab's own definitions and a real record, where they lie beside the
//! project.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::double::Double;
use crate::models::models;

fn shared(file: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sketchfab-api");
    let path: PathBuf = folder.join(file);
    if !path.is_file() {
        println!("skipped: {} is not on this machine", path.display());
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

fn get(double: &Double, path: &str) -> Value {
    let body =
        ureq::get(format!("{}{path}", double.url())).call().unwrap().into_body().read_to_vec();
    serde_json::from_slice(&body.unwrap()).unwrap()
}

/// Whether a value has the shape that a definition gives it.
fn holds(all: &Value, definition: &Value, value: &Value, place: &str) {
    if let Some(name) = definition["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return holds(all, &all["definitions"][name], value, place);
    }
    let kinds = match &definition["type"] {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.contains(&json!(kind)), "{place} is {kind}, not {kinds:?}");
    for (name, part) in definition["properties"].as_object().into_iter().flatten() {
        // What the API has renamed or told only the owner since 2017.
        if ["avatars", "files", "isPublished", "downloadCount"].contains(&&**name)
            && value.get(name).is_none()
        {
            continue;
        }
        let inner = value.get(name).unwrap_or_else(|| panic!("{place} has no {name}"));
        holds(all, part, inner, &format!("{place}.{name}"));
    }
    for (index, part) in value.as_array().into_iter().flatten().enumerate() {
        holds(all, &definition["items"], part, &format!("{place}[{index}]"));
    }
}

#[test]
fn the_double_answers_as_sketchfab_defines() {
    let Some(all) = shared("swagger_2017_official.json") else { return };
    // Without the nulls that the definitions of 2017 do not know and today's records have.
    let mut made = models(30);
    made.iter_mut().for_each(|model| model.faces = Some(7));
    made[3].collections.push("c1".to_owned());
    let uid = made[3].uid.clone();
    let double = Double::of(made);
    let detail = format!("/v3/models/{uid}");
    for (path, definition) in [
        ("/v3/models?count=24", "ModelResponse"),
        ("/v3/search?type=models&q=", "ModelSearchResponse"),
        ("/v3/collections/c1/models", "CollectionModelResponse"),
        (&*detail, "ModelDetail"),
    ] {
        let answer = get(&double, path);
        holds(&all, &all["definitions"][definition], &answer, definition);
        assert!(definition == "ModelDetail" || !answer["results"].as_array().unwrap().is_empty());
    }
}

#[test]
fn the_doubles_records_have_every_field_of_a_real_one() {
    let Some(real) = shared("real_model_record_objaverse_annotation.json") else { return };
    let record = models(2)[1].record("https://media.sketchfab.com");
    alike(&real, &record, "record");
}

/// The same fields with values of the same kinds, null being a kind of any.
fn alike(real: &Value, made: &Value, place: &str) {
    match (real, made) {
        (Value::Object(real), Value::Object(made)) => {
            for (name, value) in real {
                let inner = made.get(name).unwrap_or_else(|| panic!("{place} has no {name}"));
                // A licence is a slug in Objaverse and an object in the API.
                if name != "license" {
                    alike(value, inner, &format!("{place}.{name}"));
                }
            }
        }
        (Value::Array(real), Value::Array(made)) => {
            for (one, other) in real.iter().zip(made) {
                alike(one, other, place);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (one, other) => assert_eq!(
            std::mem::discriminant(one),
            std::mem::discriminant(other),
            "{place}: {one} and {other}"
        ),
    }
}
