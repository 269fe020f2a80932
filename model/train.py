"""Trains the story model and writes `model/story.model`.

    python model/train.py DATA [--sets wcxb-dev,mozilla,trafeval] [--silver FILE] [--appeals FILE]... [--work DIR] [--binary FILE] [--only-check] [--drop]

DATA holds `SET.json` and `SET/*.html`. Pages without `text` are used if the silver file (of `model/silver.py`) has labels for them. Appeals are those of
`fixtures/appeals` and `model/appeals`, and of more JSON files: lists of `{"id", "domain", "lang", "html", "lines"}`, where `domain` is that of the page
which an appeal was taken from, if it was. First the figures of a
cross-validation by domain are printed, then the forests are trained on all pages and written. With `--drop` the figures are printed once more
without each group of features. Seeds are fixed; the same pages give the same file.
"""
import collections
import json
import pathlib
import random
import re
import sys
import tempfile
import tomllib

import numpy as np
from catboost import CatBoostClassifier, Pool

import export
import graft
import words as word_lists
from labels import labels
from pages import BINARY, FOLDS, ROOT, Page, arguments, build, feature_names, fold_of, read_sets, run

CLASS_WORDS, TEXT_WORDS, ASKING_WORDS = 2000, 2000, 2500
GRAFT_WEIGHT, SILVER_WEIGHT = 0.5, 0.5
UNHEARD_WEIGHT = 5.0   # of blocks of an appeal that was put in, whose words ask so much
UNHEARD_ASKING = 0.5
ENDANGERED_WEIGHT = 3.0    # of sentences of an article whose words ask so much
OWN_APPEALS = 5        # fewer appeals in a page's language would be learned by heart
BARE = 0.4             # the share of articles that a bare copy is made of
PAGE_BALANCE = 0.3     # how far long pages weigh no more than short ones
EASY, KEEP_EASY = 0.05, 0.35
# The trees are oblivious, at most as deep as src/judge/forest.rs reads them. One Newton step a leaf is as good as ten and faster.
FOREST = dict(
    loss_function="CrossEntropy", iterations=500, depth=6, learning_rate=0.08, l2_leaf_reg=5, border_count=63, bootstrap_type="Bernoulli",
    subsample=0.8, rsm=0.6, leaf_estimation_iterations=1, random_seed=1, thread_count=2, verbose=0, allow_writing_files=False,
)
DROP_FOLDS = 2         # leaving a group out is measured on so many folds, with forests that are quicker to train
DROP = dict(FOREST, iterations=150, learning_rate=0.15)
KIND = dict(FOREST, loss_function="Logloss", iterations=120, depth=3)
# As in src/judge/story.rs.
SMALL_PAGE, SMALL_BETA, UNLIKELY = 200, 1.5, 0.25
PEER_SHARES, LEAST_PEERS = (0.25, 0.5), 4                               # as in src/judge/model.rs
# As in src/judge/forest.rs, where eight rows beside each other are given up together.
EARLY = [(16, -1.6, np.inf), (32, -2.1, np.inf), (48, -2.2, np.inf), (64, -2.2, 2.3), (96, -2.2, 2.0), (128, -2.1, 1.9)]
LATE = [(192, -1.8, 2.2), (256, -1.5, 1.6), (320, -1.2, 1.2), (384, -1.0, 1.0)]
HOPELESS, SURE = -4.6, 3.5
UNDER_HEADLINE, STANDFIRST_LIKELY, STANDFIRST_WORDS, STANDFIRST_LINKED = 9, 0.25, 8, 0.3
HIDDEN_LIKELY = 0.7
DESCRIBED_COVER, DESCRIBED_SHARE, DESCRIBED_WORDS = 0.7, 0.5, 5
NEXT_LIKELY, NAMED_LIKELY, TITLE_AGAIN = 0.1, 0.02, 0.9
HEADING_LIKELY, HEADING_LINKED, ANNOUNCING_WORDS = 0.3, 0.3, 12
STANDFIRSTS = set(
    "abstract bajada catenaccio chapeau chapo dek entradilla excerpt ingress intro lead lede shortdescription standfirst strapline subhead "
    "subheading subheadline subhed subline subtitle summary vorspann".split()
)


def silver(pages, path):
    """Labels by agreement of extractors; the weight of a line says how far they agree."""
    by_id = {(d := json.loads(line))["id"]: d for line in open(path)}
    for page in pages:
        found = by_id.get(page.key.split("/")[1])
        if page.truth is None and found:
            page.labels = labels(page.raw["texts"], found["text"])
            page.agreed = found["text"]
            sure = {" ".join(l["text"].split()).lower(): l["weight"] for l in found["lines"]}
            page.trust = np.array([min(sure.get(" ".join(t.split()).lower(), 0.5), 1.0) for t in page.raw["texts"]], np.float32)


