//! How far a long piece of work is: a bar on a terminal, now and then a plain line elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

/// Plain lines come at most this often.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The progress of one piece of work, shared by its threads.
pub(crate) struct Progress {
    bar: ProgressBar,
    verb: &'static str,
    unit: Unit,
    last_line: Mutex<Instant>,
}

/// What is counted, and so how it is written.
enum Unit {
    Things,
    Bytes,
}

impl Progress {
    /// Starts to count `total` things, whose verb is said in front.
    pub(crate) fn start(verb: &'static str, total: usize) -> Progress {
        let bar = ProgressBar::new(total as u64);
        let template = "{prefix} [{bar:30}] {human_pos}/{human_len}  {per_sec}  {eta} left";
        Progress::with(bar, verb, Unit::Things, template)
    }

    /// Starts to count bytes, of which [`Progress::expect`] says how many there will be.
    pub(crate) fn bytes(verb: &'static str) -> Progress {
        let template = "{prefix} [{bar:30}] {decimal_bytes}/{decimal_total_bytes}  \
            {decimal_bytes_per_sec}  {eta} left";
        Progress::with(ProgressBar::no_length(), verb, Unit::Bytes, template)
    }

    fn with(bar: ProgressBar, verb: &'static str, unit: Unit, template: &str) -> Progress {
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_prefix(verb);
        Progress { bar, verb, unit, last_line: Mutex::new(Instant::now()) }
    }

    /// One thing more is done.
    pub(crate) fn step(&self) {
        self.advance(1);
    }

    /// So much more is done.
    pub(crate) fn advance(&self, more: u64) {
        self.bar.inc(more);
        if std::io::stderr().is_terminal() {
            return;
        }
        // A poisoned lock only means that another thread panicked while it printed.
        let mut last_line = self.last_line.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if last_line.elapsed() >= BETWEEN_LINES {
            *last_line = Instant::now();
            eprintln!("{}", self.line());
        }
    }

    /// There is so much more to do.
    pub(crate) fn grow(&self, more: u64) {
        self.bar.inc_length(more);
    }

    /// Goes on from what an earlier piece of work left, which counts neither as speed nor as time.
    pub(crate) fn expect(&self, done: u64, total: Option<u64>) {
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(done);
        self.bar.reset_eta();
    }

    /// Says something without disturbing the bar.
    pub(crate) fn say(&self, sentence: &str) {
        self.bar.suspend(|| eprintln!("{sentence}"));
    }

    /// Ends the bar; gives the seconds that the work took.
    pub(crate) fn finish(self) -> f64 {
        let seconds = self.bar.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        seconds
    }

    fn line(&self) -> String {
        let (done, total, rate) = (self.bar.position(), self.bar.length(), self.bar.per_sec());
        let (verb, left) = (self.verb, self.bar.eta().as_secs());
        match (&self.unit, total) {
            (Unit::Things, total) => {
                let total = total.unwrap_or(0);
                format!("{verb} {done} of {total}, {rate:.1} a second, {left} s left")
            }
            (Unit::Bytes, Some(total)) => format!(
                "{verb} {} of {}, {} a second, {left} s left",
                DecimalBytes(done),
                DecimalBytes(total),
                DecimalBytes(rate as u64)
            ),
            (Unit::Bytes, None) => {
                let (done, rate) = (DecimalBytes(done), DecimalBytes(rate as u64));
                format!("{verb} {done}, {rate} a second")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_in_megabytes_and_an_unknown_total_is_not_said() {
        let progress = Progress::bytes("downloading");
        progress.expect(2_500_000, None);
        assert_eq!(progress.line(), "downloading 2.50 MB, 0 B a second");
        progress.expect(2_500_000, Some(58_900_000));
        assert!(progress.line().starts_with("downloading 2.50 MB of 58.90 MB, "));
    }
}
