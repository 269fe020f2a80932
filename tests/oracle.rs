//! The engine against a slow, obvious one: html5ever parses the whole page, elements that match are dropped from the tree.
//!
//! Of both, the text that is left must be the same. White space does not count, because an element that goes may leave two texts beside
//! each other. The oracle knows markup rules and text rules with `select`; what a page is and where its elements end it takes
//! from html5ever alone.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use proptest::sample::select;
use storysieve::{Rules, Sieve};

/// A rule of the oracle. `phrases` empty: what matches goes at once.
#[derive(Clone, Copy)]
struct Rule {
    select: &'static [&'static str],
    phrases: &'static [&'static str],
    max_chars: usize,
    unless_has: &'static [&'static str],
}

const fn markup(select: &'static [&'static str]) -> Rule {
    Rule { select, phrases: &[], max_chars: 0, unless_has: &[] }
}

const fn text(select: &'static [&'static str], phrases: &'static [&'static str], max_chars: usize) -> Rule {
    Rule { select, phrases, max_chars, unless_has: &[] }
}

/// For the fixtures.
const PAGES: &[Rule] = &[
    markup(&["nav", ".sidebar", "#comments"]),
    markup(&["footer p", "header > a"]),
    markup(&["figure figcaption", "aside h2"]),
    markup(&["ul > li > a", "td img", "[hidden]"]),
    markup(&["button", "form input", "h2 > span", "tr > th"]),
    text(&["aside", "section"], &["newsletter", "subscribe", "abonn"], 900),
    text(&["p"], &["donat", "support our", "spende", "apoya"], 600),
    Rule {
        select: &["div"],
        phrases: &["member", "newsletter", "cookies"],
        max_chars: 500,
        unless_has: &["h1", "article", "figure"],
    },
    text(&["li", "dd", "dt"], &["with", "oder", "sign up"], 60),
    text(&["td", "th"], &["price", "from", "harbour"], 80),
    text(&["ul", "ol", "table"], &["read", "free", "more"], 200),
    text(&["blockquote p", "article > p"], &["harbour", "port"], 300),
    text(&["h2", "h3", "h4"], &["related", "more", "comments"], 120),
];

/// For random pages.
const TREES: &[Rule] = &[
    markup(&[".x", "ul > li.y", "table .z b", "#w", "[data-v]", "blockquote p"]),
    text(&["p", "li", "td", "dd"], &["please donate"], 150),
    Rule {
        select: &["div.u", "aside", "section", "table", "ul"],
        phrases: &["please donate", "join us"],
        max_chars: 150,
        unless_has: &["pre.none"],
    },
];

fn toml(rules: &[Rule]) -> String {
    let mut toml = String::from("schema = 1\n");
    for (i, rule) in rules.iter().enumerate() {
        toml += &format!("[[remove]]\nid = 'rule-{i}'\nkind = 'promo'\nselect = {:?}\n", rule.select);
        if !rule.phrases.is_empty() {
            toml += &format!("text = {:?}\nmax_chars = {}\n", rule.phrases, rule.max_chars);
        }
        if !rule.unless_has.is_empty() {
            toml += &format!("unless_has = {:?}\n", rule.unless_has);
        }
    }
    toml
}

fn engine(rules: &[Rule], page: &[u8]) -> Vec<u8> {
    let rules = Rules::parse("oracle.toml", &toml(rules)).unwrap();
    let sieve = Sieve::builder().rules(rules).max_hold(1 << 30).build().unwrap();
    let mut filter = sieve.filter();
    let mut out = Vec::new();
    filter.write(page, &mut out);
    let report = filter.finish(&mut out);
    assert_eq!(report.budget_spent, 0);
    out
}

fn parse(page: &str) -> RcDom {
    let options = html5ever::ParseOpts {
        tree_builder: html5ever::tree_builder::TreeBuilderOpts { scripting_enabled: true, ..Default::default() },
        ..Default::default()
    };
    html5ever::parse_document(RcDom::default(), options).one(page)
}