class Appeal:
    """An appeal in its own words, beside those of the pages. Its fold is not that of pages which are judged with its words."""

    def __init__(self, key, language, kind, lines, html=None):
        self.language, self.kind, self.lines, self.html = language, kind, lines, html and html.encode()
        self.text, self.fold = "\n".join(lines), fold_of(key)


def read_appeals(files):
    """Those of the fixtures, which are only read for their words, since the rules know them; and those of some files. Beside them, for each
    language, sentences of stories that speak of such things."""
    found, endangered = [], []
    for path in sorted((ROOT / "fixtures" / "appeals").glob("*.toml")):
        known = tomllib.loads(path.read_text())
        found += [Appeal(f"{path.stem}/{n}", path.stem, appeal["kind"], appeal["lines"]) for n, appeal in enumerate(known["appeal"])]
        endangered += [(path.stem, f"{path.stem}/{n}", [story["text"]]) for n, story in enumerate(known["story"])]
    for path in sorted((ROOT / "model" / "appeals").glob("*.json")) + files:
        found += [Appeal(a.get("domain") or a["id"], a["lang"], a["kind"], a["lines"], a["html"]) for a in json.loads(path.read_text())]
    return found, endangered


def grafted(pages, appeals, folder):
    """A copy of each article with foreign matter of other sites of its fold in it."""
    pool, asking = collections.defaultdict(list), collections.defaultdict(list)
    html = {p.key: p.path.read_bytes() for p in pages if p.labels is not None and p.article}
    for p in pages:
        if p.key in html and p.truth is not None:
            pool[p.fold] += [(p.domain, piece) for piece in graft.donors(html[p.key], p.raw, p.labels)]
            asking[p.fold] += [(p.domain, piece) for piece in graft.appeals(html[p.key], p.raw)]
    copies = []
    for p in pages:
        if p.key not in html:
            continue
        rng = random.Random(f"1/{p.key}")
        unheard = unheard_of(p, appeals, rng)
        # The other matter is of English pages mostly, and silver pages are not.
        truth, pieces = p.truth, [piece for name, piece in pool[p.fold] if name != p.domain]
        if truth is None:
            truth, pieces = p.agreed, unheard
        known = [piece for name, piece in asking[p.fold] if name != p.domain]
        new = graft.graft(html[p.key], p.raw, p.labels, pieces, known, unheard, rng, rng.randint(1, 5)) if pieces else None
        if new is not None:
            copies.append(copied(p, folder / (p.key.replace("/", "__") + ".html"), new, truth))
        short = graft.bare(p.raw, p.labels, unheard, rng) if p.truth is not None and rng.random() < BARE else None
        if short is not None:
            copies.append(copied(p, folder / (p.key.replace("/", "__") + "__bare.html"), short[0].encode(), short[1]))
    return copies


def unheard_of(page, appeals, rng):
    """Markup of appeals in the page's own language: in another, that alone would tell them."""
    own = [a for a in appeals if a.html and a.fold == page.fold and a.language == page.language]
    return [graft.loose(a.lines) if rng.random() < graft.LOOSE else a.html for a in own] if len(own) >= OWN_APPEALS else []


def copied(page, path, html, truth):
    path.write_bytes(html)
    copy = Page(page.key, path, dict(page.meta, text=truth))
    copy.graft = True
    return copy


def mark_asking(pages, appeals, asking):
    """Which blocks ask by their own words and are sentences of an article; and which are of an appeal that was put in. `asking`: the column that
    tells how much a block asks. On other pages four of ten blocks that ask and are true are no sentences, on articles one in four."""
    flat = lambda text: " ".join(text.split())
    lines = {flat(line) for a in appeals if a.html for line in a.lines}
    for page in pages:
        asks = page.values[:, asking] >= UNHEARD_ASKING
        if page.labels is not None:
            page.endangered = asks & (page.labels > 0.5) & (page.sentences > 0) & page.article
        if page.graft:
            page.unheard = asks & np.array([y < 0.5 and flat(t) in lines for t, y in zip(page.raw["texts"], page.labels)], bool)


def learned_words(counted, appeals, endangered):
    stories = [(p.language, p.domain, [t for t, y in zip(p.raw["texts"], p.labels) if y > 0.8]) for p, _ in counted if p.article] + endangered
    asking = [(a.language, a.text) for a in appeals]
    return word_lists.learn([(p.domain, c) for p, c in counted], stories, asking, CLASS_WORDS, TEXT_WORDS, ASKING_WORDS)


