//! The owner's path: crawl, embed, search; killed at any instant, it ends with the same bytes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::content::content;
use crate::double::{Asked, Double};
use crate::faults::Fault;
use crate::models::models;
use crate::place::Place;
use crate::program::output;
use crate::waiting::wait_until;

/// As many models as the path is walked with.
const MODELS: usize = 2_000;

/// As many as are embedded eleven times over.
const EMBEDDED: usize = 500;

/// How often a run is killed.
const KILLS: usize = 10;

/// A double in which one request in 16 fails when it is first made.
fn troubled() -> Double {
    Double::with(models(MODELS), |asked, often| {
        let number = match asked {
            Asked::Page(start) => start / 24,
            Asked::Thumbnail(uid) => usize::from_str_radix(&uid[..4], 16).unwrap(),
            _ => return None,
        };
        let fault = match number % 96 {
            3 => Fault::Status("500 Internal Server Error", Vec::new()),
            19 => Fault::Truncated(3_000),
            35 => Fault::Short(3_000),
            51 => Fault::Reset,
            67 => Fault::Html("200 OK"),
            83 => Fault::Status("429 Too Many Requests", vec![("Retry-After", "0".to_owned())]),
            _ => return None,
        };
        (often == 0).then_some(fault)
    })
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills by SIGKILL, which no process can answer.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The folder that the browser's test of the owner's path begins with.
fn crawled_for_the_browser() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("crawled")
}

fn copy(from: &Path, to: &Path) {
    for (path, _) in content(from) {
        std::fs::create_dir_all(to.join(&path).parent().unwrap()).unwrap();
        std::fs::copy(from.join(&path), to.join(&path)).unwrap();
    }
}

#[test]
fn a_crawl_killed_ten_times_ends_with_the_bytes_of_an_undisturbed_one() {
    let (killed, double) = (Place::new(), troubled());
    let mut random = fastrand::Rng::with_seed(20);
    let mut instants: Vec<usize> = (0..KILLS).map(|_| random.usize(1..MODELS)).collect();
    instants.sort_unstable();
    for instant in instants {
        let child = start(&mut killed.program(&double, &["--search", "", "--downloads", "8"]));
        wait_until("requests", || double.requests().len() >= instant);
        // Anywhere within a request, not always at its beginning.
        std::thread::sleep(Duration::from_micros(random.u64(0..3_000)));
        kill(child);
    }
    let (code, out, err) =
        output(&mut killed.program(&double, &["--search", "", "--downloads", "8"]));
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("2000 models in the catalogue, "), "{out}");
    let [pages, details, thumbnails] = double.counts();
    // 84 pages and 2,000 thumbnails, a sixteenth of them twice, and what was under way at each kill.
    assert!(pages <= 84 + 8 + KILLS && details == 0, "{pages} {details}");
    assert!((MODELS..=MODELS + MODELS / 12 + 9 * KILLS).contains(&thumbnails), "{thumbnails}");

    // What failed once does not fail again, so this one is undisturbed.
    let quiet = Place::new();
    let (code, _, err) = output(&mut quiet.program(&double, &["--search", ""]));
    assert_eq!(code, Some(0), "{err}");
    let ends = content(&quiet.path("crawled"));
    assert_eq!(ends.len(), MODELS + 4);
    assert_eq!(content(&killed.path("crawled")), ends);
    assert_eq!(double.counts(), [pages + 84, 0, thumbnails + MODELS]);
    search_finds_what_was_crawled(&quiet);
    let browser = crawled_for_the_browser();
    let _ = std::fs::remove_dir_all(&browser);
    copy(&quiet.path("crawled"), &browser);
}

fn recasketch(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recasketch"));
    command.args(arguments);
    command
}

fn embed(crawled: &Path, site: &Path, network: &Path) -> Command {
    let mut command = recasketch(&["embed"]);
    command.arg("--catalogue").arg(crawled.join("catalogue.csv"));
    command.arg("--thumbnails").arg(crawled.join("thumbnails"));
    command.arg("--out").arg(site);
    command.arg("--network").arg(network);
    command
}

