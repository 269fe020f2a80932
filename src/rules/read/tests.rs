//! Wrong files, with the place, the message and the help that each must get. The right ones are [`right`]'s.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its own files should fail")]

mod right;

use super::*;

/// A file of one `[[remove]]`; its keys begin in line 3.
fn rule(keys: &str) -> String {
    format!("schema = 1\n[[remove]]\n{keys}\n")
}

fn whole_rule(keys: &str) -> String {
    rule(&format!("id = 'x'\nkind = 'ad'\n{keys}"))
}

fn test_of(keys: &str) -> String {
    format!("schema = 1\n[[test]]\n{keys}\n")
}

fn top(keys: &str) -> String {
    format!("schema = 1\n{keys}\n")
}

fn mistakes(text: &str) -> Vec<(u32, u32, String, String)> {
    let errors = read("file.toml", "file", text).err().unwrap_or_default();
    errors.into_iter().map(|error| (error.line, error.column, error.message, error.help)).collect()
}

/// Each: what it shows, the file, line, column, a piece of the message, a piece of the help. It is the one mistake of its file.
#[test]
fn a_wrong_file_is_refused_with_place_and_mend() {
    let long = format!("text = ['{}']\nmax_chars = 20", "support us ".repeat(5));
    let nested = format!("name = {}1{}", "[".repeat(200), "]".repeat(200));
    let run = "from = { text = ['dear reader'] }\nto = { text = ['thank you'] }\n";
    let cases: Vec<(&str, String, u32, u32, &str, &str)> = vec![
        // The top.
        ("schema missing", "name = 'x'\n".into(), 1, 1, "`schema` is missing", "schema = 1"),
        ("schema in comments only", "# nothing\n".into(), 1, 1, "`schema` is missing", "schema = 1"),
        ("schema of the future", "schema = 2\nhuh = 1\n".into(), 1, 10, "newer storysieve", "update"),
        ("schema beyond numbers", format!("schema = {}\n", "9".repeat(50)), 1, 10, "newer storysieve", "update"),
        ("schema 0", "schema = 0\n".into(), 1, 10, "no schema 0", "schema = 1"),
        ("schema as text", "schema = '1'\n".into(), 1, 10, "whole number, and this is a text", "schema = 1"),
        ("unknown key", top("  colour = 'red'"), 2, 3, "no key `colour`", "`schema`, `name`"),
        ("near miss of a key", top("host = ['a.com']"), 2, 1, "no key `host`", "write `hosts`"),
        ("key after an accent", top("\"é\" = 1"), 2, 1, "no key `é`", "`schema`"),
        ("name as a number", top("name = 7"), 2, 8, "a text, and this is a whole number", "name = \""),
        ("blank name", top("name = '  '"), 2, 8, "empty", "leave it out"),
        ("hosts as a text", top("hosts = 'a.com'"), 2, 9, "array of texts, and this is a text", "hosts = ["),
        ("hosts empty", top("hosts = []"), 2, 9, "empty array", "leave it out"),
        ("host with a scheme", top("hosts = ['ok.com', 'https://a.com/']"), 2, 20, "address", "\"a.com\""),
        ("host that is a suffix", top("hosts = [\n  'ok.com',\n  'co.uk',\n]"), 4, 3, "public suffix", "example.co.uk"),
        ("host that is a number", top("hosts = ['a.com', 4]"), 2, 19, "hold texts, and this is a whole number", "quotes"),
        ("bad path", top("paths = ['^/(\\d+/']"), 2, 10, "unclosed group", "regex crate"),
        ("date as text", top("checked = '2026-11-23'"), 2, 11, "a day, and this is a text", "without quotes"),
        ("date with time", top("checked = 2026-11-23T10:00:00Z"), 2, 11, "has a time", "2026-11-23"),
        ("time alone", top("checked = 10:00:00"), 2, 11, "has a time", "2026-11-23"),
        ("month 13", top("checked = 2026-13-23"), 2, 11, "month", "calendar"),
        ("disable without a file", top("disable = ['Newsletter form']"), 2, 12, "no full id", "generic/newsletter-form"),
        ("leftover that does not show", top("leftovers = ['close', \"\\u200b\"]"), 2, 23, "do not show", "take it out"),
        ("remove with one bracket", top("[remove]\nid = 'x'"), 2, 1, "list of tables, and this is a table", "[[remove]]"),
        ("remove as a number", top("remove = [1]"), 2, 11, "list of tables", "[[remove]]"),
        // [story]
        ("unknown key of story", top("[story]\nselect = ['p']\nheadline = ['h1']"), 4, 1, "[story] has no key", "`title`"),
        ("story as list", top("[[story]]\nselect = ['p']"), 2, 1, "one table, and this is an array", "[story]"),
        ("empty story", top("[story]"), 2, 1, "empty", "select"),
        ("story with a wrong selector", top("[story]\ntitle = ['h1', 'h2..']"), 3, 20, "selector \"h2..\"", ""),
        // [[remove]]
        ("no id", top("\n[[remove]]\nkind = 'ad'\nselect = ['.x']"), 3, 1, "no id", "id ="),
        ("capitals in an id", rule("id = 'Ad Free!'\nkind = 'ad'\nselect = ['.x']"), 3, 6, "a-z", "\"ad-free\""),
        ("id of dots", rule("id = '...'\nkind = 'ad'\nselect = ['.x']"), 3, 6, "a-z", "ad-free-box"),
        ("id as a list", rule("id = ['x']\nkind = 'ad'\nselect = ['.x']"), 3, 6, "a text, and this is an array", "id ="),
        (
            "id taken",
            format!("{}[[remove]]\nid = 'x'\nkind = 'ad'\nselect = ['.y']", whole_rule("select = ['.x']")),
            7,
            6,
            "taken by the rule of line 2",
            "another id",
        ),
        ("no kind", rule("id = 'x'\nselect = ['.x']"), 2, 1, "no kind", "paywall, donation, ad-free"),
        ("kind with a slip", rule("id = 'x'\nkind = 'adfree'\nselect = ['.x']"), 4, 8, "no kind \"adfree\"", "\"ad-free\""),
        ("kind nobody knows", rule("id = 'x'\nkind = 'banner'\nselect = ['.x']"), 4, 8, "no kind \"banner\"", "newsletter"),
        ("key of the top in a rule", whole_rule("select = ['.x']\npaths = ['^/a']"), 6, 1, "no key `paths`", "top of the file"),
        ("wrong host of a rule", whole_rule("select = ['.x']\nhosts = ['com']"), 6, 10, "public suffix", "example.com"),
        ("has without select", whole_rule("text = ['support us']\nmax_chars = 60\nhas = ['p']"), 7, 1, "`has`", "`select`"),
        ("rule that removes nothing", whole_rule(""), 2, 1, "what to remove", "`select`"),
        ("select as a text", whole_rule("select = '.x'"), 5, 10, "array of texts", "select = ["),
        ("wrong selector", whole_rule("select = ['div', 'é p..x']"), 5, 23, "selector", ""),
        ("selector for what comes later", whole_rule("select = [\"div:has(p)\"]"), 5, 15, ":has", ""),
        ("selector in three quotes", whole_rule("select = ['''\np..x''']"), 6, 3, "selector", ""),
        ("selector with escapes", whole_rule("select = [\"p[title=\\\"a\\\"]..x\"]"), 5, 11, "selector", ""),
        ("wrong unless_has", whole_rule("select = ['.x']\nunless_has = ['h1..']"), 6, 19, "selector", ""),
        ("text without bound", whole_rule("text = ['support us']"), 2, 1, "no `max_chars`", "600"),
        ("bound of 0", whole_rule("text = ['support us']\nmax_chars = 0"), 6, 13, "`max_chars` is 0", "1 or more"),
        ("bound below 0", whole_rule("text = ['support us']\nmax_chars = -4"), 6, 13, "`max_chars` is -4", "1 or more"),
        ("absurd bound", whole_rule("text = ['support us']\nmax_chars = 1_000_001"), 6, 13, "absurdly", "600"),
        (
            "bound with a point",
            whole_rule("text = ['support us']\nmax_chars = 6.0"),
            6,
            13,
            "number with a point",
            "max_chars = 600",
        ),
        ("max_chars on markup", whole_rule("select = ['.x']\nmax_chars = 600"), 6, 13, "with a text", "`text`"),
        ("max_blocks on markup", whole_rule("select = ['.x']\nmax_blocks = 6"), 6, 14, "`from` and `to`", "take it out"),
        (
            "max_blocks on a text",
            whole_rule("text = ['support us']\nmax_chars = 6_0\nmax_blocks = 6"),
            7,
            14,
            "`from`",
            "`max_chars`",
        ),
        // Texts.
        ("text as a number", whole_rule("text = 5\nmax_chars = 60"), 5, 8, "array of phrases or a table", "text = ["),
        ("no phrase", whole_rule("text = []\nmax_chars = 60"), 5, 8, "empty array", "leave it out"),
        ("blank phrase", whole_rule("text = ['support us', ' ']\nmax_chars = 60"), 5, 23, "empty text", "missing"),
        ("phrase of nothing", whole_rule("text = [\"\\u00ad\"]\nmax_chars = 60"), 5, 9, "do not show", "words"),
        ("phrase of signs", whole_rule("text = ['--->']\nmax_chars = 60"), 5, 9, "no letter", "words"),
        ("short phrase", whole_rule("text = { any = ['us'] }\nmax_chars = 60"), 5, 17, "\"us\" is too short", "words"),
        ("short Chinese phrase", whole_rule("text = '广'\nmax_chars = 60"), 5, 8, "too short", "words"),
        ("phrase longer than the bound", whole_rule(&long), 5, 9, "has 54 characters", "raise"),
        ("none alone", whole_rule("text = { none = ['said'] }\nmax_chars = 60"), 5, 8, "`none` alone", "`any`"),
        ("none alone in a list", whole_rule("text = [{ none = ['said'] }]\nmax_chars = 60"), 5, 8, "`none` alone", "`any`"),
        (
            "phrase that none forbids",
            whole_rule("text = { all = ['she said so'], none = ['SAID'] }\nmax_chars = 60"),
            5,
            17,
            "never hit",
            "one of the two",
        ),
        ("empty text table", whole_rule("text = {}\nmax_chars = 60"), 5, 8, "table is empty", "regex"),
        (
            "unknown key of a text",
            whole_rule("text = { any = ['support'], every = ['us all'] }\nmax_chars = 60"),
            5,
            29,
            "`every`",
            "`all`",
        ),
        ("wrong regex", whole_rule("text = { regex = 'a(?=b)' }\nmax_chars = 60"), 5, 18, "look-around", "no look-around"),
        (
            "unclosed class",
            whole_rule("text = { regex = '[a' }\nmax_chars = 60"),
            5,
            18,
            "unclosed character class",
            "regex crate",
        ),
        ("huge regex", whole_rule("text = { regex = '(?:\\w{500}){50}' }\nmax_chars = 60"), 5, 18, "too large", "repeat"),
        (
            "regex that matches nothing",
            whole_rule("text = { regex = '(?:ads)*' }\nmax_chars = 60"),
            5,
            18,
            "empty text",
            "must be there",
        ),
        ("regex with a folded sign", whole_rule("text = { regex = 'don’t[’]' }\nmax_chars = 60"), 5, 22, "'’'", "\"'\""),
        (
            "two regexes",
            whole_rule("text = [{ regex = 'aaa' }, { regex = 'bbb' }]\nmax_chars = 60"),
            5,
            38,
            "second",
            "(?:one|other)",
        ),
        // Runs.
        ("from without to", whole_rule("from = { text = 'dear' }\nmax_blocks = 3\nmax_chars = 60"), 2, 1, "no `to`", "to = {"),
        ("to without from", whole_rule("to = { text = 'dear' }\nmax_blocks = 3\nmax_chars = 60"), 2, 1, "no `from`", "from = {"),
        ("run without max_blocks", whole_rule(&format!("{run}max_chars = 60")), 2, 1, "no `max_blocks`", "max_blocks = 12"),
        ("run without max_chars", whole_rule(&format!("{run}max_blocks = 60")), 2, 1, "no `max_chars`", "max_chars = 4000"),
        (
            "run with select",
            whole_rule(&format!("{run}max_blocks = 9\nmax_chars = 60\nselect = ['p']")),
            9,
            1,
            "no `select`",
            "its own",
        ),
        (
            "run with text",
            whole_rule(&format!("{run}max_blocks = 9\nmax_chars = 60\ntext = ['huh']")),
            9,
            1,
            "no `text`",
            "its own",
        ),
        (
            "run with unless_has",
            whole_rule(&format!("{run}max_blocks = 9\nmax_chars = 60\nunless_has = ['p']")),
            9,
            1,
            "no `unless_has`",
            "`max_blocks`",
        ),
        ("run of 0 blocks", whole_rule(&format!("{run}max_blocks = 0\nmax_chars = 60")), 7, 14, "`max_blocks` is 0", "12"),
        (
            "from as a text",
            whole_rule("from = 'dear'\nto = { text = 'dear' }\nmax_blocks = 3\nmax_chars = 60"),
            5,
            8,
            "a table with a text, and this is a text",
            "from = { text",
        ),
        (
            "from without text",
            whole_rule("from = { txt = 'dear', text = 'dear' }\nto = { text = 'dear' }\nmax_blocks = 3\nmax_chars = 60"),
            5,
            10,
            "`txt`",
            "write `text`",
        ),
        (
            "to with none alone",
            whole_rule("from = { text = 'dear' }\nto = { text = { none = ['dear'] } }\nmax_blocks = 3\nmax_chars = 60"),
            6,
            15,
            "`none` alone",
            "`any`",
        ),
        // [[test]]
        ("test without page", test_of("gone = ['x']"), 2, 1, "no page", "html ="),
        ("test with two pages", test_of("html = '<p>'\nfixture = 'x'\ngone = ['x']"), 4, 11, "both", "one of the two"),
        ("test of nothing", test_of("html = '<p>'"), 2, 1, "expects nothing", "gone = ["),
        ("test with an empty page", test_of("html = ''\ngone = ['x']"), 3, 8, "empty text", "html ="),
        ("fixture up the tree", test_of("fixture = '../etc'\ngone = ['x']"), 3, 11, "a-z", "\"etc\""),
        ("test url without scheme", test_of("url = 'a.com/x'\nhtml = '<p>'\ngone = ['x']"), 3, 7, "no address", "https://"),
        (
            "test url of mail",
            test_of("url = 'mailto:a@b.c'\nhtml = '<p>'\ngone = ['x']"),
            3,
            7,
            "scheme is \"mailto\"",
            "https://",
        ),
        ("gone and stays", test_of("html = '<p>'\ngone = ['x']\nstays = ['x']"), 5, 10, "cannot be gone and stay", "`gone`"),
        ("empty gone", test_of("html = '<p>'\ngone = []"), 4, 8, "empty array", "leave it out"),
        ("unknown key of a test", test_of("htlm = '<p>'\nfixture = 'x'\ngone = ['x']"), 3, 1, "`htlm`", "`html`"),
        // Not TOML.
        ("no quotes", top("name = The Moscow Times"), 2, 8, "not valid TOML", "quotes"),
        ("open quote", top("name = \"x"), 2, 10, "not valid TOML", "quotes"),
        ("regex in double quotes", top("paths = [\"\\d\"]"), 2, 12, "not valid TOML", "'...'"),
        ("open bracket", top("hosts = ['a.com'"), 2, 17, "unclosed array", "bracket"),
        ("no comma", top("hosts = ['a.com' 'b.com']"), 2, 18, "comma", "comma"),
        ("key with an umlaut", top("größe = 1"), 2, 3, "not valid TOML", "a key with letters"),
        ("a line of prose", top("hello there"), 2, 7, "not valid TOML", "key = value"),
        ("key twice", top("name = 'a'\nname = 'b'"), 3, 1, "`name` is written twice", "one of the two"),
        ("story twice", top("[story]\nkeep = ['p']\n[story]\nselect = ['p']"), 4, 2, "`story` is written twice", "join"),
        ("too deep", top(&nested), 2, 88, "recurs", "key = value"),
    ];
    let mut failed = String::new();
    let count = cases.len();
    for (what, text, line, column, message, help) in cases {
        let found = mistakes(&text);
        let right = match found.as_slice() {
            [one] => one.0 == line && one.1 == column && one.2.contains(message) && one.3.contains(help) && !one.3.is_empty(),
            _ => false,
        };
        if !right {
            failed.push_str(&format!("\n{what}: expected {line}:{column} {message:?} {help:?}, found {found:#?}"));
        }
    }
    assert!(failed.is_empty(), "of {count} cases: {failed}");
}

