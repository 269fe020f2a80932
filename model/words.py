"""Learned weights of class words and of words of texts: how much more often than its page a word stands with the story, and how much more
often in an appeal than in a story.

For each word the log odds of "story" under it against those of the page are averaged over domains, shrunk to zero where few domains have
it. Of how many appeals have a word, the logarithm is taken against how many would have it if they were paragraphs of stories in their
language. The hash is that of `src/judge/features/words.rs`.
"""
import collections
import math
import re
import struct

STEP = 24          # weights are kept in steps of 1/24
SHRINK = 4.0       # domains that a word must have before half of its weight is believed
LEAST_DOMAINS = 6
LEAST_STORIES = 12     # domains with stories in a language, for appeals in it to be compared with them
LEAST_WEIGHT = 0.3     # of a word of appeals
LEAST_APPEALS = 3      # appeals that must have a word, or be expected to have it
NAME = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"[^\W_]+")


def hashed(word):
    h = 0
    for byte in word.encode():
        h = ((h << 9 | h >> 55) & 0xFFFFFFFFFFFFFFFF) ^ byte
    return (h * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 32


def names(classes):
    return set(NAME.findall(classes))


def tokens(text):
    return {re.sub(r"[0-9]", "0", t) for t in TOKEN.findall(text[:4000].lower())}


def counts(page, labels):
    """Story words and all words under each class word, and the same with each word of a text."""
    size = [len(t.split()) + 1 for t in page["texts"]]
    inside = [[0.0, 0.0] for _ in page["classes"]]
    total, story = 0.0, 0.0
    by_text = collections.defaultdict(lambda: [0.0, 0.0])
    for text, element, n, label in zip(page["texts"], page["elements"], size, labels):
        total += n
        story += n * label
        if element is not None:
            inside[element][0] += n * label
            inside[element][1] += n
        weight = math.sqrt(n)
        for token in tokens(text):
            by_text[token][0] += label * weight
            by_text[token][1] += weight
    for i in range(len(inside) - 1, -1, -1):
        parent = page["classes"][i][0]
        if parent is not None:
            inside[parent][0] += inside[i][0]
            inside[parent][1] += inside[i][1]
    by_class = collections.defaultdict(lambda: [0.0, 0.0])
    for (parent, classes, _), (good, every) in zip(page["classes"], inside):
        # What holds nearly all of the page tells nothing of its parts.
        if every == 0 or every > 0.9 * total:
            continue
        for name in names(classes):
            by_class[name][0] += good
            by_class[name][1] += every
    return by_class, by_text, story / max(total, 1.0)


def odds(good, every, base):
    p = (good + 3 * base) / (every + 3)
    p = min(max(p, 0.01), 0.99)
    b = min(max(base, 0.05), 0.95)
    return math.log(p / (1 - p)) - math.log(b / (1 - b))


def asking(stories, appeals, most):
    """How much the words of texts speak for an appeal. `stories`: (language, domain, texts of the blocks of a story) a page; `appeals`:
    (language, text) each."""
    shares = collections.defaultdict(lambda: collections.defaultdict(list))    # language, domain: for each page the shares of its blocks
    for language, domain, texts in stories:
        if texts:
            seen = collections.Counter(token for text in texts for token in tokens(text))
            shares[language][domain].append({token: n / len(texts) for token, n in seen.items()})
    found, expected = collections.Counter(), collections.Counter()
    for language, domains in shares.items():
        own = [tokens(text) for spoken, text in appeals if spoken == language]
        if len(domains) < LEAST_STORIES or not own:
            continue
        found.update(token for tokens_ in own for token in tokens_)
        for pages in domains.values():
            for page in pages:
                for token, share in page.items():
                    expected[token] += share * len(own) / len(pages) / len(domains)
    weights = {}
    # Prices and dates are full of numbers.
    for token in (token for token in found.keys() | expected.keys() if not token.isdigit()):
        n = max(found[token], expected[token])
        if n >= LEAST_APPEALS:
            weights[token] = math.log((found[token] + 1) / (expected[token] + 1)) * n / (n + SHRINK), n
    # An appeal is longer than a paragraph, so it has more of any word.
    telling = [(token, known) for token, known in weights.items() if abs(known[0]) >= LEAST_WEIGHT]
    best = sorted(telling, key=lambda kv: (-abs(kv[1][0]) * math.log(1 + kv[1][1]), kv[0]))[:most]
    return {token: weight for token, (weight, _) in best}


def learn(counted, stories, appeals, most_classes, most_texts, most_asking):
    """`counted`: (domain, result of `counts`) a page; `stories` and `appeals` as for `asking`. The two lists as bytes."""
    lists = []
    for kind, most in ((0, most_classes), (1, most_texts)):
        by_word = collections.defaultdict(lambda: collections.defaultdict(list))
        for domain, c in counted:
            for word, (good, every) in c[kind].items():
                by_word[word][domain].append(odds(good, every, c[2]))
        weights = {}
        for word, domains in by_word.items():
            n = len(domains)
            if n < LEAST_DOMAINS:
                continue
            mean = sum(sum(v) / len(v) for v in domains.values()) / n
            weights[word] = (mean * n / (n + SHRINK), n)
        best = sorted(weights.items(), key=lambda kv: (-abs(kv[1][0]) * math.log(1 + kv[1][1]), kv[0]))[:most]
        lists.append({word: weight for word, (weight, _) in best})
    classes, texts = lists
    asks = asking(stories, appeals, most_asking)
    return packed({w: (v,) for w, v in classes.items()}) + packed({w: (texts.get(w, 0), asks.get(w, 0)) for w in texts | asks})


def packed(words):
    """A list of words and their weights as bytes; a word that weighs nothing is left out."""
    entries = {}
    for word, weights in words.items():
        entries.setdefault(hashed(word), [max(-127, min(127, round(weight * STEP))) for weight in weights])
    entries = {h: weights for h, weights in entries.items() if any(weights)}
    return struct.pack("<I", len(entries)) + b"".join(struct.pack(f"<I{len(w)}b", h, *w) for h, w in sorted(entries.items()))
