"""motion-agent run and motion-agent chat: the agent itself, on the same graph."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer
from rich.markup import escape

from ..conversations.progress import WHILE_WAITING
from .interrupts import interrupt_handled
from .options import (
    DEFAULT_FORMATS,
    AgentSettings,
    AsJson,
    Formats,
    SeedOption,
    ThreadName,
    config_of,
    formats_of,
    spelt_out,
)
from .output import (
    busy,
    output,
    show_error,
    show_files,
    show_json,
    show_line,
    show_motion,
    show_times,
)

if TYPE_CHECKING:
    from ..config import AgentConfig
    from ..conversations.session import Session, Turn

Opened = Annotated[
    Path | None,
    typer.Option("--motion", "-m", exists=True, dir_okay=False, help="A motion file to talk about."),
]
GREETING = (
    "Say what you want. /export [formats] writes the current motion, /list shows all, /help tells more."
)
HELP = f"""\
/export [formats]  write the current motion to files ({DEFAULT_FORMATS} without formats)
/list              show the motions of this conversation
/help              show this
/quit              end; so does Ctrl-C, which stops a turn while one runs
Everything else is a request in your own words, for example
  "a person walks forward for 3 seconds, then turns around and waves"
  "two people face each other and wave"
  "replace the second part with a jump", "make it longer", "mirror it", "undo"
  "what is the person doing?", "how long is it?", "what can you do?"
  "what is the person in walk.bvh doing?", "call this my greeting", "go back to my greeting\""""


@spelt_out
def run(
    prompt: Annotated[str, typer.Argument(help="What you want, in everyday words.")],
    *,
    formats: Formats = DEFAULT_FORMATS,
    seed: SeedOption = None,
    motion: Opened = None,
    thread: ThreadName = None,
    as_json: AsJson = False,
    **settings: Unpack[AgentSettings],
) -> None:
    """Carry out one request and write the motion to files."""
    if not prompt.strip():
        raise typer.BadParameter("the request is empty", param_hint="PROMPT")
    wanted = formats_of(formats)
    config = config_of(seed=seed, **settings)
    started = time.perf_counter()
    with _start(config, motion, thread) as session:
        loaded = time.perf_counter()
        turn = _turn(session, prompt)
        if turn.gave_up or not (turn.new or turn.acted or motion is not None):
            show_error(turn.answer, "given up" if turn.new else "no motion was made")
            raise typer.Exit(1)
        written = time.perf_counter()
        files = _export(session, turn, prompt, wanted) if turn.new else []
        times = {"loading": loaded - started, "motion": turn.taken, "files": time.perf_counter() - written}
        if as_json:
            show_json(_document(turn, [*map(str, files), *turn.files], times))
        else:
            _show(turn, [*files, *turn.files])
            show_times(**times)


@spelt_out
def chat(
    *,
    seed: SeedOption = None,
    motion: Opened = None,
    thread: ThreadName = None,
    **settings: Unpack[AgentSettings],
) -> None:
    """Talk with the agent: make motions, change them, ask about them."""
    config = config_of(seed=seed, **settings)
    with _start(config, motion, thread) as session:
        show_line(GREETING)
        _finish(session)
        while (text := _next_request()) is not None:
            if text.startswith("/"):
                if not _command(session, text):
                    break
            elif text:
                _talk(session, text)


def _start(config: AgentConfig, motion: Path | None, thread: str | None) -> Session:
    with busy("Loading the motion model") as say:
        from ..conversations.session import Session

        session = Session.start(config, thread=thread)
        if motion is not None:
            say(f"Reading {motion.name}")
            session.open(motion.resolve())
    return session


def _finish(session: Session) -> None:
    """Finish what a killed process left behind in a thread that is taken up again."""

    def finished() -> Turn | None:
        with busy("Finishing the turn that was cut short") as say:
            turn = session.resume(on_step=lambda node: say(WHILE_WAITING[node]))
        return None if turn is None else _approved(session, turn)

    with _telling():
        turn = finished()
        if turn is not None:
            show_line("(the last turn was cut short; this is its end)")
            _show(turn, list(turn.files))


