"""`motion-agent ui`, started as its page says, and a person at a real browser."""

from __future__ import annotations

import base64
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from browser import in_a_browser
from driving import Tab, browser
from PIL import Image
from servers import KEYS, Server, serving

pytestmark = in_a_browser

#: Where nobody listens: a coordinator that may be chosen and cannot be reached.
NOBODY = "openai:nobody@http://127.0.0.1:9/v1"
ENVIRONMENT = {
    "MOTION_AGENT_RUN_COORDINATORS": json.dumps([NOBODY]),
    "MOTION_AGENT_MAX_RETRIES": "0",
    "MOTION_AGENT_SERVE__MAX_BODY": "3000000",
}
ANSWER = "[...document.querySelectorAll('#chat .bot .message, #chat .bot')].at(-1)?.innerText ?? ''"
SHOWN = "document.querySelector('#viewer iframe').dataset.shown"
READY = "!!document.querySelector('#viewer iframe[data-ready]')"
NEWEST = "(window.newest?.conversation ?? -1)"
#: Whether the whole page is in sight, and the end of what was said.
FITS = "document.documentElement.scrollHeight <= innerHeight"
AT_END = (
    "(({scrollTop, clientHeight, scrollHeight}) => scrollHeight - scrollTop - clientHeight < 40)"
    "(document.querySelector('#chat .bubble-wrap'))"
)
#: As from a viewer that has drawn its motion only now.
DRAWN_LATE = (
    "dispatchEvent(new MessageEvent('message', {data: {motionAgent: 'shown'},"
    "source: document.querySelector('#viewer iframe').contentWindow}))"
)
MESSAGE = "document.querySelector('#message textarea').value"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    options = ("--memory", "memory", "--approve-above", "20")
    with serving(folder, *options, command="ui", environment=ENVIRONMENT) as running:
        yield running


