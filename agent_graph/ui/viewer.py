"""The viewer beside the chat: one page that is loaded once, and the motions it is handed."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from ...motion_models.formats.html import live_page, viewer_data
from ...tools.rendering import render_people
from ..serving.conversations import while_connected
from ..serving.files import APART
from ..serving.guards import Caller

router = APIRouter(prefix="/viewer", include_in_schema=False)


def asset(name: str) -> str:
    """A file of this room."""
    return (files(__name__.rpartition(".")[0]) / name).read_text("utf-8")


@router.get("")
def viewer_page() -> HTMLResponse:
    """The viewer without a motion; it can reach nothing but the page around it."""
    return HTMLResponse(live_page(asset("viewer_app.js")), headers=APART | {"Cache-Control": "max-age=3600"})


@router.get("/{motion_id}")
async def viewer_motion(request: Request, motion_id: str, person: Caller) -> dict[str, Any]:
    """What the viewer shows of a motion."""

    def work() -> dict[str, Any]:
        clip = person.services.memory.get(person.name, motion_id)
        return viewer_data(render_people(person.services, clip), person.services.look)

    return await while_connected(request, request.app.state.workers.result(person.name, work))
