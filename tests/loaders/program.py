"""The program under test: projects with pairs of every type, accepted and edited, and versions of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

BASE = "/api/v1/data-forge"
EXAMPLES = Path(__file__).parent / "../../examples/documents"


class Server:
    """`serve` with a data directory of its own."""

    def __init__(self, program: str, folder: str):
        self.data = Path(folder) / "data"
        environment = {"DATA_FORGE_DATA_DIR": str(self.data), "PATH": os.environ["PATH"], "RUST_LOG": "warn"}
        command = [os.path.abspath(program), "serve", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"http://[^/\s]+", line):
                self.url = found[0]
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return
        raise SystemExit("loaders: the server did not start")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, method: str, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.url + BASE + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")

    def project(self, kind: str) -> str:
        """The example documents with pairs of a type, a third of them edited, all accepted."""
        project = self.ask("POST", "/projects", {"name": f"Dunnock: {kind}"})["id"]
        for name in ("cli-reference.md", "release-notes.txt", "error-codes.csv"):
            text = (EXAMPLES / name).read_text("utf-8")
            self.ask("POST", f"/projects/{project}/documents", {"text": text, "filename": name})
        self.ended(self.ask("POST", f"/projects/{project}/parse", {})["id"])
        config = {"labels": ["reference", "news"]} if kind == "classification" else {}
        body = {"teacher_model": "builtin/extractive", "generation_type": kind, "config": config}
        body["system_prompt"] = "You answer questions on Dunnock."
        self.ended(self.ask("POST", f"/projects/{project}/generate", body)["id"])
        pairs = self.ask("GET", f"/projects/{project}/pairs?limit=500")["items"]
        assert len(pairs) >= 10, f"{len(pairs)} pairs of {kind}"
        for pair in pairs[::3]:
            edit = {"answer": "news"} if kind == "classification" else {"answer": "What a person wrote: \u2028 ß漢🦀"}
            if pair["turns"]:
                edit = {"turns": [*pair["turns"][:-1], {"role": "assistant", "content": "What a person wrote."}]}
            self.ask("PUT", f"/pairs/{pair['id']}", edit)
        everything = {"action": "accept", "filter": {"review_status": ["pending"]}}
        self.ask("POST", f"/projects/{project}/pairs/bulk-action", everything)
        return project

    def ended(self, generation: str) -> None:
        while (state := self.ask("GET", f"/generations/{generation}"))["status"] != "completed":
            assert state["status"] not in ("failed", "cancelled"), state
            time.sleep(0.1)

    def export(self, project: str, **body: object) -> tuple[dict, Path]:
        """A new version, and the folder that its files are in."""
        made = self.ask("POST", f"/projects/{project}/export", body)
        files = next(self.data.rglob(f"{project}/exports/{made['version']}"))
        return made, files
