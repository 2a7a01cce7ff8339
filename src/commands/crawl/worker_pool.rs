//! Several threads that bring what the lists name: a model's own page where it is needed, and its
//! thumbnail.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::client::{Client, Fault};
use super::listing::Head;
use super::outcomes::{End, Outcomes, Thumbnail};
use super::picture::{self, Picture};
use super::queue::Queue;
use super::rate_limiter::LONGEST_PAUSE;
use super::record::{Candidate, is_sketchfabs};
use super::{RetryPolicy, THUMBNAILS};
use crate::error::{Error, Result};
use crate::util::progress::Progress;
use crate::util::{files, http};

/// How the names of thumbnails end that [`WorkerPool::keep`] wrote.
const ENDINGS: [&str; 5] = ["jpg", "png", "webp", "gif", "bmp"];

/// What is to be done about one model.
pub(super) struct Job {
    head: Arc<Head>,
    model: Candidate,
    /// Whether the model's own page is to be read first.
    ask: bool,
    /// Whether that is all: to see whether it is still there.
    only_ask: bool,
    attempts: u32,
}

/// The threads, and what they share.
pub(super) struct WorkerPool<'a> {
    pub(super) client: &'a Client,
    pub(super) retry_policy: RetryPolicy,
    pub(super) progress: &'a Progress,
    out: &'a Path,
    outcomes: &'a Mutex<Outcomes>,
    queue: Queue<Job>,
    stopped: Mutex<Option<Error>>,
}

