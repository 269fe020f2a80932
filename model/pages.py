"""Labelled pages, as `SET.json` and `SET/ID.html` lie in a folder, with what the Rust code says of them."""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
from urllib.parse import urlparse

import numpy as np

from labels import labels, words

LANGUAGE = re.compile(rb"""<html\b[^>]*?\blang\s*=\s*["']?\s*([a-zA-Z]{2})""", re.I)
ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "target" / "release" / "examples" / "features"
FOLDS = 5
USED = ("LinkShare", "InFigure", "Hidden", "SummaryShare", "SummaryCover", "SentenceCount", "Heading", "Section", "TitleCover")    # what choosing asks for beside the model


def arguments(about):
    """What every program that learns from pages is given."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--sets", default="wcxb-dev,mozilla,trafeval")
    parser.add_argument("--silver", type=pathlib.Path)
    parser.add_argument("--appeals", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--binary", type=pathlib.Path)
    return parser


def build():
    """The Rust program that writes features, built if need be."""
    subprocess.run(["cargo", "build", "--release", "--quiet", "--features", "training", "--example", "features"], cwd=ROOT, check=True)


def feature_names(binary):
    return [name for name, _ in feature_meanings(binary)]


def feature_meanings(binary):
    return json.loads(subprocess.run([binary, "--names"], capture_output=True, text=True, check=True).stdout)


def domain(url, otherwise):
    """The registered domain, near enough: pages of one site must not be in two folds."""
    host = (urlparse(url if "//" in (url or "") else "//" + (url or "")).netloc or otherwise).lower().split(":")[0]
    parts = host.split(".")
    short = len(parts) > 2 and len(parts[-2]) <= 3 and len(parts[-1]) == 2
    return ".".join(parts[-3:] if short else parts[-2:])


def fold_of(name):
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % FOLDS


class Page:
    """One page: its file, truth and domain; blocks, labels and features once they are read."""

    def __init__(self, key, path, meta):
        self.key, self.path, self.meta = key, path, meta
        self.set = key.split("/")[0]
        self.article = meta.get("type") == "article"
        self.domain = domain(meta.get("url"), key)
        self.fold = fold_of(self.domain)
        declared = LANGUAGE.search(path.read_bytes()[:20000]) if path.exists() else None
        self.language = declared[1].decode().lower() if declared else None
        self.truth = meta.get("text")
        self.trust = None        # a weight for each block, where the truth is not sure
        self.graft = False
        self.labels = None

    def read(self, raw):
        """Takes in what the Rust program wrote of it, without the values."""
        self.raw = raw
        tokens = [words(t) for t in raw["texts"]]
        numbers = {}
        self.tokens = np.array([numbers.setdefault(w, len(numbers)) for t in tokens for w in t], np.int64)
        self.sizes = np.array([len(t) for t in tokens], np.int64)
        true = [numbers.setdefault(w, len(numbers)) for w in words(self.truth)]
        self.counts = np.bincount(np.array(true, np.int64), minlength=len(numbers)) if numbers else np.zeros(0, int)
        self.least = np.array(raw["least"])
        if self.truth is not None and self.labels is None:
            self.labels = labels(raw["texts"], self.truth)

    def f1(self, chosen):
        """Word F1 of the chosen blocks against the truth."""
        counts = np.bincount(self.tokens[np.repeat(chosen, self.sizes)], minlength=len(self.counts))
        n, true = counts.sum(), self.counts.sum()
        if n == 0 or true == 0:
            return float(n == 0 and true == 0)
        both = np.minimum(counts, self.counts).sum()
        return 2 * both / (n + true)


def read_sets(folder, names):
    pages = []
    for name in names:
        for key, meta in json.load(open(folder / f"{name}.json")).items():
            pages.append(Page(f"{name}/{key}", folder / name / f"{key}.html", meta))
    return pages


def run(binary, pages, out, word_lists=None):
    """Features of pages: reads the blocks and returns the values, a row a block."""
    listing = "".join(f"{p.path}\t{p.meta.get('url') or ''}\n" for p in pages)
    command = [binary, out] + (["--words", word_lists] if word_lists else []) + ["-"]
    subprocess.run(command, input=listing, text=True, check=True)
    names = feature_names(binary)
    values = np.fromfile(f"{out}.f32", "<f4").reshape(-1, len(names))
    at = 0
    for page, line in zip(pages, open(f"{out}.jsonl")):
        raw = json.loads(line)
        n = len(raw["texts"])
        page.values = values[at:at + n]
        page.linked, page.in_figure, page.hidden, page.share, page.cover, page.sentences, page.heading, page.section, page.titled = (
            page.values[:, names.index(name)] for name in USED
        )
        at += n
        page.read(raw)
    return pages
