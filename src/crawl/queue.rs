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

    /// Waits for a piece of work; `None` once there will be no more. Whoever takes one must either
    /// [`Queue::put_back`] it or say [`Queue::done`].
    pub(super) fn take(&self) -> Option<T> {
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
                    state.busy += 1;
                    return state.waiting.pop_first().map(|(_, work)| work);
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
        let mut state = self.state();
        state.busy -= 1;
        state.put(work, Instant::now() + wait);
        drop(state);
        self.changed.notify_all();
    }

    /// A piece of work is done.
    pub(super) fn done(&self) {
        self.state().busy -= 1;
        self.changed.notify_all();
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
        assert_eq!(queue.take(), Some("slow"));
        queue.put_back("slow again", Duration::from_millis(30));
        let mut order = Vec::new();
        while let Some(work) = queue.take() {
            order.push(work);
            queue.done();
        }
        assert_eq!(order, ["quick", "last", "slow again"]);
    }

    #[test]
    fn nobody_leaves_while_another_may_put_work_back() {
        let queue = Queue::new();
        queue.push(1);
        queue.close();
        let taken = queue.take();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| queue.take());
            std::thread::sleep(Duration::from_millis(20));
            queue.put_back(2, Duration::ZERO);
            assert_eq!((taken, other.join().unwrap()), (Some(1), Some(2)));
        });
    }

    #[test]
    fn a_stop_leaves_undone_what_is_waiting() {
        let queue = Queue::new();
        queue.push(1);
        queue.stop();
        assert_eq!((queue.take(), queue.is_stopped()), (None, true));
    }
}
