"""Runs ours and each peer on the same files in the same run; see `run`."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import ROOT, Bench

SETS = ["pdf", "robust", "printed", "docx", "html", "csv", "text", "chunking"]
# What each set reads; without it there is nothing to measure.
FOLDERS = {
    "pdf": ["pdf/debian", "pdf/debian-gt", "pdf/texlive"],
    "robust": ["pdf/pdfjs"],
    "printed": ["md/rustbook", "md/docling"],
    "docx": ["docx/docling", "docx/docling-gt"],
    "html": ["html/aeb", "html/aeb-gt"],
    "csv": ["csv/spectrum", "csv/spectrum-gt"],
    "text": ["txt", "md/docling", "md/docling-gt"],
    "chunking": ["txt", "md/rustbook"],
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches/documents/run", description="Ours and each peer on the same files in the same run.")
    parser.add_argument("sets", nargs="*", metavar="FORMAT", help=f"of {', '.join(SETS)}; without any, all")
    parser.add_argument("--program", type=Path, help="a built data-forge; without it, one is built with `cargo build --release`")
    parser.add_argument("--rounds", type=int, default=3, help="how often each engine is timed (default: 3)")
    chosen = parser.parse_args()
    unknown = set(chosen.sets) - set(SETS)
    if unknown or chosen.rounds < 1:
        parser.error(f"no set named {', '.join(sorted(unknown))}" if unknown else "at least one round")
    return chosen


def built() -> Path:
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "data-forge"], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/data-forge"


def main() -> int:
    chosen = arguments()
    corpus = Path(os.environ.get("DATA_FORGE_CORPUS", ROOT / "../shared/corpus")).resolve()
    if not corpus.is_dir():
        print(f"There is no folder {corpus}: nothing is measured. DATA_FORGE_CORPUS names the folder of documents.")
        return 0
    program = (chosen.program or built()).resolve()
    met = True
    with tempfile.TemporaryDirectory() as work:
        os.environ["DATA_FORGE_DATA_DIR"] = f"{work}/data"
        for name in chosen.sets or SETS:
            missing = [folder for folder in FOLDERS[name] if not (corpus / folder).is_dir()]
            if missing:
                print(f"\n## {name}\n\nNot measured: {corpus} has no {', '.join(missing)}.", flush=True)
                continue
            bench = Bench(program, corpus, chosen.rounds, Path(work))
            for report in importlib.import_module(f"sets.{name}").reports(bench):
                met &= report.print()
    print("All targets are met." if met else "Targets are missed: see NO above.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
