"""The page on the server's app: everything of /v1 is there too, behind the same door."""

from __future__ import annotations

from functools import partial

import gradio as gr
from fastapi import Depends, FastAPI
from gradio.routes import App as GradioApp
from gradio.themes import Base, Default
from starlette.routing import Mount

from ...motion_models.backends.protocol import MotionBackend
from ..config import AgentConfig
from ..serving.app import create_app
from ..serving.guards import caller
from . import viewer
from .door import Door
from .page import Page
from .viewer import asset


def create_ui(config: AgentConfig | None = None, backend: MotionBackend | None = None) -> FastAPI:
    """The page as an ASGI app. backend: a motion model that is loaded already (None: as configured).

    `app.state.leaving` is to be called before the server stops: it lets go of the pages that are open.
    Raises ConfigError for a page that everybody could use.
    """
    config = AgentConfig.load() if config is None else config
    app = create_app(config, backend)
    app.include_router(viewer.router, dependencies=[Depends(caller)])
    gr.mount_gradio_app(
        app,
        Page(app, offered(config)).blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=True,
        max_file_size=config.serve.max_body,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=asset("page.css"),
        js=f"() => {{ ({asset('names.js')})(); ({asset('end.js')})(); }}",
    )
    app.add_middleware(Door, options=config.serve)
    app.state.leaving = partial(_let_go, app)
    return app


def _let_go(app: FastAPI) -> None:
    """End the streams of open pages, and the turns they wait for."""
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, GradioApp):
            route.app.stop_event.set()
    if hasattr(app.state, "workers"):
        app.state.workers.give_up()


def offered(config: AgentConfig) -> list[str]:
    """The coordinators that may be chosen, by name and without addresses; the configured one first."""
    listed = config.run_coordinators if "coordinator" in config.run_may_set else ()
    return list(dict.fromkeys([config.coordinator, *(entry.partition("@")[0] for entry in listed)]))


def theme() -> Base:
    """Fonts of the machine: nothing is fetched from elsewhere."""
    return Default(
        primary_hue="blue", neutral_hue="slate", font=["system-ui", "sans-serif"], font_mono=["monospace"]
    )
