"""Learns the words of appeals and writes `model/appeal.words`.

    python model/wording.py DATA [--sets wcxb-dev,mozilla,trafeval] [--silver FILE] [--appeals FILE]... [--work DIR] [--binary FILE] [--fold N]

Files as for `train.py`. A logistic regression over words and pairs of words in a row tells lines of appeals from blocks of stories: those of the
labelled pages, and those of `stories/`, which are written for languages and turns of phrase that the pages lack. `asking/` are appeals in seldom words. A
cross-validation by domain then says which score one block of a story in a hundred reaches, and which one in a thousand: the first is worth nothing, the second as much as the judge
asks for. Last come all pages. Texts in Chinese, Japanese and Korean are told by letters, and get a list of their own in the same way. `--fold` leaves out the pages and appeals of one fold, to see what the list does on pages it was not made from.
"""
import collections
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from pages import BINARY, ROOT, arguments, build, fold_of, read_sets, run
from train import Appeal, read_appeals, silver

LEAST_TEXTS = 3            # that have a term
LEAST_WORDS, MOST_WORDS, MOST_EASTERN = 3, 100, 250
STORY = 0.8                # of a block's words belong to the truth
ENDANGERED_WEIGHT = 5.0    # of sentences that speak of such things
WRITTEN_WEIGHT = 3.0       # of texts in `stories/`
ASKING_WEIGHT = 0.7        # of lines in `asking/`, many of which ask in words that few others do
USUAL_WEIGHT = 0.55        # of all appeals in languages with the most of them, whoever wrote them
USUAL = ("ar", "ja", "ko", "zh")
COMMON = 0.05              # of the texts in `stories/` of a language have a word that by itself tells nothing: it is grammar
MOST_JOINED = 500          # characters of an appeal whose lines are one text besides
INVERSE_PENALTY = 20.0
ENOUGH = 2.4               # as in src/judge/appeal/recognize.rs
BEGIN = "^"
STORIES, ASKING = ROOT / "model" / "stories", ROOT / "model" / "asking"
# Letters that are told two in a row, as in src/judge/wording.rs.
EASTERN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
KINDS = {"adnotice": "ad"}
LEAST_LIFT, LEAST_OF_KIND = 1.5, 3    # a term must be so much more often in texts of a kind, and in so many, to tell it


# How many terms; which share of stories' texts is worth something, and which enough; the fold of a text, -1 for one that no score is taken of. Eastern
# stories are those of `stories/` nearly all: every third of them speaks of such things, so more of them may be worth something.
Settings = collections.namedtuple("Settings", "terms nothing enough fold")
WESTERN_LIST = Settings(16000, 0.01, 0.0008, lambda text: -1 if text.fold is None else text.fold)
EASTERN_LIST = Settings(5500, 0.12, 0.003, lambda text: fold_of(text.text))


class Text:
    def __init__(self, text, asks, fold=None, weight=1.0, kind=None, written=None):
        self.text, self.asks, self.fold, self.weight, self.kind, self.written = text, asks, fold, weight, kind, written


def stories(pages, endangered):
    for page in pages:
        if page.labels is None:
            continue
        for text, label, removed in zip(page.raw["texts"], page.labels, page.raw["removed"]):
            if label > STORY and not removed:
                yield Text(text, False, page.fold)
    for _, _, texts in endangered:
        yield from (Text(text, False, None, ENDANGERED_WEIGHT) for text in texts)
    yield from written(STORIES)


def written(folder):
    for path in sorted(folder.glob("*.json")):
        yield from (Text(text, False, None, WRITTEN_WEIGHT, written=path.stem) for text in json.loads(path.read_text()))


def asking(appeals, weight=1.0):
    for appeal in appeals:
        joined = " ".join(appeal.lines)
        for text in appeal.lines + ([joined] if len(appeal.lines) > 1 and len(joined) < MOST_JOINED else []):
            yield Text(text, True, appeal.fold, USUAL_WEIGHT if appeal.language in USUAL else weight, KINDS.get(appeal.kind, appeal.kind))


def split(binary, texts):
    """The terms of each text, by the words that the Rust code finds in it."""
    given = "\n".join(json.dumps(t.text) for t in texts)
    out = subprocess.run([binary, "--split"], input=given, capture_output=True, text=True, check=True).stdout
    for text, line in zip(texts, out.splitlines(), strict=True):
        words = json.loads(line)
        text.words = len(words)
        text.eastern = 2 * sum(bool(EASTERN.match(word)) for word in words) > len(words)
        text.terms = words + [f"{one} {other}" for one, other in zip([BEGIN] + words, words)]


def common(texts):
    """Words that so many texts of a language say that they are its grammar; of eastern ones, pairs of them too: three letters in a row are hardly a word."""
    of_language = collections.defaultdict(list)
    for t in texts:
        if t.written:
            of_language[t.written].append({term for term in t.terms if t.eastern or " " not in term})
    for sets in of_language.values():
        counts = collections.Counter(term for terms in sets for term in terms)
        yield from (term for term, n in counts.items() if n >= COMMON * len(sets))


def terms_of(texts):
    counts = collections.Counter(term for t in texts for term in set(t.terms))
    told = set(common(texts))
    terms = sorted(term for term, n in counts.items() if n >= LEAST_TEXTS and term not in told)
    return terms, np.array([counts[term] for term in terms])