def _turn(session: Session, text: str) -> Turn:
    with busy(WHILE_WAITING[""]) as say:
        turn = session.say(text, on_step=lambda node: say(WHILE_WAITING[node]))
    return _approved(session, turn)


def _approved(session: Session, turn: Turn) -> Turn:
    """Ask for a word on every plan of a turn that waits for one; no word is a no."""
    while turn.waiting is not None:
        for step in turn.waiting["plan"]["steps"]:
            show_line(f"  {step['tool']} {json.dumps(step['arguments'], ensure_ascii=False)}")
        word = (_asked(f"run this plan ({turn.waiting['seconds']:g} s of motion)? [y/n] ") or "").lower()
        with busy(WHILE_WAITING["validate"]) as say:
            turn = session.decide(word in ("y", "yes"), on_step=lambda node: say(WHILE_WAITING[node]))
    return turn


def _export(session: Session, turn: Turn, title: str, formats: list[str]) -> list[Path]:
    """Write the motion the turn ended with, and its variants where several were asked for."""
    refs = [turn.current, *turn.current.alternatives] if turn.current is not None else []
    with busy("Writing files") as say:
        return [
            path
            for ref in refs
            for path in session.export(ref, formats, title=title, started=lambda name: say(f"Writing {name}"))
        ]


def _show(turn: Turn, files: list[Path | str]) -> None:
    show_line(turn.answer)
    if turn.new and turn.current is not None:
        show_motion(turn.current)
    show_files(files)


def _document(turn: Turn, files: list[str], times: dict[str, float]) -> dict[str, object]:
    return {
        "answer": turn.answer,
        "motion": turn.current.model_dump() if turn.current is not None else None,
        "made": [ref.id for ref in turn.new],
        "files": files,
        "seconds_taken": {stage: round(taken, 3) for stage, taken in times.items()},
    }


def _asked(question: str) -> str | None:
    """The user's next line; None at the end of input."""
    try:
        return output.input(f"[bold]{escape(question)}[/bold]").strip()
    except EOFError:
        output.print()
        return None
    except UnicodeDecodeError as error:
        show_error(f"that is no text in {error.encoding}; say it again")
        return ""


def _next_request() -> str | None:
    """What the user says next in a chat; None at the end of input or after Ctrl-C."""
    try:
        return _asked("you> ")
    except KeyboardInterrupt:
        interrupt_handled()
        output.print()
        return None


def _talk(session: Session, text: str) -> None:
    """One turn of a chat."""
    with _telling():
        turn = _turn(session, text)
        _show(turn, list(turn.files))
        show_times(taken=turn.taken)


@contextmanager
def _telling() -> Iterator[None]:
    """Whatever goes wrong in a chat is told, and the talk goes on: what was said before must not be lost."""
    from ...motion_models.errors import MotionAgentError

    try:
        yield
    except (MotionAgentError, typer.BadParameter, OSError) as error:
        show_error(str(error))
    except KeyboardInterrupt:
        interrupt_handled()
        show_line("stopped")
    except Exception as error:
        show_error(f"unexpected {type(error).__name__}: {error}")


def _command(session: Session, text: str) -> bool:
    """Carry out a slash command; False ends the talk."""
    name, _, rest = text.partition(" ")
    if name in ("/quit", "/exit"):
        return False
    with _telling():
        match name:
            case "/export":
                _export_current(session, rest)
            case "/list":
                for ref in session.motions():
                    show_line(f"{ref.id}  {ref.seconds:g} s  {ref.name}")
            case "/help":
                show_line(HELP)
            case _:
                show_error(f"there is no {name}; /help lists the commands")
    return True


def _export_current(session: Session, formats: str) -> None:
    ref = session.current()
    if ref is None:
        show_line("There is no motion yet.")
        return
    wanted = formats_of(formats.replace(" ", ",") or DEFAULT_FORMATS)
    with busy("Writing files") as say:
        files = session.export(ref, wanted, started=lambda name: say(f"Writing {name}"))
    show_files(files)
