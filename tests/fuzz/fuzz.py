"""Starts a server with some data in it, and lets schemathesis loose on it: once with ids that are nowhere, and
once with ids that are there. Arguments: the program, schemathesis, and the number of cases an operation (60)."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

KEY = "fuzz-key-0123456789abcdef"
BASE = "/api/v1/data-forge"
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "ignored_auth",
    ]
)


def start(program, folder):
    """A server on a free port: the process and its URL."""
    environment = {
        "DATA_FORGE_DATA_DIR": folder,
        "DATA_FORGE_AUTH": "token",
        "DATA_FORGE_AUTH_TOKENS": f"fuzz={KEY}",
        "DATA_FORGE_USER_REQUESTS_PER_SECOND": "0",
        "PATH": os.environ["PATH"],
        "RUST_LOG": "warn",
    }
    arguments = [os.path.abspath(program), "serve", "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(arguments, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if found := re.search(r"http://\S+", line):
            threading.Thread(target=lambda: [sys.stderr.write(line) for line in server.stderr], daemon=True).start()
            return server, found[0].rstrip("/")
    sys.exit("fuzz: the server did not start")


def ask(url, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url + BASE + path, data, headers, method=method)) as answer:
        return json.loads(answer.read() or "null")


def ended(url, generation):
    while ask(url, "GET", f"/generations/{generation}")["status"] not in ("completed", "failed"):
        time.sleep(0.1)


def fill(url):
    """A project with a document, chunks, pairs and an export: the ids by the names of path parameters."""
    project = ask(url, "POST", "/demo", {})["id"]
    ended(url, ask(url, "POST", f"/projects/{project}/parse", {})["id"])
    settings = {"teacher_model": "builtin/extractive", "generation_type": "qa"}
    generation = ask(url, "POST", f"/projects/{project}/generate", settings)["id"]
    ended(url, generation)
    pair = ask(url, "GET", f"/projects/{project}/pairs?limit=1")["items"][0]
    ask(url, "POST", f"/projects/{project}/pairs/bulk-action", {"action": "accept", "filter": {}})
    ask(url, "POST", f"/projects/{project}/export", {"format": "chatml"})
    return {
        "id": project,
        "doc_id": pair["document_id"],
        "chunk_id": pair["chunk_id"],
        "gen_id": generation,
        "pair_id": pair["id"],
        "version": 1,
    }


def fuzz(schemathesis, url, folder, cases, parameters, exclude):
    """One run; whether it found nothing."""
    configuration = os.path.join(folder, "schemathesis.toml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write("[parameters]\n")
        file.writelines(f'"path.{name}" = {json.dumps(value)}\n' for name, value in parameters.items())
    arguments = [schemathesis, "--config-file", configuration, "run", f"{url}/openapi.json", "--checks", CHECKS]
    arguments += ["--max-examples", str(cases), "--seed", "1", "--workers", "1", "--request-timeout", "30"]
    # Streams that never end are tested elsewhere.
    arguments += ["--phases", "examples,coverage,fuzzing", "--exclude-path", f"{BASE}/events", *exclude]
    arguments += ["--header", f"Authorization: Bearer {KEY}", "--suppress-health-check", "all", "--warnings", "off"]
    return subprocess.run(arguments, check=False, cwd=folder).returncode == 0


def main():
    program, schemathesis, *cases = sys.argv[1:]
    cases = int(cases[0]) if cases else 60
    with tempfile.TemporaryDirectory() as folder:
        server, url = start(program, folder)
        try:
            there = fill(url)
            schemathesis = os.path.abspath(schemathesis)
            good = fuzz(schemathesis, url, folder, cases, there, ["--exclude-method", "DELETE"])
            good &= fuzz(schemathesis, url, folder, cases // 4, {}, [])
            if server.poll() is not None:
                sys.exit("fuzz: the server ended")
        finally:
            server.terminate()
            server.wait()
    sys.exit(0 if good else 1)


main()
