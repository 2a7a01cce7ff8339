//! `recasketch serve`: a local server for a site, as plain as a static host.
//!
//! ```text
//! connection -> answer (what HTTP asks for) -> tower-http's file service -> folder (what may be seen) -> memory
//! ```

mod address;
mod answer;
mod folder;
mod memory;
#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

pub use self::address::Address;
use self::folder::Folder;
use crate::error::Result;
use crate::util::files;

/// How long a connection may take over a request's head, or lie idle between two.
const HEAD: Duration = Duration::from_secs(30);

/// How long an answer may wait for a visitor who takes none of it.
const STALLED: Duration = Duration::from_secs(60);

/// How long answers under way may go on once the server is told to end.
const FAREWELL: Duration = Duration::from_secs(1);

/// How many connections are held at once, where the system allows so many files.
const CONNECTIONS: usize = 4096;

/// Files that the program has open beside its connections.
const OTHER_FILES: usize = 64;

/// The bytes of a request's head, and of an answer that waits to be sent.
const BUFFER: usize = 64 * 1024;

/// The pause after a connection that could not be taken, as where the system has no more files.
const BREATH: Duration = Duration::from_millis(50);

/// A server that listens already.
#[derive(Debug)]
pub struct Listening {
    runtime: Runtime,
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    folder: Folder,
    limits: Limits,
}

/// What keeps one visitor from holding up the others.
#[derive(Debug, Clone, Copy)]
struct Limits {
    head: Duration,
    stalled: Duration,
    connections: usize,
}

/// Listens at an address, on each of the machine's that its name stands for.
///
/// # Errors
/// [`crate::error::Error::File`] where the folder holds no site or the address cannot be had.
pub fn listen(folder: &Path, address: &Address) -> Result<Listening> {
    let limits = Limits { head: HEAD, stalled: STALLED, connections: connections() };
    listen_within(folder, address, limits)
}

fn listen_within(folder: &Path, address: &Address, limits: Limits) -> Result<Listening> {
    for file in ["index.html", "manifest.json"] {
        let path = folder.join(file);
        let advice = "SITE is the folder of a site, such as dist; `./build.sh site` makes one";
        std::fs::metadata(&path).map_err(|source| files::failed(&path, source, advice))?;
    }
    let failed = |source| files::failed(folder, source, "check that it can be read");
    let folder = Folder::new(folder).map_err(failed)?;
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let (listeners, addresses) = runtime.block_on(address.bind())?;
    Ok(Listening { runtime, listeners, addresses, folder, limits })
}

/// Each connection takes two files, its own and the one that it sends.
fn connections() -> usize {
    let wanted = 2 * CONNECTIONS + OTHER_FILES;
    // Where the limit cannot be read it is seldom less than macOS's.
    let files = rlimit::increase_nofile_limit(wanted as u64).unwrap_or(256);
    let files = usize::try_from(files).unwrap_or(wanted).min(wanted);
    (files.saturating_sub(OTHER_FILES) / 2).max(1)
}

impl Listening {
    /// The addresses; their port is the real one where port 0 was asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Ends with the first interruption (Ctrl-C) or request to terminate from now on.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] where the system does not tell of them.
    pub fn interrupted(&self) -> Result<impl Future<Output = ()> + use<>> {
        let _context = self.runtime.enter();
        let failed = |source| files::failed(Path::new("signals"), source, "try again");
        let mut signals = signals().map_err(failed)?;
        Ok(poll_fn(move |context| {
            let is_told = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if is_told { Poll::Ready(()) } else { Poll::Pending }
        }))
    }

    /// Answers until `end` is over, and a moment longer what is under way.
    pub fn run(self, end: impl Future<Output = ()>) {
        let Listening { runtime, listeners, folder, limits, .. } = self;
        runtime.block_on(async {
            let (shutdown, room) =
                (GracefulShutdown::new(), Arc::new(Semaphore::new(limits.connections)));
            let mut taking: Vec<_> = listeners
                .iter()
                .map(|listener| Box::pin(take(listener, &room, &folder, limits, &shutdown)))
                .collect();
            let mut end = pin!(end);
            poll_fn(|context| {
                for taking in &mut taking {
                    let _ = taking.as_mut().poll(context);
                }
                end.as_mut().poll(context)
            })
            .await;
            drop(taking);
            drop(listeners);
            // A client that has not got all by then asks again.
            let _ = tokio::time::timeout(FAREWELL, shutdown.shutdown()).await;
        });
        // A file that is being compressed would hold up the end.
        runtime.shutdown_background();
    }
}

#[cfg(unix)]
fn signals() -> io::Result<[tokio::signal::unix::Signal; 2]> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?])
}

#[cfg(windows)]
fn signals() -> io::Result<[tokio::signal::windows::CtrlC; 1]> {
    Ok([tokio::signal::windows::ctrl_c()?])
}

/// Takes connections while there is room for them.
async fn take(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    folder: &Folder,
    limits: Limits,
    shutdown: &GracefulShutdown,
) {
    while let Ok(place) = Arc::clone(room).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (folder, watcher) = (folder.clone(), shutdown.watcher());
        tokio::spawn(async move {
            connection(stream, folder, limits, watcher).await;
            drop(place);
        });
    }
}

/// Answers the requests of one connection.
async fn connection(stream: TcpStream, folder: Folder, limits: Limits, watcher: Watcher) {
    // Otherwise the end of an answer waits until its beginning was acknowledged, 40 ms each.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stalled));
    let service = service_fn(move |request| answer::answer(folder.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .half_close(true)
        .title_case_headers(true)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // A visitor who has left, or speaks no HTTP, is no failure of the server.
    let _ = watcher.watch(connection).await;
}
