//! The report of `inspect` in a real browser; run by `tests/browser/run`.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

mod chromium;
#[path = "../place/mod.rs"]
mod place;
mod watch;

use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::Value;

use chromium::Browser;
use place::Place;

/// A page with everything that a report can show.
const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour reopens</title>
<link rel="canonical" href="https://www.brennick.example/harbour"></head><body>
<nav class="top"><ul><li><a href="/">Home</a></li><li><a href="/sea">Sea</a></li></ul></nav>
<article class="story"><h1>Harbour reopens</h1>
<p>The harbour of Brennick reopened on Monday, eleven months after the storm that sank two ferries and tore away the breakwater.</p>
<div class="begging-box"><p>Spare a coin for the lighthouse cat.</p><p>The cat says thanks.</p></div>
<h2>A small catch</h2>
<p>Fishermen said that the first catch was small but good, and <span class="advert">buy rope</span> that the price of herring would fall.</p>
<blockquote>Nobody had told us that the crane was sold, and so we carried the boxes up the stairs ourselves, all morning.</blockquote>
<p>A coin for the tide clock was found in the mud, and the mayor put it back before she left in the rain without a word.</p>
<p dir="rtl" lang="ar">أعيد فتح الميناء يوم الاثنين بعد أحد عشر شهرا من العاصفة التي أغرقت العبارتين وحطمت كاسر الأمواج.</p>
</article><footer>Printed at Brennick.</footer></body></html>
"#;

const RULES: &str = r#"schema = 1
name = "Brennick"

[[remove]]
id = "box"
kind = "donation"
select = [".begging-box"]

[[remove]]
id = "advert"
kind = "ad"
select = [".advert"]

[[remove]]
id = "coin"
kind = "donation"
text = ["coin for the"]
max_chars = 40
"#;

fn brennick() -> Place {
    let place = Place::new();
    place.put("page.html", PAGE);
    place.put("brennick.toml", RULES);
    let ran = place.run(&["inspect", "--rules", "brennick.toml", "page.html", "-o", "report.html"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    place
}

fn address(place: &Place, name: &str) -> String {
    url::Url::from_file_path(place.path(name)).unwrap().to_string()
}

/// The report of the page, in a window.
fn report() -> (Place, Browser) {
    let place = brennick();
    let mut browser = Browser::start();
    browser.size(1280, 900);
    browser.open(&address(&place, "report.html"));
    (place, browser)
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn the_page_is_laid_out_in_order_and_told_apart_without_colour() {
    let (place, mut browser) = report();
    let told = place.run(&["explain", "--rules", "brennick.toml", "page.html", "--format", "json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    let blocks = told["blocks"].as_array().unwrap();
    let shown = browser
        .eval("[...document.querySelectorAll('.block')].map((b) => [b.dataset.verdict, b.querySelector('.text').innerText])");
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), blocks.len());
    for (shown, block) in shown.iter().zip(blocks) {
        assert_eq!(shown[0], block["verdict"], "{block}");
        assert_eq!(shown[1].as_str().unwrap().trim(), block["text"].as_str().unwrap(), "{block}");
    }
    // Each sort has a border, a word and a colour that no other has.
    for what in [
        "getComputedStyle(b).borderLeftStyle",
        "b.querySelector('.mark').innerText",
        "b.dataset.verdict === 'headline' ? '' : getComputedStyle(b).borderLeftColor",
    ] {
        let seen = browser.eval(&format!(
            "['story', 'headline', 'left-out', 'removed'].map((sort) => {{ const b = document.querySelector('.block.' + sort); return {what}; }})"
        ));
        let seen: std::collections::BTreeSet<&str> = texts(&seen).into_iter().collect();
        assert_eq!(seen.len(), 4, "{what}: {seen:?}");
    }
    assert_eq!(browser.eval("document.querySelector('.piece').innerText"), "✕ Removed from it: buy rope");
    assert_eq!(browser.eval("document.querySelectorAll('#strip a').length"), blocks.len());
    for (width, height) in [(390, 844), (1280, 900)] {
        browser.size(width, height);
        assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), true, "{width}");
        for scheme in ["light", "dark"] {
            browser.scheme(scheme);
            browser.eval("scrollTo(0, 0)");
            browser.picture(&format!("report-{width}-{scheme}"));
            browser.eval("document.querySelector('.block.removed .open').click()");
            browser.eval("document.querySelector('.block.removed').scrollIntoView({ block: 'start', behavior: 'instant' })");
            assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), true, "{width}");
            browser.picture(&format!("open-{width}-{scheme}"));
            browser.eval("document.querySelector('.block.removed .open').click()");
        }
    }
    assert!(browser.events("Log.entryAdded").is_empty(), "the browser has something to complain of");
}

