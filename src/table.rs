//! What the verbs print for people: plain text in columns.

use std::fmt::Write;
use std::path::Path;

use crate::answer::Answer;
use crate::bench::Report;
use crate::embed::{Order, Outcome};
use crate::eval::Quality;
use crate::import::Imported;
use crate::network::Network;
use crate::network::weights::Weights;
use crate::quantise;

/// The nearest models, one a line.
pub(crate) fn answer(answer: &Answer) -> String {
    let mut text = String::new();
    for (rank, found) in answer.neighbours.iter().enumerate() {
        let model = &found.model;
        let _ = write!(text, "{:>3}  {:.4}  {}", rank + 1, found.score, printable(&model.name));
        for part in [&model.author, &model.licence, model.url.as_ref().unwrap_or(&model.uid)] {
            let _ = write!(text, "  |  {}", printable(part));
        }
        text.push('\n');
    }
    text
}

/// What was read of another tool's file.
pub(crate) fn imported(imported: &Imported) -> String {
    let Imported { format, naming, order, preprocessing, left_out, .. } = imported;
    format!(
        "read     {format}, {naming}'s names, kernels {order}, preprocessing {preprocessing}\n\
         left out {left_out} tensors that are no convolution's\n"
    )
}

/// A network that was written.
pub(crate) fn network(weights: &Weights, network: &Network, out: &Path, bytes: usize) -> String {
    let widths: Vec<String> =
        weights.layers.iter().map(|layer| layer.outputs().to_string()).collect();
    let [height, width] = network.input_size();
    let [rows, columns, channels] = network.output_shape();
    format!(
        "widths   {}\ninput    {height} x {width}\noutput   {rows} x {columns} x {channels}\n\
         wrote    {}, {bytes} bytes, sha256 {}\n",
        widths.join(" "),
        out.display(),
        network.digest()
    )
}

/// The quality of answers, a category a line.
pub(crate) fn quality(rows: &Vec<Quality>) -> String {
    let mut text =
        format!("{:<24} {:>7} {:>13} {:>8}\n", "category", "queries", "precision@10", "mAP");
    for row in rows {
        let _ = writeln!(
            text,
            "{:<24} {:>7} {:>13.3} {:>8.3}",
            printable(&row.category),
            row.queries,
            row.precision_at_10,
            row.mean_average_precision
        );
    }
    text
}

/// Timings, a piece of work a line, and the network's layers where they were measured.
pub(crate) fn report(report: &Report) -> String {
    let mut text = format!(
        "{:<34} {:>10} {:>10} {:>10}\n",
        "milliseconds, one thread", "minimum", "median", "maximum"
    );
    for row in &report.timings {
        let _ = writeln!(
            text,
            "{:<34} {:>10.3} {:>10.3} {:>10.3}",
            row.work, row.minimum_ms, row.median_ms, row.maximum_ms
        );
    }
    let _ = writeln!(text, "\nconvolutions by {}", report.kernel);
    for row in report.profile.iter().flatten() {
        let _ = writeln!(
            text,
            "{:<14} {:>8.3} ms {:>8.1} GFLOP/s by the definition, {:>4.0}% of the core's peak",
            row.layer,
            row.milliseconds,
            row.gflops,
            100.0 * row.of_peak
        );
    }
    text
}

/// What quantising made of each layer.
pub(crate) fn quantised(rows: &[quantise::Row]) -> String {
    let mut text = format!(
        "{:<14} {:>6} {:>12} {:>10} {:>15}\n",
        "layer", "bits", "brotli bytes", "cosine", "top-10 overlap"
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:<14} {:>6.2} {:>12} {:>10.6} {:>15.3}",
            row.layer, row.bits, row.bytes, row.cosine, row.top_10_overlap
        );
    }
    text
}

/// What `embed` has done.
pub(crate) fn embedded(outcome: &Outcome, order: &Order) -> String {
    let (models, seconds) = (outcome.manifest.models, outcome.seconds);
    let mut text = format!(
        "{models} models embedded in {seconds:.1} s, {:.1} a second, into {}\n",
        models as f64 / seconds,
        order.out.display()
    );
    if !outcome.left_out.is_empty() {
        let _ = writeln!(text, "{} left out; the reasons are above", outcome.left_out.len());
    }
    if outcome.manifest.wasm.is_none() {
        text.push_str(
            "without the page: `./build.sh site` makes it, or give its folder with --page\n",
        );
    }
    text
}

/// Names come from strangers: characters that steer a terminal are left out.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}
