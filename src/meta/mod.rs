//! A story's metadata: title, byline, dates and the rest, from what was recorded of its page.
//!
//! Decides which of several sources is believed for each value, and brings the values into one form. How each kind of value is read is
//! for the modules below. It leaves finding the story's text to `judge::story`, and must not know how anything was
//! recorded or how it will be written.

mod address;
mod byline;
mod date;
mod dateline;
mod json_ld;
pub(crate) mod language;
mod likeness;
mod month;
mod site;
mod title;

#[cfg(test)]
mod tests;

use std::cell::LazyCell;

use url::Url;

pub(crate) use address::declared_url;

use crate::access::FreeOrNot;
use crate::page::{Block, Head, Page, Said, SaidHere};
use crate::scan::tag::{Tag, TagSet};
use crate::text::is_plain;
use json_ld::Graph;
use likeness::Wording;
use site::Site;
use title::{Declared, Headings};

/// What a page says of its story. Everything is plain text: character references decoded, white space collapsed, never empty.
///
/// For each value the sources are asked in the order given, and the first that has one counts.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The headline, without the site's name.
    ///
    /// The element a site's `[story] title` names; the `h1` most like what the head declares, in the page's own wording; a lower heading
    /// that says the same; JSON-LD `headline`; `og:title`; `twitter:title`; other titles in `meta`; `<title>`; an
    /// `h1` of a page that declares nothing.
    pub title: Option<String>,
    /// Who wrote it, several names joined by `, `.
    ///
    /// The elements a site's `[story] author` names; JSON-LD `author`; `meta` `author`, `article:author`, `parsely-author`, `sailthru.author`, `dc.creator`, `byl` and their kin; the
    /// name behind a "Written by" of `twitter:data1`; what the page marks as an author near the headline, else a line there that
    /// begins with "By" or the like.
    pub byline: Option<String>,
    /// When it was published: an ISO 8601 date, or date and time with the page's zone.
    ///
    /// The element a site's `[story] date` names, other words around the date or not; JSON-LD `datePublished`; `meta` `article:published_time`, `date`, `dc.date`, `parsely-pub-date`, `sailthru.date`, `itemprop`
    /// `datePublished` and their kin; the first `<time datetime>` near the headline; a date in the page's address; the date of a
    /// line near the headline; the first `<time datetime>` that stands in no list, navigation or aside.
    pub published: Option<String>,
    /// When it was last changed, in the form of [`Metadata::published`].
    ///
    /// JSON-LD `dateModified`; `meta` `article:modified_time`, `og:updated_time`, `itemprop` `dateModified` and their kin; the date behind an
    /// "Updated" near the headline.
    pub modified: Option<String>,
    /// The language as a BCP 47 tag (`en-US`).
    ///
    /// `<html lang>`; `og:locale`; `content-language`; JSON-LD `inLanguage`; else what the story's text is written in, if that is
    /// sure. A long text that is surely in another language than declared is believed.
    pub language: Option<String>,
    /// The site's name.
    ///
    /// `og:site_name`; `application-name`; JSON-LD `publisher`, then `WebSite`; what `<title>` has beside the headline.
    pub site: Option<String>,
    /// The page's address.
    ///
    /// `<link rel=canonical>`; `og:url`; the address that was given; `<base>`.
    pub url: Option<String>,
    /// What the page says it is about.
    ///
    /// `og:description`; `description`; `twitter:description`; JSON-LD.
    pub description: Option<String>,
    /// The address of the picture that stands for the story, absolute.
    ///
    /// `og:image:secure_url`, `og:image`; `twitter:image`; JSON-LD `image`.
    pub image: Option<String>,
    /// What the page says of its story's being free.
    pub(crate) free: FreeOrNot,
}

