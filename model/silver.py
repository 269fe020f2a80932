#!/usr/bin/env python3
"""Silver labels: what several public extractors agree to be the story of a page, corrected by the lines that a set's `with` and
`without` name.

  pip install -r model/requirements-silver.txt
  model/silver.py SET.json FOLDER OUT.jsonl [--peers FOLDER] [--type article]

Writes one JSON object a page:

  {"id": "...", "lines": [{"text": "...", "p": 0.83, "weight": 0.66}, ...], "text": "..."}

`lines` holds, in page order, each paragraph-like line of the page that any extractor returned or that `with` or `without` names. `p` is
how far it is story, from 0 to 1, and `weight` how much that should count: 0 where the extractors are split, 1 where they agree,
3 where `with` or `without` decides. A line of the page that is not listed is no story by common consent (p 0, weight 1). `text`
is the lines with p above a half.

An extractor's vote counts by how often it gets the named lines of the set right, and on each page again by how often it does there: who missed
the story on this page should not say what it is. The vote on a line is the share of its words (by runs of three) that the
extractor returned; where a short line stands twice, it goes to the copy nearest to the rest of what was returned.

With --peers, FOLDER/<extractor>/<set>.jsonl holds what each extractor returned ({"id", "text"} a line), and is read instead of running it
again. One process, at low priority; the same input gives the same output."""

import argparse
import collections
import json
import logging
import os
import pathlib
import re
import sys
import warnings

import lxml.etree
import lxml.html

# ---- Text

BLOCKS = set(
    "address article aside blockquote body br button center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr html legend li main menu nav noscript ol option p pre section select summary table tbody td tfoot th thead "
    "title tr ul".split()
)
SILENT = set("script style template head svg textarea iframe object math video audio canvas".split())
NAMED_WEIGHT = 3.0
# Soft hyphens and their like, which some extractors take out.
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def decode(raw):
    """The page as one string, the same for every extractor."""
    from resiliparse.parse.encoding import detect_encoding

    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", raw[:4096], re.I)
    for label in filter(None, [declared and declared[1].decode("ascii", "replace"), detect_encoding(raw, html5_compatible=True)]):
        if label.lower().replace("-", "") == "utf8":
            return raw.decode("utf-8", "replace")
        try:
            return raw.decode(label, "replace")
        except LookupError:
            continue
    return raw.decode("utf-8", "replace")


