"""Learned weights of class words and of words of texts: how much more often than its page a word stands with the story.

For each word the log odds of "story" under it against those of the page are averaged over domains, shrunk to zero where few domains have
it. The hash is that of `src/judge/features/words.rs`.
"""
import collections
import math
import re
import struct

STEP = 24          # weights are kept in steps of 1/24
SHRINK = 4.0       # domains that a word must have before half of its weight is believed
LEAST_DOMAINS = 6
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


def learn(counted, most_classes, most_texts):
    """`counted`: (domain, result of `counts`) a page. The two lists as bytes."""
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
        entries = {}
        for word, (weight, _) in best:
            entries.setdefault(hashed(word), max(-127, min(127, round(weight * STEP))))
        entries = {h: w for h, w in entries.items() if w}
        lists.append(struct.pack("<I", len(entries)) + b"".join(struct.pack("<Ib", h, w) for h, w in sorted(entries.items())))
    return b"".join(lists)
