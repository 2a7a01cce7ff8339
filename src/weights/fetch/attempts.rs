//! Decides whether to try again. An attempt that brings new bytes does not count as a failure.

use std::time::Duration;

use super::part::Part;
use super::request::Fault;
use super::{FILE, Options};
use crate::error::{Details, Error, Result};
use crate::util::http;

/// The longest pause before another attempt, unless the server names one.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The attempts so far.
pub(super) struct Attempts<'a> {
    options: &'a Options,
    /// The largest length that the part ever had. A server that always starts over and always breaks makes no progress.
    furthest: u64,
    failures: u32,
    answered: bool,
    started_over: bool,
}

/// What to do next.
pub(super) enum Next {
    /// The part is the complete file.
    Stop,
    /// Try again after a pause, for a reason.
    Again(String, Duration),
}

impl<'a> Attempts<'a> {
    pub(super) fn new(options: &'a Options, part: &Part) -> Attempts<'a> {
        let furthest = part.length();
        Attempts { options, furthest, failures: 0, answered: false, started_over: false }
    }

    /// Decides what to do after a fault.
    ///
    /// # Errors
    /// [`Error::Download`] if another attempt is useless.
    pub(super) fn after(&mut self, fault: Fault, part: &mut Part) -> Result<Next> {
        if part.length() > self.furthest {
            (self.furthest, self.failures) = (part.length(), 0);
        } else {
            self.failures += 1;
        }
        let patient = self.failures < self.options.retry_policy.attempts;
        match fault {
            Fault::Final(error) => Err(error),
            Fault::Unfit => self.start_over(part),
            // A machine that had an answer before is probably offline only for a while.
            Fault::Unreachable(reason) if patient && self.answered => {
                Ok(Next::Again(reason, self.pause()))
            }
            Fault::Unreachable(reason) => Err(self.offline(&reason)),
            Fault::Broken { reason, wait } if patient => {
                self.answered = true;
                Ok(Next::Again(reason, wait.unwrap_or_else(|| self.pause())))
            }
            Fault::Broken { reason, .. } => Err(self.gave_up(part.length(), &reason)),
        }
    }

    /// Handles a part that the server cannot continue: it is either complete or of another file.
    fn start_over(&mut self, part: &mut Part) -> Result<Next> {
        if part.holds(self.options.digest)? {
            return Ok(Next::Stop);
        }
        if self.started_over {
            return Err(self.never_fits());
        }
        part.clear()?;
        *self =
            Attempts { started_over: true, answered: true, ..Attempts::new(self.options, part) };
        Ok(Next::Again("what was kept is of another file".to_owned(), Duration::ZERO))
    }

    fn pause(&self) -> Duration {
        http::pause(self.options.retry_policy.pause, LONGEST_PAUSE, self.failures)
    }

    fn gave_up(&self, kept: u64, reason: &str) -> Error {
        let attempts = self.options.retry_policy.attempts;
        Error::Download(Details::plain(
            format!("{reason}, in {attempts} attempts at {} without progress", self.options.url),
            format!(
                "{kept} bytes are kept; run it again later to continue, or name a mirror with --url"
            ),
        ))
    }

    fn never_fits(&self) -> Error {
        Error::Download(Details::plain(
            format!(
                "the server sent a part of {} that does not continue the kept part",
                self.options.url
            ),
            "run it again to start over, or name a mirror with --url",
        ))
    }

    fn offline(&self, reason: &str) -> Error {
        Error::Download(Details::plain(
            format!("{FILE} could not be downloaded from {}: {reason}", self.options.url),
            "this machine seems to be offline; download the file on another machine and give it \
             to `recasketch network import FILE`",
        ))
    }
}
