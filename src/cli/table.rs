//! The output of the verbs for people: plain text in columns.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;

use crate::commands::embed::{Options, Shard, ShardSummary, Summary};
use crate::commands::eval::recall::Recall;
use crate::commands::eval::{
    DescriptorSummary, Difference, Estimate, Estimates, Quality, QuerySummary,
};
use crate::commands::search::Answer;
use crate::commands::{bench, eval, export, recommend};
use crate::network::Network;
use crate::network::weights::{Layer, Weights};
use crate::search::RankedBy;
use crate::site::Manifest;
use crate::util::terminal::printable;
use crate::weights::import::Imported;
use crate::weights::quantise;
use crate::weights::verify::{self, Bound, Comparison};

/// Prints the nearest models, one a line.
pub(crate) fn answer(answer: &Answer) -> String {
    let mut text = String::new();
    let best = answer.neighbours.first().map(|best| best.score);
    match answer.ranked_by {
        RankedBy::Words if best.is_none() => text.push_str("no model is named so\n"),
        RankedBy::Words => {}
        _ if best.is_none_or(|best| best < answer.alike) => {
            let alike = answer.alike;
            let _ = writeln!(text, "nothing here is really alike: no score reaches {alike:.4}");
        }
        RankedBy::Both => text.push_str("few models are named so: words and image both count\n"),
        RankedBy::Picture => {}
    }
    for (rank, found) in answer.neighbours.iter().enumerate() {
        let model = &found.model;
        let _ = write!(text, "{:>3}  {:.4}  {}", rank + 1, found.score, printable(&model.name));
        for part in [&model.author, &model.licence, model.url.as_ref().unwrap_or(&model.uid)] {
            let _ = write!(text, "  |  {}", printable(part));
        }
        if !found.duplicates.is_empty() {
            let _ = write!(text, "  |  and {} nearly the same", found.duplicates.len());
        }
        text.push('\n');
    }
    text
}

/// Prints how many of the exact neighbours each level finds.
pub(crate) fn recall(rows: &[Recall]) -> String {
    let mut text = format!(
        "{:>13} {:>13} {:>11} {:>14} {:>12}\n",
        "bytes a model", "bytes of file", "recall@10", "of models", "score error"
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:>13} {:>13} {:>11.4} {:>14.4} {:>12.5}",
            row.bytes_a_model,
            row.bytes_of_file,
            row.recall_at_10,
            row.recall_at_10_of_models,
            row.score_error
        );
    }
    text
}

/// Prints the addresses of a server, and whether other machines can reach it.
pub(crate) fn serving(site: &Path, addresses: &[SocketAddr]) -> String {
    let places: Vec<String> = addresses.iter().map(|at| format!("http://{at}/")).collect();
    let mut text =
        format!("serving {} at {} until interrupted", site.display(), places.join(" and "));
    if addresses.iter().any(|address| !address.ip().to_canonical().is_loopback()) {
        text += "\nother machines can reach it at this machine's name or address";
    }
    text
}

/// Prints what was read from another tool's file.
pub(crate) fn imported(imported: &Imported) -> String {
    let Imported { format, naming, order, preprocessing, left_out, .. } = imported;
    format!(
        "read     {format}, {naming}'s names, kernels {order}, preprocessing {preprocessing}\n\
         left out {left_out} tensors that belong to no convolution\n"
    )
}

/// Prints a network that was written.
pub(crate) fn network(weights: &Weights, network: &Network, out: &Path, bytes: usize) -> String {
    let widths: Vec<usize> = weights.layers.iter().map(Layer::outputs).collect();
    format!(
        "{}wrote    {}, {bytes} bytes, sha256 {}\n",
        topology(&widths, network.input_size(), network.output_shape()),
        out.display(),
        network.digest()
    )
}

fn topology(widths: &[usize], [height, width]: [usize; 2], output: [usize; 3]) -> String {
    let widths: Vec<String> = widths.iter().map(usize::to_string).collect();
    let [rows, columns, channels] = output;
    format!(
        "widths   {}\ninput    {height} x {width}\noutput   {rows} x {columns} x {channels}\n",
        widths.join(" ")
    )
}