/// Reads a page's metadata, and tells which block shows the headline. `url` is the page's address, where the caller knows it.
pub(crate) fn read(page: &Page, url: Option<&Url>) -> (Metadata, Option<u32>) {
    let head = &page.head;
    let address = declared_url(head, url);
    let headings = Headings::of(page);
    let mut mended = Vec::new();
    let documents = json_ld::Documents::read(&head.json_ld, &mut mended);
    let graph = {
        let mut titles: Vec<String> = metas(head, &TITLES).chain(clean(&head.title)).collect();
        // Several often say the same.
        titles.sort_unstable();
        titles.dedup();
        let said = titles.iter().map(|text| Wording::of(text)).chain(headings.wordings());
        let own = |text: &str| {
            let found = address::absolute(text, address.as_ref());
            found.is_some_and(|found| address.iter().chain(url).any(|own| address::same_page(own, &found)))
        };
        documents.graph(own, &said.collect::<Vec<_>>())
    };
    let site_name = metas(head, &["og:site_name", "application-name"]).next().or_else(|| graph.site());
    let site = {
        let names = metas(head, &["og:site_name", "application-name"]).chain(graph.site()).collect::<Vec<_>>();
        Site::new(names.iter().map(String::as_str), address.as_ref())
    };
    let title = headings.title(&declared_titles(head, &graph), &site);
    let headline = headings.shown(title.as_deref());
    let base = address::base_url(head, url).or_else(|| address.clone());
    let dateline = LazyCell::new(|| headline.map(|headline| dateline::shown(page, headline)).unwrap_or_default());
    let metadata = Metadata {
        byline: byline::declared(authors(page).into_iter())
            .or_else(|| byline::declared(graph.authors().into_iter()))
            .or_else(|| AUTHORS.iter().find_map(|name| byline::declared(metas(head, &[name]))))
            .or_else(|| byline::declared(metas(head, &["citation_author"]).map(|name| first_name_first(&name))))
            .or_else(|| byline::declared(labelled_author(head).into_iter()))
            .or_else(|| byline::shown(page, headline))
            .or_else(|| byline::labelled(page, headline?)),
        published: said_date(page)
            .or_else(|| {
                let declared = graph.story("datePublished").into_iter().chain(metas(head, &PUBLISHED));
                dated(declared.chain(graph.page("datePublished")))
            })
            .or_else(|| shown_date(page, |_, at| headline.is_some_and(|headline| near(headline).contains(&at))))
            .or_else(|| address.as_ref().and_then(|address| date::in_path(address.path())))
            .or_else(|| dateline.published.clone())
            .or_else(|| shown_date(page, |block, _| page.closest(block, BESIDE).is_none())),
        modified: dated(graph.story("dateModified").into_iter().chain(metas(head, &MODIFIED)).chain(graph.page("dateModified")))
            .or_else(|| dateline.modified.clone()),
        language: [head.lang.clone()]
            .into_iter()
            .chain(metas(head, &["og:locale", "content-language", "dc.language", "dcterms.language"]))
            .chain(graph.languages())
            .find_map(|text| language::tag(&text)),
        site: site_name.or_else(|| title.as_deref().and_then(|title| site::beside(&head.title, title)).map(str::to_owned)),
        url: address.map(String::from),
        description: metas(head, &["og:description", "description", "twitter:description"])
            .next()
            .or_else(|| graph.story("description"))
            .or_else(|| graph.page("description")),
        image: metas(head, &["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"])
            .chain(graph.images())
            .find_map(|text| address::absolute(&text, base.as_ref()))
            .map(String::from),
        free: FreeOrNot {
            free: graph.free(),
            part: graph.locked_part(),
            tier: metas(head, &["article:content_tier"]).next().map(|tier| tier.to_ascii_lowercase()),
        },
        title,
    };
    (metadata, headline)
}

const TITLES: [&str; 7] =
    ["og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title", "dc.title", "dcterms.title"];

const AUTHORS: [&str; 11] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dc:creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
    "article:author_name",
    "og:author",
];

const PUBLISHED: [&str; 23] = [
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "date",
    "dc.date",
    "dc.date.issued",
    "dc:date",
    "dcterms.date",
    "dcterms.created",
    "dcterms.issued",
    "parsely-pub-date",
    "sailthru.date",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "og:publish_date",
    "published_at",
    "cxenseparse:publishtime",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "date-pub",
];

const MODIFIED: [&str; 9] = [
    "article:modified_time",
    "article:modified",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "last-modified",
    "revised",
];

/// A value longer than this (in bytes) is not metadata.
const LONGEST: usize = 1 << 16;

