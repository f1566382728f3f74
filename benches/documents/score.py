"""How well an extracted text matches a reference. Every score goes from 0 to 1, and 1 is best.

Token measures normalise both sides alike, so that an engine that writes Markdown is not told from one that writes plain text.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Indel

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_WORD = re.compile(r"\w+")
# In this order: a picture is a link with a mark before it, and rules are of marks that are dropped later.
_MARKUP = [
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), " "),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^<>]{1,80}>"), " "),
    (re.compile(r"^\s*\|?[\s:|-]+\|?\s*$", re.MULTILINE), " "),
    (re.compile(r"[#*_|`\\~>]+"), " "),
]
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\xad": ""})
_BROKEN_WORD = re.compile(r"-\s*\n\s*(?=[a-z])")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
# Longer texts are compared by their start: the distance takes the product of both lengths.
ORDER_TOKENS = 12_000
SHINGLE = 4


@dataclass(frozen=True)
class TextScore:
    """A text against its reference."""

    token_f1: float
    bigram_f1: float
    order: float


def tokens(text: str) -> list[str]:
    """The words of a text, without case and markup; CJK characters each alone."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    text = _BROKEN_WORD.sub("", text.translate(_LIGATURES))
    return _TOKEN.findall(text.lower())


def multiset_f1(reference: Iterable, found: Iterable) -> float:
    """Twice what both have over all that they have; 1 where both are empty."""
    reference, found = Counter(reference), Counter(found)
    total = reference.total() + found.total()
    return 2 * (reference & found).total() / total if total else 1.0


def text(reference: str, found: str, order_tokens: int = ORDER_TOKENS) -> TextScore:
    """Words, pairs of words and their order."""
    a, b = tokens(reference), tokens(found)
    return TextScore(
        token_f1=multiset_f1(a, b),
        bigram_f1=multiset_f1(zip(a, a[1:]), zip(b, b[1:])),
        order=Indel.normalized_similarity(a[:order_tokens], b[:order_tokens]),
    )


def mean(scores: list[TextScore]) -> TextScore:
    """Each measure's mean: a long document counts as much as a short one."""
    return TextScore(*(statistics.fmean(getattr(one, name) for one in scores) for name in TextScore.__dataclass_fields__))


def _shingles(text: str) -> Counter:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def articles_f1(pairs: list[tuple[str, str]]) -> float:
    """The F1 of the article extraction benchmark: of mean precision and mean recall of four words in a row, over (reference, found)."""
    precisions, recalls = [], []
    for reference, found in pairs:
        a, b = _shingles(reference), _shingles(found)
        shared = (a & b).total()
        precisions.append(shared / b.total())
        recalls.append(shared / a.total())
    precision, recall = statistics.fmean(precisions), statistics.fmean(recalls)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def headings(markdown: str) -> list[tuple[int, str]]:
    """The ATX headings of a Markdown text outside of code: level and words."""
    found, fence = [], None
    for line in markdown.splitlines():
        mark = re.match(r"\s*(```+|~~~+)", line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None:
            if line.strip().startswith(fence):
                fence = None
        elif heading := _HEADING.match(line):
            found.append((len(heading[1]), " ".join(tokens(heading[2]))))
    return found


def plain(text: str) -> str:
    """A short text for comparison as a whole: one form of each character, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
