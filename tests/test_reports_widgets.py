from __future__ import annotations

from typing import Any

import pytest

from scsr.reports import widgets


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Somebody has opened the notebook; what is displayed is kept."""
    import IPython.display

    shown: list[Any] = []
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    monkeypatch.setattr(IPython.display, "display", shown.append)
    return shown


def test_nobody_is_shown_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("VSCODE_PID", raising=False)
    widgets.explore(lambda share: pytest.fail("was called"), share=(0.0, 1.0))


def test_a_report_is_not_a_person() -> None:
    opened = {"JPY_SESSION_NAME": "a.ipynb"}
    assert widgets.somebody_is_there(opened)
    assert not widgets.somebody_is_there(opened | {"SCSR_INPUTS": "utterances"})


def test_each_argument_has_a_knob(person: list[Any]) -> None:
    widgets.explore(lambda share, role: f"{share} {role}", share=(0.0, 1.0, 0.1), role=["customer", "firm"])
    slider, choice, _ = person[0].children
    assert (slider.description, slider.max, slider.continuous_update) == ("share", 1.0, False)
    assert (choice.description, choice.options) == ("role", ("customer", "firm"))
