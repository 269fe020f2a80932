//! What a page's JSON-LD says of its story.
//!
//! Reads the scripts as real pages have them (control characters in strings, comments around them, a comma too many), finds
//! the object that is this page's article among all that are described (teasers, products, the publisher), and hands
//! out its values as text. Which value is preferred to what the page says elsewhere is for `meta`. This module must not
//! know blocks or elements.

use serde_json_borrow::{ObjectAsVec, Value};

use super::likeness::Wording;

/// A script longer than this is a catalogue, not a description of one page.
const LONGEST: usize = 1 << 20;

/// All scripts of a page together; the rest is ignored.
const LONGEST_ALL: usize = 4 << 20;

/// How many authors, and how many articles to choose from, are looked at.
const MANY: usize = 64;

/// Properties whose objects are about something else than the page.
const ELSEWHERE: [&str; 12] = [
    "itemListElement",
    "comment",
    "comments",
    "review",
    "reviews",
    "citation",
    "mentions",
    "isBasedOn",
    "relatedLink",
    "significantLink",
    "suggestedAnswer",
    "blogPost",
];

/// The scripts of one page, parsed. Their texts stay where they are.
#[derive(Debug, Default)]
pub(super) struct Documents<'p>(Vec<Value<'p>>);

impl<'p> Documents<'p> {
    /// Parses what can be parsed; a broken script is as good as none. `mended` has room for those with mistakes that can be mended.
    pub(super) fn read(scripts: &'p [String], mended: &'p mut Vec<String>) -> Self {
        let mut left = LONGEST_ALL;
        let mut parsed = Vec::new();
        for script in scripts {
            if script.len() <= LONGEST && script.len() <= left {
                left -= script.len();
                let script = unwrapped(script);
                let value = serde_json::from_str(script).ok();
                if value.is_none() {
                    mended.push(without_mistakes(script));
                }
                parsed.push(value);
            }
        }
        let mut mended = mended.iter();
        let values = parsed.into_iter().flat_map(|value| match value {
            Some(value) => vec![value],
            None => mended.next().map(|script| values(script)).unwrap_or_default(),
        });
        Self(values.collect())
    }

    /// Everything described, with the articles that are the page's story picked out.
    ///
    /// `own` tells whether an address is the page's, `said` are the wordings its head and headings offer as headline. An article
    /// that has the address or one of the wordings is the story. Without such a one, a sole article is; of several with
    /// different headlines none is, for then the page is a list.
    pub(super) fn graph(&'p self, own: impl Fn(&str) -> bool, said: &[Wording]) -> Graph<'p> {
        let mut nodes = Vec::new();
        for value in &self.0 {
            collect(value, false, &mut nodes);
        }
        let mut graph = Graph { nodes, stories: Vec::new() };
        let rated: Vec<(u8, &Object<'_>)> = graph
            .nodes
            .iter()
            .filter(|node| is_article(node.object))
            .take(MANY)
            .map(|node| (graph.rating(node, &own, said), node.object))
            .collect();
        let best = rated.iter().map(|(rating, _)| *rating).max().unwrap_or(0);
        let stories: Vec<&Object<'_>> =
            rated.into_iter().filter(|(rating, _)| *rating == best).map(|(_, object)| object).collect();
        if best > UNNAMED || best == UNNAMED && one_headline(&stories) {
            graph.stories = stories;
        }
        graph
    }
}

type Object<'a> = ObjectAsVec<'a>;

#[derive(Debug)]
struct Node<'a> {
    object: &'a Object<'a>,
    /// It stands in a list or below a property that leads away from the page.
    elsewhere: bool,
}

/// The objects of a page's scripts.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// The page's article; more than one where several scripts describe it equally well.
    stories: Vec<&'a Object<'a>>,
}

/// The rating of an article that stands for itself and that nothing ties to the page.
const UNNAMED: u8 = 1;

