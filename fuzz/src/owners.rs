//! Input from site owners and from the servers that `crawl` asks: catalogues, lists, answers, conditions, settings.

use recasketch::commands::crawl::fuzzing as crawl;
use recasketch::search::Condition;
use recasketch::site::Manifest;
use recasketch::site::catalogue::{self, Model};
use recasketch::site::settings::Settings;

/// A catalogue in CSV. It is read, written and read again.
pub fn catalogue(data: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("room for a file");
    let path = folder.path().join("catalogue.csv");
    std::fs::write(&path, data).expect("room for a file");
    let Ok(models) = catalogue::read_csv(&path) else { return false };
    assert!(!models.is_empty() && models.iter().all(|model| !model.uid.is_empty()));
    catalogue::write_csv(&path, &models).expect("room for a file");
    assert_eq!(catalogue::read_csv(&path).expect("a catalogue that was just written"), models);
    true
}

/// A list of models in any form that `crawl` reads.
pub fn list(data: &[u8]) -> bool {
    let Ok(uids) = crawl::list(data) else { return false };
    assert!(uids.iter().all(|uid| !uid.is_empty()), "{uids:?}");
    true
}

/// An answer of the API: a list or a model's record. Also the files that `crawl` keeps of them.
pub fn answer(data: &[u8]) -> bool {
    let listed = crawl::answer(data);
    if let Some((uids, next)) = &listed {
        assert!(uids.iter().all(|uid| is_a_files(uid)), "{uids:?}");
        assert!(next.as_ref().is_none_or(|cursor| !cursor.is_empty()));
    }
    let record = crawl::record(data);
    if let Some((uid, model)) = &record {
        assert!(is_a_files(uid) && model.uid == *uid);
        assert!(model.url.as_ref().is_some_and(|url| url.starts_with("https://")));
    }
    let folder = tempfile::tempdir().expect("room for a file");
    let [listing, outcomes] =
        ["listing-1.jsonl", "outcomes.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&listing, data).expect("room for a file");
    let kept = crawl::listing(&listing);
    if let Ok(Some([selected, all])) = kept {
        assert!(selected <= all);
    }
    std::fs::write(outcomes, data).expect("room for a file");
    let ended = data.contains(&b'\n') && crawl::outcomes(folder.path()).is_ok();
    listed.is_some() || record.is_some() || matches!(kept, Ok(Some(_))) || ended
}

/// A condition, applied to some models.
pub fn condition(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(condition) = Condition::parse(text) else { return false };
    assert!(text.len() <= Condition::MAXIMUM_LENGTH);
    let model = Model {
        author: "A. Smith".into(),
        categories: vec!["chairs".into()],
        tags: vec!["rusty".into(), "old".into()],
        ..Model::default()
    };
    let other = Condition::parse(&format!("not ({text})"));
    for model in [Model::default(), model] {
        let holds = |condition: &Condition| {
            condition.holds(&|field, value| {
                assert_eq!(value, value.to_lowercase());
                model.has(field, value)
            })
        };
        // The negated condition may be too long or too deep.
        if let Ok(other) = &other {
            assert_ne!(holds(&condition), holds(other));
        }
    }
    true
}

/// Settings, or a manifest that holds settings. They are read, written and read again.
pub fn settings(data: &[u8]) -> bool {
    let settings = Settings::parse(data);
    if let Ok(settings) = &settings {
        let json = serde_json::to_vec(settings).expect("text");
        assert_eq!(&Settings::parse(&json).expect("settings that were just written"), settings);
    }
    let manifest = Manifest::parse(data);
    if let Ok(manifest) = &manifest {
        let json = serde_json::to_vec(manifest).expect("text");
        assert_eq!(&Manifest::parse(&json).expect("a manifest that was just written"), manifest);
        for sample in &manifest.samples {
            assert!(
                !sample.file.starts_with('/') && !sample.file.split('/').any(|step| step == "..")
            );
        }
    }
    settings.is_ok() || manifest.is_ok()
}

/// Whether a uid can name a file.
fn is_a_files(uid: &str) -> bool {
    !uid.is_empty() && !uid.starts_with('.') && !uid.contains(['/', '\\', '\0'])
}