def weights(page):
    own = np.log1p(page.sizes)
    share = (600 / max(own.sum(), 30)) ** PAGE_BALANCE
    share *= GRAFT_WEIGHT if page.graft else 1.0
    if page.graft:
        own = own * np.where(page.unheard, UNHEARD_WEIGHT, 1.0)
    own = own * np.where(page.endangered, ENDANGERED_WEIGHT, 1.0)
    return own * share * (page.trust * SILVER_WEIGHT if page.trust is not None else 1.0)


def forest(pages, columns=None, settings=FOREST):
    X = np.concatenate([p.values for p in pages])
    y = np.concatenate([p.labels for p in pages])
    w = np.concatenate([weights(p) for p in pages])
    easy = y < EASY
    keep = (w > 0) & (~easy | (np.random.default_rng(1).random(len(y)) < KEEP_EASY))
    w = np.where(easy, w / KEEP_EASY, w)
    X = X[keep]
    if columns is not None:
        X = np.where(columns, X, 0)
    return CatBoostClassifier(**settings).fit(Pool(X, y[keep], weight=w[keep]))


def page_columns(names):
    return np.array([n.startswith("Page") and not n.startswith("PageLike") for n in names])


def kind(pages, names):
    """How surely a page is an article: from what is the same for all its blocks."""
    pages = [p for p in pages if len(p.values) and "type" in p.meta and not p.graft and p.set != "mozilla"]
    X = np.where(page_columns(names), np.array([p.values[0] for p in pages]), 0)
    return CatBoostClassifier(**KIND).fit(Pool(X, np.array([p.article for p in pages], int)))


def odds(forest, X):
    """The log odds of some rows, and which of them were neither hopeless nor sure early; as in src/judge/forest.rs."""
    out, unsure, rows = np.zeros(len(X)), np.ones(len(X), bool), np.arange(len(X))
    for trees, low, high in EARLY + LATE + [(forest.tree_count_, -np.inf, np.inf)]:
        if not len(rows):
            break
        now = forest.predict(X[rows], prediction_type="RawFormulaVal", ntree_end=min(trees, forest.tree_count_))
        given_up = (now < low) | (now > high)
        out[rows] = now
        if (trees, low, high) in EARLY:
            out[rows[given_up]] = np.where(now < low, HOPELESS, SURE)[given_up]
            unsure[rows[given_up]] = False
        rows = rows[~given_up]
    return out, unsure


def judge(forests, page, columns=None):
    every, article, is_article = forests
    if not len(page.values):
        return np.zeros(0), 0.0
    X = page.values if columns is None else np.where(columns, page.values, 0)
    sure = 1 / (1 + np.exp(-odds(is_article, X[:1])[0][0]))
    a, unsure = odds(every, X)
    b, _ = odds(article, X)
    both = a + np.where(unsure, b - a, 0) * sure / 2
    for kind, share in enumerate(PEER_SHARES):
        both = pool(page, both, [peers[kind] for peers in page.raw["peers"]], share)
    p = 1 / (1 + np.exp(-both))
    page.allowed = p >= page.least
    # As in src/judge/story.rs: on an article, what is hidden is story only if it is likely.
    return np.where((page.hidden > 0) & (p < HIDDEN_LIKELY * sure), 0, p), sure


def pool(page, odds, peers, share):
    """As in src/judge/model.rs."""
    groups = collections.defaultdict(list)
    for i, group in enumerate(peers):
        if group is not None and page.sizes[i] > 0:
            groups[group].append(i)
    odds = odds.copy()
    for group in groups.values():
        if len(group) >= LEAST_PEERS:
            odds[group] += (odds[group].mean() - odds[group]) * share
    return odds


def best_prefix(page, p, beta):
    """As in src/judge/story.rs."""
    chosen = np.zeros(len(p), bool)
    order = [i for i in np.argsort(-p, kind="stable") if page.allowed[i] and page.sizes[i] > 0]
    if not order:
        return chosen
    story, taken = np.cumsum(p[order] * page.sizes[order]), np.cumsum(page.sizes[order])
    best = int(np.argmax(story / (taken + beta * beta * story[-1])))
    chosen[order[:best + 1]] = True
    return with_headings(page, p, with_standfirst(page, p, with_siblings(page, p, chosen)))