#[test]
fn pointing_shows_why_and_opening_keeps_it() {
    let (_place, mut browser) = report();
    let visible = "[...document.querySelectorAll('.detail')].filter((d) => d.offsetHeight > 0).map((d) => d.id)";
    assert_eq!(browser.eval(visible), serde_json::json!([]));
    browser.point(".removed .text");
    assert_eq!(browser.eval(visible).as_array().unwrap().len(), 1);
    assert_eq!(browser.eval("document.querySelector('.block.is-open')"), Value::Null);
    browser.click(".removed .text");
    let open = browser.eval("document.querySelector('.block.is-open').id");
    assert_eq!(browser.eval("document.querySelector('.is-open .open').ariaExpanded"), "true");
    let told = browser.eval("document.querySelector('.is-open .detail').innerText");
    for words in [
        "Removed as donation",
        "by brennick/box (brennick.toml:4)",
        "select .begging-box",
        "To keep it",
        "disable = [\"brennick/box\"",
        "Line 6",
    ] {
        assert!(told.as_str().unwrap().contains(words), "{words}: {told}");
    }
    // What is pointed at does not push aside what is open.
    browser.point("#b1 .text");
    assert_eq!(browser.eval(visible).as_array().unwrap().len(), 1);
    browser.click("#b1 .text");
    assert_eq!(browser.eval("[...document.querySelectorAll('.is-open')].map((b) => b.id)"), serde_json::json!(["b1"]));
    assert_ne!(open, "b1");
    browser.click("#b1 .close");
    assert_eq!(browser.eval("document.querySelector('.is-open')"), Value::Null);

    let near = browser.eval("document.querySelector('.block[data-near=\"1\"] .detail').textContent");
    assert!(near.as_str().unwrap().contains("but it has 117 characters, and max_chars is 40"), "{near}");
    // On a phone what a tap opens stands under the block.
    browser.size(390, 844);
    browser.click(".removed .open");
    let below = "(() => { const b = document.querySelector('.is-open'); const d = b.querySelector('.detail').getBoundingClientRect(); \
        return d.top >= b.querySelector('.text').getBoundingClientRect().bottom && d.right <= innerWidth; })()";
    assert_eq!(browser.eval(below), true);
}

