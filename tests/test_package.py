"""The face of the package."""

from __future__ import annotations

from importlib.metadata import version

import motion_agent
import pytest


def test_version_and_names() -> None:
    assert motion_agent.__version__ == version("motion-agent")
    for name in motion_agent.__all__:
        assert getattr(motion_agent, name)
    assert "agent" in (motion_agent.__doc__ or "")


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        motion_agent.nothing  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]
