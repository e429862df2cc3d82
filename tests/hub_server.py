"""A model hub on loopback: as much of the Hugging Face hub's protocol as uploads and snapshots need."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

TOKEN = "hf_of_the_owner"


@dataclass
class Repo:
    """Files of the last commit; sha names it."""

    files: dict[str, bytes] = field(default_factory=dict)
    private: bool = False
    sha: str = "0" * 40


@dataclass
class HubServer:
    """repos: by USER/NAME. refuse: what stands in a request's address -> (status, error code) it gets.

    large: safetensors travel as LFS objects, as the real hub wants them. requests: "METHOD path" of each.
    """

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    large: bool = False
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def create(self, body: dict[str, Any]) -> tuple[int, Any]:
        name = f"{body['organization']}/{body['name']}"
        if name in self.repos:
            return 409, {"error": "exists", "url": f"{self.url}/{name}"}
        self.repos[name] = Repo(private=body.get("visibility") == "private" or bool(body.get("private")))
        return 200, {"url": f"{self.url}/{name}"}

    def modes(self, body: dict[str, Any]) -> dict[str, Any]:
        def mode(path: str) -> str:
            return "lfs" if self.large and path.endswith(".safetensors") else "regular"

        paths = [file["path"] for file in body["files"]]
        return {"files": [{"path": path, "uploadMode": mode(path), "shouldIgnore": False} for path in paths]}

    def commit(self, name: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        repo = self.repos[name]
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                repo.files[value["path"]] = self.objects[value["oid"]]
        repo.sha = hashlib.sha1(repr(sorted(repo.files.items())).encode()).hexdigest()
        return {"commitUrl": f"{self.url}/{name}/commit/{repo.sha}", "commitOid": repo.sha}

    def batch(self, body: dict[str, Any]) -> dict[str, Any]:
        def upload(oid: str) -> dict[str, Any]:
            return {"upload": {"href": f"{self.url}/lfs/{oid}", "header": {}}}

        return {"transfer": "basic", "objects": [o | {"actions": upload(o["oid"])} for o in body["objects"]]}


@contextmanager
def hub_server(**settings: Any) -> Iterator[HubServer]:
    """A running server; gone when the block ends."""
    hub = HubServer(**settings)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"

    @property
    def route(self) -> str:
        return unquote(urlsplit(self.path).path)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._refused(self.headers.get("Authorization") != f"Bearer {TOKEN}"):
            return
        if self.route == "/api/repos/create":
            self._json(*self.hub.create(json.loads(body)))
        elif self.route == "/api/validate-yaml":
            self._json(*_validated(json.loads(body)["content"]))
        elif re.fullmatch(r"/api/models/[^/]+/[^/]+/preupload/main", self.route):
            self._json(200, self.hub.modes(json.loads(body)))
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/main", self.route):
            self._json(200, self.hub.commit(found[1], [json.loads(line) for line in body.splitlines()]))
        elif self.route.endswith(".git/info/lfs/objects/batch"):
            self._json(200, self.hub.batch(json.loads(body)))
        else:
            self._json(404, {"error": self.route})

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._refused():
            self.hub.objects[self.route.removeprefix("/lfs/")] = body
            self._json(200, {})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        found = re.match(r"(?:/api/models)?/([^/]+/[^/]+)(.*)", self.route)
        repo = self.hub.repos.get(found[1]) if found else None
        hidden = repo is not None and repo.private and self.headers.get("Authorization") is None
        if self._refused(repo is None or hidden) or repo is None or found is None:
            return
        if found[2] == "" or found[2].startswith("/revision/"):
            self._json(200, {"id": found[1], "sha": repo.sha, "private": repo.private, "siblings": []})
        elif found[2].startswith("/tree/"):
            self._json(200, [_entry(path, content) for path, content in repo.files.items()])
        elif (asked := re.fullmatch(r"/resolve/\w+/(.+)", found[2])) and asked[1] in repo.files:
            self._send(200, repo.files[asked[1]], {"X-Repo-Commit": repo.sha})
        else:
            self._json(404, {"error": self.route}, {"X-Error-Code": "EntryNotFound"})

    def _refused(self, unknown: bool = False) -> bool:
        """Whether the request was answered with an error."""
        self.hub.requests.append(f"{self.command} {self.route}")
        for part, (status, code) in self.hub.refuse.items():
            if part in self.route:
                self._json(status, {"error": "refused"}, {"X-Error-Code": code} if code else {})
                return True
        if unknown:
            self._json(401, {"error": "Invalid credentials"}, {"X-Error-Code": "RepoNotFound"})
        return unknown

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"} | (headers or {}))

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


def _validated(card: str) -> tuple[int, dict[str, Any]]:
    """A card's header must be YAML that names a licence."""
    try:
        header = yaml.safe_load(card.split("---\n")[1])
    except (IndexError, yaml.YAMLError) as error:
        return 400, {"errors": [{"message": str(error)}], "warnings": []}
    missing = [] if "license" in header else [{"message": "license is missing"}]
    return (400 if missing else 200), {"errors": missing, "warnings": []}


def _entry(path: str, content: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
