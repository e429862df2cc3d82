"""What the page is told, each time with the conversation it is for.

The address of a page names the conversation it shows, from the moment somebody asks for one. Answers come
when they come, so the browser drops what is for another conversation by then, and what is older than what it
shows.

The message box is the browser's: what is sent leaves it at once, and whoever goes to another conversation may
write there at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import gradio as gr
from gradio.blocks import Block
from pydantic import BaseModel

from ..serving.conversations import THREAD_NAME

#: What is to change on the page: parts of it, and their values or updates.
Updates = dict[Any, Any]
_IS_A_NAME = f"/^{THREAD_NAME.pattern}$/.test"
_GO_TO = "history.replaceState(null, '', '#' + thread);"
#: The first input of an event, in the browser: the conversation that is shown,
SHOWN = "(_, ...rest) => [location.hash.slice(1), ...rest]"
#: one that is chosen,
CHOSEN = f"(thread) => {{ if ({_IS_A_NAME}(thread)) {_GO_TO} return [thread]; }}"
#: a new one,
NEW_ONE = f"""() => {{
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const thread = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  {_GO_TO}
  return [thread];
}}"""
#: and the one that the address names when a page is opened, so that a reload comes back to it ("": none).
KEPT = f"""() => {{
  addEventListener('hashchange', () => location.reload());
  const thread = location.hash.slice(1);
  if ({_IS_A_NAME}(thread)) return [thread];
  history.replaceState(null, '', location.pathname);
  return [''];
}}"""
#: What is sent of the message box, and the box then, which takes nothing more; where it is empty it stays.
SENT = """(message) => {
  const empty = {text: '', files: []};
  return message?.text?.trim() || message?.files?.length
    ? [message, {__type__: 'update', value: empty, interactive: false}] : [empty, {__type__: 'update'}];
}"""
#: The box when another conversation is gone to.
FREED = "() => ({__type__: 'update', interactive: true})"
#: Takes news in the browser, or drops it.
_TAKEN = f"""(news) => {{
  const shown = location.hash.slice(1), newest = (window.newest ??= {{}});
  if (!news || (shown && news.thread !== shown) || news.number <= (newest[news.kind] ?? -1)) return [];
  newest[news.kind] = news.number;
  const thread = news.thread;
  {_GO_TO}
  return news.updates;
}}"""


class News:
    """A way by which the page is told something. Of those of one kind the newest counts."""

    _numbers = count()

    def __init__(self, parts: Sequence[Block], kind: str = "conversation") -> None:
        """parts: what may change. kind: what is told of. To be made within the page's blocks."""
        self.kind = kind
        self._parts: list[Any] = list(parts)
        self.output = gr.HTML(visible="hidden", html_template="")
        self.output.change(None, self.output, self._parts, js=_TAKEN, show_progress="hidden")

    def of(self, thread: str, updates: Updates) -> dict[str, Any]:
        """What `output` is to hold, so that the page takes the updates if it shows the thread then."""
        changed = [_as_sent(part, updates[part]) if part in updates else gr.skip() for part in self._parts]
        return {"thread": thread, "kind": self.kind, "number": next(self._numbers), "updates": changed}


def _as_sent(part: Any, value: Any) -> Any:
    """A value or an update of a part as the browser takes it."""
    if isinstance(value, dict) and value.get("__type__") == "update":
        return value
    sent = part.postprocess(value)
    return sent.model_dump() if isinstance(sent, BaseModel) else sent
