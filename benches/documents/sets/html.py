"""HTML: web articles with the article's text."""

from __future__ import annotations

import json

import measure
import score
from engines import Bench, Ours, Peer, present
from report import Report


def reports(bench: Bench):
    report = Report("HTML: articles", ["F1", "CPU ×", "MB a CPU-second"])
    truths = json.loads((bench.corpus / "html/aeb-gt/ground-truth.json").read_text(encoding="utf8"))
    files = [path for path in bench.files("html/aeb/*.html") if path.stem in truths]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    ours = Ours(bench)
    peers = present([Peer(bench, "trafilatura"), Peer(bench, "beautifulsoup", "BeautifulSoup text", rounds=1)], report)
    seconds = measure.seconds({one.name: one.contestant(files) for one in (ours, *peers)}, bench.rounds)
    scores = {}
    for one in (ours, *peers):
        pairs = [(truths[path.stem]["articleBody"], text) for path, text in zip(files, one.texts(files))]
        scores[one.name] = score.articles_f1(pairs)
        ratio = seconds[one.name] / seconds["trafilatura"] if "trafilatura" in seconds else None
        report.row(one.name, scores[one.name], ratio, megabytes / seconds[one.name])
    ratio = seconds[ours.name] / seconds["trafilatura"] if "trafilatura" in seconds else None
    # At half trafilatura's time, a little less is enough.
    report.at_least("F1", scores[ours.name], 0.960 if ratio and ratio <= 0.5 else 0.965)
    if ratio:
        report.at_most("CPU by trafilatura's", ratio, 1.0)
    yield report