@pytest.fixture(scope="module")
def tab(page: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all tests; each begins a conversation of its own."""
    within_reach = "--disable-features=IsolateSandboxedIframes"  # else the viewer has a process of its own
    with browser(tmp_path_factory.mktemp("browser"), within_reach) as opened:
        opened.size(1280, 860)
        opened.open(f"{page.address}/")
        yield opened


@pytest.fixture
def begun(tab: Tab) -> Iterator[Tab]:
    """The page with a new conversation."""
    new_conversation(tab)
    yield tab
    assert not tab.errors, tab.errors


def new_conversation(tab: Tab) -> None:
    before = tab.until("location.hash.length > 1 && location.hash")
    told = tab.value(NEWEST)
    tab.click("#new")
    # The address changes at once; what is done before the answer comes is not what these tests are about.
    tab.until(f"location.hash !== {json.dumps(before)} && {NEWEST} > {told}")
    tab.until("!document.querySelector('#chat .bot')")
    tab.until("!document.querySelector('#message textarea').disabled")


def say(tab: Tab, text: str) -> None:
    tab.click("#message textarea")
    tab.type(text)
    tab.press("Enter")


def choose(tab: Tab, text: str) -> None:
    """One of the entries of the list that is open."""
    tab.until(
        "(() => { const option = [...document.querySelectorAll('[role=option]')]"
        f".find((option) => option.innerText.includes({json.dumps(text)}));"
        "option?.dispatchEvent(new MouseEvent('mousedown', {bubbles: true})); return !!option; })()"
    )


def seen(tab: Tab) -> str:
    """The motion that is shown, once it is drawn."""
    tab.until(READY)
    return tab.value(SHOWN)


def test_say_watch_edit_a_part_undo_and_download(begun: Tab, page: Server, tmp_path: Path) -> None:
    say(begun, "a person walks forward, then waves")
    begun.sees("The plan")
    begun.sees("in 2 parts: a person walks forward, then a person waves.")
    first = seen(begun)
    while int(in_viewer(begun, "document.documentElement.dataset.drawn ?? 0")) < 3:
        time.sleep(0.2)
    with Image.open(begun.picture(tmp_path / "shot.png")) as image:
        red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int), -1, 0)
    assert (red - blue > 60).mean() > 0.001  # the orange arm of the body that walks there

    choose_part(begun, 2)
    begun.until(f"{MESSAGE} === 'replace part 2 with '")
    assert begun.value("document.activeElement.matches('#message textarea')")
    assert begun.value(FITS)
    begun.type("a jump")
    begun.press("Enter")
    begun.sees("in 2 parts: a person walks forward, then a person jumps.")
    begun.until(f"{SHOWN} !== {json.dumps(first)}")
    seen(begun)

    begun.click("#undo")
    begun.sees(f"The current motion is now {first}")
    begun.until(f"{SHOWN} === {json.dumps(first)}")
    begun.until("!document.querySelector('#redo').disabled")
    assert begun.value(
        "[...document.querySelectorAll('#downloads a')].map((a) => a.innerText).join(' ')"
    ) == ("BVH GLB VRMA NPZ NPY MP4 GIF HTML PNG")
    begun.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    begun.click("#downloads a")
    file = tmp_path / f"{first}.bvh"
    begun.until("true")
    deadline = time.monotonic() + 30
    while not (file.is_file() and file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert file.read_text().startswith("HIERARCHY")
    assert all(address.startswith((page.address, "data:", "blob:", "about:")) for address in begun.asked)


def in_viewer(tab: Tab, script: str) -> Any:
    """What a piece of JavaScript gives in the viewer's own page."""
    [frame] = tab.call("Page.getFrameTree")["frameTree"]["childFrames"]
    world = tab.call("Page.createIsolatedWorld", frameId=frame["frame"]["id"])["executionContextId"]
    done = tab.call("Runtime.evaluate", expression=script, contextId=world, returnByValue=True)
    return done["result"].get("value")


def choose_part(tab: Tab, part: int) -> None:
    """With the mouse, on the timeline within the viewer."""
    middle = "(({x, y, width, height}) => [x + width / 2, y + height / 2])"
    x, y = in_viewer(
        tab, f"{middle}(document.querySelectorAll('.segment')[{part - 1}].getBoundingClientRect())"
    )
    box = "document.querySelector('#viewer iframe').getBoundingClientRect()"
    left, top = tab.value(f"(({{x, y}}) => [x, y])({box})")
    tab.click_at(left + x, top + y)


@pytest.mark.slow
def test_a_plan_is_approved_changed_and_declined(begun: Tab) -> None:
    say(begun, "walk for 24 seconds")
    begun.sees("It makes 24 s of motion.")
    begun.until(AT_END)
    assert begun.value(FITS)
    begun.click("#reason textarea, #reason input")
    begun.type("too long")
    begun.click("#leave")
    begun.until("!document.querySelector('#approval')?.offsetParent")
    state = "fetch('/v1/threads/' + location.hash.slice(1)).then((answer) => answer.json())"
    begun.until(f"{state}.then((thread) => thread.waiting === null && !thread.motions.length)")
    begun.until("!document.querySelector('#stop')?.offsetParent")  # and the page knows it, too

    say(begun, "walk for 22 seconds")
    begun.sees("It makes 22 s of motion.")
    begun.click("#approval button.label-wrap")
    begun.until("document.querySelector('#steps textarea')?.value.includes('22')")
    begun.value(
        "(() => { const box = document.querySelector('#steps textarea');"
        "box.value = box.value.replace('22', '2'); box.dispatchEvent(new Event('input')); })()"
    )
    begun.click("#run")
    begun.sees("(a person walks, 2 s)")


@pytest.mark.slow
def test_a_file_is_dropped_and_asked_about(begun: Tab, tmp_path: Path, page: Server) -> None:
    made = httpx.post(
        f"{page.address}/v1/generate", json={"description": "a person walks forward"}, timeout=90
    )
    file = tmp_path / "my walk (1).bvh"
    file.write_bytes(httpx.get(f"{page.address}/v1/motions/{made.json()['motion']['id']}/bvh").content)
    begun.drop("#message", file)
    name = "getComputedStyle(document.querySelector('#message .thumbnail-wrapper'), '::after').content"
    begun.until("!!document.querySelector('#message .thumbnail-item')")
    begun.until(f"{name} === {json.dumps(json.dumps(file.name))}")
    assert begun.value(FITS)
    begun.click("#message .submit-button")
    begun.until(f"({ANSWER}).includes('walk')")
    assert "my walk -1-.bvh" in [f["name"] for f in httpx.get(f"{page.address}/v1/files").json()["files"]]
    seen(begun)


@pytest.mark.slow
def test_conversations_are_switched_and_kept_apart(begun: Tab) -> None:
    say(begun, "a person bows")
    begun.sees("(a person bows, ")
    new_conversation(begun)
    begun.value(DRAWN_LATE)
    assert not begun.value(READY)
    say(begun, "mirror it")
    begun.until("document.querySelector('#threads input').value === 'mirror it'")  # its turn has ended
    begun.click("#threads input")
    choose(begun, "bows")
    begun.sees("(a person bows, ")
    seen(begun)


@pytest.mark.slow
def test_a_turn_that_is_left_shows_nothing_in_the_conversation_that_follows(begun: Tab, page: Server) -> None:
    left = begun.value("location.hash")
    say(begun, "a person walks for 10 seconds, then jumps for 9 seconds")
    begun.until("!!document.querySelector('#stop')?.offsetParent")
    assert begun.value(FITS)
    new_conversation(begun)
    at_work = f"{page.address}/v1/threads/{left.removeprefix('#')}/messages"
    while httpx.post(at_work, json={"text": "what can you do?"}, timeout=90).status_code == 409:
        time.sleep(0.2)  # until nothing of the turn is left
    time.sleep(1)
    assert begun.value("location.hash") != left and "jumps" not in begun.text()


@pytest.mark.slow
def test_only_listed_coordinators_are_offered_and_a_failure_is_told(begun: Tab) -> None:
    begun.click("#coordinator input")
    offered = "[...document.querySelectorAll('[role=option]')].map((o) => o.innerText.trim()).join()"
    assert begun.until(offered).replace("✓", "").replace("\n", "").replace(" ", "") == "offline,openai:nobody"
    choose(begun, "nobody")
    say(begun, "a person waves")
    begun.sees("That did not work: coordinator openai:nobody")
    begun.until(f"{MESSAGE} === 'a person waves'")  # to be sent again
    begun.click("#coordinator input")
    choose(begun, "offline")


def test_it_fits_a_phone_and_has_names(begun: Tab) -> None:
    begun.size(390, 844, phone=True)
    begun.until("innerWidth === 390")
    assert begun.value("document.documentElement.scrollWidth") <= 390
    assert begun.value("document.querySelector('#chat').getBoundingClientRect().x") <= 16
    say(begun, "a person waves")
    seen(begun)
    time.sleep(0.5)  # what has just come is named a moment later
    nodes = begun.call("Accessibility.getFullAXTree")["nodes"]
    found = [(n["role"]["value"], n["name"]["value"]) for n in nodes if _operated(n)]
    assert ("textbox", "Message") in found and ("combobox", "Conversation") in found
    nameless = [n["backendDOMNodeId"] for n in nodes if _operated(n) and not n["name"]["value"]]
    shown = [begun.call("DOM.describeNode", backendNodeId=node, depth=2)["node"] for node in nameless]
    assert [(node["attributes"], node.get("children")) for node in shown] == []
    begun.size(1280, 860)


def _operated(node: dict[str, Any]) -> bool:
    """Whether a node of the accessibility tree is something that can be operated."""
    operated = ("button", "textbox", "combobox", "link", "Iframe")
    return node.get("role", {}).get("value") in operated


@pytest.mark.slow
def test_ctrl_c_ends_it_at_once_though_a_page_is_open(tmp_path: Path) -> None:
    environment = {"MOTION_AGENT_SERVE__KEYS": json.dumps(KEYS)}
    with (
        serving(tmp_path, "--memory", "memory", command="ui", environment=environment) as server,
        browser(tmp_path) as tab,
    ):
        assert httpx.get(server.address).status_code == 401
        # What a browser sends once somebody has given name and key.
        key = base64.b64encode(f"ada:{KEYS['ada']}".encode()).decode()
        tab.call("Network.setExtraHTTPHeaders", headers={"Authorization": f"Basic {key}"})
        tab.open(server.address)
        tab.until("!!document.querySelector('#message textarea')")
        time.sleep(1)
        begun = time.monotonic()
        assert server.stop(signal.SIGINT) == 130
        assert time.monotonic() - begun < 10  # what a busy machine needs
        assert server.log.splitlines()[1:] == ["stopped"]
