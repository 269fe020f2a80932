//! `rules import` as a user meets it, what imported rules then do to pages, and the keys of the language that they need.
//!
//! The lists and configs here are small ones of our own. Which foreign selector becomes which of ours is a table beside the converter.
#![allow(clippy::unwrap_used, reason = "a test should fail where something is missing")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use storysieve::import::{Folder, filter_list, site_config};
use storysieve::{Rules, Sieve};
use tempfile::TempDir;

const LIST: &str = "[Adblock Plus 2.0]\n! Title: Harbour filters\n! Licence: https://harbour.example/licence\n||ads.example^\n\
    ##.quay-banner\nbrennick.example##.cat-box\nbrennick.example#@#.quay-banner\n##p:last-child\n##p:hover\n";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        fs::create_dir(place.path("configs")).unwrap();
        place.put("harbour.txt", LIST);
        place.put(
            "configs/brennick.example.txt",
            "body: //div[@class='log']\nstrip: //div[@class='cat-box']\nstrip: //p[last()]\n",
        );
        place.put("configs/.ford.example.txt", "strip_id_or_class: toll\n");
        place.put("configs/LICENSE.txt", "\nTo the public domain.\n");
        place.put("configs/README.md", "no config");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Exit code, standard output, standard error.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storysieve"));
        command.args(args).current_dir(self.0.path()).env_remove("STORYSIEVE_RULES").stdin(Stdio::null());
        for variable in ["HOME", "XDG_CONFIG_HOME", "APPDATA"] {
            command.env(variable, self.path("config"));
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn a_list_becomes_a_rule_file_that_checks_and_an_account() {
    let place = Place::new();
    let (code, out, err) = place.run(&["rules", "import", "harbour.txt", "--to", "made", "--report", "report.jsonl"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    for part in [
        "5 lines of rules: 3 carried over into 1 file, 0 not needed here, 2 dropped",
        "      1  :last-child asks",
        "(harbour.txt:8)",
    ] {
        assert!(err.contains(part), "{part} is not in {err}");
    }
    let rules = place.get("made/harbour.toml");
    for part in [
        "# Title: Harbour filters\n# Licence: https://harbour.example/licence\n",
        "name = \"Harbour filters\"",
        "id = \"line-5\"",
    ] {
        assert!(rules.contains(part), "{part} is not in {rules}");
    }
    let (code, out, err) = place.run(&["rules", "check", "made"]);
    // A list has no tests, which is worth a warning.
    assert_eq!((code, out.as_str()), (0, "ok: 2 rules in 1 file, 1 warning\n"), "{err}");
    let report: Vec<Value> = place.get("report.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fates: Vec<_> = report.iter().map(|line| (line["line"].as_u64().unwrap(), line["fate"].as_str().unwrap())).collect();
    assert_eq!(fates, [(5, "carried"), (6, "carried"), (7, "carried"), (8, "dropped"), (9, "dropped")]);
    assert!(report[4]["reason"].as_str().unwrap().contains("state of a browser"));
}

#[test]
fn a_folder_of_site_configs_becomes_a_rule_file_each() {
    let place = Place::new();
    let (code, _, err) = place.run(&["rules", "import", "configs", "--to", "made"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("4 lines of rules: 3 carried over into 2 files, 0 not needed here, 1 dropped"), "{err}");
    let mut names: Vec<_> = fs::read_dir(place.path("made")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["brennick.example.toml", "ford.example-subdomains.toml"]);
    assert!(place.get("made/brennick.example.toml").contains("# Licence: To the public domain.\n"));
    assert_eq!(place.run(&["rules", "check", "made"]).0, 0);
}

#[test]
fn one_file_goes_to_standard_output_and_several_need_a_folder() {
    let place = Place::new();
    let (code, out, _) = place.run(&["rules", "import", "harbour.txt", "--kind", "promo"]);
    assert!(code == 0 && out.contains("kind = \"promo\"") && !out.contains("kind = \"ad\""), "{out}");
    let (code, out, _) = place.run(&["rules", "import", "configs/brennick.example.txt"]);
    assert!(code == 0 && out.contains("[story]\nselect = [\n    'div[class=\"log\"]', # 1: "), "{out}");
    let (code, _, err) = place.run(&["rules", "import", "configs"]);
    assert!(code == 2 && err.contains("--to FOLDER"), "{err}");
}

#[test]
fn what_cannot_be_done_is_said_with_its_mend() {
    let place = Place::new();
    place.put("empty.txt", "nothing here\n");
    assert_eq!(place.run(&["rules", "import", "harbour.txt", "--to", "made"]).0, 0);
    place.put("made/harbour.toml", "schema = 1\n");
    for (args, mend) in [
        (&["rules", "import", "harbour.txt", "--to", "made"][..], "--force"),
        (&["rules", "import", "empty.txt", "--to", "made"], "--from"),
        (&["rules", "import", "none.txt"], "none.txt cannot be read"),
        (&["rules", "import", "config"], "config cannot be read"),
        (&["rules", "import"], "PATH"),
    ] {
        let (code, _, err) = place.run(args);
        assert!(code == 2 && err.contains(mend), "{args:?}: {err}");
    }
    assert_eq!(place.get("made/harbour.toml"), "schema = 1\n", "what was there stays");
    assert_eq!(place.run(&["rules", "import", "harbour.txt", "--to", "made", "--force"]).0, 0);
    assert!(place.get("made/harbour.toml").contains("line-5"));
}

/// The page without what the rules take.
fn filtered(rules: &Rules, url: Option<&str>, page: &str) -> String {
    let mut builder = Sieve::builder().rules(rules.clone());
    if let Some(url) = url {
        builder = builder.url(url);
    }
    let mut filter = builder.build().unwrap().filter();
    let mut out = Vec::new();
    filter.write(page.as_bytes(), &mut out);
    filter.finish(&mut out);
    String::from_utf8(out).unwrap()
}

fn own(rules: &str) -> Rules {
    Rules::parse("own.toml", &format!("schema = 1\n{rules}")).unwrap()
}

#[test]
fn an_imported_list_takes_what_a_browser_would_hide() {
    let list = "##.ad\na.example##.b\n~a.example##.c\na.example#@#.ad\n##div:has(> .mark)\n##p:has-text(/^spon/i)\n##.in:upward(1)\n##li:nth-of-type(2)\n";
    let rules = Rules::parse("list.toml", &filter_list("list", list, None).rules).unwrap();
    let page = "<div class=ad>1</div><div class=b>2</div><div class=c>3</div><div>4<div>5<i class=mark>6</i></div></div>\
        <p>Sponsored</p><p>not spon</p><section><b><i class=in>7</i></b>8</section><ol><li>9<li>10<li>11</ol>";
    let rest = "<div>4</div><p>not spon</p><section>8</section><ol><li>9<li>11</ol>";
    let (ad, b, c) = ("<div class=ad>1</div>", "<div class=b>2</div>", "<div class=c>3</div>");
    for (url, left) in [
        (None, format!("{b}{rest}")),
        (Some("https://b.example/"), format!("{b}{rest}")),
        (Some("https://www.a.example/"), format!("{ad}{c}{rest}")),
    ] {
        assert_eq!(filtered(&rules, url, page), left, "{url:?}");
    }
}

#[test]
fn an_imported_config_finds_the_story_and_what_is_said_of_it() {
    let config = "body: //div[@class='log']\ntitle: //p[@class='head']\nauthor: substring-after(//span[@class='who'], 'on:')\ndate: //meta[@name='day']/@content\n\
        strip: //div[@class='log']//em\n";
    let rules =
        Rules::parse("brennick.example.toml", &site_config("brennick.example.txt", config, &Folder::default()).rules).unwrap();
    let page = "<html><head><meta name=day content='3 May 2021'><title>No</title></head><body><h1>Not this</h1><p class=head>The log</p>\
        <p>Told by <span class=who>Von: Ann Example</span> and others</p><div>Beside it stand many words.</div>\
        <div class=log><p>The boats came in at nine, one after the other, and nobody was missing.</p><p>So it was. <em>Pay!</em></p></div>";
    let sieve = Sieve::builder().rules(rules).url("https://www.brennick.example/1").build().unwrap();
    let story = sieve.story(page.as_bytes()).unwrap();
    assert_eq!(
        story.text(),
        "The log\n\nThe boats came in at nine, one after the other, and nobody was missing.\n\nSo it was.\n"
    );
    let said = story.metadata();
    assert_eq!((said.byline.as_deref(), said.published.as_deref()), (Some("Ann Example"), Some("2021-05-03")));
}

#[test]
fn the_first_selector_that_finds_something_says_who_wrote_it() {
    let rules = own(
        "hosts = ['a.example']\n[story]\nselect = ['article']\nauthor = ['.none', '.first', '.second']\ntitle = ['.none', 'title']\n",
    );
    let page = "<title>Of the head</title><article><p class=second>Ann Second</p><p class=first>Ann First</p><p class=first>Bob First</p>\
        <p>A story of a few words only.</p></article>";
    let sieve = Sieve::builder().rules(rules).url("https://a.example/").build().unwrap();
    let story = sieve.story(page.as_bytes()).unwrap();
    assert_eq!(story.metadata().byline.as_deref(), Some("Ann First, Bob First"));
    assert_eq!(story.title(), Some("Of the head"));
}

#[test]
fn a_rule_may_have_hosts_of_its_own() {
    let rule = |hosts: &str| format!("[[remove]]\nid = 'x'\nkind = 'ad'\nhosts = {hosts}\nselect = ['.x']\n");
    let page = "<html><head><link rel=canonical href='https://a.example/1'></head><body><p class=x>1</p>2";
    for (file, hosts, url, goes) in [
        ("", "['a.example']", Some("https://a.example/"), true),
        ("", "['a.example']", Some("https://b.example/"), false),
        ("", "['a.example']", None, true), // the page itself says where it is
        ("", "['!a.example']", Some("https://a.example/"), false),
        ("", "['!a.example']", Some("https://b.example/"), true),
        ("", "['!a.example']", None, false),
        ("hosts = ['example.*']\n", "['!example.de']", Some("https://example.de/"), false),
        ("hosts = ['example.*']\n", "['!example.de']", Some("https://example.at/"), true),
        ("hosts = ['b.example']\n", "['a.example']", Some("https://a.example/"), false),
        ("paths = ['^/news']\n", "['a.example']", Some("https://a.example/news"), true),
        ("paths = ['^/news']\n", "['a.example']", Some("https://a.example/"), false),
    ] {
        let left = filtered(&own(&format!("{file}{}", rule(hosts))), url, page);
        assert_eq!(left.contains("<p class=x>"), !goes, "{file:?} {hosts} {url:?}");
    }
}

#[test]
fn a_selector_of_a_site_counts_what_stood_open_before_the_site_was_known() {
    let rules = own("hosts = ['a.example']\n[[remove]]\nid = 'x'\nkind = 'ad'\nselect = ['html.dark > body > .x']\n");
    let page = "<html class=dark><head><link rel=canonical href='https://a.example/1'></head><body><p class=x>1</p>2";
    assert!(!filtered(&rules, None, page).contains("class=x"));
}

#[test]
fn has_is_decided_at_the_end_of_an_element() {
    for (keys, page, left) in [
        ("has = ['.m']", "<div>1<p><i class=m></i></p></div>", ""),
        ("has = ['.m']", "<i class=m></i><div>1</div><i class=m></i>", "<i class=m></i><div>1</div><i class=m></i>"),
        ("has = ['.n', '.m']", "<div>1<img class=m></div>", ""),
        ("has = ['> .m']", "<div>1<p class=m></p></div>", ""),
        ("has = ['> .m']", "<div>1<p><i class=m></i></p></div>", "<div>1<p><i class=m></i></p></div>"),
        ("has = ['> .m']", "<div>1<div>2<p class=m></p></div>3</div>", "<div>13</div>"),
        ("has = ['> p > .m']", "<div>1<p><i class=m></i></p></div>", ""),
        ("has = ['> p > .m']", "<div>1<b><p><i class=m></i></p></b></div>", "<div>1<b><p><i class=m></i></p></b></div>"),
        (
            "has = ['.m']\nunless_has = ['> .k']",
            "<div>1<p class=m></p><p class=k></p></div>",
            "<div>1<p class=m></p><p class=k></p></div>",
        ),
        ("has = ['.m']\nunless_has = ['> .k']", "<div>1<p class=m><b class=k></b></p></div>", ""),
        (
            "has = ['.m']\ntext = ['pay now']\nmax_chars = 60",
            "<div>Pay now<p class=m></p></div><div>Pay now</div>",
            "<div>Pay now</div>",
        ),
    ] {
        let rules = own(&format!("[[remove]]\nid = 'x'\nkind = 'ad'\nselect = ['div']\n{keys}\n"));
        assert_eq!(filtered(&rules, None, page), left, "{keys}: {page}");
    }
}

#[test]
fn an_imported_strip_of_the_nearest_element_around_spares_those_farther_out() {
    let strip = |xpath: &str| {
        let config = site_config("a.example.txt", &format!("strip: {xpath}\n"), &Folder::default());
        Rules::parse("a.example.toml", &config.rules).unwrap()
    };
    let page = "<section>1<section>2<p>3<a rel=x>4</a></p></section><section>5<a rel=y>6</a></section></section>";
    for (xpath, left) in [
        ("//a[@rel='x']/ancestor::section[1]", "<section>1<section>5<a rel=y>6</a></section></section>"),
        ("//section/a[@rel='y']/ancestor::section[1]", "<section>1<section>2<p>3<a rel=x>4</a></p></section></section>"),
        ("//a[@rel='x']/parent::p/parent::section", "<section>1<section>5<a rel=y>6</a></section></section>"),
        ("//a[@rel='y']/parent::p/parent::section", page),
    ] {
        assert_eq!(filtered(&strip(xpath), Some("https://a.example/"), page), left, "{xpath}");
    }
}

/// What is called needless is so: the story is the same with and without it. Each: replacements, and whether the markup may differ.
#[test]
fn a_replacement_that_is_not_needed_leaves_the_story_as_it_is() {
    const PAGE: &str = "<html><head><title>The log</title><meta http-equiv=\"refresh\" content=\"600\"></head><body><div id=\"log\">\
        <h2 class=\"wp-block-heading\">The first watch</h2><p>The boats came in at nine, one after the other, and nobody was missing.</p>\
        <nav>Two of them</nav><p>had torn their sails</p><div class=\"container slider\">on the rocks.</div>\
        <img class=\"a\" src=\"data:image/gif;base64,R0\" data-src=\"https://a.example/boat.jpg\" srcset=\"data:,x 1w\" width=\"90\" alt=\"A boat\">\
        <img src=\"\" data-original=\"/quay.jpg\" srcset=\"/other.jpg 9w\"></div></body></html>";
    let body = "body: //*[@id='log']\n";
    let config = |rest: &str| site_config("a.example.txt", &format!("{body}{rest}"), &Folder::default());
    let rules = Rules::parse("a.example.toml", &config("").rules).unwrap();
    let sieve = Sieve::builder().rules(rules).url("https://a.example/1").build().unwrap();
    for (pairs, text_only) in [
        (&[("data-src=\"https", "src=\"https"), ("src=\"data:", "foo=\"data:")][..], false),
        (&[("src=\"\"", "old=\"\""), ("data-original=", "src=")], false),
        (&[("srcset=\"data:", "foo=\"data:")], false),
        (&[("srcset=", "unneeded=")], false),
        (&[(" width=\"90\"", "")], false),
        (&[("<img class=\"a\"", "<img class=\"a\" height=\"9\"")], false),
        (&[("http-equiv=\"refresh\"", "foo=\"bar\"")], false),
        (&[("<nav>", "<div>"), ("</nav>", "</div>")], false),
        (&[("<nav", "<section"), ("</nav", "</section")], false),
        (&[("<nav", "<article"), ("</nav", "</article")], false),
        (&[("<nav", "<main"), ("</nav", "</main")], false),
        (&[("<nav", "<header"), ("</nav", "</header")], false),
        (&[("<nav", "<footer"), ("</nav", "</footer")], false),
        (&[("<nav", "<aside"), ("</nav", "</aside")], false),
        (&[("<nav", "<details"), ("</nav", "</details")], false),
        (&[("<nav", "<center"), ("</nav", "</center")], false),
        (&[("<nav", "<form"), ("</nav", "</form")], false),
        (&[("<div class=\"container", "<div class=\"foo-cntnr")], false),
        (&[("class=\"container", "class=\"inline-block container")], false),
        (&[("wp-block-heading", "foo-hdng")], false),
        // A heading stays one, of another level.
        (&[("<h2", "<h3"), ("</h2>", "</h3>")], true),
    ] {
        let lines: String = pairs.iter().map(|(find, new)| format!("find_string: {find}\nreplace_string: {new}\n")).collect();
        let lines = lines + &pairs.iter().map(|(find, new)| format!("replace_string({find}): {new}\n")).collect::<String>();
        let imported = config(&lines);
        assert_eq!(imported.counts(), (1, 3 * pairs.len(), 0), "{pairs:?}: {:?}", imported.lines);
        let replaced = pairs.iter().fold(PAGE.to_owned(), |page, (find, new)| page.replace(find, new));
        assert_ne!(replaced, PAGE, "{pairs:?}");
        let [one, two] = [PAGE, &replaced].map(|page| sieve.story(page.as_bytes()).unwrap());
        assert!(one.html().contains("https://a.example/boat.jpg") && one.html().contains("https://a.example/quay.jpg"));
        assert_eq!((one.text(), text_only || one.html() == two.html()), (two.text(), true), "{pairs:?}");
    }
}

/// The same of pictures: the page may get another mark-up and another size of a picture, but the words and the pictures are the same.
#[test]
fn a_replacement_that_shows_pictures_is_not_needed() {
    let body = "body: //*[@id='log']\n";
    let config = |rest: &str| site_config("a.example.txt", &format!("{body}{rest}"), &Folder::default());
    let rules = Rules::parse("a.example.toml", &config("").rules).unwrap();
    let sieve = Sieve::builder().rules(rules).url("https://a.example/deep/1").build().unwrap();
    let open = [("<noscript>", "<div>"), ("</noscript>", "</div>")];
    for (pairs, part, shown) in [
        (&open[..], "<p><img src=\"data:,\"><noscript><img src=\"/a.jpg\"></noscript></p>", "/a.jpg"),
        (&open, "<figure><noscript><img src=\"/a.jpg\"></noscript></figure>", "/a.jpg"),
        (&[("noscript>", "div>")], "<p><noscript><img src=\"/a.jpg\"></noscript><img src=\"data:,\"></p>", "/a.jpg"),
        (&[("<noscript", "<foo"), ("</noscript>", "")], "<p><noscript><img src=\"/a.jpg\"></noscript></p>", "/a.jpg"),
        (
            &[("<noscript>", "<!-- noscript -->"), ("</noscript>", "<!-- /noscript -->")],
            "<p><noscript><img src=\"/a.jpg\"></noscript></p>",
            "/a.jpg",
        ),
        (
            &[("source srcSet=\"http", "img src=\"http"), (".jpg 640w,", ".jpg\"><foo bar=\"")],
            "<picture><source srcSet=\"https://a.example/a.jpg 640w, https://a.example/a.jpg?w=900 900w\"><img></picture>",
            "/a.jpg",
        ),
        (
            &[("<source media=\"", "<img media=\""), ("srcset=\"http", "src=\"http")],
            "<picture><source media=\"all\" srcset=\"https://a.example/a.jpg\"></source><img></picture>",
            "/a.jpg",
        ),
        (&[("<source", "<invalid")], "<picture><source srcset=\"/b.jpg\"><img src=\"/a.jpg\"></picture>", "/a.jpg"),
        (&[("data-srcset=\"", "src=\"")], "<p><img data-srcset=\"/a.jpg\"></p>", "/a.jpg"),
        (
            &[("src=\"/i/missing-image.svg\"", "old-src=\"/i/missing-image.svg\""), ("data-original-mos=\"http", "src=\"http")],
            "<p><img src=\"/i/missing-image.svg\" data-original-mos=\"https://a.example/a.jpg\"></p>",
            "/a.jpg",
        ),
        (&[("src=\"/i/1px.png\"", "")], "<p><img src=\"/i/1px.png\" data-src=\"/a.jpg\"></p>", "/a.jpg"),
        (
            &[(" src=\"", " data-src-old=\""), (" data-lazy-src=\"", " src=\"")],
            "<p><img src=\"/tiny.jpg\" data-lazy-src=\"/a.jpg\"></p>",
            "/a.jpg",
        ),
        (&[("data-retina-src=", "src=")], "<p><img data-retina-src=\"/a.jpg\"></p>", "/a.jpg"),
        (&[("sf-src", "src")], "<p><img sf-src=\"/a.jpg\"></p>", "/a.jpg"),
        (&[("data-runner-src=\"", "data-src=\"")], "<p><img data-runner-src=\"/a.jpg\"></p>", "/a.jpg"),
        (&[("src=\"files/", "src=\"/files/")], "<p><img src=\"files/a.jpg\"></p>", "/files/a.jpg"),
        (
            &[("srcset=\"/i/", "srcset=\"https://www.a.example/i/"), (", /i/", ", https://www.a.example/i/")],
            "<p><img srcset=\"/i/b.jpg 1x, /i/a.jpg 2x\"></p>",
            "/i/a.jpg",
        ),
        (&[("<amp-img", "<img"), ("</amp-img>", "")], "<p><amp-img src=\"/a.jpg\"></amp-img></p>", "/a.jpg"),
        (&[("class=\"css-1", "width=\"60px\" class=\"foo-1")], "<p><img class=\"css-1\" src=\"/a.jpg\"></p>", "/a.jpg"),
        (&[("<![if !lists]>", ""), ("<![endif]>", "&nbsp;")], "<p><![if !lists]><img src=\"/a.jpg\"><![endif]></p>", "/a.jpg"),
        (
            &[("</body></html>", "<!-- no end -->"), ("<html><head></head><body>", "<!-- no page -->")],
            "</body></html><html><head></head><body><p><img src=\"/a.jpg\"></p>",
            "/a.jpg",
        ),
    ] {
        let lines: String = pairs.iter().map(|(find, new)| format!("find_string: {find}\nreplace_string: {new}\n")).collect();
        let imported = config(&lines);
        assert_eq!(imported.counts(), (1, 2 * pairs.len(), 0), "{pairs:?}: {:?}", imported.lines);
        let page = format!(
            "<html><head><base href=\"/\"></head><body><div id=\"log\"><p>The boats came in at nine.</p>{part}\
            <p>Nobody was missing.</p></div></body></html>"
        );
        let replaced = pairs.iter().fold(page.clone(), |page, (find, new)| page.replace(find, new));
        assert_ne!(replaced, page, "{pairs:?}");
        for page in [&page, &replaced] {
            let story = sieve.story(page.as_bytes()).unwrap();
            assert_eq!(story.text(), "The boats came in at nine.\n\nNobody was missing.\n", "{page}");
            let html = story.html();
            let addresses = html.split("src=\"").skip(1).filter_map(|rest| rest.split(['"', '?']).next());
            let addresses: Vec<_> =
                addresses.map(|address| address.replace("https://www.", "https://").replace("https://a.example", "")).collect();
            assert_eq!(addresses, [shown], "{pairs:?}: {page}");
        }
    }
}

#[test]
fn what_stands_around_a_date_need_not_be_cut_off() {
    for (line, published) in [
        ("substring-after(//p[@class='when'], 'Posted on ')", Some("2021-05-03")),
        ("substring-before(substring-after(//p[@class='when'], 'Posted on '), ' by')", Some("2021-05-03")),
        ("substring-before(//p[@class='when'], '|')", Some("2021-05-03")),
        ("substring-after(//p[@class='when'], 'updated ')", None), // which of two dates?
        ("substring-after(//p[@class='when'], '2')", None),
        ("substring-after(//p, 'Posted on ')", None), // any paragraph
        ("substring-before(substring-after(//script[@id='x'], 'day'), ',')", None),
        ("substring-before(substring-after(//a[@class='when']/@href, '/'), '_')", None),
    ] {
        let imported = site_config("a.example.txt", &format!("body: //article\ndate: {line}\n"), &Folder::default());
        assert_eq!(imported.counts(), if published.is_some() { (2, 0, 0) } else { (1, 0, 1) }, "{line}");
        let rules = Rules::parse("a.example.toml", &imported.rules).unwrap();
        let sieve = Sieve::builder().rules(rules).url("https://a.example/1").build().unwrap();
        let page = "<article><p class=when>Posted on May 3, 2021 by Ann | 4 boats</p><p>The boats came in at nine.</p></article>";
        assert_eq!(sieve.story(page.as_bytes()).unwrap().metadata().published.as_deref(), published, "{line}");
    }
}

#[test]
fn a_replacement_that_may_be_needed_is_dropped() {
    for (find, new) in [
        ("<nav", "<p"),
        ("<noscript>", "<div style=\"display:none\">"),
        ("<noscript>", "<aside>"),
        ("<noscript><img", "<img width=\"9\""),
        ("src=\"/i/boat.jpg\"", ""),
        ("src=\"", "old=\""), // and no other replacement puts a picture there
        ("data-page=\"https", "src=\"https"),
        ("data-srcs=\"{", "src=\"{"),
        ("data-src-template=\"", "src=\""),
        ("alt=\"files/", "alt=\"/files/"),
        ("src=\"/i/", "src=\"https://cdn.example/i/"),
        ("src=\"i/", "src=\"/j/i/"),
        (".jpg 640w", ".jpg 1200w"),
        ("640w", ""),
        ("<source type=\"video/mp4\" src", "<a href"),
        ("<source", "<aside"),
        ("<![CDATA[", "_"),
        ("</body></html>", "</div></body></html>"),
        ("<amp-list", "<img"),
        ("data-src=\"https://www.youtube.com/embed/", "src=\"https://www.youtube.com/embed/"),
        ("class=\"log", "class=\"foo"), // the config speaks of `log`
        ("<section", "<strong"),
        ("<section>", "<aside>"), // and of `aside`
        ("<h2>", "<p>"),
        ("One of us", "By one of us"),
        ("class=\"x\"", "class=\"x\"><b>Price:</b"),
        ("data-src", "data-alt"),
        ("", "x"),
    ] {
        let lines = format!("body: //div[@class='log']\nstrip: //aside\nfind_string: {find}\nreplace_string: {new}\n");
        let dropped = site_config("a.example.txt", &lines, &Folder::default()).counts().2;
        assert_eq!(dropped, 2, "{find} {new}");
    }
    let nowhere = site_config("a.example.txt", "replace_string(<nav>): <div>\n", &Folder::default());
    assert_eq!(nowhere.counts().2, 1, "where the story must be found, names may matter");
}

#[test]
fn thousands_of_rules_take_the_same_as_one() {
    let mut list = String::new();
    for i in 0..1_500 {
        list.push_str(&format!("##.c{i}\nh{i}.example##[href*=\"/p{i}/\"]\n"));
    }
    let rules = Rules::parse("list.toml", &filter_list("list", &list, None).rules).unwrap();
    let page = "<p class=c77>1</p><p class=d>2</p><a href='/p9/x'>3</a><a href='/p19/x'>4</a>";
    assert_eq!(filtered(&rules, Some("https://www.h9.example/"), page), "<p class=d>2</p><a href='/p19/x'>4</a>");
    assert_eq!(filtered(&rules, None, page), &page["<p class=c77>1</p>".len()..]);
}
