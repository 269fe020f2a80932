"""Which blocks of a page are its story, by its ground truth: a share for each block, 0 to 1.

A block's words are covered where four of them in a row stand in the truth. Short blocks, and texts that stand on the page more often than
in the truth, are decided by the longest common subsequence of page and truth, so that of two equal texts the one counts whose
neighbours are there too.
"""
import collections
import re

import numpy as np
from rapidfuzz.distance import LCSseq

WORD = re.compile(r"\w+")
GRAM = 4


def words(text):
    """As the benchmark's scorer has them."""
    return WORD.findall((text or "").lower())


def labels(texts, truth):
    """The share of each block's words that belongs to the truth."""
    numbers = {}
    number = lambda w: numbers.setdefault(w, len(numbers))
    blocks = [[number(w) for w in words(t)] for t in texts]
    true = [number(w) for w in words(truth)]
    grams = collections.Counter(tuple(true[i:i + GRAM]) for i in range(len(true) - GRAM + 1))
    on_page = collections.Counter(tuple(b[i:i + GRAM]) for b in blocks for i in range(len(b) - GRAM + 1))
    page = [w for b in blocks for w in b]
    aligned = np.full(len(page), -1)
    for op in LCSseq.opcodes(page, true):
        if op.tag == "equal":
            aligned[op.src_start:op.src_end] = np.arange(op.dest_start, op.dest_end)
    out = np.zeros(len(blocks), np.float32)
    at = 0
    for i, b in enumerate(blocks):
        places = aligned[at:at + len(b)]
        at += len(b)
        if not b:
            continue
        matched = places >= 0
        if len(b) < GRAM:
            whole = matched.all() and (np.diff(places) == 1).all()
            out[i] = float(whole)
            continue
        covered = np.zeros(len(b), bool)
        for j in range(len(b) - GRAM + 1):
            g = tuple(b[j:j + GRAM])
            if grams[g] and (grams[g] >= on_page[g] or matched[j:j + GRAM].sum() >= GRAM - 1):
                covered[j:j + GRAM] = True
        out[i] = covered.mean()
    return out
