//! When a request may start: one rate for all of them, and hosts that asked to be left alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::Patience;
use crate::util::http;

/// So many failures of a host in a row, with no answer between, are the host's and not a model's.
const IN_A_ROW: u32 = 8;

/// The longest pause that nobody asked for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The gate that every request passes.
pub(super) struct Gate {
    between: Duration,
    patience: Patience,
    state: Mutex<State>,
}

struct State {
    next: Instant,
    hosts: HashMap<String, Host>,
}

#[derive(Default)]
struct Host {
    closed_until: Option<Instant>,
    last_answer: Option<Instant>,
    failures: u32,
}

/// What follows from a host that cannot be reached or has had enough of us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts against the model that was asked for.
    Model,
    /// The host is in trouble; the model can wait.
    Host,
    /// It has been for too long.
    Stop,
}

impl Gate {
    /// Lets so many requests a second through.
    pub(super) fn new(rate: f64, patience: Patience) -> Gate {
        let state = State { next: Instant::now(), hosts: HashMap::new() };
        Gate { between: Duration::from_secs_f64(1.0 / rate), patience, state: Mutex::new(state) }
    }

    /// Waits for a request's turn.
    pub(super) fn pass(&self, host: &str) {
        let mut turn = self.turn();
        loop {
            std::thread::sleep(turn.saturating_duration_since(Instant::now()));
            // The host may have closed meanwhile.
            let closed = self.state().hosts.get(host).and_then(|host| host.closed_until);
            match closed {
                Some(until) if until > Instant::now() => turn = until.max(self.turn()),
                _ => return,
            }
        }
    }

    fn turn(&self) -> Instant {
        let mut state = self.state();
        let turn = state.next.max(Instant::now());
        state.next = turn + self.between;
        turn
    }

    /// A host answered, well or not.
    pub(super) fn answered(&self, host: &str) {
        let mut state = self.state();
        let host = state.hosts.entry(host.to_owned()).or_default();
        (host.last_answer, host.failures) = (Some(Instant::now()), 0);
    }

    /// A host could not be reached, or said that we ask too much; `wait` is what it asked for. Closes it
    /// for that long, or longer with each failure.
    pub(super) fn refused(&self, name: &str, wait: Option<Duration>) -> Verdict {
        let mut state = self.state();
        let host = state.hosts.entry(name.to_owned()).or_default();
        host.failures += 1;
        let doublings = host.failures.div_ceil(IN_A_ROW / 2);
        let pause = || http::pause(self.patience.pause, LONGEST_PAUSE, doublings);
        let until = Instant::now() + wait.unwrap_or_else(pause);
        host.closed_until = host.closed_until.max(Some(until));
        match host.last_answer {
            // One that never answered has no better days to wait for.
            Some(last) if host.failures >= IN_A_ROW => {
                let out = last.elapsed() > self.patience.outage;
                if out { Verdict::Stop } else { Verdict::Host }
            }
            _ => Verdict::Model,
        }
    }

    /// A poisoned lock only means that another thread panicked; times are never half written.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(outage: Duration) -> Patience {
        Patience { pause: Duration::from_millis(1), outage, ..Patience::default() }
    }

    #[test]
    fn a_host_that_answered_before_is_waited_for_and_then_given_up() {
        let gate = Gate::new(1e6, patience(Duration::from_millis(50)));
        gate.answered("media");
        let verdicts: Vec<Verdict> = (0..8).map(|_| gate.refused("media", None)).collect();
        assert!(verdicts[..7].iter().all(|verdict| *verdict == Verdict::Model));
        assert_eq!(verdicts[7], Verdict::Host);
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(gate.refused("media", None), Verdict::Stop);
        gate.answered("media");
        assert_eq!(gate.refused("media", None), Verdict::Model);
    }

    #[test]
    fn a_host_that_never_answered_counts_against_its_models() {
        let gate = Gate::new(1e6, patience(Duration::ZERO));
        assert!((0..20).all(|_| gate.refused("dead", None) == Verdict::Model));
    }

    #[test]
    fn a_closed_host_lets_nothing_through_and_another_does() {
        let gate = Gate::new(1e6, patience(Duration::ZERO));
        gate.refused("closed", Some(Duration::from_millis(80)));
        let start = Instant::now();
        gate.pass("open");
        let open = start.elapsed();
        gate.pass("closed");
        assert!(start.elapsed() >= Duration::from_millis(75), "{:?}", start.elapsed());
        assert!(open < start.elapsed());
    }
}
