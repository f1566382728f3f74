"""The program's REST API, and a process that serves it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path


def ask(method: str, url: str, body: object = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {url}: {error.code} {error.read().decode()}") from error


class Server:
    """`data-forge serve` in a folder of its own, until the block ends."""

    def __init__(self, program: Path, folder: Path, gateway: str):
        self.command = [str(program), "serve", "--listen", "127.0.0.1:0"]
        self.env = {"PATH": os.environ["PATH"], "DATA_FORGE_DATA_DIR": str(folder), "DATA_FORGE_GATEWAY_URL": gateway, "DATA_FORGE_REQUEST_TIMEOUT": "600"}

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(self.command, env=self.env, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "http://" in line:
                self.url = line[line.index("http://") :].split()[0].rstrip("/") + "/api/v1/data-forge"
                return self
        raise SystemExit("the server ended at once")

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()

    def get(self, path: str) -> dict:
        return ask("GET", self.url + path)

    def post(self, path: str, body: object) -> dict:
        return ask("POST", self.url + path, body)

    def all(self, path: str) -> list[dict]:
        page = self.get(f"{path}?limit=500")
        assert page["total"] == len(page["items"]), page["total"]
        return page["items"]

    def ended(self, generation: str) -> dict:
        while (found := self.get(f"/generations/{generation}"))["status"] not in ("completed", "failed", "cancelled"):
            time.sleep(0.5)
        return found
