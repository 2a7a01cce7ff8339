//! A queue of work for several threads. A piece of work can be delayed, and it does not block the others meanwhile.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A queue of work for several threads.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// Sorted by the earliest start, then by the order of arrival.
    waiting: BTreeMap<(Instant, u64), T>,
    came: u64,
    /// The number of pieces in work. They may be put back.
    busy: usize,
    /// Whether more work may be added.
    open: bool,
    /// Whether the waiting work is abandoned.
    stopped: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Queue<T> {
        let state =
            State { waiting: BTreeMap::new(), came: 0, busy: 0, open: true, stopped: false };
        Queue { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds a piece of work.
    pub(super) fn push(&self, work: T) {
        self.state().put(work, Instant::now());
        self.changed.notify_one();
    }

    /// Waits for a piece of work. Returns `None` once no more can come.
    pub(super) fn take(&self) -> Option<(T, BusyGuard<'_, T>)> {
        let mut state = self.state();
        loop {
            if state.stopped {
                return None;
            }
            let first = state.waiting.first_key_value().map(|(&key, _)| key);
            let now = Instant::now();
            match first {
                Some((ready, _)) if ready > now => {
                    let waited = self.changed.wait_timeout(state, ready - now);
                    state =
                        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
                }
                Some(_) => {
                    let (_, work) = state.waiting.pop_first()?;
                    state.busy += 1;
                    return Some((work, BusyGuard(self)));
                }
                None if !state.open && state.busy == 0 => return None,
                None => {
                    let waited = self.changed.wait(state);
                    state = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
                }
            }
        }
    }

    /// Puts a piece of work back, to be done after `wait`.
    pub(super) fn put_back(&self, work: T, wait: Duration) {
        self.state().put(work, Instant::now() + wait);
        self.changed.notify_one();
    }

    /// Declares that no more work will be added, except what is put back.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.changed.notify_all();
    }

    /// Abandons the waiting work.
    pub(super) fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    /// Returns whether the waiting work was abandoned.
    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// A poisoned lock only means that another thread panicked: no change here is ever half done.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Counts one piece as in work until it is dropped. The drop happens also where the work panics; otherwise the other
/// threads would wait for ever.
pub(super) struct BusyGuard<'a, T>(&'a Queue<T>);

impl<T> Drop for BusyGuard<'_, T> {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.changed.notify_all();
    }
}

impl<T> State<T> {
    fn put(&mut self, work: T, ready: Instant) {
        self.came += 1;
        self.waiting.insert((ready, self.came), work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delayed_work_blocks_no_other_and_is_done_in_the_end() {
        let queue = Queue::new();
        ["slow", "quick", "last"].iter().for_each(|work| queue.push(*work));
        queue.close();
        let mut order = Vec::new();
        while let Some((work, _turn)) = queue.take() {
            order.push(work);
            if order == ["slow"] {
                queue.put_back("slow again", Duration::from_millis(30));
            }
        }
        assert_eq!(order, ["slow", "quick", "last", "slow again"]);
    }

    #[test]
    fn no_thread_ends_while_another_may_put_work_back() {
        // In some of the rounds the other thread asks before the work is put back.
        for _ in 0..200 {
            let (queue, both) = (Queue::new(), std::sync::Barrier::new(2));
            queue.push(1);
            queue.close();
            let (taken, turn) = queue.take().unwrap();
            std::thread::scope(|scope| {
                let other = scope.spawn(|| {
                    both.wait();
                    queue.take().map(|(work, _)| work)
                });
                both.wait();
                std::thread::yield_now();
                queue.put_back(2, Duration::ZERO);
                drop(turn);
                assert_eq!((taken, other.join().unwrap()), (1, Some(2)));
            });
            assert!(queue.take().is_none());
        }
    }

    #[test]
    fn a_panic_does_not_block_the_other_threads() {
        let queue = Queue::new();
        queue.push(1);
        queue.close();
        let panics = || {
            let _turn = queue.take();
            panic!("on purpose");
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        assert!(queue.take().is_none());
    }

    #[test]
    fn a_stop_abandons_the_waiting_work() {
        let queue = Queue::new();
        queue.push(1);
        queue.stop();
        assert!(queue.take().is_none() && queue.is_stopped());
    }
}