#[test]
fn filters_show_what_is_asked_for_and_say_how_much() {
    let (_place, mut browser) = report();
    let shown = "[...document.querySelectorAll('.block')].filter((b) => b.offsetHeight > 0).map((b) => b.dataset.verdict)";
    let status = "document.getElementById('shown').textContent";
    let all = browser.eval(shown).as_array().unwrap().len();
    assert_eq!(browser.eval(status), format!("All {all} blocks are shown."));
    for sort in ["story", "headline", "left-out"] {
        browser.click(&format!("#filter input[value={sort}]"));
    }
    assert_eq!(browser.eval(shown), serde_json::json!(["removed", "removed"]));
    assert_eq!(browser.eval(status), format!("2 of {all} blocks are shown."));
    assert_eq!(
        browser.eval(
            "[...document.querySelectorAll('#strip a')].filter((a) => getComputedStyle(a).visibility === 'visible').length"
        ),
        2
    );
    browser.click("#filter button[type=reset]");
    browser.until(&format!("{shown}.length === {all}"));

    let choose = |name: &str, text: &str| {
        format!(
            "(() => {{ const s = document.querySelector('select[name={name}]'); \
             s.value = [...s.options].find((o) => o.text.startsWith({text:?})).value; s.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        )
    };
    browser.eval(&choose("kind", "ad"));
    assert_eq!(browser.eval(shown), serde_json::json!(["story"]), "the block with a piece that went");
    browser.eval(&choose("kind", "any"));
    browser.eval(&choose("rule", "brennick/coin (0 removed, 1 nearly)"));
    assert_eq!(browser.eval("[...document.querySelectorAll('.block')].filter((b) => !b.hidden).map((b) => b.querySelector('.text').innerText.slice(0, 10))"), serde_json::json!(["A coin for"]));
    browser.click("#filter button[type=reset]");
    browser.until(&format!("{shown}.length === {all}"));
    browser.click("#filter input[name=near]");
    assert_eq!(browser.eval(shown), serde_json::json!(["story"]));
    browser.click("#filter button[type=reset]");
    browser.until(&format!("{shown}.length === {all}"));

    browser.click("#words");
    for key in ["C", "R", "A", "N", "E"] {
        browser.press(key);
    }
    assert_eq!(browser.eval(shown), serde_json::json!(["story"]));
    assert_eq!(browser.eval("document.querySelector('.block:not([hidden]) .text').classList.contains('as-blockquote')"), true);
    // What is shown can be jumped to by the strip.
    browser.press("Escape");
    browser.size(1280, 300);
    browser.click("#strip a:last-child");
    browser.until("document.activeElement === document.querySelector('.block:last-child .open')");
    browser.until("document.querySelector('.block:last-child').getBoundingClientRect().bottom <= innerHeight + 1");
}

#[test]
fn a_rule_file_is_copied_as_it_is_shown() {
    let (place, mut browser) = report();
    browser.call(
        "Browser.grantPermissions",
        serde_json::json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
    );
    browser.click(".removed .open");
    browser.click(".is-open .copy");
    browser.until("document.querySelector('.is-open .copy').textContent === 'Copied'");
    assert_eq!(browser.eval("document.getElementById('said').textContent"), "The rule file was copied.");
    let copied = browser.eval("navigator.clipboard.readText()").as_str().unwrap().to_owned();
    assert!(copied.contains("hosts = [\"brennick.example\"]") && copied.contains("disable = [\"brennick/box\""), "{copied}");
    // Pasted into a file it does what it says.
    place.put("pasted.toml", &copied);
    assert_eq!(place.run(&["rules", "check", "pasted.toml"]).code, 0);
    let args = [
        "explain",
        "--rules",
        "pasted.toml",
        "--rules",
        "brennick.toml",
        "page.html",
        "--line",
        "spare a coin",
        "--format",
        "json",
    ];
    let after: Value = serde_json::from_str(&place.run(&args).out).unwrap();
    assert_ne!(after["blocks"][0]["verdict"], "removed");
}

#[test]
fn all_of_it_can_be_done_by_keys() {
    let (_place, mut browser) = report();
    let focused = "(document.activeElement.closest('.block') || document.activeElement).id";
    browser.press("Tab");
    assert_eq!(browser.eval("document.activeElement.textContent"), "Skip to the blocks");
    assert_eq!(browser.eval("document.activeElement.getBoundingClientRect().left >= 0"), true);
    browser.press("j");
    assert_eq!(browser.eval(focused), "b1");
    assert_eq!(browser.eval("getComputedStyle(document.activeElement).outlineStyle !== 'none' && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"), true);
    browser.press("j");
    browser.press("ArrowDown");
    assert_eq!(browser.eval(focused), "b3");
    browser.press("k");
    browser.press("ArrowUp");
    browser.press("k");
    assert_eq!(browser.eval(focused), "b1", "there is none before the first");
    browser.press("Enter");
    assert_eq!(browser.eval("document.querySelector('.is-open').id"), "b1");
    browser.press("j");
    assert_eq!(browser.eval("document.querySelector('.is-open').id"), "b2", "what is open goes along");
    // The buttons of what is open come next, and only they.
    browser.press("Tab");
    assert_eq!(browser.eval("document.activeElement.className"), "close");
    browser.press("Tab");
    assert_eq!(browser.eval("document.activeElement.className"), "copy");
    browser.press("Escape");
    assert_eq!(browser.eval("document.querySelector('.is-open')"), Value::Null);
    assert_eq!(browser.eval(focused), "b2");
    browser.press("Tab");
    assert_eq!(browser.eval(focused), "b3");
    browser.press("/");
    assert_eq!(browser.eval(focused), "words");
    for key in ["j", "j", "/"] {
        browser.press(key);
    }
    assert_eq!(browser.eval("document.getElementById('words').value"), "jj/", "what is written is no command");
    browser.press("Escape");
    assert_eq!(browser.eval("document.getElementById('words').value"), "");
    assert_eq!(browser.eval("document.querySelectorAll('.block[hidden]').length"), 0);
}

/// What a screen reader is told: names and roles, as the browser hands them on.
#[test]
fn a_screen_reader_hears_names_roles_and_states() {
    let (_place, mut browser) = report();
    browser.click(".removed .open");
    let tree = browser.call("Accessibility.getFullAXTree", serde_json::json!({}));
    let nodes: Vec<&Value> = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false).collect();
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let name = |node: &Value| node["name"]["value"].as_str().unwrap_or_default().trim().to_owned();
    let operable = ["button", "checkbox", "combobox", "searchbox", "link", "textbox"];
    let controls: Vec<&&Value> = nodes.iter().filter(|node| operable.contains(&role(node).as_str())).collect();
    assert!(controls.len() > 15);
    assert!(controls.iter().all(|node| !name(node).is_empty()), "{controls:?}");
    let count = |wanted: &str| nodes.iter().filter(|node| role(node) == wanted).count();
    assert_eq!((count("main"), count("search")), (1, 1));
    assert!(nodes.iter().any(|node| role(node) == "group" && name(node) == "Show"));
    assert!(count("status") >= 1 && count("heading") >= 4 && count("list") >= 1);
    let blocks = browser.eval("document.querySelectorAll('.block').length").as_u64().unwrap() as usize;
    let marks = ["Headline", "Story", "Removed", "Left out"];
    let told =
        controls.iter().filter(|node| role(node) == "button" && marks.iter().any(|mark| name(node).contains(mark))).count();
    assert_eq!(told, blocks, "each block says what became of it");
    // The strip is for a pointer; heard or reached by Tab, it would stand in the way.
    assert!(!controls.iter().any(|node| role(node) == "link" && name(node).starts_with("story:")));
    assert_eq!(browser.eval("document.documentElement.lang"), "en");
    let levels = browser.eval("[...document.querySelectorAll('h1, h2, .is-open h3')].map((h) => Number(h.tagName[1]))");
    let levels: Vec<u64> = levels.as_array().unwrap().iter().map(|level| level.as_u64().unwrap()).collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|two| two[1] <= two[0] + 1), "{levels:?}");
}