/// The text as a reader would see it, `None` if nothing is left.
///
/// For declared values only: references are decoded once more than the page's own decoding did, for many systems encode twice, and
/// markup and control characters go. What the page shows is used as it shows it.
fn clean(raw: &str) -> Option<String> {
    if raw.len() > LONGEST {
        return None;
    }
    // Nothing is to be cleaned of most: no white space but single spaces within, no reference, no tag.
    if !raw.is_empty() && raw.is_ascii() && is_plain(raw) && raw.trim_matches(' ').len() == raw.len() && !raw.contains(['&', '<'])
    {
        return Some(raw.to_owned());
    }
    let decoded = if raw.contains('&') { htmlize::unescape(raw) } else { raw.into() };
    // A lone tag is more likely what the headline is about.
    let bare = if decoded.contains("</") { without_tags(&decoded) } else { decoded.into_owned() };
    let mut out = String::with_capacity(bare.len());
    for word in bare.split(char::is_whitespace) {
        let visible = word.chars().filter(|c| !c.is_control() && *c != '\u{feff}');
        let before = out.len();
        if before > 0 {
            out.push(' ');
        }
        let start = out.len();
        out.extend(visible);
        if out.len() == start {
            out.truncate(before);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The text without tags of elements that HTML has; `a < b` and `Vec<T>` stay.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        let name = behind.strip_prefix('/').unwrap_or(behind);
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let tag = Tag::from_name(name.as_bytes());
        let after = behind.find(['<', '>']).and_then(|at| behind.get(at..)).and_then(|end| end.strip_prefix('>'));
        rest = match after {
            Some(after) if tag != Tag::Other => {
                out.push_str(if matches!(tag, Tag::Br | Tag::P | Tag::Div | Tag::Li) { " " } else { "" });
                after
            }
            _ => {
                out.push('<');
                behind
            }
        };
    }
    out.push_str(rest);
    out
}

/// The values of the `meta`s of these names: by name first, in page order second.
fn metas<'a>(head: &'a Head, names: &[&'a str]) -> impl Iterator<Item = String> + use<'a> {
    let names = names.to_vec();
    names.into_iter().flat_map(|name| head.metas.iter().filter(move |(n, _)| n == name).filter_map(|(_, value)| clean(value)))
}

/// What the first selector of a site's `[story] author` that found something found.
fn authors(page: &Page) -> Vec<String> {
    let places = page.said(Said::Author);
    let value = |place: &SaidHere| clean(page.value(place.value));
    let first = places.iter().find(|place| value(place).is_some()).map(|place| place.selector);
    places.iter().filter(|place| Some(place.selector) == first).filter_map(value).collect()
}

/// The titles the head declares, best first.
fn declared_titles(head: &Head, graph: &Graph<'_>) -> Vec<Declared> {
    let headline = graph.story("headline").or_else(|| graph.story("name")).map(|text| Declared { text, with_site: false });
    let others = metas(head, &TITLES).chain(clean(&head.title)).map(|text| Declared { text, with_site: true });
    headline.into_iter().chain(others).collect()
}

/// The name behind `twitter:label1` "Written by", which a widespread plugin writes in many languages.
fn labelled_author(head: &Head) -> Option<String> {
    let label = metas(head, &["twitter:label1"]).next()?.to_lowercase();
    let written =
        ["written by", "verfasst von", "geschrieben von", "écrit par", "escrito por", "scritto da", "geschreven door", "автор"];
    if written.contains(&label.trim_end_matches(':')) { metas(head, &["twitter:data1"]).next() } else { None }
}

/// `Example, Ann`, as catalogues of papers write it, to `Ann Example`.
fn first_name_first(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    }
}

/// The first date where a site's rules say that one stands; other words may stand around it.
fn said_date(page: &Page) -> Option<String> {
    let texts = || page.said(Said::Date).into_iter().filter_map(|place| clean(page.value(place.value)));
    dated(texts()).or_else(|| texts().find_map(|text| date::within(&text).map(|found| found.iso)))
}

fn dated(texts: impl Iterator<Item = String>) -> Option<String> {
    texts.into_iter().find_map(|text| date::iso(&text))
}

/// The first date in a `time` in one of the blocks that are wanted, told with their places.
fn shown_date(page: &Page, wanted: impl Fn(&Block, u32) -> bool) -> Option<String> {
    let wanted = |at: u32| page.blocks.get(at as usize).is_none_or(|block| wanted(block, at));
    let times = page.head.times.iter().filter(|(text, at)| text.len() <= LONGEST && wanted(*at));
    times.into_iter().find_map(|(text, _)| date::iso(text))
}

/// The blocks near a headline, among which its date stands.
fn near(headline: u32) -> std::ops::RangeInclusive<u32> {
    headline.saturating_sub(2)..=headline + 8
}

/// Elements that hold dates of other stories.
const BESIDE: TagSet = TagSet::of(&[Tag::Li, Tag::Nav, Tag::Aside, Tag::Footer]);
