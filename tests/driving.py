"""Pages in a real browser, driven as a person would: click, type, drop a file, look.

A thin client of the DevTools protocol, which Chromium speaks over a websocket.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import CHROMIUM, FLAGS
from websockets.sync.client import ClientConnection, connect

#: Seconds that whatever is waited for may take on a busy machine.
PATIENCE = 60.0
#: What a key is besides its name.
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), " ": (32, " ")}


class Tab:
    """One page. errors: what it has thrown; asked: every address it asked for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._last = connection, 0
        self.errors: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._last += 1
        self._connection.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(PATIENCE))
            if message.get("id") == self._last:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif message["method"] == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif message["method"] == "Log.entryAdded" and params["entry"]["source"] == "security":
            self.errors.append(params["entry"]["text"])

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def value(self, script: str) -> Any:
        """What a piece of JavaScript gives."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, script: str, patience: float = PATIENCE) -> Any:
        """The first value of a script that is true of itself."""
        deadline = time.monotonic() + patience
        while not (found := self.value(script)):
            assert time.monotonic() < deadline, f"not within {patience:g} s: {script}\n{self.text()}"
            time.sleep(0.1)
        return found

    def text(self) -> str:
        return self.value("document.body?.innerText ?? ''")

    def sees(self, text: str) -> None:
        """Wait until the page shows a text."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def click(self, selector: str) -> None:
        """With the mouse, in the middle of what is there."""
        where = json.dumps(selector)
        place = self.until(
            f"(() => {{ const e = document.querySelector({where}); if (!e) return null;"
            "e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect();"
            "return b.width && b.height && !e.disabled ? [b.x + b.width / 2, b.y + b.height / 2] : null; })()"
        )
        self.click_at(*place)

    def click_at(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def press(self, key: str, modifiers: int = 0) -> None:
        code, text = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent",
                type=kind, key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers, **more,
            )  # fmt: skip

    def drop(self, selector: str, file: Path) -> None:
        """A file from the desktop onto what is there."""
        where = json.dumps(selector)
        x, y = self.until(
            f"(() => {{ const b = document.querySelector({where}).getBoundingClientRect();"
            "return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def size(self, width: int, height: int, phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=phone,
        )  # fmt: skip

    def picture(self, file: Path) -> Path:
        shot = self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))
        return file


@contextmanager
def browser(folder: Path, *flags: str) -> Iterator[Tab]:
    """A browser of its own with one empty page."""
    options = [flag for flag in FLAGS if flag != "--dump-dom"]
    profile = folder / "profile"
    command = [
        str(CHROMIUM), *options, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}",
        "about:blank",
    ]  # fmt: skip
    with (folder / "chromium.txt").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        address = _address(process, profile)
        with connect(address, max_size=2**26, proxy=None, ping_interval=None) as connection:
            yield Tab(connection)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Where the browser's first page listens."""
    import httpx

    said, deadline = profile / "DevToolsActivePort", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if said.is_file() and (lines := said.read_text().split()):
            pages = httpx.get(f"http://127.0.0.1:{lines[0]}/json/list", trust_env=False).json()
            found = [page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"]
            if found:
                return found[0]
        assert process.poll() is None, "the browser ended"
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
