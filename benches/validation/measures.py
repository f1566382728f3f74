"""What tells good scores from bad ones. A score is between 0 and 1; a label is 1 (supported) or 0."""

from __future__ import annotations

import random
from collections import defaultdict


def auroc(good: list[float], bad: list[float]) -> float:
    """How often a good one scores higher than a bad one; ties count half."""
    if not good or not bad:
        return float("nan")
    ranked = sorted([(score, 1) for score in good] + [(score, 0) for score in bad])
    ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        ranks += sum(label for _, label in ranked[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad))


def balanced_accuracy(good: list[float], bad: list[float]) -> tuple[float, float]:
    """The best mean of both classes' accuracy over all thresholds, and the threshold."""
    ranked = sorted([(score, 1) for score in good] + [(score, 0) for score in bad], reverse=True)
    best, threshold, taken = 0.5, 1.0, [0, 0]
    for at, (score, label) in enumerate(ranked):
        taken[label] += 1
        if at + 1 < len(ranked) and ranked[at + 1][0] == score:
            continue
        accuracy = (taken[1] / len(good) + 1 - taken[0] / len(bad)) / 2
        if accuracy > best:
            best, threshold = accuracy, score
    return best, threshold


def calibration(scores: list[float], labels: list[int], bins: int = 10) -> tuple[float, list[tuple[float, float, int]]]:
    """The expected calibration error, and for each bin mean score, share of good ones, count."""
    held = defaultdict(list)
    for score, label in zip(scores, labels):
        held[min(int(score * bins), bins - 1)].append((score, label))
    table = [
        (sum(score for score, _ in of) / len(of), sum(label for _, label in of) / len(of), len(of))
        for _, of in sorted(held.items())
    ]
    error = sum(abs(mean - share) * count for mean, share, count in table) / max(len(scores), 1)
    return error, table


def length_matched(rows: list[dict], scores: list[float], longest: int = 59) -> tuple[list[float], list[float]]:
    """For each answer length in words as many good as bad ones, drawn with seed 0."""
    by_length = defaultdict(lambda: ([], []))
    for row, score in zip(rows, scores):
        by_length[len(row["answer"].split())][row["label"]].append(score)
    chance, good, bad = random.Random(0), [], []
    for words in range(1, longest + 1):
        wrong, right = by_length[words]
        count = min(len(wrong), len(right))
        good += chance.sample(right, count)
        bad += chance.sample(wrong, count)
    return good, bad


def macro_f1(pairs: list[tuple[str, str]], classes: list[str]) -> tuple[float, dict[str, float]]:
    """Of (wanted, given): the mean of the classes' F1, and each."""
    found = {}
    for of in classes:
        both = sum(wanted == given == of for wanted, given in pairs)
        all_of = sum(wanted == of for wanted, _ in pairs) + sum(given == of for _, given in pairs)
        found[of] = 2 * both / all_of if all_of else 0.0
    return sum(found.values()) / len(classes), found