def with_siblings(page, p, chosen):
    """As in src/judge/story/along.rs."""
    elements, classes = page.raw["elements"], page.raw["classes"]
    look = lambda i: None if elements[i] is None else (classes[elements[i]][0], classes[elements[i]][1:])
    near = lambda i, j: 0 <= j < len(p) and chosen[j] and look(i) is not None and look(i) == look(j)
    likely = [i for i in np.flatnonzero(~chosen & page.allowed & (page.sizes > 0) & (p >= UNLIKELY)) if near(i, i - 1) or near(i, i + 1)]
    chosen[likely] = True
    return chosen


def with_standfirst(page, p, chosen):
    """As in src/judge/story/along.rs."""
    start = page.raw["headline"]
    if start is None or not chosen[start + 1:].any():
        return chosen
    first = start + 1 + int(np.argmax(chosen[start + 1:]))
    place = 0
    for i in range(start + 1, min(first, start + 1 + UNDER_HEADLINE)):
        place += page.sizes[i] > 0
        least = NEXT_LIKELY if place == 1 and page.sentences[i] > 0 else STANDFIRST_LIKELY
        likely = page.sizes[i] >= STANDFIRST_WORDS and p[i] >= least
        named = place <= 2 and page.sizes[i] >= DESCRIBED_WORDS and p[i] >= NAMED_LIKELY and is_standfirst(page, i)
        described = page.sizes[i] >= DESCRIBED_WORDS and page.cover[i] >= DESCRIBED_COVER and page.share[i] >= DESCRIBED_SHARE
        text = page.linked[i] <= STANDFIRST_LINKED and not page.in_figure[i] and page.titled[i] < TITLE_AGAIN
        chosen[i] |= page.allowed[i] and text and (likely or described or named)
    return chosen


def with_headings(page, p, chosen):
    """As in src/judge/story/along.rs."""
    classes, elements = page.raw["classes"], page.raw["elements"]

    def up(element):
        while element is not None:
            yield element
            element = classes[element][0]

    below = None
    for i in range(len(p) - 1, -1, -1):
        if page.sizes[i] == 0:
            continue
        if not chosen[i] and below is not None and chosen[below] and page.heading[below] == 0:
            heading = next((e for e in up(elements[i]) if re.fullmatch("h[1-6]|caption", classes[e][2])), None)
            same = heading is not None and classes[heading][0] in up(elements[below])
            chosen[i] = same and page.allowed[i] and p[i] >= HEADING_LIKELY and page.linked[i] < HEADING_LINKED and page.section[i] == 0
        below = i
    return chosen


def without_dangling(page, chosen):
    """As in src/judge/story/along.rs."""
    while chosen.any():
        last = len(chosen) - 1 - int(np.argmax(chosen[::-1]))
        before = np.flatnonzero(chosen[:last])
        alone = page.heading[last] > 0 and len(before) and page.heading[before[-1]] == 0
        behind = next((i for i in range(last + 1, len(chosen)) if page.sizes[i] > 0), None)
        links = behind is not None and not page.raw["removed"][behind] and page.linked[behind] >= 0.5
        colon = page.raw["texts"][last].rstrip().endswith(":")
        if not alone and not (colon and links and page.sizes[last] <= ANNOUNCING_WORDS and page.sentences[last] == 0):
            break
        chosen[last] = False
    return chosen


def is_standfirst(page, i):
    """As in src/judge/story/along.rs."""
    element = page.raw["elements"][i]
    names = page.raw["classes"][element][1] if element is not None else ""
    names = re.sub(r"(?<![a-z0-9])sub[^a-z0-9](title|head|heading|headline|line)(?![a-z0-9])", r"sub\1", names)
    return any(name in STANDFIRSTS for name in re.split(r"[\W_]+", names))


def snippets(page, chosen):
    flat = lambda t: re.sub(r"\s+", " ", t).lower()
    text = flat("\n".join(t for t, c in zip(page.raw["texts"], chosen) if c))
    return [sum(flat(s) in text for s in page.meta[k]) for k in ("with", "without")]


def figures(pages, judged):
    """Word F1 by set and type, and the snippets of sets that have no more."""
    by, snips, grafts = collections.defaultdict(list), np.zeros(4), []
    for page in pages:
        if page not in judged:
            continue
        p, sure = judged[page]
        beta = SMALL_BETA if page.sizes.sum() < SMALL_PAGE else 1
        chosen = best_prefix(page, p, beta)
        if sure > 0.5:
            chosen = without_dangling(page, chosen)
        if page.graft:
            grafts.append(page.f1(chosen))
        elif page.truth is not None:
            f1 = page.f1(chosen)
            by[page.set].append(f1)
            by[f"{page.set} {page.meta.get('type')}"].append(f1)
        else:
            there, leaked = snippets(page, chosen)
            snips += [there, len(page.meta["with"]), leaked, len(page.meta["without"])]
    out = {name: float(np.mean(v)) for name, v in sorted(by.items())}
    out["grafted"] = float(np.mean(grafts)) if grafts else 0.0
    if snips[1]:
        out["snippets"] = float(2 * snips[0] / (snips[0] + snips[1] + snips[2]))
    return out