/// WCAG 2, level AA: 4.5 to 1 for text.
#[test]
fn text_stands_out_in_light_and_in_dark() {
    const CONTRASTS: &str = r"(() => {
        const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
        const linear = (part) => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
        const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        const ground = (e) => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
        const poor = [];
        let seen = 0;
        for (const e of document.querySelectorAll('body *')) {
            const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || e.offsetHeight === 0 || e.matches('script, style, option')) continue;
            seen += 1;
            const [a, b] = [light(parts(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) poor.push(`${e.className || e.tagName} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
        }
        return [seen, poor];
    })()";
    let (_place, mut browser) = report();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        for block in [".removed", ".left-out", ".story", ".headline", "[data-near=\"1\"]"] {
            browser.eval(&format!("(() => {{ const b = document.querySelector('.block{}:not(.is-open)'); if (b) b.querySelector('.open').click(); }})()", block.replace('"', "\\\"").replace("\\\"", "\"")));
            let seen = browser.eval(CONTRASTS);
            assert!(seen[0].as_u64().unwrap() > 40, "{seen}");
            assert_eq!(seen[1], serde_json::json!([]), "{scheme} {block}");
        }
    }
}

/// A page full of hostile markup, whose name and address mean harm too: nothing of it runs, and nothing is asked of anybody.
#[test]
fn nothing_of_a_hostile_page_runs() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let out = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let word = "W".repeat(5000);
    let attack = format!(
        "<script>window.pwned = 1; fetch('{out}/a')</script><img src='{out}/b' onerror='pwned = 1' onload='pwned = 1'><svg onload='pwned = 1'></svg>\
         <iframe src='{out}/c'></iframe><link rel=stylesheet href='{out}/d'><style>@import '{out}/e'; * {{ background: url({out}/f) }}</style>\
         <form action='{out}/g'><button autofocus onfocus='pwned = 1'>Go</button></form><a href='javascript:pwned = 1' ping='{out}/h'>Click</a>\
         <object data='{out}/i'></object><video src='{out}/j' autoplay></video>"
    );
    let coded = attack.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = format!(
        "<!doctype html><html><head><title>&lt;/title&gt;&lt;script&gt;pwned = 1&lt;/script&gt; \"' onload=pwned=1</title>\
         <base href='{out}/'><meta http-equiv=refresh content='0; url={out}/k'>\
         <link rel=canonical href='https://host.example/\"><script>pwned=1</script>'></head><body onload='pwned = 1'>{attack}\
         <article><h1>&lt;/title&gt;&lt;script&gt;pwned = 1&lt;/script&gt; \"' onload=pwned=1</h1>\
         <p>The harbour reopened, and this is text: {coded} so it must be shown and must not be done.</p>\
         <p>&lt;/script&gt; &lt;/style&gt; --&gt; ]]&gt; &lt;!-- \u{2028} \u{2029} \u{0} &#0; &#x202e;drawkcab\u{202e} \u{2066}isolate, said the mayor of the town.</p>\
         <p>{word} is a long word, and the mayor of the town said it twice before the rain came down on all of them.</p>\
         <div class='&quot;&gt;&lt;script&gt;pwned=1&lt;/script&gt; box' id='x\" onmouseover=\"pwned=1' data-box='\"&gt;&lt;img src={out}/l&gt;'>Please \
         support our journalism: donate today, dear reader! &lt;script&gt;pwned = 1&lt;/script&gt;</div>\
         <p onclick='pwned = 1'>The mayor of the town said that nothing had happened, and that the boats were all in by then.</p></article></body></html>"
    );
    let place = Place::new();
    let name = "\"><img src=x onerror=pwned=1>.html";
    place.put(name, &page);
    let ran = place.run(&["inspect", name, "-o", "report.html"]);
    assert_eq!(ran.code, 0, "{}", ran.err);

    let mut browser = Browser::start();
    browser.size(390, 844);
    browser.open(&address(&place, "report.html"));
    let elements = "script, style, img, iframe, svg, object, video, base, link, a[ping], [onload], [onerror], [onclick], [onfocus], [onmouseover]";
    assert_eq!(
        browser.eval(&format!("[...document.querySelectorAll('{elements}')].map((e) => e.tagName)")),
        serde_json::json!(["STYLE", "SCRIPT"]),
        "only the report's own"
    );
    assert_eq!(browser.eval("[...document.querySelectorAll('a')].every((a) => a.getAttribute('href').startsWith('#'))"), true);
    // Everything is gone through once, as a reader would.
    let blocks = browser.eval("document.querySelectorAll('.block').length").as_u64().unwrap();
    assert!(blocks >= 5, "{blocks}");
    for at in 1..=blocks {
        browser.click(&format!("#b{at} .open"));
        assert_eq!(browser.eval("document.querySelector('.is-open').id"), format!("b{at}"));
        assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), true, "a long word is broken");
    }
    browser.eval("window.scrollTo(0, 0)");
    browser.picture("hostile-390");
    let shown = browser.eval("document.body.innerText").as_str().unwrap().to_owned();
    assert!(shown.contains("<script>window.pwned = 1;") && shown.contains("</script> </style> -->"), "it is shown as text");
    assert!(!shown.contains('\u{202e}') && shown.contains("[U+202E]"), "what would turn the text around is shown by its number");
    assert_eq!(browser.eval("typeof pwned"), "undefined");
    assert_eq!(browser.eval("location.pathname.endsWith('/report.html')"), true);
    let requests: Vec<String> = browser
        .events("Network.requestWillBeSent")
        .iter()
        .map(|request| request["request"]["url"].as_str().unwrap().to_owned())
        .filter(|url| url != "about:blank" && !url.ends_with("/report.html"))
        .collect();
    assert!(requests.is_empty(), "{requests:?}");
    assert!(listener.accept().is_err(), "somebody was asked for something");

    // And should a script ever get into it, the policy lets it not run.
    browser.eval(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 2'; document.body.append(s); })()",
    );
    browser.eval("(() => { const i = document.createElement('img'); i.src = '/x.png'; i.setAttribute('onerror', 'window.pwned = 3'); document.body.append(i); })()");
    browser.eval(&format!("fetch('{out}/m').then(() => 1, () => 0)"));
    assert_eq!(browser.eval("typeof pwned"), "undefined");
    assert!(listener.accept().is_err(), "the policy has a hole");
}

/// A page of five hundred blocks is still a page that one can use.
#[test]
fn a_long_page_is_shown_soon() {
    let place = Place::new();
    let lines: String = (0..500).map(|number| format!("<li><a href='/{number}'>Boat {number} of the harbour</a></li>")).collect();
    place.put("page.html", PAGE.replace("<footer>", &format!("<ul>{lines}</ul><footer>")));
    let ran = place.run(&["inspect", "page.html", "-o", "report.html"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut browser = Browser::start();
    browser.size(1280, 900);
    browser.open(&address(&place, "report.html"));
    assert!(browser.eval("document.querySelectorAll('.block').length").as_u64().unwrap() > 500);
    let begun = std::time::Instant::now();
    browser.click("#words");
    for key in ["4", "9", "9"] {
        browser.press(key);
    }
    assert_eq!(browser.eval("document.getElementById('shown').textContent.startsWith('1 of 5')"), true);
    assert!(begun.elapsed().as_secs() < 20);
    assert!(PathBuf::from(place.path("report.html")).metadata().unwrap().len() < 12 << 20);
}