/// Prints the result of a verification.
pub(crate) fn verified(summary: &verify::Summary) -> String {
    let known = summary.known.map_or(String::new(), |name| format!(", which is {name}"));
    let form = if summary.quantised { "in codes" } else { "in floats" };
    let mut text = topology(&summary.widths, summary.input, summary.output);
    let _ = write!(
        text,
        "file     sha256 {}{known}\nweights  sha256 {}, stored {form}\n",
        summary.file, summary.weights
    );
    if let Some(comparison) = &summary.features {
        text.push_str(&compared(comparison));
    }
    text
}

fn compared(comparison: &Comparison) -> String {
    let Comparison { made_by, image, compared, relative_error, total_error, cosine, .. } =
        comparison;
    let classes = match comparison.classes {
        0 => String::new(),
        count => format!(
            "classes  {count} compared: no probability more than {:.1e} off\n",
            comparison.class_error
        ),
    };
    let whose = if comparison.same_weights { "these weights" } else { "other weights" };
    let demanded = match comparison.demanded {
        Bound::RelativeError(bound) => format!("a relative error of at most {bound:e}"),
        Bound::Cosine(bound) => format!("a cosine of {bound} or more"),
    };
    let verdict = if comparison.holds { "holds" } else { "fails" };
    format!(
        "golden   {image} by {made_by} with {whose}\n\
         features {compared} compared: relative error {relative_error:.1e}, of sum or norm \
         {total_error:.1e}, cosine {cosine:.6}\n{classes}\
         demanded {demanded}: {verdict}\n"
    )
}

/// Prints the quality of answers: a line for each descriptor, the differences to the first, and the first by category.
pub(crate) fn evaluation(evaluation: &eval::Summary) -> String {
    let eval::Summary { pictures, left_out, reports, differences, .. } = evaluation;
    let mut text = format!("{pictures} pictures{}\n\n", said_left_out(*left_out));
    text.push_str(&titles(Estimates::default().named()));
    for DescriptorSummary { descriptor, all, .. } in reports {
        text.push_str(&quality(descriptor, all));
    }
    for difference in differences {
        let Difference { descriptor, minus, estimates } = difference;
        let _ = write!(text, "{:<32}", format!("{descriptor} - {minus}"));
        for (_, Estimate { mean, low, high }) in estimates.named() {
            let _ = write!(text, " {mean:>+8.4} {:>16}", format!("{low:+.4}..{high:+.4}"));
        }
        text.push('\n');
    }
    if let Some(DescriptorSummary { descriptor, categories, .. }) = reports.first() {
        let _ = writeln!(text, "\n{descriptor}, by category");
        for category in categories {
            text.push_str(&quality(&category.category, category));
        }
    }
    text
}

/// Prints how many answers of a site to images are right.
pub(crate) fn queries(answered: &QuerySummary) -> String {
    let QuerySummary { models, queries, absent, left_out, unlike, absent_unlike, .. } = answered;
    let asked = format!("{queries} images asked of {models} models{}", said_left_out(*left_out));
    let estimates = answered.named();
    let mut text = format!("{asked}\n\n{}{}", titles(estimates), line("site", *queries, estimates));
    let _ = writeln!(text, "\nno model is called similar for {unlike:.3} of them");
    if *absent > 0 {
        let _ = writeln!(
            text,
            "and for {absent_unlike:.3} of {absent} images of which nothing is wanted"
        );
    }
    text
}

fn said_left_out(count: usize) -> String {
    match count {
        0 => String::new(),
        _ => format!(", {count} left out; the reasons are above"),
    }
}

fn titles(estimates: [(&str, Estimate); 4]) -> String {
    let mut text = format!("{:<24} {:>7}", "mean, 95% interval", "queries");
    for (name, _) in estimates {
        let _ = write!(text, " {name:>25}");
    }
    text.push('\n');
    text
}

fn quality(name: &str, quality: &Quality) -> String {
    line(name, quality.queries, quality.estimates.named())
}

fn line(name: &str, queries: usize, estimates: [(&str, Estimate); 4]) -> String {
    let mut text = format!("{:<24} {queries:>7}", printable(name));
    for (_, Estimate { mean, low, high }) in estimates {
        let _ = write!(text, " {mean:>8.3} {:>16}", format!("{low:.3}..{high:.3}"));
    }
    text.push('\n');
    text
}

