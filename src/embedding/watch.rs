//! Who waits for long work hears how far it is.

use std::fmt;
use std::sync::Arc;

type Heard = dyn Fn(&'static str, usize, usize) + Send + Sync;

/// Hears of long work: its phase in words, how much of it is done, and of how much. By default nobody does.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<Heard>>);

impl Watch {
    /// Somebody hears.
    pub fn by(hear: impl Fn(&'static str, usize, usize) + Send + Sync + 'static) -> Watch {
        Watch(Some(Arc::new(hear)))
    }

    /// So much of a phase is done.
    pub(crate) fn tell(&self, phase: &'static str, done: usize, total: usize) {
        if let Some(hear) = &self.0 {
            hear(phase, done, total);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Watch({})", if self.0.is_some() { "somebody" } else { "nobody" })
    }
}