impl<'a> Graph<'a> {
    /// A property of the story as text.
    pub(super) fn story(&self, property: &str) -> Option<String> {
        self.stories.iter().find_map(|story| plain(story.get(property)?))
    }

    /// A property of the page itself, where it is described beside the article.
    pub(super) fn page(&self, property: &str) -> Option<String> {
        self.of_type("WebPage").find_map(|page| plain(page.get(property)?))
    }

    /// Is the story free, by what it or the page says of itself?
    pub(super) fn free(&self) -> Option<bool> {
        let objects = self.stories.iter().copied().chain(self.of_type("WebPage"));
        objects.filter_map(|object| object.get("isAccessibleForFree")).find_map(truth)
    }

    /// Does the story name a part that is not free?
    pub(super) fn locked_part(&self) -> bool {
        let parts = self.stories.iter().filter_map(|story| story.get("hasPart")).flat_map(each).take(MANY);
        parts.filter_map(|part| part.as_object()?.get("isAccessibleForFree")).any(|free| truth(free) == Some(false))
    }

    /// The names of the story's authors.
    pub(super) fn authors(&self) -> Vec<String> {
        for property in ["author", "creator"] {
            let names: Vec<String> =
                self.stories.iter().map(|s| self.names(s.get(property))).find(|names| !names.is_empty()).unwrap_or_default();
            if !names.is_empty() {
                return names;
            }
        }
        Vec::new()
    }

    /// The publisher's name, else the web site's.
    pub(super) fn site(&self) -> Option<String> {
        let publisher = self.stories.iter().find_map(|story| self.names(story.get("publisher")).into_iter().next());
        publisher.or_else(|| self.of_type("WebSite").find_map(|site| plain(site.get("name")?)))
    }

    /// The addresses of the story's images, as written.
    pub(super) fn images(&self) -> Vec<String> {
        let mut out = Vec::new();
        for value in self.stories.iter().filter_map(|story| story.get("image")).flat_map(each).take(MANY) {
            let object = value.as_object().map(|object| self.whole(object, "url"));
            out.extend(match object {
                Some(object) => object.get("url").or_else(|| object.get("contentUrl")).and_then(plain),
                None => plain(value),
            });
        }
        out
    }

    /// The story's language, or the page's: a tag, or an object that carries one.
    pub(super) fn languages(&self) -> Vec<String> {
        let objects = self.stories.iter().copied().chain(self.of_type("WebPage"));
        let values = objects.filter_map(|object| object.get("inLanguage")).flat_map(each).take(MANY);
        values
            .filter_map(|value| match value.as_object() {
                Some(language) => language.get("alternateName").or_else(|| language.get("name")).and_then(plain),
                None => plain(value),
            })
            .collect()
    }

    fn names(&self, value: Option<&'a Value<'a>>) -> Vec<String> {
        let values = value.into_iter().flat_map(each).take(MANY);
        values
            .flat_map(|value| match value.as_object() {
                Some(object) => {
                    let name = self.whole(object, "name").get("name");
                    name.into_iter().flat_map(each).take(MANY).filter_map(plain).collect()
                }
                None => Vec::from_iter(plain(value)),
            })
            .collect()
    }

    /// The object, or, when it only refers to one by `@id`, that one.
    fn whole(&self, object: &'a Object<'a>, property: &str) -> &'a Object<'a> {
        let id = object.get("@id").and_then(Value::as_str);
        match id {
            Some(id) if !object.contains_key(property) => {
                let found = |node: &&Node<'a>| {
                    node.object.contains_key(property) && node.object.get("@id").and_then(Value::as_str) == Some(id)
                };
                self.nodes.iter().find(found).map_or(object, |node| node.object)
            }
            _ => object,
        }
    }

    fn of_type(&self, name: &'static str) -> impl Iterator<Item = &'a Object<'a>> {
        self.nodes.iter().filter(move |node| types(node.object).any(|t| t == name)).map(|node| node.object)
    }

    fn rating(&self, node: &Node<'_>, own: &impl Fn(&str) -> bool, said: &[Wording]) -> u8 {
        let address = ["mainEntityOfPage", "url", "@id"].iter().filter_map(|p| node.object.get(p)).any(|value| {
            let id = value.as_object().and_then(|o| o.get("@id").or_else(|| o.get("url"))).unwrap_or(value);
            id.as_str().is_some_and(own)
        });
        let headline = node.object.get("headline").and_then(plain).map(|h| Wording::of(&h));
        let agrees = headline.is_some_and(|h| !h.is_empty() && said.iter().any(|s| h.same(s) || 5 * h.shared(s) >= 4 * h.len()));
        4 * u8::from(address) + 3 * u8::from(agrees) + UNNAMED * u8::from(!node.elsewhere)
    }
}

