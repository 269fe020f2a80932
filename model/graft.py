"""Copies of training pages with foreign matter in them: comments, teasers, bios, appeals, cut from between and behind the stories of other
pages and put between and behind the paragraphs of this one. They teach the model what is no story wherever it stands.
"""
import html as html_module
import random
import re

import lxml.html

ATTRIBUTE = re.compile(r"""\s(?:class|id|role|itemprop|data-[\w:.-]+|aria-[\w-]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.I)
LEAST_WORDS, MOST_WORDS = 8, 400
ASKING = 0.3           # the share of pieces that are appeals which the rules know, so that a paragraph beside one is still a story's
UNHEARD = 0.45         # the share of pieces that are appeals which the rules may not know
LOOSE = 0.3            # the share of those without their wrapper


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
    return cut(html, page, runs)


def appeals(html, page):
    """Runs of blocks that a rule or the recognizer removes."""
    runs = []
    for i, removed in enumerate(page["removed"]):
        if removed and page["texts"][i].strip():
            if runs and runs[-1][-1] == i - 1:
                runs[-1].append(i)
            else:
                runs.append([i])
    return cut(html, page, runs)


def cut(html, page, runs):
    """The markup of runs of blocks that are neither too short nor too long."""
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


def loose(lines):
    """An appeal as paragraphs beside each other."""
    return "\n".join(f"<p>{html_module.escape(line, quote=False)}</p>" for line in lines).encode()


def graft(html, page, labels, pool, asking, unheard, rng, count):
    """The page with pieces of the pools put in; none if there is no place."""
    places = []
    for i, y in enumerate(labels):
        end = page["bytes"][i][1]
        if y > 0.8 and len(page["texts"][i].split()) >= 10 and html[end:end + 4].lower() == b"</p>":
            places.append(end + 4)
    if len(places) < 3:
        return None
    picked = rng.sample(places[:-1], min(len(places) - 1, count)) + ([places[-1]] if rng.random() < 0.6 else [])
    for place in sorted(set(picked), reverse=True):
        piece = rng.choice(drawn(pool, asking, unheard, rng))
        if rng.random() < 0.5:
            piece = hashed(piece, rng)
        html = html[:place] + b"\n" + piece + b"\n" + html[place:]
    return hashed(html, rng) if rng.random() < 0.3 else html


def drawn(pool, asking, unheard, rng):
    """The pool that a piece is taken from."""
    r = rng.random()
    return asking if asking and r < ASKING else unheard if unheard and r < ASKING + UNHEARD else pool


def hashed(html, rng):
    """Markup whose class names mean nothing, as build tools make them."""
    def name(match):
        known = match.group(0).lstrip().lower().startswith("class")
        return f' class="x{"".join(rng.choice("bcdfghjkmnpqrstvwxz0123456789") for _ in range(6))}"' if known else ""
    return re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: ATTRIBUTE.sub(name, tag.group(0)), html.decode("utf8", "replace")).encode()


KNOWN = {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figcaption", "td", "dd", "dt"}


def bare(page, labels, unheard, rng):
    """A short page without wrappers and names: the headline, the first blocks of the story, some of what stands around it, an appeal; and its
    truth."""
    texts, story = page["texts"], [i for i, y in enumerate(labels) if y > 0.5]
    if len(story) < 3:
        return None
    last = rng.choice(story[2:])
    before = rng.randint(0, min(story[0], 12))
    chosen = list(range(story[0] - before, last + 1)) + list(range(story[-1] + 1, min(len(texts), story[-1] + 1 + rng.choice([0, 0, 4, 12]))))
    if page["headline"] is not None and page["headline"] not in chosen:
        chosen.insert(0, page["headline"])
    ends = rng.random() < 0.6
    behind = rng.choice(story) if unheard and rng.random() < UNHEARD else None
    out = []
    for i in chosen:
        text = html_module.escape(texts[i], quote=False)
        if not text.strip() or page["removed"][i]:
            continue
        element = page["elements"][i]
        tag = page["classes"][element][2] if element is not None else "p"
        tag = "h1" if i == page["headline"] else tag if tag in KNOWN else rng.choice(["p", "p", "div"])
        out.append(f"<{tag}>{text}" + (f"</{tag}>" if ends or tag not in ("p", "li", "dd", "dt", "td") else ""))
        if i == behind:
            out.append(rng.choice(unheard).decode())
    title = html_module.escape(texts[page["headline"]]) if page["headline"] is not None else ""
    truth = "\n".join(texts[i] for i in chosen if labels[i] > 0.5 and i != page["headline"])
    return f"<!doctype html><title>{title}</title>\n" + "\n".join(out), truth
