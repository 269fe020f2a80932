//! `inspect --watch` in the browser: what is saved is shown, mistakes too, and the reader stays where they were.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use crate::brennick;
use crate::chromium::Browser;

/// A command that is ended with its owner.
struct Served(Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_is_saved_is_shown() {
    let place = brennick();
    let mut child = place.command(&["inspect", "--watch", "--rules", "brennick.toml", "page.html"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let served = Served(child, line.split(' ').next().unwrap().to_owned());
    assert!(served.1.starts_with("http://127.0.0.1:"), "{line}");

    let mut browser = Browser::start();
    browser.size(1280, 900);
    browser.open(&served.1);
    let removed = "document.querySelectorAll('.block.removed').length";
    assert_eq!(browser.eval(removed), 2);
    browser.click("#filter input[value=left-out]");
    browser.click(".block.story .open");
    let open = browser.eval("document.querySelector('.is-open').id");

    // A rule that takes nothing is saved: the box is back, but for the line that another rule takes.
    let rules = place.get("brennick.toml");
    place.put("brennick.toml", rules.replace(".begging-box", ".no-box"));
    browser.until(&format!("{removed} === 1"));
    browser.until("document.querySelector('.is-open')");
    assert_eq!(browser.eval("document.querySelector('.is-open').id"), open, "what was open is open still");
    assert_eq!(browser.eval("document.querySelector('#filter input[value=left-out]').checked"), false);

    // A mistake is told, and what was there stays to be seen.
    place.put("brennick.toml", rules.replace("select = [\".begging-box\"]", "selekt = [\".begging-box\"]"));
    browser.until("document.querySelector('[role=alert]')");
    let told = browser.eval("document.querySelector('[role=alert]').innerText");
    assert!(told.as_str().unwrap().contains("brennick.toml:7:1:") && told.as_str().unwrap().contains("selekt"), "{told}");
    assert_eq!(browser.eval("document.querySelectorAll('.block').length > 5"), true);
    browser.scheme("dark");
    browser.eval("scrollTo(0, 0)");
    browser.picture("mistake-1280-dark");

    place.put("brennick.toml", &rules);
    browser.until(&format!("!document.querySelector('[role=alert]') && {removed} === 2"));
    // The page itself is saved.
    place.put("page.html", crate::PAGE.replace("Spare a coin", "Lend a penny"));
    browser.until("document.body && document.body.textContent.includes('Lend a penny')");
    assert!(browser.events("Log.entryAdded").is_empty(), "the browser has something to complain of");
}
