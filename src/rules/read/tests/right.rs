//! Right files, in every form the language has.

use super::{mistakes, whole_rule};
use crate::rules::read::{prefix_of, read};
use crate::rules::{Kind, TestPage, TextTest, What};
use std::path::Path;

const EVERYTHING: &str = r#"
schema = 1
name = "The Moscow Times"
hosts = ["themoscowtimes.com", "!live.themoscowtimes.com"]
paths = ['^/\d{4}/']
checked = 2026-11-23
disable = ["generic/newsletter-form"]
leftovers = ["×", " Read  More "]

[story]
select = ["article .article__content", "article"]
title = ["article h1"]
keep = ["figure"]

[[remove]]
id = "adfree-banner"
kind = "ad-free"
select = [".contribute-banner", "[data-component=reader-appeal]"]
unless_has = ["h1"]

[[remove]]
id = "adfree-box"
kind = "ad-free"
select = ["section", "div"]
text = ["Enjoying “ad‑free” content"]
max_chars = 600
unless_has = ["h1", "article"]

[[remove]]
id = "letter"
kind = "donation"
from = { text = ["a message from"] }
to = { text = { any = ["thank you"], none = ["said"] } }
max_blocks = 12
max_chars = 4_000

[[test]]
url = "https://www.themoscowtimes.com/2019/10/13/x"
html = "<p>x"
gone = ["We have"]
stays = ["Moscow is"]

[[test]]
fixture = "moscow-times"
stays = ["Moscow"]
"#;

#[test]
fn the_whole_language_is_read() {
    let file = read("rules/sites/moscow.toml", "moscow", EVERYTHING).unwrap();
    assert_eq!((file.source.as_str(), file.prefix.as_str()), ("rules/sites/moscow.toml", "moscow"));
    assert_eq!(file.name.as_deref(), Some("The Moscow Times"));
    assert!(file.hosts.matches("www.themoscowtimes.com") && !file.hosts.matches("live.themoscowtimes.com"));
    assert!(file.paths.len() == 1 && file.paths[0].is_match("/2019/10") && !file.paths[0].is_match("/about"));
    assert_eq!(file.checked.as_deref(), Some("2026-11-23"));
    assert_eq!(file.disable, ["generic/newsletter-form"]);
    assert_eq!(file.leftovers, ["×", "read more"]);

    let story = file.story.unwrap();
    assert_eq!((story.select.len(), story.title.len(), story.keep.len()), (2, 1, 1));
    assert_eq!(story.select[0].source, "article .article__content");

    let rules: Vec<_> = file.remove.iter().map(|rule| (rule.id.as_str(), rule.kind, rule.line, rule.unless_has.len())).collect();
    let expected =
        [("adfree-banner", Kind::AdFree, 15, 1), ("adfree-box", Kind::AdFree, 21, 2), ("letter", Kind::Donation, 29, 0)];
    assert_eq!(rules, expected);
    assert!(matches!(&file.remove[0].what, What::Markup { select } if select.len() == 2));
    let What::Text { select, text, max_chars: 600 } = &file.remove[1].what else { panic!("{:?}", file.remove[1]) };
    assert_eq!((select.len(), &text.any), (2, &owned(&["enjoying \"ad-free\" content"])));
    let What::Run { from, to, max_blocks: 12, max_chars: 4000 } = &file.remove[2].what else { panic!("{:?}", file.remove[2]) };
    assert_eq!((&from.any, &to.any, &to.none), (&owned(&["a message from"]), &owned(&["thank you"]), &owned(&["said"])));

    let [first, second] = &file.tests[..] else { panic!("{:?}", file.tests) };
    assert_eq!((first.line, first.url.as_deref()), (37, Some("https://www.themoscowtimes.com/2019/10/13/x")));
    assert!(matches!(&first.page, TestPage::Html(html) if html == "<p>x"));
    assert_eq!((&first.gone, &first.stays), (&owned(&["We have"]), &owned(&["Moscow is"])));
    assert!(matches!(&second.page, TestPage::Fixture(name) if name == "moscow-times"));
    assert_eq!((second.url.as_deref(), second.gone.len()), (None, 0));
}

#[test]
fn every_form_of_a_text_is_one_test() {
    for (form, any, all, none, regex) in [
        ("'Support Us'", &["support us"][..], &[][..], &[][..], None),
        ("['one more', 'two more']", &["one more", "two more"], &[], &[], None),
        ("{ any = ['one more'] }", &["one more"], &[], &[], None),
        ("{ all = ['one more', 'two more'] }", &[], &["one more", "two more"], &[], None),
        ("{ any = ['aaa'], all = ['bbb'], none = ['ccc'], regex = '\\bd+' }", &["aaa"], &["bbb"], &["ccc"], Some("DDD")),
        ("{ regex = 'ad-?free' }", &[], &[], &[], Some("AdFree")),
        ("{ regex = '^[-–—]? ?ads$' }", &[], &[], &[], Some("- ads")),
        ("{ regex = 'реклама' }", &[], &[], &[], Some("РЕКЛАМА")),
        ("['aaa', { none = ['ccc'] }, { regex = 'a{3}' }]", &["aaa"], &[], &["ccc"], Some("aaa")),
        ("['aaa', { none = ['ccc'] }, { none = ['ddd'] }]", &["aaa"], &[], &["ccc", "ddd"], None),
        ("['广告', '광고', 'реклама']", &["广告", "광고", "реклама"], &[], &[], None),
        ("'''\nsupport\n  us'''", &["support us"], &[], &[], None),
    ] {
        let text = whole_rule(&format!("text = {form}\nmax_chars = 60"));
        let file = read("x.toml", "x", &text).unwrap_or_else(|errors| panic!("{form}: {errors:?}"));
        let What::Text { text: TextTest { any: a, all: b, none: c, regex: r }, .. } = &file.remove[0].what else {
            panic!("{form}")
        };
        assert_eq!((a, b, c), (&owned(any), &owned(all), &owned(none)), "{form}");
        assert_eq!(r.is_some(), regex.is_some(), "{form}");
        assert!(r.iter().zip(regex).all(|(r, hit)| r.is_match(hit)), "{form}");
    }
}

#[test]
fn odd_but_right_files_are_read() {
    for (what, text) in [
        ("windows line ends", "schema = 1\r\nname = 'x'\r\n"),
        ("a byte order mark", "\u{feff}schema = 1\n"),
        ("nothing but leftovers", "schema = 1\nleftovers = ['ok']"),
        ("a hexadecimal number", "schema = 0x1"),
        ("tables in line", "schema = 1\nremove = [{ id = 'x', kind = 'ad', select = ['.x'] }]\nstory = { keep = ['p'] }"),
        ("a rule on local hosts", "schema = 1\nhosts = ['localhost', '127.0.0.1']"),
        ("the largest bound", "schema = 1\n[[remove]]\nid = 'x'\nkind = 'ad'\ntext = 'support'\nmax_chars = 1000000"),
    ] {
        assert_eq!(mistakes(text), [], "{what}");
    }
}

#[test]
fn a_prefix_is_generic_below_a_folder_of_that_name() {
    for (path, prefix) in [
        ("rules/generic/en/donation.toml", "generic"),
        ("rules/generic/x.toml", "generic"),
        ("rules/sites/moscow-times.toml", "moscow-times"),
        ("rules/generic.toml", "generic"),
        ("rules/generics/x.toml", "x"),
        ("example.com.toml", "example.com"),
    ] {
        assert_eq!(prefix_of(Path::new(path)), prefix, "{path}");
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
