"""The viewer as an MCP App, in a real browser: a host shakes hands with it and hands it a tool's result."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np
from browser import browsed, in_a_browser
from motion_agent.agent_graph.mcp.preview import DATA, viewer_page
from motion_agent.motion_models.formats.html import viewer_data
from motion_agent.motion_models.motion.motion import Motion, Segment
from PIL import Image

#: What a program that shows apps does: answer the greeting, then send the result; and note what the app says.
HOST = """
const frame = document.querySelector("iframe"), root = document.documentElement, heard = [];
addEventListener("message", ({ data, source }) => {
  heard.push(data.method ?? "answer");
  root.dataset.heard = heard.join(" ");
  const reply = (message) => source.postMessage({ jsonrpc: "2.0", ...message }, "*");
  if (data.method === "ui/initialize")
    reply({ id: data.id, result: { protocolVersion: data.params.protocolVersion, hostCapabilities: {},
      hostInfo: { name: "host", version: "1" }, hostContext: { theme: "dark" } } });
  if (data.method === "ui/notifications/initialized") {
    reply({ method: "ui/notifications/tool-input", params: { arguments: {} } });
    reply({ method: "ui/notifications/tool-result", params: RESULT });
    reply({ id: 77, method: "ping" });
  }
});
setInterval(() => Object.assign(root.dataset, { ...frame.contentDocument.documentElement.dataset }), 50);
"""


def test_the_page_waits_for_its_motion_and_reaches_nothing() -> None:
    page = viewer_page()
    assert '<script type="application/json" id="motion-data">{}</script>' in page
    assert "default-src 'none'" in page and page.count("<script") == 2 == page.count("</script>")
    assert not re.search(r"\{\{\w+\}\}", page.split("<script>")[0])


@in_a_browser
def test_a_host_shows_the_motion_of_a_result(walk: np.ndarray, tmp_path: Path) -> None:
    motion = Motion(walk, name="</script> stroll", segments=(Segment("a person walks", 0, 3),))
    result = {"content": [], "_meta": {DATA: viewer_data([motion])}}
    script = f"const RESULT = {json.dumps(result).replace('<', chr(92) + 'u003c')};{HOST}"
    page = f'<iframe style="width:100%;height:560px" srcdoc="{html.escape(viewer_page())}"></iframe>'
    host = tmp_path / "host.html"
    host.write_text(f"<!doctype html><meta charset=utf-8>{page}<script>{script}</script>", "utf-8")
    dom, shot = browsed(host, tmp_path, milliseconds=4000, timeout=200)
    root = re.search(r"<html[^>]*>", dom)
    assert root is not None
    assert 'data-state="ready"' in root[0] and 'data-frames="60"' in root[0], root[0]
    assert 'data-theme="dark"' in root[0]
    said = "ui/initialize ui/notifications/initialized ui/notifications/size-changed answer"
    assert f'data-heard="{said}"' in root[0]
    with Image.open(shot) as image:
        red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int), -1, 0)
    assert (red - blue > 60).mean() > 0.002 and (blue - red > 60).mean() > 0.002
