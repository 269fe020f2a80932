//! What a rule file says besides its rules, where it names hosts and where it is for every page.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use storysieve::{Rules, Sieve, Story};

const PAGE: &str = "<!doctype html><title>The light</title><body>\
    <div class=log><p>The keeper wrote down every ship that passed, and the hour, and the weather of that night.</p></div>\
    <div class=main><h2>Lamp</h2><p class=rope>Rope is sold at the quay.</p>\
    <p>The light went out at four, and nobody on the quay could say why it had.</p></div>";

fn story(hosts: &str, keys: &str, url: Option<&str>) -> Story {
    let rules =
        Rules::parse("shop.toml", "schema = 1\n[[remove]]\nid = 'rope'\nkind = 'promo'\nmax_chars = 40\ntext = ['rope is sold']");
    let site = Rules::parse("light.toml", &format!("schema = 1\n{hosts}{keys}"));
    let sieve = Sieve::builder().rules(rules.unwrap().merge(site.unwrap()).unwrap()).build().unwrap();
    let sieve = url.map_or_else(|| sieve.clone(), |url| sieve.at(url).unwrap());
    sieve.story(PAGE.as_bytes()).unwrap()
}

/// Each: what the file says, words that the story has then, and words that it has not.
const SAYINGS: [(&str, &str, &str); 4] = [
    ("[story]\nselect = ['.main']", "went out", "every ship"),
    ("[story]\nselect = ['.main']\nkeep = ['.rope']", "Rope is sold", "every ship"),
    ("[story]\nkeep = ['.rope']", "Rope is sold", "Nothing"),
    ("disable = ['shop/rope']\n[story]\nselect = ['.main']", "Rope is sold", "every ship"),
];

#[test]
fn a_file_without_hosts_is_for_every_page_with_all_it_says() {
    for (keys, there, gone) in SAYINGS {
        for url in [None, Some("https://light.example/log")] {
            let told = story("", keys, url);
            assert!(told.text().contains(there) && !told.text().contains(gone), "{keys}: {}", told.text());
            assert!(told.report().sites.is_empty(), "it is no file of a site: {:?}", told.report().sites);
        }
    }
}

#[test]
fn a_file_with_hosts_says_nothing_of_other_pages() {
    let plain = story("", "", None);
    assert!(plain.text().contains("every ship") && !plain.text().contains("Rope"), "{}", plain.text());
    for (keys, there, _) in SAYINGS {
        let hosts = "hosts = ['light.example']\n";
        for url in [None, Some("https://other.example/")] {
            assert_eq!(story(hosts, keys, url).text(), plain.text(), "{keys}");
        }
        let told = story(hosts, keys, Some("https://light.example/log"));
        assert!(told.text().contains(there), "{keys}: {}", told.text());
        assert_eq!(told.report().sites, ["light.toml"]);
    }
}
