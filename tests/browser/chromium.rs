//! Chromium, driven as its own developer tools drive it: messages in JSON over a pair of pipes.
//!
//! Only what the tests need. Keys and the mouse go in as a person's do, so that what cannot be reached cannot be clicked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one tab. It ends with its owner.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    calls: u64,
    session: String,
    /// What happened since the last call of [`Browser::events`].
    events: Vec<Value>,
    _profile: TempDir,
}

const PATIENCE: Duration = Duration::from_secs(60);
const ARGUMENTS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
];

impl Browser {
    pub(crate) fn start() -> Self {
        let program = std::env::var_os("CHROMIUM").expect("run these tests by tests/browser/run, which finds the browser");
        let profile = TempDir::new().unwrap();
        // The browser reads from its third and writes to its fourth file.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null", "sh"])
            .arg(program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, from) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Some(message) = message.ok().and_then(|message| serde_json::from_slice(&message).ok()) else { break };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self { child, to, from, calls: 0, session: String::new(), events: Vec::new(), _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Network", "Log", "DOM"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = Value::from(self.session.clone());
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        let id = self.calls;
        loop {
            let message = self.from.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// What happened: all events of this name since they were last asked for, and forgets the rest.
    pub(crate) fn events(&mut self, name: &str) -> Vec<Value> {
        // What was sent before this call's answer has come.
        self.eval("0");
        let events = std::mem::take(&mut self.events);
        events.into_iter().filter(|event| event["method"] == name).map(|event| event["params"].clone()).collect()
    }

    pub(crate) fn open(&mut self, url: &str) {
        let answer = self.call("Page.navigate", json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.until("document.readyState === 'complete'");
    }

    /// The value of an expression of JavaScript.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits for a condition.
    pub(crate) fn until(&mut self, condition: &str) {
        let begun = Instant::now();
        while self.eval(&format!("Boolean({condition})")) != true {
            assert!(begun.elapsed() < PATIENCE, "never: {condition}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The size of the window in the page's pixels.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", params);
    }

    /// `light` or `dark`
    pub(crate) fn scheme(&mut self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    pub(crate) fn press(&mut self, key: &str) {
        let mut params = json!({ "type": "keyDown", "key": key });
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            _ => 0,
        };
        params["windowsVirtualKeyCode"] = code.into();
        if key.chars().count() == 1 {
            params["text"] = key.into();
        } else if key == "Enter" {
            params["text"] = "\r".into();
        }
        self.call("Input.dispatchKeyEvent", params);
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code }));
    }

    /// Moves the mouse to the middle of an element that is in view, or is brought there.
    pub(crate) fn point(&mut self, selector: &str) -> (f64, f64) {
        let at = self.eval(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        let (x, y) = (at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
        self.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }));
        (x, y)
    }

    pub(crate) fn click(&mut self, selector: &str) {
        let (x, y) = self.point(selector);
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Keeps what is seen in `target/browser/`.
    pub(crate) fn picture(&mut self, name: &str) {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/browser");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = decoded(answer["data"].as_str().unwrap());
        assert!(picture.starts_with(b"\x89PNG"));
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes from base 64.
fn decoded(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |digit: u8| digits.iter().position(|known| *known == digit).map(|value| value as u32);
    let mut out = Vec::new();
    for four in text.as_bytes().chunks(4) {
        let known: Vec<u32> = four.iter().filter_map(|digit| value(*digit)).collect();
        let bits = known.iter().fold(0, |bits, value| bits << 6 | value) << (6 * (4 - known.len()));
        out.extend(&bits.to_be_bytes()[1..known.len()]);
    }
    out
}
