"""Turning a knob and seeing what follows: for a person at a notebook, and for nobody else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["explore", "somebody_is_there"]


def somebody_is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a person has opened the notebook: a Jupyter server names it to its kernel, papermill and reports do not.

    Examples
    --------
    >>> somebody_is_there({"JPY_SESSION_NAME": "notebooks/03.ipynb"}), somebody_is_there({})
    (True, False)
    """
    opened = "JPY_SESSION_NAME" in environment or "VSCODE_PID" in environment
    return opened and "SCSR_INPUTS" not in environment


def explore(make: Callable[..., Any], /, **choices: Any) -> None:
    """Show what a function makes, with a knob for each of its arguments; in a report, and under papermill, do nothing.

    Parameters
    ----------
    make : callable
        Takes the arguments named in `choices`; what it returns is shown, such as a figure or an estimate.
    **choices
        What each argument may be: ``(lowest, highest)`` or ``(lowest, highest, step)`` for a slider, a list for a choice,
        a bool for a tick.

    Examples
    --------
    >>> explore(lambda share: f"{share:.0%} complain", share=(0.0, 1.0, 0.05))  # nobody is there: nothing is shown
    """
    if not somebody_is_there():
        return
    import ipywidgets
    from IPython.display import display

    panel = ipywidgets.interactive(make, {"auto_display": True}, **choices)
    for knob in panel.children:
        if hasattr(knob, "continuous_update"):
            knob.continuous_update = False  # a result may take a second: it is made when the knob is let go
    display(panel)
