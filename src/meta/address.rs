//! The addresses a page gives of itself and of its image.
//!
//! Decides which of several declared addresses is believed. It must not fetch anything or know sites.

use url::Url;

use super::metas;
use crate::page::Head;

/// An address longer than this is data.
const LONGEST: usize = 8192;

/// The address the page says it has: its canonical link, then `og:url`, then the given address, then `base`.
///
/// Relative ones are resolved against `base` and the given address. A canonical link or `og:url` that names the front page
/// of the given address's own site, while the given address does not, is a mistake many templates make, and is passed over.
pub(crate) fn declared_url(head: &Head, given: Option<&Url>) -> Option<Url> {
    let base = base_url(head, given);
    let believed = |url: &Url| given.is_none_or(|given| is_front(given) || !is_front(url) || !same_host(url, given));
    let canonical = absolute(&head.canonical, base.as_ref()).filter(believed);
    let og = || metas(head, &["og:url"]).find_map(|address| absolute(&address, base.as_ref()).filter(believed));
    canonical.or_else(og).or_else(|| given.cloned()).or_else(|| base.clone())
}

/// The address a relative one on the page is relative to.
pub(super) fn base_url(head: &Head, given: Option<&Url>) -> Option<Url> {
    absolute(&head.base, given).or_else(|| given.cloned())
}

/// A web address made absolute; `None` for every other scheme, and for a relative one without a base.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> Option<Url> {
    let address = address.trim();
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    let parsed = match (base, address.strip_prefix("//")) {
        (Some(base), _) => base.join(address),
        (None, Some(rest)) => Url::parse(&format!("https://{rest}")),
        (None, None) => Url::parse(address),
    };
    parsed.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Do both addresses lead to one page? Scheme, `www.`, a last slash and the fragment do not matter.
pub(super) fn same_page(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    same_host(one, other) && path(one) == path(other) && one.query() == other.query()
}

/// The host without `www.`.
pub(super) fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

fn same_host(one: &Url, other: &Url) -> bool {
    host(one) == host(other)
}

fn is_front(url: &Url) -> bool {
    url.path() == "/" && url.query().is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at a wrong address")]

    use url::Url;

    use super::{absolute, declared_url, same_page};
    use crate::page::Head;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_first_believable_address_counts() {
        for (case, canonical, og, base, given, expected) in [
            (
                "canonical first",
                "https://a.example/c",
                "https://a.example/o",
                "https://a.example/b",
                "https://a.example/g",
                "https://a.example/c",
            ),
            ("then og:url", "", "https://a.example/o", "https://a.example/b", "https://a.example/g", "https://a.example/o"),
            ("then the given one", "", "", "https://a.example/b", "https://a.example/g", "https://a.example/g"),
            ("then base", "", "", "https://a.example/b", "", "https://a.example/b"),
            ("relative canonical", "/c?x=1", "", "", "https://a.example/g/h", "https://a.example/c?x=1"),
            ("relative to base", "c", "", "/d/", "https://a.example/g/h", "https://a.example/d/c"),
            ("relative to nothing", "/c", "https://a.example/o", "", "", "https://a.example/o"),
            ("without a scheme", "//a.example/c", "", "", "", "https://a.example/c"),
            ("not the web", "javascript:alert(1)", "data:text/html,x", "", "https://a.example/g", "https://a.example/g"),
            ("own front page", "https://www.a.example/", "https://a.example/o", "", "https://a.example/g", "https://a.example/o"),
            ("other front page", "https://b.example/", "", "", "https://a.example/g", "https://b.example/"),
            ("front page itself", "https://a.example/", "", "", "https://www.a.example/", "https://a.example/"),
            ("broken", "https://", "http://[", "::", "", ""),
            ("nothing", "", "", "", "", ""),
        ] {
            let metas = vec![("og:url".to_owned(), og.to_owned())];
            let head = Head { canonical: canonical.to_owned(), base: base.to_owned(), metas, ..Head::default() };
            let given = (!given.is_empty()).then(|| url(given));
            let found = declared_url(&head, given.as_ref());
            assert_eq!(found.as_ref().map_or("", Url::as_str), expected, "{case}");
        }
    }

    #[test]
    fn odd_addresses_are_none() {
        for address in ["", " ", "a.png", "mailto:a@b.example", "blob:https://a.example/x", "http:", "https://exa mple/"] {
            assert_eq!(absolute(address, None), None, "{address}");
        }
        assert_eq!(absolute(&format!("https://a.example/{}", "x".repeat(10_000)), None), None);
    }

    #[test]
    fn one_page_has_several_addresses() {
        for (one, other, same) in [
            ("https://www.a.example/x/", "http://a.example/x#article", true),
            ("https://a.example/x", "https://a.example/y", false),
            ("https://a.example/x", "https://a.example/x?id=1", false),
            ("https://a.example/x", "https://b.example/x", false),
        ] {
            assert_eq!(same_page(&url(one), &url(other)), same, "{one} {other}");
        }
    }
}
