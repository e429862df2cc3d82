"""motion-agent tools and motion-agent version."""

from __future__ import annotations

from .options import AsJson
from .output import show_json, show_line


def list_tools(as_json: AsJson = False) -> None:
    """Show the tools of the agent; --json gives their argument schemas."""
    from ...tools.toolbox import TOOLS

    if as_json:
        show_json({name: spec.arguments.model_json_schema() for name, spec in TOOLS.items()})
        return
    for name, spec in TOOLS.items():
        fields = ", ".join(
            field if info.is_required() else f"{field}?"
            for field, info in spec.arguments.model_fields.items()
        )
        show_line(f"{name}({fields})")
        show_line(f"    {spec.summary}")


def plan_schema() -> None:
    """Print the JSON schema of a plan, for servers and programs that make or check plans themselves."""
    from ...tools.toolbox import TOOLS
    from ..coordinators.plan_schema import plan_schema as schema_of

    show_json(schema_of({name: spec.arguments for name, spec in TOOLS.items()}))


def version(as_json: AsJson = False) -> None:
    """Show the version of the program."""
    from importlib.metadata import version as installed

    number = installed("motion-agent")
    if as_json:
        show_json({"motion-agent": number})
    else:
        show_line(f"motion-agent {number}")
