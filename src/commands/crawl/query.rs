//! The crawl query: where to look, and which models to take.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::licences;
use super::record::{Candidate, slug};

/// A crawl query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Where to look.
    pub place: Place,
    /// Which models to take.
    pub filter: Filter,
}

/// Where to look for models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// All of Sketchfab, as far as the filter allows.
    Sketchfab,
    /// The results of Sketchfab's search for these words.
    Search(String),
    /// A collection, by its uid.
    Collection(String),
    /// A file that names models, or a folder of images.
    File(PathBuf),
}

/// Which models to take. A field that is empty, zero or false excludes none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Slugs of categories; a model needs one of them.
    pub categories: Vec<String>,
    /// Tags; a model needs one of them.
    pub tags: Vec<String>,
    /// The author's user name, as in the address of the author's page.
    pub user: Option<String>,
    /// Slugs of licences; a model needs one of them.
    pub licences: Vec<String>,
    /// The least number of likes.
    pub minimum_likes: u64,
    /// Takes only models that can be downloaded.
    pub downloadable: bool,
    /// Takes only models that Sketchfab's staff picked.
    pub staff_picked: bool,
}

/// Why a model is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Skip {
    Noai,
    AgeRestricted,
    Filtered,
}

/// The path and the parameters of a list of models.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) path: String,
    pub(super) parameters: Vec<(&'static str, String)>,
}

impl Filter {
    /// Returns whether the filter excludes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Returns whether a model passes the filter. This is checked here too, because a server ignores a
    /// parameter that it does not know, without an error. A property that is not known does not exclude the
    /// model.
    fn takes(&self, model: &Candidate) -> bool {
        let listed = |wanted: &[String], named: &[String]| {
            let named = |wanted: &String| named.iter().any(|name| slug(name) == slug(wanted));
            wanted.is_empty() || wanted.iter().any(named)
        };
        let author = model.facts.author_url.as_deref().and_then(|url| url.rsplit('/').next());
        let licence = licences::slug_of(&model.model.licence);
        let taken = |licence| self.licences.iter().any(|wanted| Some(&**wanted) == licence);
        listed(&self.categories, &model.model.categories)
            && listed(&self.tags, &model.model.tags)
            && self
                .user
                .as_ref()
                .is_none_or(|user| author.is_none_or(|author| author.eq_ignore_ascii_case(user)))
            && (self.licences.is_empty() || taken(licence))
            && model.facts.likes.is_none_or(|likes| likes >= self.minimum_likes)
            && !(self.downloadable && model.downloadable == Some(false))
            && !(self.staff_picked && model.staff_picked == Some(false))
    }
}

impl Query {
    /// Returns why a model is left out, or `None` where nothing that is known excludes it.
    pub(super) fn skips(&self, model: &Candidate, age_restricted: bool) -> Option<Skip> {
        if model.noai {
            return Some(Skip::Noai);
        }
        if model.restricted == Some(true) && !age_restricted {
            return Some(Skip::AgeRestricted);
        }
        (model.whole && !self.filter.takes(model)).then_some(Skip::Filtered)
    }

    /// Returns the address of the API's list for this query; `None` for a file.
    ///
    /// `/v3/models` is used where it supports every filter, because a search ends at 10,000 models and it does not.
    pub(super) fn address(&self, age_restricted: bool) -> Option<Address> {
        let Filter { categories, tags, user, licences, minimum_likes, downloadable, staff_picked } =
            &self.filter;
        let mut parameters = vec![("count", PAGE.to_string())];
        let plain = categories.is_empty() && licences.is_empty() && *minimum_likes == 0;
        let path = match &self.place {
            Place::File(_) => return None,
            // The list of a collection takes no filters, so they are applied here.
            Place::Collection(uid) => {
                return Some(Address { path: format!("/v3/collections/{uid}/models"), parameters });
            }
            Place::Sketchfab if plain => {
                // A model that is published during the crawl comes at the end and moves no other.
                parameters.push(("sort_by", "createdAt".to_owned()));
                "/v3/models"
            }
            Place::Sketchfab | Place::Search(_) => {
                parameters.push(("type", "models".to_owned()));
                "/v3/search"
            }
        };
        if let Place::Search(words) = &self.place {
            parameters.push(("q", words.clone()));
        }
        if *minimum_likes > 0 {
            parameters.push(("sort_by", "-likeCount".to_owned()));
        }
        parameters.extend(user.iter().map(|user| ("user", user.clone())));
        parameters.extend(categories.iter().map(|name| ("categories", slug(name))));
        parameters.extend(tags.iter().map(|tag| ("tags", slug(tag))));
        parameters.extend(licences.iter().map(|slug| ("licenses", slug.clone())));
        for (name, asked) in [
            ("downloadable", *downloadable),
            ("staffpicked", *staff_picked),
            ("restricted", age_restricted),
        ] {
            parameters.extend(asked.then(|| (name, "true".to_owned())));
        }
        Some(Address { path: path.to_owned(), parameters })
    }

    /// Returns whether a page, and so every later page, lies below the least number of likes. The page must
    /// be sorted by likes.
    pub(super) fn ends_with(&self, page: &[Candidate]) -> bool {
        let likes: Vec<u64> = page.iter().filter_map(|model| model.facts.likes).collect();
        let below = likes.first().is_some_and(|&most| most < self.filter.minimum_likes);
        below && likes.len() == page.len() && likes.is_sorted_by(|one, next| one >= next)
    }
}

