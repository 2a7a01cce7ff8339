//! When a request may start: one rate for all of them, and hosts that asked to be left alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::RetryPolicy;
use crate::util::http;

/// So many failures of a host in a row, with no answer between, are the host's and not a model's.
const IN_A_ROW: u32 = 8;

/// The longest pause that nobody asked for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The rate limiter that every request passes.
pub(super) struct RateLimiter {
    between: Duration,
    retry_policy: RetryPolicy,
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

impl RateLimiter {
    /// Lets so many requests a second through.
    pub(super) fn new(rate: f64, retry_policy: RetryPolicy) -> RateLimiter {
        let state = State { next: Instant::now(), hosts: HashMap::new() };
        RateLimiter {
            between: Duration::from_secs_f64(1.0 / rate),
            retry_policy,
            state: Mutex::new(state),
        }
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
        let pause = || http::pause(self.retry_policy.pause, LONGEST_PAUSE, doublings);
        let until = Instant::now() + wait.unwrap_or_else(pause);
        host.closed_until = host.closed_until.max(Some(until));
        match host.last_answer {
            // One that never answered has no better days to wait for.
            Some(last) if host.failures >= IN_A_ROW => {
                let out = last.elapsed() > self.retry_policy.outage;
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

    fn retry_policy(outage: Duration) -> RetryPolicy {
        RetryPolicy { pause: Duration::from_millis(1), outage, ..RetryPolicy::default() }
    }

    #[test]
    fn a_host_that_answered_before_is_waited_for_and_then_given_up() {
        let rate_limiter = RateLimiter::new(1e6, retry_policy(Duration::from_millis(50)));
        rate_limiter.answered("media");
        let verdicts: Vec<Verdict> = (0..8).map(|_| rate_limiter.refused("media", None)).collect();
        assert!(verdicts[..7].iter().all(|verdict| *verdict == Verdict::Model));
        assert_eq!(verdicts[7], Verdict::Host);
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(rate_limiter.refused("media", None), Verdict::Stop);
        rate_limiter.answered("media");
        assert_eq!(rate_limiter.refused("media", None), Verdict::Model);
    }

    #[test]
    fn a_host_that_never_answered_counts_against_its_models() {
        let rate_limiter = RateLimiter::new(1e6, retry_policy(Duration::ZERO));
        assert!((0..20).all(|_| rate_limiter.refused("dead", None) == Verdict::Model));
    }

    #[test]
    fn a_closed_host_lets_nothing_through_and_another_does() {
        let rate_limiter = RateLimiter::new(1e6, retry_policy(Duration::ZERO));
        rate_limiter.refused("closed", Some(Duration::from_millis(80)));
        let start = Instant::now();
        rate_limiter.pass("open");
        let open = start.elapsed();
        rate_limiter.pass("closed");
        assert!(start.elapsed() >= Duration::from_millis(75), "{:?}", start.elapsed());
        assert!(open < start.elapsed());
    }
}
