//! A server that fails in every way that a test asks of it.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a server does when it has sent its bytes.
pub enum After {
    Close,
    /// Says nothing more until the other side leaves.
    Stall,
    /// Sends them a few at a time, with a pause before each.
    Drip(Duration),
}

/// How many bytes drip at once.
const DROP: usize = 100;

pub struct Reply {
    pub head: String,
    pub body: Vec<u8>,
    pub after: After,
}

impl Reply {
    pub fn new(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        Reply { head, body: body.to_vec(), after: After::Close }
    }

    /// The whole, whatever range is asked for.
    pub fn whole(file: &[u8]) -> Reply {
        Reply::new("200 OK", &[], file)
    }

    /// What a good server answers to a range on the condition of a version.
    pub fn ranged(file: &[u8], version: &str, request: &Request) -> Reply {
        let same = request.header("If-Range").is_none_or(|asked| asked == version);
        match request.start().filter(|_| same) {
            None => Reply::new("200 OK", &[("ETag", version)], file),
            Some(start) if start >= file.len() => Reply::new(
                "416 Range Not Satisfiable",
                &[("Content-Range", &format!("bytes */{}", file.len()))],
                b"",
            ),
            Some(start) => {
                let range = format!("bytes {start}-{}/{}", file.len() - 1, file.len());
                let headers = [("ETag", version), ("Content-Range", &range)];
                Reply::new("206 Partial Content", &headers, &file[start..])
            }
        }
    }

    /// Ends after so many bytes, though its head promises all.
    pub fn cut(mut self, bytes: usize) -> Reply {
        self.body.truncate(bytes);
        self
    }

    pub fn dripping(mut self, pause: Duration) -> Reply {
        self.after = After::Drip(pause);
        self
    }

    pub fn stalling(mut self, bytes: usize) -> Reply {
        self.after = After::Stall;
        self.cut(bytes)
    }
}

/// The head of a request, and when it had come.
#[derive(Clone)]
pub struct Request(pub String, pub Instant);

impl Request {
    fn read(stream: &mut TcpStream) -> Option<Request> {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        Some(Request(String::from_utf8(head).unwrap(), Instant::now()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.0.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }

    /// The path with its parameters.
    pub fn target(&self) -> &str {
        self.0.split(' ').nth(1).unwrap_or_default()
    }

    pub fn start(&self) -> Option<usize> {
        self.header("Range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// A server that answers each request as a function of its number says; `None` resets the connection.
pub struct Server {
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub fn start(
        answer: impl Fn(usize, &Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Server {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    pub fn on(
        listener: TcpListener,
        answer: impl Fn(usize, &Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Server {
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (requests.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answer) = (log.clone(), answer.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &log, &*answer));
            }
        });
        Server { address, requests }
    }

    pub fn url(&self) -> String {
        format!("http://{}/file.h5", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Where each request wanted to begin.
    pub fn starts(&self) -> Vec<Option<usize>> {
        self.requests().iter().map(Request::start).collect()
    }
}

/// Answers one connection.
pub fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    answer: &dyn Fn(usize, &Request) -> Option<Reply>,
) {
    let Some(mut request) = Request::read(&mut stream) else { return };
    if request.0.starts_with("CONNECT") {
        log.lock().unwrap().push(request);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        request = Request::read(&mut stream).unwrap();
    }
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    // Whoever asked may leave at any time.
    let Some(reply) = answer(number, &request) else { return };
    if !reply.head.is_empty() {
        let _ = write!(stream, "{}Connection: close\r\n\r\n", reply.head);
    }
    match reply.after {
        After::Close => drop(stream.write_all(&reply.body)),
        After::Stall => {
            let _ = stream.write_all(&reply.body);
            let _ = stream.read(&mut [0]);
        }
        After::Drip(pause) => {
            for few in reply.body.chunks(DROP) {
                std::thread::sleep(pause);
                if stream.write_all(few).is_err() {
                    return;
                }
            }
        }
    }
}
