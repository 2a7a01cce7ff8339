//! Progress of long computations.

use std::fmt;
use std::sync::Arc;

type Heard = dyn Fn(&'static str, usize, usize) + Send + Sync;

/// Receives the progress of a long computation: the name of the phase, the steps done and all steps. The default
/// ignores it.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<Heard>>);

impl Watch {
    /// Calls a function with the progress.
    pub fn by(hear: impl Fn(&'static str, usize, usize) + Send + Sync + 'static) -> Watch {
        Watch(Some(Arc::new(hear)))
    }

    /// Reports that `done` of `total` steps of a phase are done.
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