/// True or false, as pages write it.
fn truth(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(free) => Some(*free),
        Value::Str(text) if text.trim().eq_ignore_ascii_case("true") || text.ends_with("/True") => Some(true),
        Value::Str(text) if text.trim().eq_ignore_ascii_case("false") || text.ends_with("/False") => Some(false),
        _ => None,
    }
}

fn one_headline(stories: &[&Object<'_>]) -> bool {
    let mut headlines = stories.iter().map(|story| story.get("headline"));
    let first = headlines.next();
    headlines.all(|headline| Some(headline) == first)
}

/// Every object in the value, outer before inner. The parser bounds how deep it nests.
fn collect<'a>(value: &'a Value<'a>, elsewhere: bool, out: &mut Vec<Node<'a>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, elsewhere, out)),
        Value::Object(object) => {
            out.push(Node { object, elsewhere });
            for (property, value) in object.iter() {
                collect(value, elsewhere || ELSEWHERE.contains(&property), out);
            }
        }
        _ => {}
    }
}

fn is_article(object: &Object<'_>) -> bool {
    types(object).any(|name| {
        let name = name.to_ascii_lowercase();
        name.ends_with("article")
            || name.ends_with("posting") && name != "jobposting"
            || matches!(name.as_str(), "report" | "recipe")
    })
}

/// The object's types without their vocabulary (`schema:Article`, `http://schema.org/Article`).
fn types<'a>(object: &'a Object<'a>) -> impl Iterator<Item = &'a str> {
    let types = object.get("@type").into_iter().flat_map(each).filter_map(Value::as_str);
    types.map(|name| name.rsplit(['/', ':', '#']).next().unwrap_or(name).trim())
}

/// The values of an array, or the one value.
fn each<'a>(value: &'a Value<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values.iter()
}

/// A value that is text, or wraps it.
fn plain(value: &Value<'_>) -> Option<String> {
    let value = each(value).next()?;
    let value = value.as_object().and_then(|object| object.get("@value")).unwrap_or(value);
    value.as_str().and_then(super::clean)
}

/// All values up to the first mistake: some scripts hold several, or end in a semicolon.
fn values(json: &str) -> Vec<Value<'_>> {
    serde_json::Deserializer::from_str(json).into_iter().map_while(Result::ok).collect()
}

/// The script without the comment or CDATA marks that once hid it from old browsers.
fn unwrapped(script: &str) -> &str {
    let mut inner = script;
    loop {
        let before = inner;
        inner = inner.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | ';' | '\0'));
        for mark in ["<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA["] {
            inner = inner.strip_prefix(mark).unwrap_or(inner);
        }
        for mark in ["//-->", "// -->", "-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>"] {
            inner = inner.strip_suffix(mark).unwrap_or(inner);
        }
        if inner.len() == before.len() {
            return inner;
        }
    }
}

