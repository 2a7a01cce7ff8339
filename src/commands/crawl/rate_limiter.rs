//! Decides when a request may start: one rate for all requests, and a pause for each host that asked for one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::RetryPolicy;
use crate::util::http;

/// After this many failures in a row, without an answer between them, the fault is the host's and not the model's.
const IN_A_ROW: u32 = 8;

/// The longest pause that we choose ourselves; a server may ask for a longer one.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The rate limiter for all requests.
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

/// What to do after a host could not be reached or asked for fewer requests.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Count the failure as an attempt for the model.
    Model,
    /// Try the model again later without counting: the host is the cause.
    Host,
    /// End the crawl: the host has failed for too long.
    Stop,
}

impl RateLimiter {
    /// Allows `rate` requests a second.
    pub(super) fn new(rate: f64, retry_policy: RetryPolicy) -> RateLimiter {
        let state = State { next: Instant::now(), hosts: HashMap::new() };
        RateLimiter {
            between: Duration::from_secs_f64(1.0 / rate),
            retry_policy,
            state: Mutex::new(state),
        }
    }

    /// Waits until a request to this host may start.
    pub(super) fn pass(&self, host: &str) {
        let mut turn = self.reserve(Instant::now());
        loop {
            std::thread::sleep(turn.saturating_duration_since(Instant::now()));
            // Another thread may have closed the host during the wait.
            match self.closed_until(host, Instant::now()) {
                Some(until) => turn = until.max(self.reserve(Instant::now())),
                None => return,
            }
        }
    }

    /// Returns when the next request may start, and reserves this time for it.
    fn reserve(&self, now: Instant) -> Instant {
        let mut state = self.state();
        let turn = state.next.max(now);
        state.next = turn + self.between;
        turn
    }

    /// Returns when a closed host opens again, or `None` if it is open now.
    fn closed_until(&self, host: &str, now: Instant) -> Option<Instant> {
        self.state().hosts.get(host)?.closed_until.filter(|&until| until > now)
    }

    /// Notes that a host answered, with success or not.
    pub(super) fn answered(&self, host: &str) {
        self.answered_at(host, Instant::now());
    }

    fn answered_at(&self, host: &str, now: Instant) {
        let mut state = self.state();
        let host = state.hosts.entry(host.to_owned()).or_default();
        (host.last_answer, host.failures) = (Some(now), 0);
    }

    /// Notes that a host could not be reached or asked for fewer requests. Closes it for the time that it asked
    /// for, `wait`, or else for a pause that grows with each failure.
    pub(super) fn refused(&self, name: &str, wait: Option<Duration>) -> Verdict {
        self.refused_at(name, wait, Instant::now())
    }

    fn refused_at(&self, name: &str, wait: Option<Duration>, now: Instant) -> Verdict {
        let mut state = self.state();
        let host = state.hosts.entry(name.to_owned()).or_default();
        host.failures += 1;
        let doublings = host.failures.div_ceil(IN_A_ROW / 2);
        let pause = || http::pause(self.retry_policy.pause, LONGEST_PAUSE, doublings);
        let until = now + wait.unwrap_or_else(pause);
        host.closed_until = host.closed_until.max(Some(until));
        match host.last_answer {
            // A host that never answered is not waited for.
            Some(last) if host.failures >= IN_A_ROW => {
                let out = now.saturating_duration_since(last) > self.retry_policy.outage;
                if out { Verdict::Stop } else { Verdict::Host }
            }
            _ => Verdict::Model,
        }
    }

    /// A poisoned lock only means that another thread panicked: times are never half written.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Two requests a second; a host may fail for a minute.
    fn rate_limiter() -> RateLimiter {
        let (pause, outage) = (SECOND, 60 * SECOND);
        RateLimiter::new(2.0, RetryPolicy { pause, outage, ..RetryPolicy::default() })
    }

    #[test]
    fn requests_start_at_the_rate() {
        let (rate_limiter, later) = (rate_limiter(), Instant::now() + SECOND);
        let turns: Vec<Instant> = (0..3).map(|_| rate_limiter.reserve(later)).collect();
        assert_eq!(turns, [later, later + SECOND / 2, later + SECOND]);
        assert_eq!(rate_limiter.reserve(later + SECOND), later + SECOND * 3 / 2);
        // Requests that were not made in time are not made up for.
        assert_eq!(rate_limiter.reserve(later + 9 * SECOND), later + 9 * SECOND);
        assert_eq!(rate_limiter.reserve(later + 9 * SECOND), later + 9 * SECOND + SECOND / 2);
    }

    #[test]
    fn a_host_that_answered_before_is_waited_for_and_then_given_up() {
        let (rate_limiter, now) = (rate_limiter(), Instant::now());
        rate_limiter.answered_at("media", now);
        let refused = |now| rate_limiter.refused_at("media", None, now);
        let verdicts: Vec<Verdict> = (0..8).map(|_| refused(now)).collect();
        assert!(verdicts[..7].iter().all(|verdict| *verdict == Verdict::Model));
        assert_eq!(verdicts[7], Verdict::Host);
        assert_eq!(refused(now + 60 * SECOND), Verdict::Host);
        assert_eq!(refused(now + 61 * SECOND), Verdict::Stop);
        rate_limiter.answered_at("media", now + 62 * SECOND);
        assert_eq!(refused(now + 63 * SECOND), Verdict::Model);
    }

    #[test]
    fn a_host_that_never_answered_counts_against_its_models() {
        let (rate_limiter, now) = (rate_limiter(), Instant::now());
        let mut minutes = (0..20).map(|minute| now + minute * 60 * SECOND);
        assert!(minutes.all(|now| rate_limiter.refused_at("dead", None, now) == Verdict::Model));
    }

    #[test]
    fn a_closed_host_lets_nothing_through_and_another_does() {
        let (rate_limiter, now) = (rate_limiter(), Instant::now());
        rate_limiter.refused_at("closed", Some(80 * SECOND), now);
        // A shorter pause that another request was asked for does not open the host earlier.
        rate_limiter.refused_at("closed", Some(SECOND), now);
        assert_eq!(rate_limiter.closed_until("open", now), None);
        let opens = now + 80 * SECOND;
        assert_eq!(rate_limiter.closed_until("closed", opens - SECOND), Some(opens));
        assert_eq!(rate_limiter.closed_until("closed", opens), None);
    }

    #[test]
    fn a_request_waits_until_its_host_opens() {
        let rate_limiter = RateLimiter::new(1e6, RetryPolicy::default());
        let opens = Instant::now() + SECOND / 20;
        rate_limiter.state().hosts.entry("host".to_owned()).or_default().closed_until = Some(opens);
        rate_limiter.pass("host");
        assert!(Instant::now() >= opens);
    }
}
