//! `recasketch serve`: a local server for a site, which behaves like a static host.
//!
//! ```text
//! connection -> answer (HTTP's rules) -> tower-http's file service -> folder (which files are visible) -> cache
//! ```

mod address;
mod answer;
mod cache;
mod folder;
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

/// The longest time for receiving a request's head, and the longest pause between two requests.
const HEAD: Duration = Duration::from_secs(30);

/// The longest time that an answer waits for a visitor who reads nothing.
const STALLED: Duration = Duration::from_secs(60);

/// How long answers may still be sent after the server was told to end.
const GRACE: Duration = Duration::from_secs(1);

/// The most simultaneous connections, where the system allows enough open files.
const CONNECTIONS: usize = 4096;

/// Open files of the program beside those of its connections.
const OTHER_FILES: usize = 64;

/// The most bytes of a request's head, and of an answer that waits to be sent.
const BUFFER: usize = 64 * 1024;

/// The pause after a connection could not be accepted, for example because too many files are open.
const RETRY: Duration = Duration::from_millis(50);

/// A server that is listening.
#[derive(Debug)]
pub struct Listening {
    runtime: Runtime,
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    folder: Folder,
    limits: Limits,
}

/// The limits that keep one visitor from blocking the others.
#[derive(Debug, Clone, Copy)]
struct Limits {
    head: Duration,
    stalled: Duration,
    connections: usize,
}

/// Listens at an address; where it is a name, at each of the machine's addresses with this name.
///
/// # Errors
/// [`crate::error::Error::File`] where the folder holds no site or the address cannot be used.
pub fn listen(folder: &Path, address: &Address) -> Result<Listening> {
    let limits = Limits { head: HEAD, stalled: STALLED, connections: connections() };
    listen_within(folder, address, limits)
}

fn listen_within(folder: &Path, address: &Address, limits: Limits) -> Result<Listening> {
    for file in ["index.html", "manifest.json"] {
        let path = folder.join(file);
        let advice = "SITE is the folder of a site, such as dist; `recasketch embed` makes one";
        std::fs::metadata(&path).map_err(|source| files::failed(&path, source, advice))?;
    }
    let failed = |source| files::failed(folder, source, "check that it can be read");
    let folder = Folder::new(folder).map_err(failed)?;
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let (listeners, addresses) = runtime.block_on(address.bind())?;
    Ok(Listening { runtime, listeners, addresses, folder, limits })
}

/// Returns the number of connections that the limit of open files allows. Each connection takes two files, its socket
/// and the file that it sends.
fn connections() -> usize {
    let wanted = 2 * CONNECTIONS + OTHER_FILES;
    // Where the limit cannot be read, assume macOS's default of 256, which few systems go below.
    let files = rlimit::increase_nofile_limit(wanted as u64).unwrap_or(256);
    let files = usize::try_from(files).unwrap_or(wanted).min(wanted);
    (files.saturating_sub(OTHER_FILES) / 2).max(1)
}

impl Listening {
    /// Returns the addresses. Their port is the real one where port 0 was requested.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Returns a future that ends at the next interruption (Ctrl-C) or request to terminate.
    ///
    /// # Errors
    /// [`crate::error::Error::File`] where the system does not deliver these signals.
    pub fn interrupted(&self) -> Result<impl Future<Output = ()> + use<>> {
        let _context = self.runtime.enter();
        let failed = |source| files::failed(Path::new("signals"), source, "start the server again");
        let mut signals = signals().map_err(failed)?;
        Ok(poll_fn(move |context| {
            let is_told = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if is_told { Poll::Ready(()) } else { Poll::Pending }
        }))
    }

    /// Answers requests until `end` is ready. Answers that are being sent then have one more second.
    pub fn run(self, end: impl Future<Output = ()>) {
        let Listening { runtime, listeners, folder, limits, .. } = self;
        runtime.block_on(async {
            let (shutdown, room) =
                (GracefulShutdown::new(), Arc::new(Semaphore::new(limits.connections)));
            let mut accepting: Vec<_> = listeners
                .iter()
                .map(|listener| Box::pin(accept(listener, &room, &folder, limits, &shutdown)))
                .collect();
            let mut end = pin!(end);
            poll_fn(|context| {
                for accepting in &mut accepting {
                    let _ = accepting.as_mut().poll(context);
                }
                end.as_mut().poll(context)
            })
            .await;
            drop(accepting);
            drop(listeners);
            // A client whose answer is cut off then can request it again.
            let _ = tokio::time::timeout(GRACE, shutdown.shutdown()).await;
        });
        // Do not wait for a file that is being compressed.
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

/// Accepts connections while there are fewer than the limit.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    folder: &Folder,
    limits: Limits,
    shutdown: &GracefulShutdown,
) {
    while let Ok(place) = Arc::clone(room).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(RETRY).await;
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
    // Otherwise the end of each answer waits about 40 ms until its beginning was acknowledged.
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
    // An error here is the visitor's: a closed connection or invalid HTTP.
    let _ = watcher.watch(connection).await;
}
