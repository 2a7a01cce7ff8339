//! What is to be done, each piece not before its time: whatever has to wait keeps nobody else waiting.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Work for several threads.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// By the time from which it may be done, then in the order in which it came.
    waiting: BTreeMap<(Instant, u64), T>,
    came: u64,
    /// Pieces that somebody works at, who may put them back.
    busy: usize,
    /// Whether more may come from outside.
    open: bool,
    /// Whether what is waiting is left undone.
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

    /// Waits for a piece of work; `None` once there will be no more.
    pub(super) fn take(&self) -> Option<(T, Turn<'_, T>)> {
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
                    return Some((work, Turn(self)));
                }
                None if !state.open && state.busy == 0 => return None,
                None => {
                    let waited = self.changed.wait(state);
                    state = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
                }
            }
        }
    }

    /// A piece of work is to be done later.
    pub(super) fn put_back(&self, work: T, wait: Duration) {
        self.state().put(work, Instant::now() + wait);
        self.changed.notify_one();
    }

    /// No more will come from outside.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.changed.notify_all();
    }

    /// What is waiting is left undone.
    pub(super) fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    /// Whether somebody said to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// A poisoned lock only means that another thread panicked; nothing here is left half done.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Somebody's work at a piece, who may put it back until this is dropped: also where the work panics, or
/// the others would wait for ever.
pub(super) struct Turn<'a, T>(&'a Queue<T>);

impl<T> Drop for Turn<'_, T> {
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
    fn what_has_to_wait_keeps_nobody_waiting_and_is_done_in_the_end() {
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
    fn nobody_leaves_while_another_may_put_work_back() {
        let queue = Queue::new();
        queue.push(1);
        queue.close();
        let (taken, turn) = queue.take().unwrap();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| queue.take().map(|(work, _)| work));
            std::thread::sleep(Duration::from_millis(20));
            queue.put_back(2, Duration::ZERO);
            drop(turn);
            assert_eq!((taken, other.join().unwrap()), (1, Some(2)));
        });
        assert!(queue.take().is_none());
    }

    #[test]
    fn whoever_panics_keeps_nobody_waiting() {
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
    fn a_stop_leaves_undone_what_is_waiting() {
        let queue = Queue::new();
        queue.push(1);
        queue.stop();
        assert!(queue.take().is_none() && queue.is_stopped());
    }
}
