//! The recognizer against appeals and stories in every language it has cues for (`fixtures/appeals/`): the appeals go, the stories
//! stay, in page mode, in stories, and in plain text.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "a test says what it found")]

use std::fs;
use std::path::Path;

use storysieve::{Rules, Sieve};
use toml::Table;

struct Fixture {
    language: String,
    appeals: Vec<Appeal>,
    stories: Vec<String>,
}

struct Appeal {
    kind: String,
    lines: Vec<String>,
}

/// Of a hundred lines of appeals, so many may stay: what a language says in other words than its cues.
const MOST_LEFT: usize = 2;

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/appeals");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let fixtures: Vec<Fixture> = paths.iter().map(|path| read(&fs::read_to_string(path).unwrap())).collect();
    assert!(fixtures.len() >= 21, "the fixtures of {} languages are here", fixtures.len());
    fixtures
}

fn read(text: &str) -> Fixture {
    let table: Table = text.parse().unwrap();
    let tables = |key: &str| table[key].as_array().unwrap().iter().map(|one| one.as_table().unwrap().clone()).collect::<Vec<_>>();
    let string = |table: &Table, key: &str| table[key].as_str().unwrap().to_owned();
    let appeal = |one: &Table| Appeal {
        kind: string(one, "kind"),
        lines: one["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect(),
    };
    Fixture {
        language: string(&table, "language"),
        appeals: tables("appeal").iter().map(appeal).collect(),
        stories: tables("story").iter().map(|one| string(one, "text")).collect(),
    }
}

/// Cues alone, so that no other rule helps.
fn sieve() -> Sieve {
    let rules = Rules::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/appeals")).unwrap();
    Sieve::builder().rules(rules).build().unwrap()
}

fn page_mode(sieve: &Sieve, page: &str) -> String {
    let mut out = Vec::new();
    let mut filter = sieve.filter();
    filter.write(page.as_bytes(), &mut out);
    filter.finish(&mut out);
    String::from_utf8(out).unwrap()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A page of a language whose paragraphs are the stories, with an appeal after the second.
fn page(fixture: &Fixture, appeal: &str) -> String {
    let mut stories = fixture.stories.iter().map(|story| format!("<p>{}</p>\n", escape(story)));
    let before: String = stories.by_ref().take(2).collect();
    let after: String = stories.collect();
    let language = &fixture.language;
    format!("<!doctype html><html lang={language}><title>x</title><body><article>{before}{appeal}{after}</article></body></html>")
}

#[test]
fn appeals_go_from_among_stories() {
    let sieve = sieve();
    let (mut left, mut lines, mut report) = (0, 0, String::new());
    for fixture in fixtures() {
        for appeal in &fixture.appeals {
            let paragraphs: String = appeal.lines.iter().map(|line| format!("<p>{}</p>", escape(line))).collect();
            for widget in [format!("<div>{paragraphs}</div>\n"), format!("{paragraphs}\n")] {
                let out = page_mode(&sieve, &page(&fixture, &widget));
                for line in &appeal.lines {
                    lines += 1;
                    if out.contains(&format!(">{}<", escape(line))) {
                        left += 1;
                        report.push_str(&format!("{} {}: {line}\n", fixture.language, appeal.kind));
                    }
                }
            }
        }
    }
    assert!(left * 100 <= MOST_LEFT * lines, "{left} of {lines} lines stayed:\n{report}");
}

#[test]
fn a_part_behind_a_gap_may_begin_with_a_sign() {
    let rules = |phrase: &str| {
        let cue = format!("[[cue]]\nrole = \"ask\"\nkind = \"donation\"\nweight = 4\nphrases = [\"{phrase}\"]\n");
        Rules::parse("own.toml", &format!("schema = 1\nlanguage = \"en\"\n{cue}")).unwrap()
    };
    for (phrase, plea, goes) in [
        ("^feed .. £5 an hour", "Feed it just £5 an hour.", true),
        ("^feed .. €5 an hour", "Feed it just £5 an hour.", false),
        ("^feed it £5", "Feed it just £5 an hour.", false),
        ("^feed .. € an hour", "Feed it just 5 € an hour.", true),
        ("^feed .. € an hour", "Feed it just 5€ an hour.", true),
    ] {
        let page = format!("<html lang=en><body><p>The harbour reopened in May.</p><p>{plea}</p></body></html>");
        let out = page_mode(&Sieve::builder().rules(rules(phrase)).build().unwrap(), &page);
        assert_eq!(out.contains("Feed it"), !goes, "{phrase}: {plea}");
        assert!(out.contains("The harbour"), "{phrase}");
    }
}

/// Learned words speak where no cue does; they are named, and cues of one's own speak against them.
#[test]
fn words_that_no_cue_says_ask_and_are_named() {
    let rules = |against: &str| {
        let cue = format!("[[cue]]\nrole = \"against\"\nweight = 4\nphrases = [{against}]\n");
        let asks = "[[cue]]\nrole = \"ask\"\nkind = \"donation\"\nweight = 4\nphrases = [\"fill our pot\"]\n";
        Rules::parse("own.toml", &format!("schema = 1\nlanguage = \"en\"\n{asks}{cue}")).unwrap()
    };
    let one = "<p>Join us! Our readers get our best stories in their inbox for $4 a month.</p>";
    let plea = &format!("{one}<p>Subscribe to our free newsletter and support our journalism today!</p>");
    let quoted = &plea.replace("<p>", "<p>\"").replace("</p>", "\" was what the owner had told them.</p>");
    let page = |plea: &str| english(plea).replace("<html>", "<html lang=en>");
    let sieve = |against: &str| Sieve::builder().rules(rules(against)).build().unwrap();
    let unheard = "\"the mayor said\"";
    let story = sieve(unheard).story(page(plea).as_bytes()).unwrap();
    assert!(!story.text().contains("inbox") && story.text().contains("rowing boat"), "{}", story.text());
    let removed = &story.report().removed[0];
    assert_eq!(removed.file, "model/appeal.words");
    let words = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&removed.file)).unwrap();
    let line = words.lines().nth(removed.line as usize - 1).unwrap();
    assert!(line.ends_with(&format!("\t{}", removed.evidence[0])), "{line}: {:?}", removed.evidence);
    // A sentence alone is not enough without a cue.
    for (against, fragment) in [("\"^join us\", \"our free newsletter\"", plea.as_str()), (unheard, quoted), (unheard, one)] {
        let whole = page(fragment);
        assert_eq!(page_mode(&sieve(against), &whole), whole, "{against}");
    }
}

