//! The address to listen at, in each of the forms that people write.

use std::io::{Error as IoError, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::str::FromStr;

use tokio::net::TcpListener;

use crate::error::{Error, Result};
use crate::util::files;

/// The port of an address without one.
const PORT: u16 = 8080;

/// A host and a port: `localhost:8080`, `192.168.1.5:8080`, `[::1]:8080`, a host alone or a port alone. A port alone
/// listens on this machine only, and others cannot reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Address, String> {
        let this_machine = Ipv4Addr::LOCALHOST.to_string();
        let (host, port) = if let Ok(address) = text.parse::<SocketAddr>() {
            (address.ip().to_string(), address.port())
        } else if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            (address.to_string(), PORT)
        } else {
            match text.rsplit_once(':') {
                Some(("", port)) => (this_machine, self::port(port)?),
                Some((host, port)) => (host.to_owned(), self::port(port)?),
                None if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                    (this_machine, self::port(text)?)
                }
                None => (text.to_owned(), PORT),
            }
        };
        let is_host = !host.is_empty() && !host.contains(['/', ':', '[', ']', ' ', '\0']);
        if is_host || host.parse::<IpAddr>().is_ok() {
            Ok(Address { host, port })
        } else {
            Err("expected a port, a host or HOST:PORT, such as 8080, localhost:8080 or [::1]:8080"
                .to_owned())
        }
    }
}

fn port(text: &str) -> std::result::Result<u16, String> {
    text.parse().map_err(|_| format!("expected a port from 0 to 65535, found '{text}'"))
}

impl Address {
    /// Listens at each address of the host.
    pub(super) async fn bind(&self) -> Result<(Vec<TcpListener>, Vec<SocketAddr>)> {
        let (mut listeners, mut addresses) = (Vec::new(), Vec::<SocketAddr>::new());
        let mut refused = IoError::from(ErrorKind::NotFound);
        for mut address in self.resolved()? {
            // All addresses share the port of the first one, also where the system chose it.
            let port = addresses.first().map_or(address.port(), SocketAddr::port);
            address.set_port(port);
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    addresses.push(listener.local_addr().map_err(|error| self.failed(error))?);
                    listeners.push(listener);
                }
                Err(error) if needs_another_port(&error) => return Err(self.failed(error)),
                // A name can have addresses that this machine lacks: localhost often means ::1 too.
                Err(error) => refused = error,
            }
        }
        if listeners.is_empty() { Err(self.failed(refused)) } else { Ok((listeners, addresses)) }
    }

    fn resolved(&self) -> Result<Vec<SocketAddr>> {
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        let mut addresses: Vec<SocketAddr> = found
            .map_err(|source| {
                let advice = "no such host is known: use localhost, or an address of this machine";
                files::failed(Path::new(&self.option()), source, advice)
            })?
            .collect();
        addresses.sort();
        addresses.dedup();
        Ok(addresses)
    }

    fn failed(&self, source: IoError) -> Error {
        let advice = match source.kind() {
            ErrorKind::AddrInUse => {
                "another program listens there: choose another port, or 0 for any free port"
            }
            ErrorKind::PermissionDenied => {
                "the system reserves this port: choose one above 1023, such as 8080"
            }
            _ => "use localhost, an address of this machine, or 0.0.0.0 for all of them",
        };
        files::failed(Path::new(&self.option()), source, advice)
    }

    fn option(&self) -> String {
        let Address { host, port } = self;
        if host.contains(':') {
            format!("--address [{host}]:{port}")
        } else {
            format!("--address {host}:{port}")
        }
    }
}

fn needs_another_port(error: &IoError) -> bool {
    matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_many_ways() {
        for (text, host, port) in [
            ("127.0.0.1:8080", "127.0.0.1", 8080),
            ("localhost:3000", "localhost", 3000),
            ("8080", "127.0.0.1", 8080),
            (":81", "127.0.0.1", 81),
            ("0", "127.0.0.1", 0),
            ("localhost", "localhost", 8080),
            ("192.168.1.5", "192.168.1.5", 8080),
            ("0.0.0.0:80", "0.0.0.0", 80),
            ("[::1]:9000", "::1", 9000),
            ("[::1]", "::1", 8080),
            ("::1", "::1", 8080),
            ("::", "::", 8080),
            ("my-host.lan:1", "my-host.lan", 1),
            ("3d.example", "3d.example", 8080),
        ] {
            assert_eq!(text.parse(), Ok(Address { host: host.to_owned(), port }), "{text}");
        }
        for (text, sentence) in [
            ("", "expected a port, a host or HOST:PORT"),
            ("http://localhost:8080", "expected a port, a host or HOST:PORT"),
            ("http://localhost:8080/", "expected a port from 0 to 65535, found '8080/'"),
            ("localhost:", "expected a port from 0 to 65535, found ''"),
            ("localhost:http", "expected a port from 0 to 65535, found 'http'"),
            ("65536", "expected a port from 0 to 65535, found '65536'"),
            ("a b:80", "expected a port, a host or HOST:PORT"),
            ("1:2:3", "expected a port, a host or HOST:PORT"),
        ] {
            let refused = text.parse::<Address>();
            assert!(
                refused.clone().is_err_and(|error| error.starts_with(sentence)),
                "{text}: {refused:?}"
            );
        }
    }
}
