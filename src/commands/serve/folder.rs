//! The files of a folder that visitors may see, and their compressed forms.

use std::future::Future;
use std::io::{self, Cursor, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

use super::cache::{Cache, Encoding, blocking};

/// The only name beginning with a dot that is meant for visitors (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// A folder as the file service sees it, without hidden files and files outside of it. Beside each file that
/// compresses well it shows the compressed forms `.br` and `.gz`, which exist in memory only.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    root: PathBuf,
    cache: Arc<Cache>,
    offers_compressed: bool,
}

impl Folder {
    pub(super) fn new(folder: &Path) -> io::Result<Folder> {
        let root = folder.canonicalize()?;
        Ok(Folder { root, cache: Arc::default(), offers_compressed: false })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the same folder with the compressed forms of its files.
    pub(super) fn with_compressed(self) -> Folder {
        Folder { offers_compressed: true, ..self }
    }

    /// Returns the file at a path with its real path, links resolved, if a visitor may see it.
    fn contained(&self, path: &Path) -> io::Result<(PathBuf, std::fs::Metadata)> {
        let missing = || io::Error::from(ErrorKind::NotFound);
        // A path that cannot be resolved is the visitor's fault, not the server's: it is too long, a circle of links
        // or not readable.
        let path = path.canonicalize().map_err(|_| missing())?;
        let inside = path.strip_prefix(&self.root).map_err(|_| missing())?;
        let metadata = std::fs::metadata(&path)?;
        // Opening a pipe would wait for its other end.
        let is_shown = !is_hidden(inside) && (metadata.is_file() || metadata.is_dir());
        if is_shown { Ok((path, metadata)) } else { Err(missing()) }
    }

    async fn found(self, path: PathBuf) -> io::Result<Found> {
        let (path, encoding) = match Encoding::split(&path).filter(|_| self.offers_compressed) {
            Some((path, encoding)) => (path, Some(encoding)),
            None => (path, None),
        };
        let cache = Arc::clone(&self.cache);
        let (path, metadata) = blocking(move || self.contained(&path)).await?;
        if metadata.is_dir() {
            return Ok(Found { path, compressed: None, facts: Facts::of_folder() });
        }
        let entry = cache.of(&path, &metadata);
        let compressed = match encoding {
            Some(encoding) => Some(entry.compressed(&path, encoding).await?),
            None => None,
        };
        let length = compressed.as_ref().map_or(metadata.len(), |bytes| bytes.len() as u64);
        let modified = entry.modified(&path, encoding).await?;
        Ok(Found { path, compressed, facts: Facts { is_dir: false, length, modified } })
    }

    async fn opened(self, path: PathBuf) -> io::Result<Opened> {
        let Found { path, compressed, facts } = self.found(path).await?;
        let content = match compressed {
            Some(bytes) => Content::Memory(Cursor::new(bytes)),
            None => Content::Disk(tokio::fs::File::open(path).await?),
        };
        Ok(Opened { content, facts })
    }
}

/// Returns whether a name in a path begins with a dot, which means that the file is not for visitors.
pub(super) fn is_hidden(path: &Path) -> bool {
    let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    path.iter().any(|name| is_hidden(name) && name != WELL_KNOWN)
}

/// A file that a visitor may see.
struct Found {
    path: PathBuf,
    compressed: Option<Bytes>,
    facts: Facts,
}

/// The metadata of a file or folder that the service needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    is_dir: bool,
    length: u64,
    modified: SystemTime,
}

impl Facts {
    fn of_folder() -> Facts {
        Facts { is_dir: true, length: 0, modified: SystemTime::UNIX_EPOCH }
    }
}

impl Metadata for Facts {
    fn is_dir(&self) -> bool {
        self.is_dir
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(self.modified)
    }

    fn len(&self) -> u64 {
        self.length
    }
}

/// A file that is being sent to a visitor.
#[derive(Debug)]
pub(super) struct Opened {
    content: Content,
    facts: Facts,
}

#[derive(Debug)]
enum Content {
    Disk(tokio::fs::File),
    Memory(Cursor<Bytes>),
}

/// The futures that the service waits for.
type Answer<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Backend for Folder {
    type File = Opened;
    type Metadata = Facts;
    type OpenFuture = Answer<Opened>;
    type MetadataFuture = Answer<Facts>;

    fn open(&self, path: PathBuf) -> Answer<Opened> {
        Box::pin(self.clone().opened(path))
    }

    fn metadata(&self, path: PathBuf) -> Answer<Facts> {
        let found = self.clone().found(path);
        Box::pin(async move { Ok(found.await?.facts) })
    }
}

impl File for Opened {
    type Metadata = Facts;
    type MetadataFuture<'a> = std::future::Ready<io::Result<Facts>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        std::future::ready(Ok(self.facts))
    }
}

impl AsyncRead for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).poll_read(context, buffer),
            Content::Memory(bytes) => Pin::new(bytes).poll_read(context, buffer),
        }
    }
}

impl AsyncSeek for Opened {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).start_seek(position),
            Content::Memory(bytes) => Pin::new(bytes).start_seek(position),
        }
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).poll_complete(context),
            Content::Memory(bytes) => Pin::new(bytes).poll_complete(context),
        }
    }
}
