//! A web server for one reader on the same machine: a few addresses, no files, no forms.
//!
//! It listens on the loopback interface alone, and answers only who calls it by the name it has there: a page of another site whose name was
//! made to point here asks under that name, and is sent away. It must not know what it serves.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use crate::cli::Outcome;

/// What is served.
pub(super) trait Site: Sync {
    /// What stands at a path; none: nothing does.
    fn get(&self, path: &str) -> Option<Answer>;
}

/// What is sent back.
pub(super) struct Answer {
    pub(super) kind: &'static str,
    /// What the browser may do with it.
    pub(super) policy: String,
    pub(super) body: String,
}

pub(super) struct Server {
    listener: TcpListener,
    port: u16,
}

/// A browser opens a few connections; who opens more is no browser.
const MOST_CONNECTIONS: usize = 32;
/// Bytes of a request; ours have none but a few headers.
const MOST_REQUEST: u64 = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

impl Server {
    /// Takes a port; 0 is any that is free.
    pub(super) fn bind(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("port {port} cannot be used: give another by --port, or leave it out"))?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Answers until the command is ended.
    pub(super) fn run(&self, site: &impl Site) -> anyhow::Result<Outcome> {
        let open = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for stream in self.listener.incoming() {
                // A connection that failed concerns nobody but who made it.
                let Ok(stream) = stream else { continue };
                if open.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
                    open.fetch_sub(1, Ordering::Relaxed);
                    continue;
                }
                let open = &open;
                scope.spawn(move || {
                    let _ = self.answer(&stream, site);
                    open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Outcome::Written)
    }

    fn answer(&self, stream: &TcpStream, site: &impl Site) -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Some(request) = Request::read(stream)? else {
            return send(stream, "400 Bad Request", None);
        };
        let names = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        if !request.host.is_some_and(|host| names.iter().any(|name| name.eq_ignore_ascii_case(&host))) {
            return send(stream, "421 Misdirected Request", None);
        }
        if request.method != "GET" {
            return send(stream, "405 Method Not Allowed", None);
        }
        match site.get(&request.path) {
            Some(answer) => send(stream, "200 OK", Some(answer)),
            None => send(stream, "404 Not Found", None),
        }
    }
}

/// The first line of a request, and the only header that matters.
struct Request {
    method: String,
    path: String,
    host: Option<String>,
}

impl Request {
    /// Reads up to the empty line. None: it is no request.
    fn read(stream: &TcpStream) -> std::io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream.take(MOST_REQUEST)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let mut words = first.split(' ');
        let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else { return Ok(None) };
        if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
            return Ok(None);
        }
        let path = target.split(['?', '#']).next().unwrap_or_default().to_owned();
        let mut hosts = Vec::new();
        for line in lines {
            let line = line?;
            if line.is_empty() {
                // Two hosts are as good as none: it is not clear which is meant.
                let host = hosts.pop().filter(|_| hosts.is_empty());
                return Ok(Some(Self { method: method.to_owned(), path, host }));
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("host")
            {
                hosts.push(value.trim().to_owned());
            }
        }
        Ok(None)
    }
}

fn send(mut stream: &TcpStream, status: &str, answer: Option<Answer>) -> std::io::Result<()> {
    let answer = answer.unwrap_or_else(|| Answer {
        kind: "text/plain; charset=utf-8",
        policy: "default-src 'none'".to_owned(),
        body: format!("{status}\n"),
    });
    let Answer { kind, policy, body } = answer;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: {policy}; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()
}