/// Embeds all of them with the small network, and asks for one that was crawled.
fn search_finds_what_was_crawled(place: &Place) {
    let (crawled, site) = (place.path("crawled"), place.path("site"));
    let (code, _, err) = output(embed(&crawled, &site, Path::new("small")).arg("--strict"));
    assert_eq!(code, Some(0), "{err}");
    let row = &place.rows()[1_234];
    let thumbnail = crawled.join("thumbnails").join(&row["file"]).display().to_string();
    let site = site.display().to_string();
    let (_, out, err) =
        output(&mut recasketch(&["search", &thumbnail, "--site", &site, "--top", "100", "--json"]));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    // Models share 24 pictures, and those of the same one are one result.
    let found = answer["neighbours"].as_array().unwrap();
    let first = &found[0];
    let others = first["duplicates"].as_array().unwrap();
    let alike: Vec<&str> =
        std::iter::once(&first["uid"]).chain(others).map(|uid| uid.as_str().unwrap()).collect();
    assert!(alike.contains(&&*row["uid"]), "{alike:?}");
    assert!((MODELS / 24..=MODELS / 24 + 1).contains(&alike.len()), "{}", alike.len());
    assert!(first["score"].as_f64().unwrap() > 0.99, "{first}");
    assert!(found[1]["score"].as_f64().unwrap() < 0.985, "{}", found[1]);
    let rows = place.rows();
    let shown = rows.iter().find(|row| first["uid"] == row["uid"]).unwrap();
    for (key, column) in
        [("name", "name"), ("author", "author"), ("licence", "licence"), ("url", "url")]
    {
        assert_eq!(first[key], shown[column]);
    }
}

#[test]
fn an_embedding_killed_ten_times_ends_with_the_bytes_of_an_undisturbed_one() {
    let (place, double) = (Place::new(), Double::of(models(EMBEDDED)));
    let search = ["--search", "", "--downloads", "8"];
    assert_eq!(output(&mut place.program(&double, &search)).0, Some(0));
    // A narrow network, as what is tested here is the writing and not the arithmetic.
    let network = place.write("network.onnx", network());
    let (crawled, killed, quiet) =
        (place.path("crawled"), place.path("killed"), place.path("quiet"));
    let begun = Instant::now();
    let (code, _, err) = output(&mut embed(&crawled, &quiet, &network));
    assert_eq!(code, Some(0), "{err}");
    let whole = begun.elapsed();
    let mut random = fastrand::Rng::with_seed(21);
    for _ in 0..KILLS {
        let child = start(&mut embed(&crawled, &killed, &network));
        std::thread::sleep(whole.mul_f64(random.f64()));
        kill(child);
    }
    let (code, _, err) = output(&mut embed(&crawled, &killed, &network));
    assert_eq!(code, Some(0), "{err}");
    let ends = content(&quiet);
    let named = |start: &str| {
        ends.iter().filter(|(path, _)| path.to_string_lossy().starts_with(start)).count()
    };
    // The page's files are there too where the page lies beside the program.
    let parts = ["thumbnails/", "network-", "embeddings-", "catalogue-", "manifest.json"];
    // Models share 24 pictures, which are published once each; the self-test has its original too.
    assert_eq!(parts.map(named), [24 + 1, 1, 1, 1, 1]);
    assert_eq!(content(&killed), ends);
}

fn network() -> Vec<u8> {
    crate::support::bytes(&crate::support::onnx(
        &crate::support::layers([2, 2, 4, 4, 8], 1),
        224,
        false,
    ))
}

/// Prints how many models a second come from the double, with and without its faults:
/// `cargo test --test crawl -- --ignored --nocapture rows_a_second`.
#[test]
#[ignore = "prints figures"]
fn rows_a_second() {
    for (name, double) in
        [("without faults", Double::of(models(MODELS))), ("with faults", troubled())]
    {
        // Pictures are drawn when they are first asked for.
        let first = &models(1)[0];
        let link = first.record("")["thumbnails"]["images"][2]["url"].clone();
        first.thumbnail(link.as_str().unwrap());
        let place = Place::new();
        let begun = Instant::now();
        let (code, out, err) =
            output(&mut place.program(&double, &["--search", "", "--downloads", "8"]));
        assert_eq!(code, Some(0), "{err}");
        let seconds = begun.elapsed().as_secs_f64();
        let [pages, details, thumbnails] = double.counts();
        println!(
            "{name}: {:.0} models a second, {:.3} requests to the API and {:.3} for thumbnails a model\n{out}",
            MODELS as f64 / seconds,
            (pages + details) as f64 / MODELS as f64,
            thumbnails as f64 / MODELS as f64
        );
    }
}
