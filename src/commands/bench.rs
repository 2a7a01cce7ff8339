//! `recasketch bench`: measures the time of each step of the flow on this machine, with a site's thumbnail.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::error::Result;
use crate::network::Network;
use crate::network::profile::LayerCost;
use crate::search::{Filter, nearest};
use crate::site::{self, Site};
use crate::util::files;
use crate::util::progress::Progress;

/// The number of timed runs of each step.
const RUNS: usize = 15;

/// The summary of `bench`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The instructions that the network's convolutions use; see [`crate::network::Network::kernel`].
    pub kernel: &'static str,
    /// The steps in the order of the flow.
    pub timings: Vec<Timing>,
    /// The network's layers, where the profile was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Vec<LayerCost>>,
}

/// The time of one step, in milliseconds, on one thread unless its name says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// The step's name.
    pub work: String,
    /// The quickest run.
    pub minimum_ms: f64,
    /// The median run.
    pub median_ms: f64,
    /// The slowest run.
    pub maximum_ms: f64,
}

/// Measures the steps in the order of the flow, and the network's layers where `profile` is set.
///
/// # Errors
/// As reading and embedding a thumbnail of the site.
pub fn run(folder: &Path, site: &Site, profile: bool) -> Result<Summary> {
    let recommender = &site.recommender;
    let (network, index) = (recommender.network(), recommender.index());
    let image = files::read(&folder.join(&site.manifest.self_test.file))?;
    let pixels = recommender.pixels(&image)?;
    let features = network.features(&pixels)?;
    let embedding = recommender.embedding(&features);
    let query = index.query(&embedding);
    let models = index.len();
    let threads = rayon::current_num_threads();
    let fast = match Network::can_be_fast() {
        true => Some(Network::read_fast(&site::network_file(folder, &site.manifest)?)?),
        false => None,
    };
    let steps = 5 + usize::from(threads > 1) + usize::from(fast.is_some());
    let progress = Progress::parts("measuring", steps * (1 + RUNS));
    let mut timings = on_one_thread(|| {
        vec![
            time(&progress, "image bytes -> pixels", || recommender.pixels(&image)),
            time(&progress, "pixels -> feature map", || network.features(&pixels)),
            time(&progress, "feature map -> embedding", || recommender.embedding(&features)),
            time(&progress, "embedding -> query", || index.query(&embedding)),
            time(&progress, &format!("100 nearest of {models}"), || {
                nearest(index, &query, Filter::default(), 100)
            }),
        ]
    });
    if threads > 1 {
        let work = format!("pixels -> feature map, {threads} threads");
        timings.insert(2, time(&progress, &work, || network.features(&pixels)));
    }
    if let Some(fast) = &fast {
        let embed = || time(&progress, "pixels -> feature map, --fast", || fast.features(&pixels));
        timings.insert(2, on_one_thread(embed));
    }
    let profile = profile.then(|| on_one_thread(|| network.profile(&pixels))).transpose()?;
    Ok(Summary { kernel: network.kernel(), timings, profile })
}

/// Runs `run` on one thread, or on all where no thread can be started.
fn on_one_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(run),
        Err(_) => run(),
    }
}

fn time<T>(progress: &Progress, work: &str, run: impl Fn() -> T) -> Timing {
    black_box(run());
    progress.step();
    let mut milliseconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            let seconds = start.elapsed().as_secs_f64();
            progress.step();
            seconds * 1e3
        })
        .collect();
    milliseconds.sort_by(f64::total_cmp);
    Timing {
        work: work.to_owned(),
        minimum_ms: milliseconds[0],
        median_ms: milliseconds[RUNS / 2],
        maximum_ms: milliseconds[RUNS - 1],
    }
}
