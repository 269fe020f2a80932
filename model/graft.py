"""Copies of training pages with foreign matter in them: comments, teasers, bios, appeals, cut from between and behind the stories of other
pages and put between and behind the paragraphs of this one. They teach the model what is no story wherever it stands.
"""
import random
import re

import lxml.html

ATTRIBUTE = re.compile(r"""\s(?:class|id|role|itemprop|data-[\w:.-]+|aria-[\w-]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.I)
LEAST_WORDS, MOST_WORDS = 8, 400


def whole(markup):
    """Markup with its tags balanced, as bytes; none if nothing is left of it."""
    try:
        parts = lxml.html.fragments_fromstring(markup.decode("utf8", "replace"))
        out = "".join(lxml.html.tostring(p, encoding="unicode") if not isinstance(p, str) else p for p in parts)
    except Exception:
        return None
    return out.encode() if out.strip() else None


def donors(html, page, labels):
    """Runs of blocks that are no story, inside the page's story or right behind it."""
    story = [i for i, y in enumerate(labels) if y > 0.5]
    if len(story) < 4:
        return []
    runs, run = [], []
    last = story[-1]
    for i in range(story[0], min(len(labels), last + 60)):
        other = labels[i] < 0.1 and page["texts"][i].strip() and not page["removed"][i]
        same = run and page["elements"][i] is not None
        if other and (not run or i == run[-1] + 1) and len(run) < 12:
            run.append(i)
            continue
        if run:
            runs.append(run)
        run = [i] if other and same is not None else []
    if run:
        runs.append(run)
    found = []
    for run in runs:
        size = sum(len(page["texts"][i].split()) for i in run)
        if not LEAST_WORDS <= size <= MOST_WORDS:
            continue
        start, end = page["bytes"][run[0]][0], page["bytes"][run[-1]][1]
        # The tag that begins the first block is part of what is taken.
        tag = html.rfind(b"<", 0, start)
        if tag >= 0 and start - tag < 300:
            start = tag
        markup = whole(html[start:end])
        if markup:
            found.append(markup)
    return found


def graft(html, page, labels, pool, rng, count):
    """The page with pieces of the pool put in; none if there is no place."""
    places = []
    for i, y in enumerate(labels):
        end = page["bytes"][i][1]
        if y > 0.8 and len(page["texts"][i].split()) >= 10 and html[end:end + 4].lower() == b"</p>":
            places.append(end + 4)
    if len(places) < 3:
        return None
    picked = rng.sample(places[:-1], min(len(places) - 1, count)) + ([places[-1]] if rng.random() < 0.6 else [])
    for place in sorted(set(picked), reverse=True):
        piece = rng.choice(pool)
        if rng.random() < 0.5:
            name = "".join(rng.choice("bcdfghjkmnpqrstvwxz0123456789") for _ in range(6))
            piece = ATTRIBUTE.sub(lambda m: f' class="x{name}"' if m.group(0).lstrip().lower().startswith("class") else "", piece.decode("utf8", "replace")).encode()
        html = html[:place] + b"\n" + piece + b"\n" + html[place:]
    return html
