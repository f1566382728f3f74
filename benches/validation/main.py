"""Labelled sets through the program, beside simple baselines and what others use; see `run`."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from program import Failed, filtered
from measures import auroc, balanced_accuracy, calibration, length_matched, macro_f1

sys.path.append(str(Path(__file__).resolve().parent.parent / "documents"))

from measure import ONE_THREAD
from report import Report

ROOT = Path(__file__).resolve().parents[2]

UNMEASURED = 0.5
"""What an answer counts whose grounding the program does not measure."""

GROUNDING = {"halueval": {"AUROC": 0.95, "AUROC, lengths matched": 0.95}, "corrupted": {"AUROC": 0.965}}
MUTATIONS = defaultdict(lambda: 0.93, entity_intrinsic=0.88)

CLASSES = {
    "FACTOID": "factual",
    "INSTRUCTION": "how-to",
    "REASON": "conceptual",
    "EVIDENCE-BASED": "conceptual",
    "COMPARISON": "comparative",
    "DEBATE": "analytical",
    "EXPERIENCE": "analytical",
}
"""The categories of NF-CATS as question types; what is none of them is left out."""


def rows_of(path: Path) -> list[dict]:
    with path.open() as lines:
        return [json.loads(line) for line in lines]


def grounding(chosen: argparse.Namespace) -> list[Report]:
    """Every `grounding_*.jsonl` of the folder: `context`, `question`, `answer`, `label`, and `fine` where wrong ones have kinds."""
    return [grounding_set(path, chosen) for path in sorted(chosen.eval.glob("grounding_*.jsonl"))]


def grounding_set(path: Path, chosen: argparse.Namespace) -> Report:
    name = path.stem.removeprefix("grounding_")
    rows = rows_of(path)
    wanted = GROUNDING.get(name, {})
    made = filtered([chosen.program, "score"], rows)
    nothing = filtered([chosen.program, "score"], rows[:1])
    scores = [UNMEASURED if line["grounding_score"] is None else line["grounding_score"] for line in made.lines]
    lengths = [-len(row["answer"]) for row in rows]

    def apart(values: list[float], of: str | None = None) -> tuple[list[float], list[float]]:
        good = [value for row, value in zip(rows, values) if row["label"]]
        return good, [value for row, value in zip(rows, values) if not row["label"] and of in (None, row.get("fine"))]

    report = Report(f"Grounding: {name}, {len(rows)} answers", ["AUROC", "best balanced accuracy", "at", "AUROC by length alone", "wrong answers"], first="against")

    def row(what: str, good: list[float], bad: list[float], length: float | None, bound: float | None) -> None:
        area = auroc(good, bad)
        report.row(what, area, *balanced_accuracy(good, bad), length, len(bad))
        if bound:
            report.at_least(f"AUROC {what}", area, bound)

    row("all", *apart(scores), auroc(*apart(lengths)), wanted.get("AUROC"))
    if len({row["label"] for row in rows}) > 1 and "AUROC, lengths matched" in wanted:
        row("lengths matched", *length_matched(rows, scores), auroc(*length_matched(rows, lengths)), wanted["AUROC, lengths matched"])
    for of in sorted({row["fine"] for row in rows if not row["label"] and "fine" in row}):
        row(of, *apart(scores, of), auroc(*apart(lengths, of)), MUTATIONS[of] if wanted else None)
    measured = [(score, row["label"]) for score, row, line in zip(scores, rows, made.lines) if line["grounding_score"] is not None]
    error, table = calibration([score for score, _ in measured], [label for _, label in measured])
    bins = ", ".join(f"{mean:.2f}: {share:.2f} of {count}" for mean, share, count in table)
    report.note(f"Calibration: expected error {error:.3f}; mean score: share of supported ones: {bins}. {len(rows) - len(measured)} not measured.")
    each = (made.usage.cpu - nothing.usage.cpu) / len(rows) * 1000
    if wanted:
        report.at_most("CPU ms a pair, reading and writing included", each, 0.1)
    else:
        report.note(f"{each:.3f} CPU ms a pair.")
    return report


def types(chosen: argparse.Namespace) -> list[Report]:
    rows = [row for row in rows_of(chosen.eval / "question_types.jsonl") if row["label"] in CLASSES]
    report = Report("Question types", ["accuracy", "macro-F1", *sorted(set(CLASSES.values())), "questions"], first="split")
    for split in ("valid", "train"):
        held = [row for row in rows if row["split"] == split]
        made = filtered([chosen.program, "score"], [{"context": "", "question": row["text"], "answer": ""} for row in held])
        pairs = [(CLASSES[row["label"]], line["question_type"]) for row, line in zip(held, made.lines)]
        mean, each = macro_f1(pairs, sorted(set(CLASSES.values())))
        report.row(split, sum(a == b for a, b in pairs) / len(pairs), mean, *each.values(), len(pairs))
        if split == "valid":
            report.at_least("macro-F1 of the valid split", mean, 0.88)
    return [report]


def duplicates(chosen: argparse.Namespace) -> list[Report]:
    """Each pair as two lines, one after the other; a hit is the second marked as a duplicate of the first."""
    rows = rows_of(chosen.eval / "duplicates.jsonl")
    lines = [{"text": row[side]} for row in rows for side in "ab"]
    report = Report(f"Duplicates: {len(rows)} pairs", ["precision", "recall", "F1", "CPU µs a text"])
    engines = [("ours", [chosen.program, "dedup"])]
    if chosen.peers:
        script = Path(__file__).with_name("peers.py")
        engines += [(name, [chosen.venvs / name / "bin/python", "-B", script, name, "0.6"]) for name in peers()]
    for name, command in engines:
        try:
            made = filtered(command, lines)
            few = filtered(command, lines[:2])
        except (Failed, FileNotFoundError) as failed:
            report.note(f"{name} is left out: it {failed}." if isinstance(failed, Failed) else f"{name} is left out: it cannot be installed here.")
            continue
        hits = [marked(made.lines, at) for at in range(len(rows))]
        both = sum(hit and row["label"] for hit, row in zip(hits, rows))
        precision, recall = both / max(sum(hits), 1), both / sum(row["label"] for row in rows)
        cpu = (made.usage.cpu - few.usage.cpu) / len(lines) * 1e6
        report.row(name, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9), cpu)
        if name == "ours":
            report.at_least("precision", precision, 0.98)
            report.at_least("recall", recall, 0.95)
    return [report]


def peers() -> list[str]:
    lines = Path(__file__).with_name("peers.txt").read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


def marked(lines: list[dict], pair: int) -> bool:
    """Whether the second of a pair repeats the first, or the same line as the first does."""
    first, second = lines[2 * pair]["duplicate_of"], lines[2 * pair + 1]["duplicate_of"]
    return second is not None and second in (2 * pair, first)


def throughput(chosen: argparse.Namespace) -> list[Report]:
    """Many made-up pairs of the words of the sets: a tenth of them repeats another with other small words."""
    words = [word for path in chosen.eval.glob("grounding_*.jsonl") for row in rows_of(path) for word in row["context"].split()]
    report = Report("Throughput", ["lines", "lines a CPU-second", "peak MB"], first="command")
    with tempfile.TemporaryDirectory() as folder:
        for count in (100_000, chosen.pairs):
            source = Path(folder) / "texts.jsonl"
            write_texts(source, words, count)
            made = filtered([chosen.program, "dedup"], source)
            found = sum(line["duplicate_of"] is not None for line in made.lines)
            report.row("dedup", count, count / made.usage.cpu, made.usage.peak / 1e6)
            report.at_least(f"dedup: {count} texts: texts a CPU-second", count / made.usage.cpu, 100_000)
            report.at_least(f"dedup: {count} texts: repetitions found, of those made", found / (count // 10), 0.95)
            if count >= 1_000_000:
                report.at_most("dedup: 1,000,000 texts: peak MB", made.usage.peak / 1e6 * 1_000_000 / count, 1000)
            del made
        rows = [row for path in sorted(chosen.eval.glob("grounding_*.jsonl")) for row in rows_of(path)]
        source = Path(folder) / "pairs.jsonl"
        with source.open("w") as lines:
            for at in range(100_000):
                lines.write(json.dumps(rows[at % len(rows)]) + "\n")
        made = filtered([chosen.program, "score"], source)
        report.row("score", 100_000, 100_000 / made.usage.cpu, made.usage.peak / 1e6)
        report.at_most("score: 100,000 pairs: CPU seconds, of 120 that two cores have in a minute", made.usage.cpu, 120)
        report.at_most("score: 100,000 pairs: peak MB", made.usage.peak / 1e6, 200)
    return [report]


def write_texts(path: Path, words: list[str], count: int) -> None:
    chance, text = random.Random(1), ""
    with path.open("w") as lines:
        for at in range(count):
            if at % 10 == 9:
                text = f"Please explain: {text}"
            else:
                text = f"What is known about {' '.join(chance.choices(words, k=chance.randint(8, 24)))}?"
            lines.write(json.dumps({"text": text}) + "\n")


SETS = {"grounding": grounding, "types": types, "duplicates": duplicates, "throughput": throughput}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path)
    parser.add_argument("--venvs", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("sets", nargs="*", metavar="SET", choices=[*SETS, []], default=[])
    chosen = parser.parse_args()
    chosen.eval = Path(os.environ.get("DATA_FORGE_EVAL", ROOT / ".." / "shared" / "eval")).resolve()
    if not chosen.eval.is_dir():
        sys.exit(f"there are no labelled sets in {chosen.eval}: DATA_FORGE_EVAL names their folder")
    if chosen.program is None:
        subprocess.run(["cargo", "build", "--release", "-p", "cli"], cwd=ROOT, check=True)
        chosen.program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "data-forge"
    chosen.program = chosen.program.resolve()
    os.environ.update(ONE_THREAD)
    met = True
    for name in chosen.sets or SETS:
        for report in SETS[name](chosen):
            met &= report.print()
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