def matrix(texts, terms):
    place = {term: i for i, term in enumerate(terms)}
    ends, columns, values = [0], [], []
    for t in texts:
        for term, n in collections.Counter(t.terms).items():
            if term in place:
                columns.append(place[term])
                values.append(n / math.sqrt(len(t.terms)))
        ends.append(len(columns))
    return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(terms)))


def fit(X, texts, counts, chosen, most):
    """Weights of all terms, zero for those that tell too little; and what every text begins with."""
    y, w = np.array([t.asks for t in texts])[chosen], np.array([t.weight for t in texts])[chosen]
    model = lambda X: LogisticRegression(C=INVERSE_PENALTY, max_iter=400).fit(X, y, sample_weight=w)
    telling = np.abs(model(X[chosen]).coef_[0]) * np.log1p(counts)
    kept = np.zeros(len(counts))
    kept[np.argsort(-telling, kind="stable")[:most]] = 1
    again = model(X[chosen] @ scipy.sparse.diags(kept))
    return again.coef_[0] * kept, again.intercept_[0]


def kinds_of(texts, terms):
    """What appeals with a term ask for, if one kind has it more often than all of them do."""
    by_term, by_kind = collections.defaultdict(collections.Counter), collections.Counter()
    for t in texts:
        if t.asks:
            by_kind[t.kind] += 1
            for term in set(t.terms):
                by_term[term][t.kind] += 1
    out = []
    for term in terms:
        known = by_term[term]
        share = lambda kind: by_kind[kind] / sum(by_kind.values())
        lift = {kind: n / sum(known.values()) / share(kind) for kind, n in known.items() if n >= LEAST_OF_KIND}
        best = max(lift, key=lambda kind: (lift[kind], kind), default=None)
        out.append(best if best and lift[best] >= LEAST_LIFT else "-")
    return out


def main():
    parser = arguments(__doc__)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "model" / "appeal.words")
    a = parser.parse_args()
    if not a.binary:
        build()
    binary = a.binary or BINARY
    work = a.work or pathlib.Path(tempfile.mkdtemp())
    # What the last list removed is a mistake of it, or no story anyway.
    os.environ["STORYSIEVE_NO_WORDS"] = "1"
    pages = run(binary, read_sets(a.data, a.sets.split(",")), work / "raw")
    if a.silver:
        silver(pages, a.silver)
    appeals, endangered = read_appeals(a.appeals)
    others = [Appeal(x["id"], x["lang"], x["kind"], x["lines"]) for path in sorted(ASKING.glob("*.json")) for x in json.loads(path.read_text())]
    texts = list(stories(pages, endangered)) + list(asking(appeals)) + list(asking(others, ASKING_WEIGHT))
    held = list(written(STORIES / "held"))
    split(binary, texts)
    split(binary, held)
    texts = [t for t in texts if LEAST_WORDS <= t.words <= (MOST_EASTERN if t.eastern else MOST_WORDS) and (a.fold is None or t.fold != a.fold)]
    with open(a.out, "w") as out:
        out.write("# Words of appeals, by model/wording.py (model/README.md). Of each list what every text begins with; then weights, kinds, words.\n")
        learn([t for t in texts if not t.eastern], [t for t in held if not t.eastern], WESTERN_LIST, out)
        learn([t for t in texts if t.eastern], [t for t in held if t.eastern], EASTERN_LIST, out)
    print(f"{a.out.name}: {len(texts)} texts, {a.out.stat().st_size} bytes")


def learn(texts, held, settings, out):
    """Learns a list and appends it to a file."""
    terms, counts = terms_of(texts)
    X = matrix(texts, terms)
    folds = np.array([settings.fold(t) for t in texts])
    asks = np.array([t.asks for t in texts])
    story = ~asks & (folds >= 0)
    scores = np.full(len(texts), np.nan)
    for fold in sorted(set(folds) - {-1}):
        weights, bias = fit(X, texts, counts, folds != fold, settings.terms)
        scores[folds == fold] = X[folds == fold] @ weights + bias
    nothing, enough = np.quantile(scores[story], [1 - settings.nothing, 1 - settings.enough])
    weights, bias = fit(X, texts, counts, folds > -2, settings.terms)
    unseen = matrix(held, terms) @ weights + bias
    for name, least in (("something", nothing), ("enough", enough)):
        lines, blocks, sentences = scores[asks & (folds >= 0)] > least, scores[story] > least, unseen > least
        print(f"{name}: {lines.mean():.3f} of the lines of appeals, {blocks.sum()} of {story.sum()} texts, {sentences.sum()} of {len(held)} held sentences")
    scale = ENOUGH / (enough - nothing)
    out.write(f"{(bias - nothing) * scale:.3f}\n")
    rows = zip(terms, weights * scale, kinds_of(texts, terms))
    for term, weight, kind in sorted(rows, key=lambda row: (-row[1], row[0])):
        if abs(weight) >= 0.05:
            out.write(f"{weight:.1f}\t{kind if weight > 0 else '-'}\t{term}\n")


if __name__ == "__main__":
    sys.exit(main())