impl<'a> WorkerPool<'a> {
    pub(super) fn new(
        client: &'a Client,
        retry_policy: RetryPolicy,
        progress: &'a Progress,
        out: &'a Path,
        outcomes: &'a Mutex<Outcomes>,
    ) -> WorkerPool<'a> {
        let (queue, stopped) = (Queue::new(), Mutex::new(None));
        WorkerPool { client, retry_policy, progress, out, outcomes, queue, stopped }
    }

    /// Works with so many threads while `list` finds what is to be done, and until it is.
    ///
    /// # Errors
    /// What stops the whole; what was done before is kept.
    pub(super) fn work(
        &self,
        threads: usize,
        list: impl FnOnce(&WorkerPool<'_>) -> Result<()>,
    ) -> Result<()> {
        let listed = std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.take_turns());
            }
            let listed = list(self);
            self.queue.close();
            listed
        });
        let stopped = self.stopped.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        stopped.map_or(listed, Err)
    }

    /// Whether something stopped the whole.
    pub(super) fn is_stopped(&self) -> bool {
        self.queue.is_stopped()
    }

    /// The pause after so many failures.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        http::pause(self.retry_policy.pause, LONGEST_PAUSE, failures)
    }

    /// Does what is left to do for a model of a list, if anything is.
    pub(super) fn want(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        let ask = !listed.whole && !outcomes.is_fresh(listed.uid());
        let model = outcomes.best(listed);
        let kept = match outcomes.end_of(listed.uid()) {
            Some(End::Gone(_) | End::Failed(_)) => return,
            Some(End::Kept(thumbnail)) => is_there(self.out, thumbnail),
            None => false,
        };
        let skipped = head.query.skips(model, head.age_restricted).is_some();
        if ask || !(kept || skipped || model.picture.is_none()) {
            let (head, model) = (head.clone(), model.clone());
            self.push(Job { head, model, ask, only_ask: false, attempts: 0 });
        }
    }

    /// Tries again what failed.
    pub(super) fn retry(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        if let Some(End::Failed(_)) = outcomes.end_of(listed.uid()) {
            let ask = !listed.whole && !outcomes.is_fresh(listed.uid());
            let model = outcomes.best(listed).clone();
            self.push(Job { head: head.clone(), model, ask, only_ask: false, attempts: 0 });
        }
    }

    /// Sees whether a model is still there.
    pub(super) fn confirm(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        let known = outcomes.is_fresh(listed.uid())
            || matches!(outcomes.end_of(listed.uid()), Some(End::Gone(_)));
        if !known && is_sketchfabs(listed.uid()) {
            let model = listed.clone();
            self.push(Job { head: head.clone(), model, ask: true, only_ask: true, attempts: 0 });
        }
    }

    fn push(&self, job: Job) {
        self.progress.grow(1);
        self.queue.push(job);
    }

    fn take_turns(&self) {
        while let Some((mut job, _turn)) = self.queue.take() {
            let done = match self.perform(&mut job) {
                Ok(()) => Ok(None),
                Err(fault) => self.judge(&mut job, fault),
            };
            match done {
                Ok(Some(wait)) => self.queue.put_back(job, wait),
                Ok(None) => self.progress.step(),
                Err(error) => self.stop(error),
            }
        }
    }

    /// What follows from a fault: how long to wait before the next attempt, or an end.
    fn judge(&self, job: &mut Job, fault: Fault) -> Result<Option<Duration>> {
        let uid = job.model.uid();
        match fault {
            Fault::Stop(error) => return Err(error),
            Fault::Host(_) => return Ok(Some(self.pause(job.attempts))),
            Fault::Passing(_) if job.attempts + 1 < self.retry_policy.attempts => {
                job.attempts += 1;
                return Ok(Some(self.pause(job.attempts)));
            }
            Fault::Gone(reason) => self.outcomes().end(uid, End::Gone(reason))?,
            Fault::Passing(reason) | Fault::Final(reason) => self.fail(uid, reason)?,
        }
        Ok(None)
    }

    /// A model that is kept stays so, though it could not be asked about again.
    fn fail(&self, uid: &str, reason: String) -> Result<()> {
        let mut outcomes = self.outcomes();
        if let Some(End::Kept(thumbnail)) = outcomes.end_of(uid)
            && is_there(self.out, thumbnail)
        {
            self.progress.say(&format!("{uid} stays as it was: {reason}"));
            return Ok(());
        }
        outcomes.end(uid, End::Failed(reason))
    }

    fn perform(&self, job: &mut Job) -> std::result::Result<(), Fault> {
        let mut asked = false;
        if job.ask {
            self.ask(job)?;
            asked = true;
        }
        let Head { query, age_restricted, .. } = &*job.head;
        if job.only_ask
            || query.skips(&job.model, *age_restricted).is_some()
            || self.has(&job.model)
        {
            return Ok(());
        }
        let Some(mut picture) = job.model.picture.clone() else { return Ok(()) };
        if let Some(thumbnail) = self.found(&job.model, &picture) {
            return Ok(self.outcomes().end(job.model.uid(), End::Kept(thumbnail))?);
        }
        let bytes = match self.bytes(&picture) {
            // Links to thumbnails do not live long; the model's own page has the newest.
            Err(Fault::Gone(_)) if !asked && !picture.local && is_sketchfabs(job.model.uid()) => {
                self.ask(job)?;
                let Some(newer) = job.model.picture.clone() else { return Ok(()) };
                picture = newer;
                self.bytes(&picture)
            }
            other => other,
        };
        let bytes = bytes.map_err(|fault| match fault {
            // The model is there, if its thumbnail is not.
            Fault::Gone(reason) => Fault::Final(reason),
            fault => fault,
        })?;
        let thumbnail = self.keep(job.model.uid(), &bytes)?;
        Ok(self.outcomes().end(job.model.uid(), End::Kept(thumbnail))?)
    }

    /// Reads a model's own page.
    fn ask(&self, job: &mut Job) -> std::result::Result<(), Fault> {
        let uid = job.model.uid();
        let record = self.client.json(&format!("/v3/models/{uid}"), &[])?;
        let told = Candidate::read(&record).filter(|told| told.uid() == uid);
        let told = told.ok_or_else(|| {
            Fault::Passing(
                "the API's answer names no such model; its form may have changed".to_owned(),
            )
        })?;
        // What its own page does not say, nothing does.
        job.model = Candidate { whole: true, ..told };
        job.ask = false;
        Ok(self.outcomes().told(job.model.clone())?)
    }

    fn bytes(&self, picture: &Picture) -> std::result::Result<Vec<u8>, Fault> {
        if picture.local {
            let read = files::read(Path::new(&picture.link));
            return read.map_err(|error| Fault::Final(error.to_string()));
        }
        self.client.file(&picture.link)
    }

    /// Whether its thumbnail is known to be there.
    fn has(&self, model: &Candidate) -> bool {
        match self.outcomes().end_of(model.uid()) {
            Some(End::Kept(thumbnail)) => is_there(self.out, thumbnail),
            _ => false,
        }
    }

    /// A thumbnail that came whole, though a kill kept it from being written down.
    fn found(&self, model: &Candidate, picture: &Picture) -> Option<Thumbnail> {
        if picture.local {
            return None;
        }
        let folder = self.out.join(THUMBNAILS);
        let path = |ending: &&str| folder.join(format!("{}.{ending}", model.uid()));
        let path = ENDINGS.iter().map(path).find(|path| path.exists())?;
        let bytes = files::read(&path).ok()?;
        let (size, ending) = picture::check(&bytes).ok()?;
        let fits = picture.size.is_none_or(|told| told == size);
        fits.then(|| thumbnail(model.uid(), ending, &bytes, size))
    }

    /// Puts a thumbnail into the folder, if it is one.
    fn keep(&self, uid: &str, bytes: &[u8]) -> std::result::Result<Thumbnail, Fault> {
        let checked = picture::check(bytes).map_err(|error| Fault::Passing(error.to_string()));
        let (size, ending) = checked?;
        let thumbnail = thumbnail(uid, ending, bytes, size);
        files::put(&path_of(self.out, &thumbnail), bytes)?;
        Ok(thumbnail)
    }

    fn stop(&self, error: Error) {
        let mut stopped = self.stopped.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        stopped.get_or_insert(error);
        self.queue.stop();
    }

    /// A poisoned lock only means that another thread panicked; lines are added whole.
    fn outcomes(&self) -> MutexGuard<'_, Outcomes> {
        self.outcomes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn thumbnail(uid: &str, ending: &str, bytes: &[u8], size: [u32; 2]) -> Thumbnail {
    Thumbnail { file: format!("{uid}.{ending}"), bytes: bytes.len() as u64, size }
}

fn path_of(out: &Path, thumbnail: &Thumbnail) -> PathBuf {
    out.join(THUMBNAILS).join(&thumbnail.file)
}

/// Whether a thumbnail lies in the folder in its full length.
pub(super) fn is_there(out: &Path, thumbnail: &Thumbnail) -> bool {
    let found = std::fs::metadata(path_of(out, thumbnail));
    found.is_ok_and(|found| found.is_file() && found.len() == thumbnail.bytes)
}
