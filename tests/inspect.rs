//! `inspect` as a user meets it, as far as no browser is needed: the file, and who is answered by `--watch`. `tests/browser/run` has the rest.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod place;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

use place::Place;

const PAGE: &str = "<html lang=en><head><title>The ferry</title></head><body><article><h1>The ferry</h1>\
    <p>The ferry to the islands sails again, the harbour master said on Monday, and the whole town came to see it.</p>\
    <div class=tin-box>Give us &lt;rope&gt;.</div><p>It had been laid up for eleven months, and nobody knew why.</p></article></body></html>";
const RULES: &str = "schema = 1\n[[remove]]\nid = 'rope'\nkind = 'promo'\nselect = ['.tin-box']\n";

fn place() -> Place {
    let place = Place::new();
    place.put("page.html", PAGE);
    place.put("rules/rope.toml", RULES);
    place
}

#[test]
fn the_report_is_one_file_that_needs_nothing_else() {
    let place = place();
    let ran = place.run(&["inspect", "--rules", "rules", "page.html", "-o", "report.html"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let report = place.get("report.html");
    assert!(report.starts_with("<!doctype html>\n<html lang=\"en\">\n"), "a file asks for no newer version");
    assert!(report.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-"));
    assert_eq!((report.matches("<script").count(), report.matches("<style").count()), (1, 1));
    for outside in ["src=", "href=\"http", "url(", "@import", "<link", " style="] {
        assert!(!report.contains(outside), "{outside}");
    }
    assert!(report.contains("Give us &lt;rope&gt;.") && report.contains("promo · rope/rope"));
    assert_eq!(place.run(&["inspect", "--rules", "rules", "page.html"]).out, report, "the same page makes the same report");
    assert_eq!(place.run_with(&["inspect", "--rules", "rules", "-"], PAGE.as_bytes()).code, 0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let place = place();
    place.put("wrong.toml", "schema = 1\nhost = 1\n");
    for (args, said) in [
        (&["inspect", "absent.html"][..], "absent.html cannot be read"),
        (&["inspect", "page.html", "--rules", "wrong.toml"], "wrong.toml:2:1"),
        (&["inspect", "-", "--watch"], "give the page's name"),
        (&["inspect", "page.html", "--port", "80"], "--watch"),
        (&["inspect", "page.html", "--watch", "-o", "report.html"], "cannot be used with"),
    ] {
        let ran = place.run(args);
        assert!(ran.code == 2 && ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_text_without_markup_has_a_report_too() {
    let place = place();
    place.put("page.txt", "The boats are in.\n\nThe nets are dry.\n");
    let ran = place.run(&["inspect", "page.txt"]);
    assert!(ran.code == 0 && ran.out.contains("The nets are dry.") && !ran.out.contains("class=\"copy\""), "{}", ran.err);
}

/// A command that is ended with its owner.
struct Served(Child, SocketAddr);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Served {
    fn start(place: &Place) -> Self {
        let mut child = place.command(&["inspect", "--watch", "--rules", "rules", "page.html"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let served = Self(child, address.parse().unwrap());
        assert!(served.1.ip().is_loopback() && line.ends_with("shows page.html; it ends with Ctrl-C\n"), "{line}");
        served
    }

    fn send(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.1).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        // Who is sent away before everything was read may find the line cut.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    fn get(&self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n\r\n", self.1).as_bytes())
    }
}

#[test]
fn only_who_calls_it_by_its_name_is_answered() {
    let place = place();
    let served = Served::start(&place);
    let answer = served.get("/");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("Give us &lt;rope&gt;."), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let policy = head.lines().find_map(|line| line.strip_prefix("Content-Security-Policy: ")).unwrap();
    let in_page = body.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(policy, format!("{in_page}; frame-ancestors 'none'"), "the header says what the page says");
    assert!(policy.starts_with("default-src 'none'; connect-src 'self'; script-src 'sha256-"), "{policy}");
    assert!(head.contains("\r\nX-Content-Type-Options: nosniff") && head.contains("\r\nCache-Control: no-store"), "{head}");

    let port = served.1.port();
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), "200"),
        (format!("GET /version?x HTTP/1.1\r\nhost:  LOCALHOST:{port} \r\n\r\n"), "200"),
        (format!("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"), "421"),
        (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example:{port}\r\n\r\n"), "421"),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(), "421"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "421"),
        (format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n"), "421"),
        (format!("POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"), "405"),
        (format!("GET /page.html HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"), "404"),
        (format!("GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"), "404"),
        ("GET http://evil.example/ HTTP/1.1\r\n\r\n".to_owned(), "400"),
        ("no request\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000)), ""),
    ] {
        let answer = served.send(request.as_bytes());
        assert!(
            answer.is_empty() && status.is_empty()
                || answer.starts_with(&format!("HTTP/1.1 {status}"))
                || status.is_empty() && answer.starts_with("HTTP/1.1 400"),
            "{request:.80}: {answer:.200}"
        );
        assert!(status == "200" || !answer.contains("ferry"), "{request:.80}");
    }
    let _ = served.send(b"\xff\xfe\x00 GET");
    // One that says nothing does not keep others waiting.
    let _silent = TcpStream::connect(served.1).unwrap();
    let begun = Instant::now();
    assert!(served.get("/version").ends_with("\r\n\r\n1"));
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[test]
fn what_is_saved_is_noticed_and_a_mistake_is_told() {
    let place = place();
    let served = Served::start(&place);
    assert!(served.get("/version").ends_with("\r\n\r\n1"));
    assert!(served.get("/version").ends_with("\r\n\r\n1"), "nothing was saved");
    place.put("rules/rope.toml", RULES.replace("promo", "no-kind"));
    assert!(served.get("/version").ends_with("\r\n\r\n2"));
    let told = served.get("/");
    assert!(
        told.contains("role=\"alert\"") && told.contains("rope.toml:4:8") && told.contains("Give us &lt;rope&gt;."),
        "{told}"
    );
    std::fs::remove_file(place.path("rules/rope.toml")).unwrap();
    place.put("rules/new/rope.toml", RULES.replace("promo", "donation"));
    let told = served.get("/");
    assert!(!told.contains("role=\"alert\"") && told.contains("donation · rope/rope"), "{told}");
    std::fs::remove_file(place.path("page.html")).unwrap();
    assert!(served.get("/").contains("page.html cannot be read"));
    place.put("page.html", PAGE.replace("ferry", "steamer"));
    let told = served.get("/");
    assert!(told.contains("The steamer to the islands") && !told.contains("role=\"alert\""), "{told}");
}