/// JSON with the mistakes templates make taken out: control characters and unknown escapes in strings, commas before a closing bracket.
fn without_mistakes(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut inside = false;
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                inside = !inside;
                out.push(c);
            }
            '\\' if inside => {
                if let Some(escaped) = chars.next_if(|next| matches!(next, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))
                {
                    out.extend([c, escaped]);
                }
            }
            _ if inside => out.push(if c.is_control() { ' ' } else { c }),
            ']' | '}' => {
                out.truncate(out.trim_end_matches(|c: char| c == ',' || c.is_whitespace()).len());
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Documents, Graph, LONGEST, Wording};

    /// What is read from some scripts with a question.
    fn read<T>(scripts: &[&str], said: &[Wording], own: &str, question: impl Fn(&Graph<'_>) -> T) -> T {
        let (scripts, mut mended) = (scripts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), Vec::new());
        let documents = Documents::read(&scripts, &mut mended);
        question(&documents.graph(|address| address == own, said))
    }

    fn headline(scripts: &[&str]) -> Option<String> {
        read(scripts, &[], "", |graph| graph.story("headline"))
    }

    #[test]
    fn scripts_as_real_pages_write_them() {
        for (case, script) in [
            ("plain", r#"{"@type":"NewsArticle","headline":"A b"}"#),
            ("type in an array", r#"{"@type":["Thing","BlogPosting"],"headline":"A b"}"#),
            ("type with its vocabulary", r#"{"@type":"http://schema.org/ReportageNewsArticle","headline":"A b"}"#),
            ("small letters", r#"{"@type":"schema:article","headline":"A b"}"#),
            ("array", r#"[{"@type":"Organization"},{"@type":"Article","headline":"A b"}]"#),
            ("graph", r#"{"@graph":[{"@type":"Article","headline":"A b"}]}"#),
            ("main entity", r#"{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"A b"}}"#),
            ("headline in an array", r#"{"@type":"Article","headline":["A b","C"]}"#),
            ("headline as a value object", r#"{"@type":"Article","headline":{"@value":"A b"}}"#),
            ("entities", r#"{"@type":"Article","headline":"&#65;&nbsp;b"}"#),
            ("new line in a string", "{\"@type\":\"Article\",\"headline\":\"A\n\tb\"}"),
            ("unknown escape", r#"{"@type":"Article","headline":"A\ b","x":"\'"}"#),
            ("escaped quote", "{\"@type\":\"Article\",\"x\":\"\\\"\n\\\\\",\"headline\":\"A b\"}"),
            ("commas too many", r#"{"@type":"Article","headline":"A b","x":[1, ,],}"#),
            ("comment", r#"<!-- {"@type":"Article","headline":"A b"} -->"#),
            ("cdata", "//<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"A b\"}\n//]]>"),
            ("semicolon", r#"{"@type":"Article","headline":"A b"};"#),
            ("byte order mark", "\u{feff}{\"@type\":\"Article\",\"headline\":\"A b\"}"),
            ("two values", r#"{"@type":"Thing"}{"@type":"Article","headline":"A b"}"#),
            ("text after it", r#"{"@type":"Article","headline":"A b"} and more"#),
        ] {
            assert_eq!(headline(&[script]).as_deref(), Some("A b"), "{case}");
        }
    }

    #[test]
    fn broken_scripts_are_no_scripts() {
        for script in
            ["", "{", "\"", "\\", "null", "12", "{\"@type\":\"Article\",\"headline\":\"a", "<!--", "// -->", "{]}", "[,]", "\0"]
        {
            assert_eq!(headline(&[script]), None, "{script}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(headline(&[&deep, r#"{"@type":"Article","headline":"A"}"#]).as_deref(), Some("A"));
        let long = format!(r#"{{"@type":"Article","headline":"A","x":"{}"}}"#, "x".repeat(LONGEST));
        assert_eq!(headline(&[&long]), None);
    }

    #[test]
    fn the_pages_own_article_is_chosen() {
        let teaser = r#"{"@type":"Article","headline":"Other thing","url":"https://a.example/other"}"#;
        let own = r#"{"@type":"Article","headline":"Seen today","mainEntityOfPage":{"@id":"https://a.example/own"}}"#;
        let list = format!(r#"{{"@type":"ItemList","itemListElement":[{teaser}]}}"#);
        for (case, texts, said, expected) in [
            ("by address", vec![teaser, own], None, Some("Seen today")),
            ("by headline", vec![own, teaser], Some("Other thing - Site"), Some("Seen today")),
            ("two and no tie", vec![teaser, r#"{"@type":"Article","headline":"Third"}"#], None, None),
            (
                "headline agrees",
                vec![r#"{"@type":"Article","headline":"Third"}"#, teaser],
                Some("Other thing - Site"),
                Some("Other thing"),
            ),
            ("sole", vec![teaser], None, Some("Other thing")),
            ("in a list", vec![&list], None, None),
            ("list and own", vec![&list, own], None, Some("Seen today")),
        ] {
            let said: Vec<Wording> = said.into_iter().map(Wording::of).collect();
            let headline = read(&texts, &said, "https://a.example/own", |graph| graph.story("headline"));
            assert_eq!(headline.as_deref(), expected, "{case}");
        }
    }

    #[test]
    fn values_of_two_descriptions_add_up() {
        let scripts = [
            r#"{"@type":"Article","headline":"A b"}"#,
            r#"{"@type":"NewsArticle","headline":"A b","datePublished":"2024-05-06"}"#,
        ];
        assert_eq!(read(&scripts, &[], "", |graph| graph.story("datePublished")).as_deref(), Some("2024-05-06"));
    }

    #[test]
    fn people_images_and_languages_in_every_shape() {
        for (case, fields, authors, images, languages) in [
            ("strings", r#""author":"Ann","image":"a.png","inLanguage":"en""#, &["Ann"][..], &["a.png"][..], &["en"][..]),
            (
                "objects",
                r#""author":{"name":"Ann"},"image":{"url":"a.png"},"inLanguage":{"name":"English","alternateName":"en"}"#,
                &["Ann"],
                &["a.png"],
                &["en"],
            ),
            (
                "arrays",
                r#""author":[{"name":"Ann"},"Bob"],"image":["a.png",{"contentUrl":"b.png"}],"inLanguage":["en","de"]"#,
                &["Ann", "Bob"],
                &["a.png", "b.png"],
                &["en", "de"],
            ),
            ("names in an array", r#""author":{"name":["Ann","Bob"]}"#, &["Ann", "Bob"], &[], &[]),
            ("references", r##""author":{"@id":"#ann"},"image":{"@id":"#img"}"##, &["Ann"], &["i.png"], &[]),
            ("unknown reference", r##""author":{"@id":"#nobody"},"image":{"@id":"#ann"}"##, &[], &[], &[]),
            ("creator", r#""author":[],"creator":"Ann""#, &["Ann"], &[], &[]),
            ("no text", r#""author":7,"image":null,"inLanguage":[[]]"#, &[], &[], &[]),
        ] {
            let script = format!(
                r##"{{"@graph":[{{"@type":"Article",{fields}}},{{"@type":"Person","@id":"#ann","name":"Ann"}},
                {{"@type":"ImageObject","@id":"#img","url":"i.png"}}]}}"##
            );
            let found = read(&[&script], &[], "", |graph| (graph.authors(), graph.images(), graph.languages()));
            let strings = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(found, (strings(authors), strings(images), strings(languages)), "{case}");
        }
    }

    #[test]
    fn the_publisher_names_the_site_before_the_web_site_does() {
        let site = r#"{"@type":"WebSite","name":"Site"}"#;
        for (article, expected) in [
            (r##"{"@type":"Article","publisher":{"@id":"#p"}},{"@type":"Organization","@id":"#p","name":"Paper"}"##, "Paper"),
            (r#"{"@type":"Article","publisher":{"logo":"x"}}"#, "Site"),
        ] {
            let found = read(&[&format!("[{site},{article}]")], &[], "", |graph| graph.site());
            assert_eq!(found.as_deref(), Some(expected));
        }
    }
}
