"""A server on loopback that speaks the chat-completions protocol, with a script of replies."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One HTTP answer. drop: close the line without a word; delay: seconds to wait first."""

    body: Any = None
    status: int = 200
    delay: float = 0.0
    drop: bool = False
    #: Pieces of a streamed completion, one server-sent event each; a float is a pause in seconds.
    events: tuple[Any, ...] = ()
    #: Close the line after the last event, without the end a stream has.
    cut: bool = False


@dataclass
class ChatServer:
    """url: what a client needs as base_url. requests: the bodies received; keys: their authorisation.

    headers: all of them, by name in small letters."""

    replies: list[Reply]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def answers(text: str) -> Reply:
    """A completion that says something."""
    return Reply(_completion({"role": "assistant", "content": text}, "stop"))


def calls(*tools: tuple[str, str, str]) -> Reply:
    """A completion with tool calls (id, name, arguments as text, which may be broken JSON)."""
    made = [
        {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for call_id, name, arguments in tools
    ]
    return Reply(_completion({"role": "assistant", "content": None, "tool_calls": made}, "tool_calls"))


def streamed(*deltas: dict[str, Any], cut: bool = False) -> Reply:
    """A completion in pieces, as servers stream it."""
    events = [
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "local",
            "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
        }
        for delta in deltas
    ]
    return Reply(events=tuple(events), cut=cut)


def _completion(message: dict[str, Any], reason: str) -> dict[str, Any]:
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "local",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@contextmanager
def chat_server(*replies: Reply) -> Iterator[ChatServer]:
    """Serve the replies in turn, the last one for ever."""
    script = ChatServer(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            script.requests.append(json.loads(self.rfile.read(size)))
            script.keys.append(self.headers["Authorization"])
            script.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = script.replies.pop(0) if len(script.replies) > 1 else script.replies[0]
            time.sleep(reply.delay)
            if not reply.drop:
                self._send(reply)
            self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.events:
                self._stream(reply)
                return
            data = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for event in reply.events:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
            if not reply.cut:
                self.wfile.write(b"data: [DONE]\n\n")

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up waiting, as some tests want it to

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