#[test]
fn every_mistake_of_a_file_is_reported_in_its_order() {
    let text = "\
schema = 1
hosts = ['com', 'a b']
[story]
[[remove]]
kind = 'adz'
text = ['us', 'we']
[[remove]]
id = 'X'
kind = 'ad'
from = { text = [] }
[[test]]
gone = []
";
    let found = mistakes(text);
    let places: Vec<_> = found.iter().map(|(line, column, ..)| (*line, *column)).collect();
    let expected = [
        (2, 10),  // a suffix
        (2, 17),  // a space
        (3, 1),   // nothing in it
        (4, 1),   // no id
        (4, 1),   // no max_chars
        (5, 8),   // no kind
        (6, 9),   // too short
        (6, 15),  // too short
        (7, 1),   // no to
        (7, 1),   // no max_blocks
        (7, 1),   // no max_chars
        (8, 6),   // a capital
        (10, 17), // empty
        (11, 1),  // no page
        (12, 8),  // empty
    ];
    assert_eq!(places, expected, "{found:#?}");
}

#[test]
fn a_flood_of_mistakes_is_cut_off_and_counted() {
    let keys: String = (0..5000).map(|n| format!("key{n} = 1\n")).collect();
    let found = mistakes(&format!("schema = 1\n{keys}"));
    assert_eq!(found.len(), 101);
    assert_eq!((found[99].0, found[100].0), (101, 0));
    assert!(found[100].2.contains("4900 mistakes more"), "{}", found[100].2);
}