fn decoded(page: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(page) {
        return encoding.decode(page).0.into_owned();
    }
    let head = String::from_utf8_lossy(&page[..page.len().min(1024)]).to_lowercase();
    let label = head.split("charset=").nth(1).map_or("utf-8", |rest| rest.trim_start_matches(['"', '\'']));
    let label = label.split(['"', '\'', '>', ';', ' ', '/']).next().unwrap();
    encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8).decode(page).0.into_owned()
}

fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string())
}

fn name(node: &Handle) -> Option<String> {
    let NodeData::Element { name, .. } = &node.data else { return None };
    Some(name.local.to_string())
}

/// Is the element what a compound of the form `tag.class#id[attribute]` says?
fn is(node: &Handle, compound: &str) -> bool {
    let mut rest = compound;
    while !rest.is_empty() {
        let end = rest[1..].find(['.', '#', '[']).map_or(rest.len(), |at| at + 1);
        let (part, after) = rest.split_at(end);
        rest = after;
        let fits = match &part[..1] {
            "." => attribute(node, "class").is_some_and(|class| class.split_ascii_whitespace().any(|word| word == &part[1..])),
            "#" => attribute(node, "id").is_some_and(|id| id == part[1..]),
            "[" => attribute(node, part[1..].trim_end_matches(']')).is_some(),
            _ => name(node).as_deref() == Some(part),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Compounds with ` ` or ` > ` between.
fn matches(path: &[Handle], selector: &str) -> bool {
    fn up(path: &[Handle], steps: &[&str]) -> bool {
        let [rest @ .., last] = steps else { return true };
        match *last {
            ">" => match (path, rest) {
                ([above @ .., parent], [before @ .., compound]) => is(parent, compound) && up(above, before),
                _ => false,
            },
            compound => (0..path.len()).rev().any(|i| is(&path[i], compound) && up(&path[..i], rest)),
        }
    }
    let steps: Vec<_> = selector.split(' ').collect();
    let (Some((node, above)), Some((last, rest))) = (path.split_last(), steps.split_last()) else { return false };
    is(node, last) && up(above, rest)
}

const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "mark",
    "nobr", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr", "br",
];
/// What holds no text of the page.
const UNSEEN: &[&str] = &[
    "head", "script", "style", "title", "textarea", "noscript", "template", "iframe", "noembed", "noframes", "select", "svg",
    "video", "audio",
];

/// The engine does not look for elements in these: what they hold is no text of the page, and nobody writes a rule for a part of one.
const CLOSED: &[&str] = &["select", "svg", "video", "audio", "template"];

/// Texts of a node as a reader sees them, blocks on lines of their own.
fn seen(node: &Handle, out: &mut String) {
    match &node.data {
        NodeData::Text { contents } => out.push_str(&contents.borrow().replace('\n', " ")),
        NodeData::Element { name, .. } if UNSEEN.contains(&&*name.local) => {}
        NodeData::Comment { .. } => {}
        _ => {
            let tag = name(node).unwrap_or_default();
            let apart = !INLINE.contains(&tag.as_str());
            for edge in 0..2 {
                if edge == 1 {
                    node.children.borrow().iter().for_each(|child| seen(child, out));
                }
                if apart {
                    out.push('\n');
                }
            }
        }
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(node: &Handle, path: &mut Vec<Handle>, selector: &str) -> bool {
    node.children.borrow().iter().any(|child| {
        path.push(child.clone());
        let found = matches(path, selector) || holds(child, path, selector);
        path.pop();
        found
    })
}

fn takes(rule: &Rule, path: &mut Vec<Handle>) -> bool {
    if !rule.select.iter().any(|selector| matches(path, selector)) {
        return false;
    }
    if rule.phrases.is_empty() {
        return true;
    }
    let node = path.last().unwrap().clone();
    let mut text = String::new();
    seen(&node, &mut text);
    let blocks: Vec<_> = text.split('\n').map(folded).collect();
    rule.phrases.iter().any(|phrase| blocks.iter().any(|block| block.contains(phrase)))
        && blocks.iter().map(|block| block.chars().count()).sum::<usize>() <= rule.max_chars
        && !rule.unless_has.iter().any(|selector| holds(&node, path, selector))
}

/// Drops what the rules take, innermost first. What is dropped at once is dropped before anything is read.
fn drop_from(node: &Handle, path: &mut Vec<Handle>, rules: &[Rule], texts: bool) {
    let opaque = name(node).is_some_and(|name| if texts { UNSEEN } else { CLOSED }.contains(&name.as_str()));
    if opaque {
        return;
    }
    let children: Vec<_> = node.children.borrow().clone();
    let mut left = Vec::new();
    for child in children {
        path.push(child.clone());
        let at_once = !texts && rules.iter().any(|rule| rule.phrases.is_empty() && takes(rule, path));
        if !at_once {
            drop_from(&child, path, rules, texts);
        }
        let by_text = texts && name(&child).is_some() && rules.iter().any(|rule| !rule.phrases.is_empty() && takes(rule, path));
        path.pop();
        if !at_once && !by_text {
            left.push(child);
        }
    }
    *node.children.borrow_mut() = left;
}

/// Every text of a tree, without white space.
fn left(dom: &RcDom) -> String {
    fn walk(node: &Handle, out: &mut String) {
        if let NodeData::Text { contents } = &node.data {
            out.extend(contents.borrow().chars().filter(|c| !c.is_whitespace()));
        }
        node.children.borrow().iter().for_each(|child| walk(child, out));
    }
    let mut out = String::new();
    walk(&dom.document, &mut out);
    out
}

fn oracle(rules: &[Rule], page: &str) -> String {
    let dom = parse(page);
    for texts in [false, true] {
        drop_from(&dom.document, &mut Vec::new(), rules, texts);
    }
    left(&dom)
}

/// Where two texts begin to differ, with a little of each.
fn difference(one: &str, two: &str) -> String {
    let same = one.chars().zip(two.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &str| text.chars().skip(same.saturating_sub(40)).take(160).collect::<String>();
    format!("engine: …{}\noracle: …{}", cut(one), cut(two))
}

#[test]
fn the_fixtures_lose_the_same_by_engine_and_oracle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut failures = Vec::new();
    let mut changed = 0;
    let mut folders: Vec<_> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    for folder in folders {
        let page = std::fs::read(folder.join("page.html")).unwrap();
        let sets = std::iter::once(PAGES.to_vec()).chain(PAGES.iter().map(|rule| vec![*rule]));
        for (i, rules) in sets.enumerate() {
            let out = engine(&rules, &page);
            changed += usize::from(out != page);
            let (ours, theirs) = (left(&parse(&decoded(&out))), oracle(&rules, &decoded(&page)));
            if ours != theirs {
                let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                failures.push(format!(
                    "{name}, {}\n{}",
                    if i == 0 { "all rules".into() } else { format!("rule {}", i - 1) },
                    difference(&ours, &theirs)
                ));
            }
        }
    }
    assert!(changed > 100, "the rules hit only {changed} times");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// A well-formed piece of a page.
#[derive(Clone)]
enum Node {
    Text(&'static str),
    Element { tag: &'static str, attribute: &'static str, children: Vec<Node>, end: bool },
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut page = String::new();
        write(std::slice::from_ref(self), &mut page);
        f.write_str(&page)
    }
}

const WORDS: &[&str] = &[
    "rain ",
    "ferry ",
    "Please donate now. ",
    "please <!-- - -->DONATE ",
    "Join us ",
    "a &amp; b ",
    "A long text that is about the ferry and the rain, and about the harbour, the wall, the storm, the boats, the catch, the crowd, the town, \
     the school, the market, the mayor and the swell of the night. ",
];
const ATTRIBUTES: &[&str] =
    &["", "", "", "", "", "", " class=x", " class='y u'", " class=z", " class=u", " id=w", " data-v", " title='a>b'"];
/// Elements whose end tag may be left out where the standard allows it.
const OPTIONAL: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "tbody", "option"];

fn node(tag: impl Strategy<Value = &'static str>, children: impl Strategy<Value = Vec<Node>>) -> impl Strategy<Value = Node> {
    (tag, select(ATTRIBUTES), children, any::<bool>()).prop_map(|(tag, attribute, children, end)| Node::Element {
        tag,
        attribute,
        children,
        end,
    })
}

fn phrasing() -> BoxedStrategy<Vec<Node>> {
    let text = select(WORDS).prop_map(Node::Text).boxed();
    let inline = select(&["b", "i", "span", "em", "small", "x-y"][..]);
    let one = node(inline.clone(), prop::collection::vec(text.clone(), 0..3));
    let two = node(inline, prop::collection::vec(prop_oneof![2 => text.clone(), 1 => one.boxed()], 0..3));
    prop::collection::vec(prop_oneof![3 => text, 1 => two.boxed()], 0..4).boxed()
}

fn flow() -> BoxedStrategy<Vec<Node>> {
    let leaf = || {
        prop_oneof![
            4 => node(select(&["p", "p", "h2", "h3", "pre"][..]), phrasing()),
            1 => node(Just("select"), prop::collection::vec(node(Just("option"), prop::collection::vec(select(&WORDS[..4]).prop_map(Node::Text), 0..2)), 0..3)),
        ]
        .boxed()
    };
    let some = prop::collection::vec(leaf(), 0..4).boxed();
    some.prop_recursive(3, 40, 4, move |inner| {
        let boxed =
            node(select(&["div", "section", "aside", "article", "blockquote", "figure", "footer", "main"][..]), inner.clone());
        let mixed = (inner.clone(), phrasing(), any::<bool>())
            .prop_map(|(blocks, texts, first)| if first { [texts, blocks].concat() } else { [blocks, texts].concat() });
        let mixed = mixed.boxed();
        let list = node(select(&["ul", "ol"][..]), prop::collection::vec(node(Just("li"), mixed.clone()), 0..4));
        let terms = node(Just("dl"), prop::collection::vec(node(select(&["dt", "dd"][..]), mixed.clone()), 0..4));
        let row = node(Just("tr"), prop::collection::vec(node(select(&["td", "th"][..]), mixed.clone()), 0..4)).boxed();
        let body = node(Just("tbody"), prop::collection::vec(row, 1..3)).boxed();
        let table = node(Just("table"), prop::collection::vec(body, 1..3));
        let loose = node(select(&["div", "section"][..]), mixed);
        prop::collection::vec(prop_oneof![2 => boxed, 2 => loose, 2 => list, 1 => terms, 2 => table, 3 => leaf()], 0..4)
    })
    .boxed()
}

/// May the end tag of `tag` be left out before `next`, or at the end of its parent?
fn may_omit(tag: &str, next: Option<&Node>) -> bool {
    let Some(next) = next else { return OPTIONAL.contains(&tag) };
    let Node::Element { tag: next, .. } = next else { return false };
    match tag {
        "p" => !["b", "i", "span", "em", "small", "x-y", "select", "table"].contains(next),
        "li" => *next == "li",
        "dt" | "dd" => matches!(*next, "dt" | "dd"),
        "tr" => *next == "tr",
        "tbody" => *next == "tbody",
        "td" | "th" => matches!(*next, "td" | "th"),
        "option" => *next == "option",
        _ => false,
    }
}

fn write(nodes: &[Node], page: &mut String) {
    for (i, node) in nodes.iter().enumerate() {
        match node {
            Node::Text(text) => page.push_str(text),
            Node::Element { tag, attribute, children, end } => {
                page.push_str(&format!("<{tag}{attribute}>"));
                write(children, page);
                if *end || !may_omit(tag, nodes.get(i + 1)) {
                    page.push_str(&format!("</{tag}>"));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_pages_lose_the_same_by_engine_and_oracle(nodes in flow(), doctype in any::<bool>()) {
        let mut page = String::from(if doctype { "<!doctype html>" } else { "" });
        write(&nodes, &mut page);
        let out = engine(TREES, page.as_bytes());
        let out = String::from_utf8(out).unwrap();
        let (ours, theirs) = (left(&parse(&out)), oracle(TREES, &page));
        prop_assert_eq!(ours, theirs, "\n{}\nbecame\n{}", page, out);
    }
}
