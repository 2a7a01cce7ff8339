//! The progress of long work: a bar on a terminal, a plain line every few seconds elsewhere, nothing with `--quiet`.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::embedding::Watch;
use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

/// The time before the first plain line, and between the others.
const FIRST_LINE: Duration = Duration::from_secs(1);
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The time between two redraws of a bar.
const TICK: Duration = Duration::from_millis(250);

static QUIET: AtomicBool = AtomicBool::new(false);

/// Hides progress and notes from now on.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints a note, which is no error.
pub(crate) fn note(sentence: &str) {
    if !is_quiet() {
        eprintln!("{sentence}");
    }
}

/// The progress of one piece of work, shared by its threads.
pub(crate) struct Progress {
    count: Count,
    /// Ends when this is dropped.
    _lines: Option<Lines>,
}

/// The count of finished work.
#[derive(Clone)]
struct Count {
    bar: ProgressBar,
    verb: &'static str,
    unit: Unit,
}

/// The unit of the count, which decides how it is printed.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Things,
    Parts,
    Bytes,
}

/// Prints plain lines from another thread, because one step may take long.
struct Lines {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to count `total` things. The line begins with the verb.
    pub(crate) fn start(verb: &'static str, total: usize) -> Progress {
        let template = "{prefix} [{bar:30}] {human_pos}/{human_len}  {per_sec}  {eta} left";
        Progress::with(ProgressBar::new(total as u64), verb, Unit::Things, template)
    }

    /// Starts to count parts of about the same length, whose number means nothing to the owner.
    pub(crate) fn parts(verb: &'static str, total: usize) -> Progress {
        let template = "{prefix} [{bar:30}] {percent}%  {eta} left";
        Progress::with(ProgressBar::new(total as u64), verb, Unit::Parts, template)
    }

    /// Starts to count bytes. [`Progress::expect`] sets their number.
    pub(crate) fn bytes(verb: &'static str) -> Progress {
        let template = "{prefix} [{bar:30}] {decimal_bytes}/{decimal_total_bytes}  \
            {decimal_bytes_per_sec}  {eta} left";
        Progress::with(ProgressBar::no_length(), verb, Unit::Bytes, template)
    }

    fn with(bar: ProgressBar, verb: &'static str, unit: Unit, template: &str) -> Progress {
        let is_terminal = std::io::stderr().is_terminal();
        if is_quiet() {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_prefix(verb);
        if is_terminal && !is_quiet() {
            bar.enable_steady_tick(TICK);
        }
        let count = Count { bar, verb, unit };
        let lines = (!is_terminal && !is_quiet()).then(|| Lines::of(count.clone()));
        Progress { count, _lines: lines }
    }

    /// Counts one more.
    pub(crate) fn step(&self) {
        self.advance(1);
    }

    /// Counts `more` more.
    pub(crate) fn advance(&self, more: u64) {
        self.count.bar.inc(more);
    }

    /// Sets the number that is done.
    fn reach(&self, done: u64) {
        self.count.bar.set_position(done);
    }

    /// Adds `more` to the total.
    pub(crate) fn grow(&self, more: u64) {
        self.count.bar.inc_length(more);
    }

    /// Sets the total, and the number that earlier work has done, which does not count for the speed.
    pub(crate) fn expect(&self, done: u64, total: Option<u64>) {
        let bar = &self.count.bar;
        match total {
            Some(total) => bar.set_length(total),
            None => bar.unset_length(),
        }
        bar.set_position(done);
        bar.reset_eta();
    }

    /// Prints an error above the bar.
    pub(crate) fn say(&self, sentence: &str) {
        self.count.bar.suspend(|| eprintln!("{sentence}"));
    }

    /// Prints a note, which is no error, above the bar.
    pub(crate) fn note(&self, sentence: &str) {
        if !is_quiet() {
            self.say(sentence);
        }
    }

    /// Ends the bar. Returns the seconds that the work took.
    pub(crate) fn finish(self) -> f64 {
        self.count.bar.elapsed().as_secs_f64()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.count.bar.finish_and_clear();
    }
}

impl Count {
    fn line(&self) -> String {
        let Count { bar, verb, unit } = self;
        let (done, total, rate) = (bar.position(), bar.length(), bar.per_sec());
        let left = bar.eta().as_secs();
        match (unit, total) {
            (Unit::Things, total) => {
                let begun = format!("{verb} {done} of {}", total.unwrap_or(0));
                match done {
                    0 => begun,
                    _ => format!("{begun}, {rate:.1} a second, {left} s left"),
                }
            }
            (Unit::Parts, total) => {
                let percent = 100 * done / total.unwrap_or(0).max(1);
                match done {
                    0 => format!("{verb}, {percent}%"),
                    _ => format!("{verb}, {percent}%, {left} s left"),
                }
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

impl Lines {
    fn of(count: Count) -> Lines {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut pause = FIRST_LINE;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
                eprintln!("{}", count.line());
                pause = BETWEEN_LINES;
            }
        });
        Lines { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.stop.take();
        // A panic of that thread was printed already.
        self.thread.take().map(JoinHandle::join);
    }
}

/// Shows the progress of work that reports its phases, one after another.
pub(crate) fn watch() -> Watch {
    let phases = Phases::default();
    Watch::by(move |name, done, total| phases.hear(name, done, total))
}

/// The progress of work that reports its phases, one after another.
#[derive(Default)]
struct Phases(Mutex<Option<Phase>>);

struct Phase {
    name: &'static str,
    done: usize,
    progress: Progress,
}

impl Phases {
    /// Takes a report of a phase. A late report from another thread changes nothing.
    fn hear(&self, name: &'static str, done: usize, total: usize) {
        let mut phase = self.phase();
        if phase.as_ref().is_none_or(|phase| phase.name != name) {
            *phase = None;
            // As few are parts of one computation, not models.
            let start = if total <= 100 { Progress::parts } else { Progress::start };
            let progress = start(name, total);
            *phase = Some(Phase { name, done, progress });
        }
        if let Some(phase) = phase.as_mut()
            && done >= phase.done
        {
            phase.done = done;
            phase.progress.reach(done as u64);
        }
    }

    fn phase(&self) -> MutexGuard<'_, Option<Phase>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_in_megabytes_and_an_unknown_total_is_not_said() {
        let progress = Progress::bytes("downloading");
        progress.expect(2_500_000, None);
        assert!(progress.count.line().starts_with("downloading 2.50 MB, "));
        progress.expect(2_500_000, Some(58_900_000));
        assert!(progress.count.line().starts_with("downloading 2.50 MB of 58.90 MB, "));
    }

    #[test]
    fn what_has_not_begun_promises_nothing() {
        assert_eq!(Progress::start("embedding", 9).count.line(), "embedding 0 of 9");
        let parts = Progress::parts("learning the codes", 3);
        assert_eq!(parts.count.line(), "learning the codes, 0%");
        parts.step();
        assert!(parts.count.line().starts_with("learning the codes, 33%, "));
        assert!(parts.count.line().ends_with(" s left"));
    }

    #[test]
    fn phases_follow_each_other_and_do_not_go_back() {
        let phases = Phases::default();
        let now =
            |phases: &Phases| phases.phase().as_ref().map(|phase| phase.progress.count.line());
        phases.hear("learning", 2, 5);
        assert!(now(&phases).unwrap().starts_with("learning, 40%, "));
        for done in [1000, 999, 1001] {
            phases.hear("coding", done, 5000);
        }
        assert!(now(&phases).unwrap().starts_with("coding 1001 of 5000, "));
        drop(phases);
    }
}
