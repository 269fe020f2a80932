//! Does a name look as if a build tool had made it?
//!
//! Such names (`css-1x2y3z`, `Box_root__3xY9z`, `sc-bZTyFN`) change with the next build of the site, and the rule that names them dies
//! silently. It is a guess by the shape of the letters: it may miss a hash that reads like a word. It must not know rules or pages.

/// Is the class or id, or a part of it, a hash or a number that will not last?
pub(crate) fn looks_hashed(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '-']);
    let made = TOOLS.iter().any(|tool| name.strip_prefix(tool).is_some_and(|rest| rest.len() >= 4 && !is_word(rest)));
    made || name.split(['-', '_', ':', '.']).any(is_hash)
}

/// Prefixes that tools put before their hashes.
const TOOLS: [&str; 9] = ["css-", "sc-", "jsx-", "svelte-", "emotion-", "styled-", "jss", "makeStyles-", "astro-"];

/// One part of a name, without its dashes.
fn is_hash(part: &str) -> bool {
    let length = part.len();
    if length < 5 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    if digits == length {
        return true; // a number of its own: an article, a campaign, a widget
    }
    let is_size = part.split_once('x').is_some_and(|(w, h)| [w, h].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit())));
    if is_size {
        return false; // `320x50`
    }
    if digits > 0 {
        // A word may end in a number (`column2`, `ie11`, `320px`): digits on one side only.
        let switches = part.as_bytes().windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
        // CSS modules end their names in five letters that may hold a single digit: `2dvsF`.
        let scrambled = part.as_bytes()[0].is_ascii_digit() && part.bytes().any(|b| b.is_ascii_uppercase());
        return scrambled || switches >= 2 && digits >= 2 || digits >= 5 && length >= 8;
    }
    let mixed = part.as_bytes().windows(2).filter(|w| w[0].is_ascii_uppercase() != w[1].is_ascii_uppercase()).count();
    let ups = part.bytes().filter(u8::is_ascii_uppercase).count();
    let humps = mixed >= 3 && length <= 12 && length < ups * 5 / 2;
    humps || length >= 8 && !part.bytes().any(|b| b"aeiouyAEIOUY".contains(&b))
}

/// Lower-case letters with a vowel among them, in words with dashes between.
fn is_word(rest: &str) -> bool {
    rest.split(['-', '_']).all(|part| {
        part.bytes().all(|b| b.is_ascii_lowercase()) && part.bytes().any(|b| b"aeiouy".contains(&b))
            || part.len() < 3 && part.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::looks_hashed;

    #[test]
    fn hashes_are_told_from_words() {
        for name in [
            "css-1x2y3z",
            "css-175oi2r",
            "sc-bZTyFN",
            "sc-1ab2c3d-0",
            "Box_root__3xY9z",
            "styles__Wrap-sc-12ab3c",
            "_3f2a1b",
            "jsx-3810467",
            "svelte-1kq8xyz",
            "kQzFPd",
            "Newsletter__container___2dvsF",
            "post-104233",
            "c1a2b3d4",
            "emotion-0abc12",
            "css-dcqwkx",
            "widget-5d3f2a9b",
        ] {
            assert!(looks_hashed(name), "{name}");
        }
        for name in [
            "newsletter-form",
            "mc4wp-form",
            "rp4wp-related-posts",
            "wpbnbd",
            "article__body--wide",
            "h2",
            "col-md-12",
            "paywallOverlay",
            "PayWall",
            "isVisibleOnMobile",
            "wp-block-group",
            "js-subscribe",
            "css-subscribe",
            "theme-dark2024",
            "piano-id",
            "tp-container-inner",
            "NewsletterSignup",
            "html5",
            "webp",
            "o-teaser",
            "mc_embed_signup",
            "btn",
            "ad-320x50",
            "donateBox2",
            "AdBlockNotice",
            "jssdk",
            "styled-button",
            "FAQs",
            "regwall",
            "container-xxl",
            "TopBannerUS",
        ] {
            assert!(!looks_hashed(name), "{name}");
        }
    }
}