/// Models on one page, the most that the API gives.
const PAGE: usize = 24;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(place: Place, filter: Filter) -> Query {
        Query { place, filter }
    }

    fn asked(query: &Query) -> String {
        let Address { path, parameters } = query.address(false).unwrap();
        let parameters = parameters.iter().map(|(name, value)| format!("{name}={value}"));
        format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
    }

    #[test]
    fn each_query_has_its_list() {
        let filter = Filter::default();
        let chair = query(Place::Search("old chair".into()), filter.clone());
        assert_eq!(asked(&chair), "/v3/search?count=24&type=models&q=old chair");
        let collection = query(Place::Collection("c1".into()), filter.clone());
        assert_eq!(asked(&collection), "/v3/collections/c1/models?count=24");
        let user = Filter { user: Some("agrice".into()), downloadable: true, ..filter.clone() };
        assert_eq!(
            asked(&query(Place::Sketchfab, user)),
            "/v3/models?count=24&sort_by=createdAt&user=agrice&downloadable=true"
        );
        let free = Filter {
            categories: vec!["Cars & Vehicles".into()],
            licences: vec!["by".into(), "cc0".into()],
            minimum_likes: 10,
            staff_picked: true,
            ..filter
        };
        assert_eq!(
            asked(&query(Place::Sketchfab, free)),
            "/v3/search?count=24&type=models&sort_by=-likeCount&categories=cars-vehicles&licenses=by\
             &licenses=cc0&staffpicked=true"
        );
        assert_eq!(query(Place::File("list.txt".into()), Filter::default()).address(false), None);
    }

    fn model(change: impl Fn(&mut serde_json::Value)) -> Candidate {
        let mut record = json!({
            "uid": "8476c4170df24cf5bbe6967222d1a42d", "name": "Stair", "likeCount": 5,
            "user": {"username": "agrice", "profileUrl": "https://sketchfab.com/agrice"},
            "tags": [{"slug": "stair", "name": "stair"}], "license": {"label": "CC Attribution"},
            "categories": [{"slug": "furniture-home", "name": "Furniture & Home"}],
            "thumbnails": {"images": []}, "isAgeRestricted": false, "isDownloadable": true,
            "staffpickedAt": null
        });
        change(&mut record);
        Candidate::read(&record).unwrap()
    }

    #[test]
    fn models_that_a_server_did_not_filter_are_filtered_here() {
        let skips = |filter: Filter, model: &Candidate| {
            query(Place::Sketchfab, filter).skips(model, false) == Some(Skip::Filtered)
        };
        let (stair, none) = (model(|_| {}), Filter::default());
        let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        assert!(!skips(none.clone(), &stair));
        assert!(!skips(Filter { licences: text(&["cc0", "by"]), ..none.clone() }, &stair));
        assert!(skips(Filter { licences: text(&["cc0"]), ..none.clone() }, &stair));
        assert!(!skips(Filter { minimum_likes: 5, ..none.clone() }, &stair));
        assert!(skips(Filter { minimum_likes: 6, ..none.clone() }, &stair));
        assert!(!skips(Filter { categories: text(&["furniture-home"]), ..none.clone() }, &stair));
        assert!(skips(Filter { categories: text(&["music"]), ..none.clone() }, &stair));
        assert!(skips(Filter { tags: text(&["chair"]), ..none.clone() }, &stair));
        assert!(skips(Filter { user: Some("other".into()), ..none.clone() }, &stair));
        assert!(!skips(Filter { user: Some("AGrice".into()), ..none.clone() }, &stair));
        assert!(skips(Filter { staff_picked: true, ..none.clone() }, &stair));
        assert!(!skips(Filter { downloadable: true, ..none.clone() }, &stair));
        let bare = model(|record| record["license"] = json!(null));
        assert!(skips(Filter { licences: text(&["by"]), ..none }, &bare));
    }

    #[test]
    fn models_tagged_noai_and_models_for_adults_are_left_out() {
        let all = query(Place::Sketchfab, Filter::default());
        let noai = model(|record| record["tags"] = json!([{"slug": "noai", "name": "NoAI"}]));
        let adult = model(|record| record["isAgeRestricted"] = json!(true));
        assert_eq!(all.skips(&noai, true), Some(Skip::Noai));
        assert_eq!(all.skips(&adult, false), Some(Skip::AgeRestricted));
        assert_eq!(all.skips(&adult, true), None);
    }

    #[test]
    fn a_record_without_a_field_that_filters_need_is_not_whole() {
        assert!(model(|_| {}).whole);
        for field in ["tags", "license", "thumbnails", "isAgeRestricted", "user"] {
            let lacking = model(|record| {
                record.as_object_mut().unwrap().remove(field);
            });
            assert!(!lacking.whole, "{field}");
        }
    }

    #[test]
    fn paging_by_likes_ends_below_the_least_number() {
        let liked = |likes: &[u64]| -> Vec<Candidate> {
            likes.iter().map(|&n| model(|record| record["likeCount"] = json!(n))).collect()
        };
        let filter = Filter { minimum_likes: 10, ..Filter::default() };
        let query = query(Place::Search("x".into()), filter);
        assert!(query.ends_with(&liked(&[9, 9, 0])));
        assert!(!query.ends_with(&liked(&[10, 9])));
        // A page that is not sorted shows that the server did not know the parameter.
        assert!(!query.ends_with(&liked(&[3, 9])));
    }
}