def tree(html):
    """A tree of anything, or none. As bytes, since lxml refuses a string that declares an encoding."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError):
        return None


def lines_of(root):
    """The text of a tree, a line for each run of text between block borders."""
    lines, words = [], []

    def flush():
        line = " ".join("".join(words).split())
        if line:
            lines.append(line)
        words.clear()

    if root is None:
        return lines
    walk = lxml.etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node.tag in BLOCKS:
                flush()
            if node.tag in SILENT:
                walk.skip_subtree()
            else:
                words.append(node.text or "")
        else:
            if node.tag in BLOCKS:
                flush()
            words.append(node.tail or "")
    flush()
    return lines


def tokens(text):
    """Words in lower case; each character by itself where a script has no spaces."""
    return re.findall(r"[぀-ヿ㐀-鿿가-힣]|[^\W぀-ヿ㐀-鿿가-힣]+", text.translate(UNSEEN).lower())


def runs(words):
    return list(zip(words, words[1:], words[2:]))


def bare(text):
    return " ".join(text.translate(UNSEEN).split()).lower()


# ---- Extractors: each takes a page and its address and gives text


def trafilatura(html, url):
    import trafilatura

    return trafilatura.extract(html, include_comments=False) or ""


def readability_lxml(html, url):
    import readability

    return "\n".join(lines_of(tree(readability.Document(html).summary())))


def resiliparse(html, url):
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, main_content=True, alt_texts=False, list_bullets=False)


def newspaper(html, url):
    import newspaper

    article = newspaper.Article(url or "https://page.example/a", fetch_images=False, request_timeout=1)
    article.download(input_html=html)
    article.parse()
    return article.text


def goose(html, url):
    import goose3

    with goose3.Goose({"enable_image_fetching": False}) as goose:
        return goose.extract(raw_html=html).cleaned_text


def justext(html, url):
    import justext
    from resiliparse.parse.lang import detect_fast

    code = detect_fast(" ".join(lines_of(tree(html))))[0]
    language = JUSTEXT.get(code)
    stop = justext.get_stoplist(language) if language else frozenset()
    # Without a list of function words it can only go by length and links.
    low, high = (0.3, 0.32) if language else (0.0, 0.0)
    found = justext.justext(html.encode("utf-8", "replace"), stop, stopwords_low=low, stopwords_high=high, encoding="utf-8")
    return "\n".join(p.text for p in found if not p.is_boilerplate)


JUSTEXT = dict(
    en="English", de="German", fr="French", es="Spanish", it="Italian", pt="Portuguese", nl="Dutch", pl="Polish", ru="Russian", tr="Turkish",
    el="Greek", sv="Swedish", da="Danish", no="Norwegian_Bokmal", fi="Finnish", cs="Czech", hu="Hungarian", ro="Romanian",
    uk="Ukrainian", bg="Bulgarian", hr="Croatian", sr="Serbian", sk="Slovak", sl="Slovenian", ca="Catalan", ar="Arabic", fa="Persian",
    id="Indonesian", vi="Vietnamese", lt="Lithuanian", lv="Latvian", et="Estonian", sq="Albanian", eu="Basque", gl="Galician",
)  # fmt: skip


def boilerpy(html, url):
    import boilerpy3.extractors

    return boilerpy3.extractors.ArticleExtractor(raise_on_failure=False).get_content(html)


def rs_trafilatura(html, url):
    import rs_trafilatura

    return rs_trafilatura.extract(html, url=url or None).main_content or ""


EXTRACTORS = {
    "trafilatura": trafilatura,
    "readability-lxml": readability_lxml,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper,
    "goose3": goose,
    "justext": justext,
    "boilerpy3": boilerpy,
    "rs-trafilatura": rs_trafilatura,
}


def extract(name, pages, folder, kept):
    """What an extractor returns for every page. One that fails on a page returned nothing there."""
    if kept and kept.exists():
        return {page["id"]: page["text"] for page in map(json.loads, open(kept, encoding="utf-8"))}
    found = {}
    for at, (key, page) in enumerate(pages.items()):
        html = decode((folder / f"{key}.html").read_bytes())
        try:
            found[key] = EXTRACTORS[name](html, page["url"])
        except Exception as error:  # Each library has its own ways to fail on a page.
            print(f"{name}: {key}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            found[key] = ""
        if at % 100 == 99:
            print(f"{name}: {at + 1} pages", file=sys.stderr, flush=True)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        with open(part, "w", encoding="utf-8") as out:
            for key, text in found.items():
                out.write(json.dumps({"id": key, "text": text}, ensure_ascii=False) + "\n")
        part.rename(kept)
    return found


# ---- Votes


class Page:
    """A page's lines, and where the words of each stand again."""

    def __init__(self, html):
        root = tree(html)
        self.lines = lines_of(root)
        self.tokens = [tokens(line) for line in self.lines]
        self.bare = [bare(line) for line in self.lines]
        self.keys = [self._keys(at) for at in range(len(self.lines))]
        where = collections.defaultdict(set)
        for at, keys in enumerate(self.keys):
            for key in keys:
                where[key].add(at)
        self.copies = [self._copies(at, where) for at in range(len(self.lines))]
        self.headlines = headlines(root)

    def _keys(self, at):
        """What to look for in an extractor's text: a line's runs of three words, and a shorter line as a whole."""
        words = self.tokens[at]
        return runs(words) if len(words) > 2 else [tuple(words)] if words else []

    def _copies(self, at, where):
        """The lines that hold nearly all of this one, itself among them."""
        keys = self.keys[at]
        seen = collections.Counter(other for key in set(keys) for other in where[key])
        return sorted(other for other, count in seen.items() if count >= 0.8 * len(set(keys)))

    def votes(self, text):
        """For each line, how much of it stands in the text."""
        found = collections.Counter(runs(tokens(text)))
        found.update(tuple(words) for words in map(tokens, text.splitlines()) if 0 < len(words) < 3)
        cover = [sum(key in found for key in keys) / len(keys) if keys else 0.0 for keys in self.keys]
        mass = [at for at, share in enumerate(cover) if share > 0.8 and len(self.tokens[at]) >= 8 and len(self.copies[at]) == 1]
        for at, share in enumerate(list(cover)):
            copies = self.copies[at]
            if share > 0 and len(copies) > 1 and mass:
                counts = sorted(found[key] for key in self.keys[at])
                returned = max(1, counts[len(counts) // 2])
                nearest = sorted(copies, key=lambda copy: (min(abs(copy - line) for line in mass), copy))
                if at not in nearest[:returned]:
                    cover[at] = 0.0
        return cover


def headlines(root):
    """The lines that are the page's headline: it is not counted as story."""
    if root is None:
        return set()
    titles = [bare(node.text_content()) for node in root.iter("h1")]
    title = bare(" ".join(node.text_content() for node in root.iter("title")))
    titles += [bare(node.get("content") or "") for node in root.iter("meta") if node.get("property") == "og:title"]
    return {line for line in titles if line and (line in title or len(titles) <= 2)} | {title}


def said(snippets, text):
    text = bare(text)
    return [bare(snippet) in text for snippet in snippets]


def trust(meta, text):
    """How many of the named lines of a page an extractor got right, and of how many."""
    right = sum(said(meta["with"], text)) + sum(not there for there in said(meta["without"], text))
    return right, len(meta["with"]) + len(meta["without"])


def named(page, shares, meta):
    """The lines that `with` or `without` decides: {line: 1.0 or 0.0}."""
    decided = {}
    for snippet in meta["without"]:
        short = bare(snippet)
        for at, line in enumerate(page.bare):
            # A few letters within a long sentence name that sentence no more than they name the word they stand in.
            if short and short in line and (len(short) >= 0.5 * len(line) or shares[at] < 0.7):
                decided[at] = 0.0
    for snippet in meta["with"]:
        short = bare(snippet)
        holding = [at for at, line in enumerate(page.bare) if short and short in line]
        best = max((shares[at] for at in holding), default=0.0)
        decided.update((at, 1.0) for at in holding if shares[at] == best)
    return decided


def label(page, meta, texts, reliability):
    """A page's labelled lines."""
    weights = {}
    for name, text in texts.items():
        right, of = trust(meta, text)
        here = (right + 2 * reliability[name]) / (of + 2)
        weights[name] = (here * reliability[name]) ** POWER if text.strip() else 0.0
    votes = {name: page.votes(text) for name, text in texts.items() if weights[name] > 0}
    total = sum(weights[name] for name in votes) or 1.0
    shares = [sum(weights[name] * vote[at] for name, vote in votes.items()) / total for at in range(len(page.lines))]
    decided = named(page, shares, meta)
    out = []
    for at, line in enumerate(page.lines):
        share = shares[at]
        if at in decided:
            p, weight = decided[at], NAMED_WEIGHT
        elif page.bare[at] in page.headlines:
            p, weight = 0.0, 0.0
        else:
            p, weight = share, abs(2 * share - 1)
        if share > 0 or at in decided:
            out.append({"text": line, "p": round(p, 3), "weight": round(weight, 3)})
    return out


POWER = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=pathlib.Path, help='pages: {id: {"url", "type", "with", "without"}}')
    parser.add_argument("folder", type=pathlib.Path, help="their HTML, <id>.html")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--peers", type=pathlib.Path, metavar="FOLDER", help="keep what each extractor returned, and use it again")
    parser.add_argument("--type", help="only pages of this type")
    args = parser.parse_args()
    os.nice(15)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)

    pages = json.loads(args.set.read_text(encoding="utf-8"))
    returned = {}
    for name in EXTRACTORS:
        kept = args.peers and args.peers / name / f"{args.set.stem}.jsonl"
        returned[name] = extract(name, pages, args.folder, kept)
    reliability = {}
    for name, texts in returned.items():
        counts = [trust(page, texts[key]) for key, page in pages.items()]
        reliability[name] = sum(right for right, _ in counts) / max(1, sum(of for _, of in counts))
        print(f"{name}: {reliability[name]:.3f} of the named lines right", file=sys.stderr)

    with open(args.out, "w", encoding="utf-8") as out:
        for key, meta in pages.items():
            if args.type and meta["type"] != args.type:
                continue
            page = Page(decode((args.folder / f"{key}.html").read_bytes()))
            lines = label(page, meta, {name: texts[key] for name, texts in returned.items()}, reliability)
            text = "\n".join(line["text"] for line in lines if line["p"] > 0.5)
            out.write(json.dumps({"id": key, "lines": lines, "text": text}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