/// A box whose blocks tell too little one by one asks by all of its words, and those are named. The same words do not without a box or a
/// button, nor what holds a story, a list or a place to comment.
#[test]
fn a_box_asks_by_all_of_its_words() {
    let (heading, button) = ("<h3>Still hungry?</h3>", "<p><a href='/x'>Pull up a chair</a></p>");
    let text =
        "<p>Thousands of us meet on Sunday nights, over one short letter with our best recipe, a map and a joke to share.</p>";
    let told = "<p>The mayor said the bridge would be closed for two years and cost four million.</p>";
    let sieve = sieve();
    let boxed = english(&format!("<div>{heading}{text}{button}</div>"));
    assert_eq!(page_mode(&sieve, &boxed), english(""));
    let story = sieve.story(boxed.as_bytes()).unwrap();
    assert!(!story.text().contains("Sunday") && story.text().contains("rowing boat"), "{}", story.text());
    let removed = &story.report().removed[0];
    assert_eq!(removed.file, "model/appeal.words");
    assert!(removed.evidence.iter().any(|word| word == "us"), "{:?}", removed.evidence);
    for other in [
        format!("{heading}{text}{button}"),
        format!("<div>{heading}{text}</div>"),
        format!("<div>{told}{heading}{text}{button}</div>"),
        format!("<ul><li>{heading}{text}{button}</li></ul>"),
        format!("<div>{heading}{text}<textarea></textarea>{button}</div>"),
        format!("<div>{heading}{text}<p><a href='/x'>Nobody has seen the keeper since the autumn</a></p>{button}</div>"),
    ] {
        let page = english(&other);
        assert_eq!(page_mode(&sieve, &page), page, "{other}");
    }
}

#[test]
fn a_paragraph_invites_by_all_of_its_words_to_where_its_link_leads() {
    let letter = "Every Sunday night, when the kettle is on, I write a long letter about books, ferries and the weather to nine thousand \
        friends whom I have never met. <a href='/letters'>Leave me your address</a> and the next one is yours.";
    let told = "Every Sunday night, when the kettle was on, the keeper wrote a long letter about ferries and the weather to the board. \
        <a href='/letters'>The last of them</a> was found in 1931.";
    let sieve = sieve();
    let asking = english(&format!("<p>{letter}</p>"));
    assert_eq!(page_mode(&sieve, &asking), english(""));
    let story = sieve.story(asking.as_bytes()).unwrap();
    assert!(!story.text().contains("kettle") && story.text().contains("rowing boat"), "{}", story.text());
    assert_eq!(story.report().removed[0].file, "model/appeal.words");
    for other in [format!("<p>{told}</p>"), format!("<p>{}</p>", letter.replace("<a href='/letters'>", "").replace("</a>", ""))] {
        let page = english(&other);
        assert_eq!(page_mode(&sieve, &page), page, "{other}");
    }
}

