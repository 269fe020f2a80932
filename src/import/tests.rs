//! Foreign selectors and what they become, as tables. That what they become takes the right elements is `tests/import.rs`'s.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::path::{self, End};
use super::target::Target;
use super::{Fate, Folder, Imported, filter_list, procedural, site_config};

/// A target in one line: selectors, then what it must hold.
fn shown(target: &Target) -> String {
    let mut out = target.select.join(" | ");
    for (name, texts) in
        [("has", &target.has), ("unless", &target.unless_has), ("text", &target.text.any), ("all", &target.text.all)]
    {
        if !texts.is_empty() {
            out.push_str(&format!(" {name}={}", texts.join("|")));
        }
    }
    if let Some(regex) = &target.text.regex {
        out.push_str(&format!(" regex={regex}"));
    }
    out
}

fn of_path(source: &str) -> Result<String, String> {
    let targets = path::targets(source, false)?.into_iter().map(|(target, _)| target).collect();
    Ok(Target::merged(targets).iter().map(shown).collect::<Vec<_>>().join(" ;; "))
}

#[test]
fn an_xpath_becomes_selectors() {
    for (source, expected) in [
        ("//div[@id='story']", "div#story"),
        ("//div[@id='1a']", "div[id=\"1a\"]"),
        ("//div[@class = \"a b\"]", "div[class=\"a b\"]"),
        ("//*[contains(@class, 'ad')]", "[class*=\"ad\"]"),
        ("//p[contains(concat(' ', normalize-space(@class), ' '), ' note ')]", "p.note"),
        ("//p[contains(concat(' ', @class), ' no')]", "p:is([class^=\"no\"], [class*=\" no\"])"),
        ("//div[contains(@class, '')]", "div"),
        ("//div/p", "div > p"),
        ("//main//p", "main p"),
        ("/html/body/div", "html:root > body > div"),
        ("//DIV//*[@data-x]", "div [data-x]"),
        ("//div[@a and not(@b)]", "div[a]:not([b])"),
        ("//div[@a='1' or @b='2']", "div:is([a=\"1\"], [b=\"2\"])"),
        ("//div[not(@a='1' or @b)]", "div:not(:is([a=\"1\"], [b]))"),
        ("//div[@a!='1']", "div[a]:not([a=\"1\"])"),
        ("//img[contains(translate(@src, 'ABC', 'abc'), 'logo')]", "img[src*=\"logo\" i]"),
        ("//a | //b", "a | b"),
        ("(//ul | //ol)/li", "ul > li | ol > li"),
        ("//p[1]", "p:nth-of-type(1)"),
        ("//*[2]", ":nth-child(2)"),
        ("//p[position() < 3]", "p:nth-of-type(-n+2)"),
        ("//p[@class='x'][1]", "p[class=\"x\"]:not(p[class=\"x\"] ~ *)"),
        ("//h2/following-sibling::p", "h2 ~ p"),
        ("//h2/following-sibling::*[1][self::ul]", "h2 + :is(ul)"),
        ("//ul[preceding-sibling::h2[@id='x']]", "ul:is(h2#x ~ *)"),
        ("//p[ancestor::aside]", "p:is(aside *)"),
        ("//p[not(parent::li)]", "p:not(:is(li > *))"),
        ("//div[a]", "div has=> a"),
        ("//div[.//a[@rel='x']]", "div has=a[rel=\"x\"]"),
        ("//div[a/@href]", "div has=> a[href]"),
        ("//div[not(.//p)]", "div unless=p"),
        ("//div[contains(.//a/@href, 'pay')]", "div has=a[href*=\"pay\"]"),
        ("//a[@rel='x']/parent::p", "p has=> a[rel=\"x\"]"),
        ("//div/a/..", ":not(html, body) has=> a:is(div > a)"),
        ("//a[@rel='x']/ancestor::section", "section has=a[rel=\"x\"]"),
        ("//svg/parent::a/..", ":not(html, body) has=> a > svg"),
        ("//div[a]/parent::li", "li has=> div > a"),
        ("//p[contains(., 'Sign  up')]", "p text=Sign up"),
        ("//p[contains(text(), 'a') or contains(., 'b')]", "p text=a|b"),
        ("//p[starts-with(normalize-space(.), 'By (')]", "p regex=^by \\("),
        ("//h3[text()='Share']", "h3 regex=^share$"),
        ("//div[text()='Share']", "div unless=p|div|section|article|ul|ol|table|blockquote regex=^share$"),
    ] {
        assert_eq!(of_path(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn an_xpath_that_one_pass_cannot_decide_is_refused_with_the_reason() {
    for (source, reason) in [
        ("//p[last()]", "the last"),
        ("//p[position()=last()]", "the last"),
        ("//p[following-sibling::h2]", "what follows"),
        ("//h2/preceding-sibling::p", "stands before"),
        ("(//p)[2]", "(...)[n]"),
        ("//div[p]/a", "before it knows"),
        ("//h3[contains(., 'x')]/parent::div", "known by its content"),
        ("//a/ancestor::div[2]", "counts"),
        ("//a/ancestor::*[1]", "counts"),
        ("//div[p[contains(., 'x')]]", "inside or around"),
        ("//p[string-length(.) < 3]", "string-length"),
        ("//p[. != 'x']", "must not be"),
        ("//p[a//b]", "in a child"),
        ("//p[/html]", "elsewhere"),
        ("//p/following::div", "no selector"),
        ("//p[@a = @b]", "two things"),
        ("'Ann Example'", "names no element"),
        ("substring-after(//p, 'x')", "cuts a piece"),
        ("//p[", "no XPath"),
        (".", "the whole page"),
        ("/", "a name is missing"),
    ] {
        let error = of_path(source).expect_err(source);
        assert!(error.contains(reason), "{source}: {error}");
    }
}

#[test]
fn a_path_may_end_at_an_attribute() {
    let ends =
        |source| path::targets(source, true).unwrap().into_iter().map(|(target, end)| (shown(&target), end)).collect::<Vec<_>>();
    assert_eq!(ends("//meta[@name='a']/@content"), [("meta[name=\"a\"]".to_owned(), End::Attribute("content".to_owned()))]);
    assert_eq!(ends("//h1//text()"), [("h1".to_owned(), End::Text)]);
    let of = |name: &str| (name.to_owned(), End::Attribute("datetime".to_owned()));
    assert_eq!(ends("//time//@datetime"), [of("time[datetime]"), of("time [datetime]")]);
    assert_eq!(ends("//@datetime"), [of("[datetime]")]);
    assert_eq!(ends("//h1/text()"), [("h1".to_owned(), End::Text)]);
    assert_eq!(ends("//img/@style"), [("img".to_owned(), End::Attribute("style".to_owned()))]);
    assert_eq!(ends("(//h1)[1]"), [("h1".to_owned(), End::Element)]);
}

fn of_filter(source: &str) -> Result<String, String> {
    Ok(procedural::targets(source)?.iter().map(shown).collect::<Vec<_>>().join(" ;; "))
}

#[test]
fn a_filter_is_taken_apart_at_its_operators() {
    for (source, expected) in [
        (".a > .b, #c", ".a > .b, #c"),
        ("a[href=\"x:has(y)\"]", "a[href=\"x:has(y)\"]"),
        (".a\\:has(.b)", ".a\\:has(.b)"),
        (".a:not(.b):nth-child(2)", ".a:not(.b):nth-child(2)"),
        (".a:has(.b)", ".a has=.b"),
        (".a:has(> .b, .c:not(.d))", ".a has=> .b|.c:not(.d)"),
        (".a:has(.b):not(.c)", ".a:not(.c) has=.b"),
        (".a:not(:has(.b))", ".a unless=.b"),
        (".a:-abp-has(> i)", ".a has=> i"),
        (".a:has(x), .b:has(x)", ".a | .b has=x"),
        (".a:has(x), .b", ".a has=x ;; .b"),
        ("p:has-text(Sponsored (ad))", "p text=Sponsored (ad)"),
        ("p:-abp-contains(a:has(b))", "p text=a:has(b)"),
        ("p:has-text(/advert(isement)?/i)", "p regex=advert(isement)?"),
        ("p:has-text(/Anzeige|Werbung/)", "p text=Anzeige|Werbung"),
        ("p:has-text(one):has-text(two)", "p all=one|two"),
        (".a:min-text-length(9)", ".a regex=(?s-u).{9}"),
        (".x:upward(.card)", ".card has=.x"),
        (".x:upward(2)", ":not(html, body) has=> * > .x"),
        (".x:nth-ancestor(1)", ":not(html, body) has=> .x"),
        (".x:remove()", ".x"),
        (".x { remove: true; }", ".x"),
        (".x {display: none !important;}", ".x"),
        (":xpath(//div[@id=\"x\"]/..)", ":not(html, body) has=> div#x"),
    ] {
        assert_eq!(of_filter(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn a_filter_that_one_pass_cannot_decide_is_refused_with_the_reason() {
    for (source, reason) in [
        (".a:has(.b) > .c", "before it knows"),
        (".a:has(.b:has-text(x))", "inside"),
        (".a:has(.b):has(.c)", "two things"),
        (".a:has(+ .b)", "follows"),
        (".a:not(:has-text(x))", "must not be"),
        (".a:upward(div)", "nearest"),
        (".a:has-text(x):upward(2)", "known by its content"),
        (".a .b:upward(2)", "stands around"),
        (".a:matches-css(position: fixed)", "only a browser"),
        (".a:style(color: red)", "looks"),
        ("body { overflow: auto }", "looks"),
        (".a:frobnicate(1)", "`:frobnicate()`"),
    ] {
        let error = of_filter(source).expect_err(source);
        assert!(error.contains(reason), "{source}: {error}");
    }
    let deep = ":not(".repeat(700);
    assert!(of_filter(&deep).is_ok(), "brackets that never close are for the selector parser to refuse");
}

fn fates(imported: &Imported) -> Vec<(u32, &'static str)> {
    let name = |fate: &Fate| match fate {
        Fate::Carried => "carried",
        Fate::Needless(_) => "needless",
        Fate::Dropped(_) => "dropped",
    };
    imported.lines.iter().map(|line| (line.number, name(&line.fate))).collect()
}

#[test]
fn what_is_no_cosmetic_filter_is_not_told_of() {
    let list = "[Adblock Plus 2.0]\n! Title: x\n||ads.example^$third-party\n@@||a.example^$generichide\n/ad##x/\nexample.com##+js(noop)\n\
        example.com#%#alert(1)\n# a comment\n! a ## comment\n.a##b{c}\n";
    assert_eq!(fates(&filter_list("x.txt", list, None)), [(10, "dropped")]);
}

#[test]
fn exceptions_are_taken_off_the_filters_they_speak_of() {
    for (list, hosts) in [
        ("##.x", Some("")),
        ("##.x\na.example#@#.x", Some("hosts = [\"!a.example\"], ")),
        ("##.x\na.example,b.example#@#.x", Some("hosts = [\"!a.example\", \"!b.example\"], ")),
        ("##.x\n#@#.x", None),
        ("a.example,b.example##.x\na.example#@#.x", Some("hosts = [\"b.example\"], ")),
        ("a.example##.x\na.example#@#.x", None),
        ("a.example##.x\nwww.a.example#@#.x", Some("hosts = [\"a.example\", \"!www.a.example\"], ")),
        ("a.*##.x\na.com#@#.x", Some("hosts = [\"a.*\", \"!a.com\"], ")),
        ("a.example,~www.a.example##.x", Some("hosts = [\"a.example\", \"!www.a.example\"], ")),
        ("*##.x", Some("")),
    ] {
        let rules = filter_list("x.txt", list, None).rules;
        match hosts {
            None => assert_eq!(rules, "", "{list:?}"),
            Some(hosts) => {
                assert!(
                    rules.contains(&format!("{{ id = \"line-1\", kind = \"ad\", {hosts}select = [\".x\"] }},")),
                    "{list:?}: {rules}"
                );
            }
        }
    }
}

#[test]
fn html_filters_are_read() {
    let list = "a.example$$div[class=\"x\"][tag-content=\"sponsored\"][max-length=\"500\"]\na.example$$script[tag-content=\"x\"]\n\
        a.example##^p:has-text(sponsored)\na.example##^script:has-text(x)\n";
    let imported = filter_list("x.txt", list, None);
    assert_eq!(fates(&imported), [(1, "carried"), (2, "dropped"), (3, "carried"), (4, "dropped")]);
    let first = r#"select = ['div[class="x"]'], text = [{ all = ["sponsored"] }], max_chars = 500"#;
    assert!(imported.rules.contains(first), "{}", imported.rules);
}

#[test]
fn a_site_config_becomes_a_file_with_the_lines_it_comes_from() {
    let config = "# a comment\nbody: //div[@id='story'] | //main\nbody: //article\ntitle: //h1\nauthor: substring-after(//p[@class='by'], 'By ')\n\
        date: //time/@datetime\n\nstrip: //p[contains(., 'Sign up')]\nstrip: //script\nstrip: //p[last()]\nstrip_id_or_class: 'share-bar'\n\
        strip_image_src: /logo/\nprune: no\nhttp_header(user-agent): x\nfind_string: <b>\nreplace_string(<i>): <b>\nbdoy: //p\n\
        test_url: https://a.example/1\n";
    let imported = site_config("a.example.txt", config, &Folder { licence: Some("CC0".to_owned()), ..Folder::default() });
    let dropped: Vec<u32> = fates(&imported).into_iter().filter(|(_, fate)| *fate == "dropped").map(|(line, _)| line).collect();
    assert_eq!(dropped, [10, 15, 16, 17]);
    assert_eq!(imported.counts(), (9, 3, 4));
    for part in [
        "# Licence: CC0\nschema = 1\nname = \"a.example\"\nhosts = [\"a.example\"]\n",
        "#   18: https://a.example/1\n",
        "select = [\n    \"div#story, main\", # 2: //div[@id='story'] | //main\n    \"article\", # 3: //article\n]\n",
        "title = [\n    \"h1\", # 4: //h1\n]\n",
        "author = [\n    'p[class=\"by\"]', # 5: ",
        "date = [\n    \"time\", # 6: //time/@datetime\n]\n",
        "# 8: strip: //p[contains(., 'Sign up')]\n[[remove]]\nid = \"line-8\"\nkind = \"promo\"\nselect = [\"p\"]\ntext = [\"Sign up\"]\n",
        "id = \"line-11\"\nkind = \"social\"\nselect = ['[class*=\"share-bar\"]:not(html, body)', '[id*=",
        "select = ['img[src*=\"/logo/\"]']\n",
    ] {
        assert!(imported.rules.contains(part), "{part}\nis not in\n{}", imported.rules);
    }
    crate::Rules::parse("a.example.toml", &imported.rules).unwrap();
}

#[test]
fn a_config_is_for_the_host_in_its_name() {
    let folder = Folder { hosts: ["a.example", "b.a.example", "ba.example"].map(str::to_owned).to_vec(), licence: None };
    for (name, line) in [
        ("a.example.txt", "hosts = [\"a.example\", \"!b.a.example\"]"),
        (".a.example.txt", "hosts = [\"a.example\", \"!b.a.example\"]"),
        ("b.a.example.txt", "hosts = [\"b.a.example\"]"),
        ("global.txt", "name = \"global\"\n\n# 1: strip"),
    ] {
        let rules = site_config(name, "strip: //aside\n", &folder).rules;
        assert!(rules.contains(line), "{name}: {rules}");
    }
    for name in ["com.txt", "README", "a b.txt"] {
        let imported = site_config(name, "strip: //aside\n", &folder);
        assert!(imported.rules.is_empty() && imported.counts() == (0, 0, 1), "{name}");
    }
}

#[test]
fn what_is_written_reads_without_a_mistake_whatever_was_in_the_source() {
    let odd = "strip_id_or_class: a\"'\\b\u{7}\nstrip: //p[@x='\\']\nstrip: //p[contains(., '\\ \"quoted\"')]\ntest_url: \u{1}\u{85}\nbody: //p[@x=\"'\"]\n";
    let imported = site_config("a.example.txt", odd, &Folder::default());
    crate::Rules::parse("a.example.toml", &imported.rules).unwrap_or_else(|error| panic!("{error}\n{}", imported.rules));
    assert_eq!(imported.counts().2, 0, "{:?}", imported.lines);
    let odd = "! Title: '''\u{7} \"\"\"\n##[x='\\27']\n##[x=\"'\"]\n##p:has-text('''a''')\n##p:has-text(/\\d'{3}/)\n";
    let imported = filter_list("x.txt", odd, None);
    crate::Rules::parse("x.toml", &imported.rules).unwrap_or_else(|error| panic!("{error}\n{}", imported.rules));
    assert_eq!(imported.counts(), (4, 0, 0), "{:?}", imported.lines);
}
