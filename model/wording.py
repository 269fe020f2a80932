"""Learns the words of appeals and writes `model/appeal.words`.

    python model/wording.py DATA [--sets wcxb-dev,mozilla,trafeval] [--silver FILE] [--appeals FILE]... [--work DIR] [--binary FILE] [--fold N]

Files as for `train.py`. A logistic regression over words and pairs of words in a row tells lines of appeals from blocks of stories: those of the
labelled pages, and those of `stories/`, which are written for languages and turns of phrase that the pages lack. `asking/` are appeals in seldom words. A
cross-validation by domain then says which score one block of a story in a hundred reaches, and which one in a thousand: the first is worth nothing, the second as much as the judge
asks for. Last come all pages. `--fold` leaves out the pages and appeals of one fold, to see what the list does on pages it was not made from.
"""
import collections
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from pages import BINARY, ROOT, arguments, build, read_sets, run
from train import Appeal, read_appeals, silver

TERMS = 16000
LEAST_TEXTS = 2            # that have a term
LEAST_WORDS, MOST_WORDS = 3, 100
STORY = 0.8                # of a block's words belong to the truth
ENDANGERED_WEIGHT = 5.0    # of sentences that speak of such things
WRITTEN_WEIGHT = 6.0       # of texts in `stories/`
ASKING_WEIGHT = 0.4        # of lines in `asking/`, which ask in words that few others do
COMMON = 0.05              # of the texts in `stories/` of a language have a word that by itself tells nothing: it is grammar
MOST_JOINED = 500          # characters of an appeal whose lines are one text besides
INVERSE_PENALTY = 20.0
ENOUGH = 2.4               # as in src/judge/appeal/recognize.rs
NOTHING_SHARE, ENOUGH_SHARE = 0.01, 0.001
BEGIN = "^"
STORIES, ASKING = ROOT / "model" / "stories", ROOT / "model" / "asking"
UNTOLD = ("zh", "ja")      # their words are not told apart
KINDS = {"adnotice": "ad"}
LEAST_LIFT, LEAST_OF_KIND = 1.5, 3    # a term must be so much more often in texts of a kind, and in so many, to tell it


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
    for language, _, texts in endangered:
        if language not in UNTOLD:
            yield from (Text(text, False, None, ENDANGERED_WEIGHT) for text in texts)
    yield from written(STORIES)


def written(folder):
    for path in sorted(folder.glob("*.json")):
        yield from (Text(text, False, None, WRITTEN_WEIGHT, written=path.stem) for text in json.loads(path.read_text()))


def asking(appeals, weight=1.0):
    for appeal in appeals:
        if appeal.language in UNTOLD:
            continue
        joined = " ".join(appeal.lines)
        for text in appeal.lines + ([joined] if len(appeal.lines) > 1 and len(joined) < MOST_JOINED else []):
            yield Text(text, True, appeal.fold, weight, KINDS.get(appeal.kind, appeal.kind))


def split(binary, texts):
    """The terms of each text, by the words that the Rust code finds in it."""
    given = "\n".join(json.dumps(t.text) for t in texts)
    out = subprocess.run([binary, "--split"], input=given, capture_output=True, text=True, check=True).stdout
    for text, line in zip(texts, out.splitlines(), strict=True):
        words = json.loads(line)
        text.words = len(words)
        text.terms = words + [f"{one} {other}" for one, other in zip([BEGIN] + words, words)]


def common(texts):
    """Words that so many texts of a language say that they are its grammar."""
    of_language = collections.defaultdict(list)
    for t in texts:
        if t.written:
            of_language[t.written].append(set(t.terms))
    for sets in of_language.values():
        counts = collections.Counter(term for terms in sets for term in terms if " " not in term)
        yield from (word for word, n in counts.items() if n >= COMMON * len(sets))


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


def fit(X, texts, counts, chosen):
    """Weights of all terms, zero for those that tell too little; and what every text begins with."""
    y, w = np.array([t.asks for t in texts])[chosen], np.array([t.weight for t in texts])[chosen]
    model = lambda X: LogisticRegression(C=INVERSE_PENALTY, max_iter=400).fit(X, y, sample_weight=w)
    telling = np.abs(model(X[chosen]).coef_[0]) * np.log1p(counts)
    kept = np.zeros(len(counts))
    kept[np.argsort(-telling, kind="stable")[:TERMS]] = 1
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
    texts = [t for t in texts if LEAST_WORDS <= t.words <= MOST_WORDS and (a.fold is None or t.fold != a.fold)]
    terms, counts = terms_of(texts)
    X = matrix(texts, terms)
    folds = np.array([-1 if t.fold is None else t.fold for t in texts])
    story = np.array([not t.asks and t.fold is not None for t in texts])
    scores = np.full(len(texts), np.nan)
    for fold in sorted(set(folds) - {-1}):
        weights, bias = fit(X, texts, counts, folds != fold)
        scores[folds == fold] = X[folds == fold] @ weights + bias
    nothing, enough = np.quantile(scores[story], [1 - NOTHING_SHARE, 1 - ENOUGH_SHARE])
    asks = np.array([t.asks for t in texts])
    weights, bias = fit(X, texts, counts, folds > -2)
    unseen = matrix(held, terms) @ weights + bias
    for name, least in (("something", nothing), ("enough", enough)):
        lines, blocks, sentences = scores[asks] > least, scores[story] > least, unseen > least
        print(f"{name}: {lines.mean():.3f} of the lines of appeals, {blocks.sum()} of {story.sum()} blocks, {sentences.sum()} of {len(held)} held sentences")
    scale = ENOUGH / (enough - nothing)
    with open(a.out, "w") as out:
        out.write("# Words of appeals, by model/wording.py (model/README.md): what every text begins with; then weights, kinds, words.\n")
        out.write(f"{(bias - nothing) * scale:.3f}\n")
        rows = zip(terms, weights * scale, kinds_of(texts, terms))
        for term, weight, kind in sorted(rows, key=lambda row: (-row[1], row[0])):
            if abs(weight) >= 0.05:
                out.write(f"{weight:.1f}\t{kind if weight > 0 else '-'}\t{term}\n")
    print(f"{a.out.name}: {len(texts)} texts, {a.out.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
