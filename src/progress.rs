//! How far a long piece of work is: a bar on a terminal, now and then a plain line elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Plain lines come at most this often.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The progress of one piece of work, shared by its threads.
pub(crate) struct Progress {
    bar: ProgressBar,
    verb: &'static str,
    last_line: Mutex<Instant>,
}

impl Progress {
    /// Starts to count `total` things, whose verb is said in front.
    pub(crate) fn start(verb: &'static str, total: usize) -> Progress {
        let bar = ProgressBar::new(total as u64);
        let style = ProgressStyle::with_template(
            "{prefix} [{bar:30}] {human_pos}/{human_len}  {per_sec}  {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_prefix(verb);
        Progress { bar, verb, last_line: Mutex::new(Instant::now()) }
    }

    /// One thing more is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        if std::io::stderr().is_terminal() {
            return;
        }
        // A poisoned lock only means that another thread panicked while it printed.
        let mut last_line = self.last_line.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if last_line.elapsed() >= BETWEEN_LINES {
            *last_line = Instant::now();
            self.line();
        }
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

    fn line(&self) {
        let (done, total) = (self.bar.position(), self.bar.length().unwrap_or(0));
        let (rate, left) = (self.bar.per_sec(), self.bar.eta().as_secs());
        eprintln!("{} {done} of {total}, {rate:.1} a second, {left} s left", self.verb);
    }
}