#[test]
fn what_a_site_keeps_stays_with_what_holds_it() {
    let rules = Rules::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/appeals")).unwrap();
    let site = Rules::parse(
        "quay.toml",
        "schema = 1\n[story]\nselect = ['html']\nkeep = ['.k']\n[[remove]]\nid = 'rope'\nkind = 'promo'\nmax_chars = 200\ntext = ['spare us a rope']",
    );
    let sieve = Sieve::builder().rules(rules.merge(site.unwrap()).unwrap()).build().unwrap();
    let ask = "Support us from $5 a month to keep our newsroom independent.";
    let (told, button) = ("<p class=K>The pilot waved.</p>", "<p><a href='/donate'>Donate now</a></p>");
    for (holder, whole) in [
        // A box, one block, one with a picture, a run and its wrapper, what a rule's text takes, and what is wrapped around that.
        (format!("<div><h3>Support us</h3>{told}<p>{ask}</p>{button}</div>"), false),
        (format!("<p>{ask} <span class=K>The pilot waved.</span></p>"), true),
        (format!("<p><img class=K src=pilot.png>{ask}</p>"), true),
        (format!("<div><img class=K src=pilot.png><p>{ask}</p>{button}</div>"), false),
        ("<p>Spare us a rope. <b class=K>The pilot waved.</b></p>".to_owned(), true),
        ("<div><p>Spare us a rope.</p><p class=K>The pilot</p></div>".to_owned(), false),
    ] {
        let plain = english(&holder.replace("class=K", "class=other"));
        assert!(!page_mode(&sieve, &plain).contains("pilot"), "goes where nothing is kept: {holder}");
        let page = english(&holder.replace("class=K", "class=k"));
        let out = page_mode(&sieve, &page);
        assert!(out.contains("pilot") && (!whole || out == page), "{out}");
        let story = sieve.story(page.as_bytes()).unwrap();
        assert!(holder.contains("<img") || story.text().contains("The pilot"), "{}", story.text());
    }
}

#[test]
fn stories_stay() {
    let sieve = sieve();
    let mut lost = String::new();
    for fixture in fixtures() {
        let page = page(&fixture, "");
        let out = page_mode(&sieve, &page);
        for story in &fixture.stories {
            if !out.contains(&escape(story)) {
                lost.push_str(&format!("{}: {}\n", fixture.language, story));
            }
        }
    }
    assert!(lost.is_empty(), "lost:\n{lost}");
}

#[test]
fn appeals_go_from_plain_text() {
    let sieve = sieve();
    for fixture in fixtures().iter().filter(|fixture| fixture.language == "en") {
        let appeal = &fixture.appeals[0];
        let lines: Vec<&str> = appeal.lines.iter().map(String::as_str).collect();
        let text = format!("{}\n\n{}\n\n{}\n", fixture.stories[0], lines.join("\n\n"), fixture.stories[1]);
        let story = sieve.plain_text(text.as_bytes()).unwrap().text();
        assert!(!story.contains("Dear readers"), "{story}");
        assert!(story.contains(&fixture.stories[0]) && story.contains(&fixture.stories[1]), "{story}");
    }
}

/// An English page that does not tell its language, with something between two paragraphs of its story.
fn english(fragment: &str) -> String {
    let before = "<p>The ferry to the outer islands has not sailed since Tuesday, and nobody on the quay could say why.</p>";
    let after = "<p>On Friday the captain came ashore in a rowing boat, and the mayor went down to meet him.</p>";
    format!("<!doctype html><html><title>x</title><body><article>{before}{fragment}{after}</article></body></html>")
}

/// The same words, where they ask the reader for something and where they do not.
#[test]
fn words_ask_by_where_they_stand() {
    let sieve = sieve();
    for (asks, tells) in [
        // A step of instructions.
        (
            "<ul><li>Join today and get access to all lists.</li></ul>",
            "<ol><li>Join today and get access to all lists.</li></ol>",
        ),
        // A program.
        ("<p>Subscribe to our newsletter</p>", "<pre>Subscribe to our newsletter</pre>"),
        // An amount, and any number.
        ("<div><p>Every gift counts.</p><p>£10</p></div>", "<div><p>10</p><p>of 12 boats lie in the harbour</p></div>"),
        // A command that is spelled the same in another language.
        (
            "<p lang='da'>Download</p><p>Hent vores app og læs nyheder, når du vil.</p>",
            "<p>Download and flash the image again: my copy of it is kept up to date, and theirs is known to be old.</p>",
        ),
    ] {
        for (fragment, stays) in [(asks, false), (tells, true)] {
            let page = english(fragment);
            let out = page_mode(&sieve, &page);
            assert_eq!(out == page, stays, "{fragment} became {out}");
        }
    }
}

#[test]
fn two_appeals_leave_what_stands_between_them() {
    let out = page_mode(
        &sieve(),
        &english(
            "<p>Did this save you an evening? Buy me a coffee</p><p>Second part: what the captain saw</p>\
             <p>Join my newsletter and get new stories in your inbox.</p>",
        ),
    );
    assert_eq!(out, english("<p>Second part: what the captain saw</p>"));
}