#[test]
fn an_error_names_file_line_and_column_before_what_is_wrong() {
    let errors = read("rules/sites/x.toml", "x", "schema = 1\nhost = ['a.com']").unwrap_err();
    assert_eq!(errors[0].to_string(), "rules/sites/x.toml:2:1: the top of a rule file has no key `host`; write `hosts`");
}

#[test]
fn bytes_that_are_no_rule_file_are_refused() {
    let huge = vec![b'#'; MAX_BYTES + 1];
    for (what, bytes, line, column, message, help) in [
        ("empty", &b""[..], 0, 0, "empty", "schema = 1"),
        ("white space", b" \n\t\r\n", 0, 0, "empty", "schema = 1"),
        ("NUL", b"schema = 1\n\0", 0, 0, "byte 11 is NUL", "another file"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 0, 0, "binary", "another file"),
        ("UTF-16", b"\xff\xfes\0c\0", 0, 0, "UTF-16", "UTF-8"),
        ("Latin-1", b"schema = 1\nname = 'caf\xe9'", 2, 12, "not UTF-8", "UTF-8"),
        ("too large", &huge, 0, 0, "too large: more than 4 MiB", "another file"),
    ] {
        let errors = read_bytes("x.toml", "x", bytes).unwrap_err();
        assert_eq!(errors.len(), 1, "{what}");
        assert_eq!((errors[0].line, errors[0].column), (line, column), "{what}");
        assert!(errors[0].message.contains(message), "{what}: {}", errors[0].message);
        assert!(errors[0].help.contains(help), "{what}: {}", errors[0].help);
    }
    assert!(read("x.toml", "x", "a\0b").unwrap_err()[0].message.contains("NUL"));
    assert_eq!(read_bytes("x.toml", "x", "schema = 1\nname = 'café'".as_bytes()).unwrap().name.as_deref(), Some("café"));
}

#[test]
fn two_rules_of_one_full_id_are_named_with_both_places() {
    let file = |source: &str, prefix: &str| read(source, prefix, &whole_rule("select = ['.x']")).unwrap();
    let files = [file("a.toml", "generic"), file("b.toml", "b"), file("c.toml", "generic")];
    assert!(check_unique(&files[..2]).is_ok());
    let error = check_unique(&files).unwrap_err();
    let [one] = error.rule_errors() else { panic!("{error}") };
    assert_eq!((one.file.as_str(), one.line, one.column), ("c.toml", 2, 1));
    assert!(one.message.contains("\"generic/x\"") && one.message.contains("a.toml:2"), "{one}");
}