/// Prints what `recommend` has written.
pub(crate) fn recommended(summary: &recommend::Summary, out: &Path) -> String {
    let recommend::Summary { models, neighbours, seconds } = summary;
    format!(
        "{neighbours} neighbours of each of {models} models found in {seconds:.1} s, into {}\n",
        out.display()
    )
}

/// Prints what `export` has written.
pub(crate) fn exported(summary: &export::Summary, out: &Path) -> String {
    let export::Summary { models, dimensions, kind } = summary;
    let what = match kind {
        export::Kind::Maps => "values of a whole map, of length 1",
        export::Kind::Coefficients => "coefficients",
    };
    format!("{models} rows of {dimensions} {what}, f32, into {}\n", out.display())
}

/// Prints the timings, one a line, and those of the network's layers if they were measured.
pub(crate) fn timed(summary: &bench::Summary) -> String {
    let mut text = format!(
        "{:<34} {:>10} {:>10} {:>10}\n",
        "milliseconds, one thread", "minimum", "median", "maximum"
    );
    for row in &summary.timings {
        let _ = writeln!(
            text,
            "{:<34} {:>10.3} {:>10.3} {:>10.3}",
            row.work, row.minimum_ms, row.median_ms, row.maximum_ms
        );
    }
    let _ = writeln!(text, "\nconvolutions by {}", summary.kernel);
    for row in summary.profile.iter().flatten() {
        let _ = writeln!(
            text,
            "{:<26} {:>8.3} ms {:>8.1} GFLOP/s by the definition, {:>4.0}% of the core's peak",
            row.layer,
            row.milliseconds,
            row.gflops,
            100.0 * row.of_peak
        );
    }
    text
}

/// Prints the size and the accuracy of each quantised layer.
pub(crate) fn quantised(rows: &[quantise::Row]) -> String {
    let mut text = format!(
        "{:<14} {:>6} {:>6} {:>10} {:>10} {:>15}\n",
        "layer", "width", "bits", "bytes", "cosine", "top-10 overlap"
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:<14} {:>6} {:>6.2} {:>10} {:>10.6} {:>15.3}",
            row.layer, row.width, row.bits, row.bytes, row.cosine, row.top_10_overlap
        );
    }
    text
}

/// Prints what `embed` has done.
pub(crate) fn embedded(summary: &Summary, options: &Options) -> String {
    let Summary { manifest, embedded, seconds, .. } = summary;
    let (models, out) = (manifest.models, options.out.display());
    let mut text = match models.saturating_sub(*embedded) {
        0 => {
            let rate = *embedded as f64 / seconds;
            format!("{models} models embedded in {seconds:.1} s, {rate:.1} a second, into {out}\n")
        }
        known => format!(
            "{models} models into {out}: {embedded} embedded in {seconds:.1} s, {known} known already\n"
        ),
    };
    if summary.kept_codes {
        text.push_str(
            "the codes stay as they were learnt before; --relearn learns them from these models\n",
        );
    }
    text.push_str(&left_out(&summary.left_out));
    if manifest.page.is_none() {
        text.push_str(
            "written without the page, which this program does not hold; name its folder with --page\n",
        );
    }
    text
}

/// Prints what `site` has done.
pub(crate) fn rewritten(manifest: &Manifest, site: &Path) -> String {
    let (models, site) = (manifest.models, site.display());
    let page = format!("the page of {site}, {models} models, is written again");
    match serde_json::to_string(&manifest.settings) {
        Ok(settings) if !manifest.settings.are_none() => format!("{page} with {settings}\n"),
        _ => format!("{page} without settings\n"),
    }
}

/// Prints what `embed --shard` has done.
pub(crate) fn shard(summary: &ShardSummary, shard: Shard) -> String {
    let ShardSummary { store, models, embedded, seconds, .. } = summary;
    let (store, known) = (store.display(), models.saturating_sub(*embedded));
    format!(
        "shard {shard}, {models} models, into {store}: {embedded} embedded in {seconds:.1} s, \
         {known} known already\n{}",
        left_out(&summary.left_out)
    )
}

fn left_out(models: &[(String, String)]) -> String {
    match models.len() {
        0 => String::new(),
        count => format!("{count} left out; the reasons are above\n"),
    }
}