def cross_validate(pages, names, columns=None, folds=FOLDS, settings=FOREST):
    judged = {}
    for fold in range(folds):
        own = [p for p in pages if p.labels is not None and p.fold != fold]
        forests = forest(own, columns, settings), forest([p for p in own if p.article], columns, settings), kind(own, names)
        for p in pages:
            if p.fold == fold:
                judged[p] = judge(forests, p, columns)
    return judged


GROUPS = {
    "own text": r"Words|WordLength|Sentences|SentenceCount|Links|LinkShare|Images|Controls|Digits|Upper|Ends|Starts|Bold|Inlines|Hidden",
    "learned words of texts": r"Lexical.*|LastLexical|BeforeLexical|BehindLexical",
    "learned class words": r"Class.*|BeforeClass|BehindClass",
    "tags around": r"In[A-Z].*|Tag|TagUp|Articles|Depth",
    "comment containers": r"InComments",
    "containers' totals": r"Up[A-Z0-9]?.*|Branch.*",
    "best containers": r"Best.*|DepthBest",
    "repetition": r"Repeat.*|Card.*|SiblingsLike|PageLike.*",
    "doubles": r"Double.*",
    "place": r"Place|WordsBefore|GoodBefore|SinceHeadline|WordsSinceHeadline",
    "title and description": r"Title.*|Summary.*",
    "last heading": r"Heading|Section|Last.*|SinceHeading|WordsSinceHeading|SinceOther|NextHeading",
    "neighbours": r"Before.*|Behind.*|LexicalAround",
    "learned words of appeals": r"Asking.*|PageAsking",
    "the page": r"Page(?!Like|Asking).*",
    "appeals": r"Appeal.*",
}


def show(title, out):
    print(title, " ".join(f"{k}={v:.4f}" for k, v in out.items()), flush=True)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--only-check", action="store_true", help="print the figures, train nothing for the crate")
    parser.add_argument("--drop", action="store_true", help="the figures without each group of features")
    parser.add_argument("--no-check", action="store_true", help="train without the cross-validation")
    a = parser.parse_args()
    if not a.binary:
        build()
    binary = a.binary or BINARY
    work = a.work or pathlib.Path(tempfile.mkdtemp())
    (work / "graft").mkdir(parents=True, exist_ok=True)
    names = feature_names(binary)

    pages = run(binary, read_sets(a.data, a.sets.split(",")), work / "raw")
    if a.silver:
        silver(pages, a.silver)
    counted = [(p, word_lists.counts(p.raw, p.labels)) for p in pages if p.labels is not None]
    appeals, endangered = read_appeals(a.appeals)
    learn = lambda fold: learned_words([(p, c) for p, c in counted if p.fold != fold], [a for a in appeals if a.fold != fold], endangered)
    copies = grafted(pages, appeals, work / "graft")
    # The words of a fold's pages are weighed by the pages of the others, as they will be on pages nobody has seen.
    for fold in range(FOLDS):
        lists = work / f"words{fold}"
        lists.write_bytes(learn(fold))
        run(binary, [p for p in pages + copies if p.fold == fold], work / f"fold{fold}", lists)
    pages += copies
    mark_asking(pages, appeals, names.index("Asking"))
    print(f"{len(pages)} pages, {sum(len(p.values) for p in pages)} blocks, {len(names)} features", flush=True)

    if not a.no_check:
        show("all features:", figures(pages, cross_validate(pages, names)))
    if a.drop:
        show(f"all features, {DROP_FOLDS} folds:", figures(pages, cross_validate(pages, names, None, DROP_FOLDS, DROP)))
        for group, pattern in GROUPS.items():
            columns = np.array([not re.fullmatch(pattern, n) for n in names])
            if not columns.all():
                without = cross_validate(pages, names, columns, DROP_FOLDS, DROP)
                show(f"without {group} ({(~columns).sum()}):", figures(pages, without))
    if not a.only_check:
        own = [p for p in pages if p.labels is not None]
        forests = forest(own), forest([p for p in own if p.article]), kind(own, names)
        size = export.write(ROOT / "model" / "story.model", learn(-1), forests)
        print(f"model/story.model: {size} bytes")


if __name__ == "__main__":
    sys.exit(main())
