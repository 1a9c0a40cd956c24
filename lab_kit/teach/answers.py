"""The kit's own answer to an exercise: its stored solution, run in a copy of the notebook.

Computed from the data that is loaded, it holds for every data set a lab accepts.
"""

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from IPython.utils.capture import capture_output

from lab_kit.teach.exercises import Exercise

ORDERING = {"nlargest", "nsmallest", "sort_index", "sort_values", "value_counts"}
"""Methods of pandas after which the order of the rows is part of the answer."""


class SolutionError(Exception):
    """The stored solution cannot run here: cells above were not run, or a name was overwritten.

    Args:
        error: What the solution raised.
        blank: Names the solution reads that still hold `...`.
    """

    def __init__(self, error: BaseException, blank: tuple[str, ...]) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.error = error
        self.blank = blank

    @property
    def missing(self) -> str | None:
        """The name that is not there, if that is why."""
        return self.error.name if isinstance(self.error, NameError) else None


@dataclass(frozen=True)
class Answer:
    """What an exercise expects in this notebook."""

    value: Any
    ordered: bool
    """Whether the order of rows is part of it."""
    scope: Mapping[str, Any]
    """The notebook's names, as the solution left them."""

    def typical(self, expression: str) -> Any:
        """The value of a typical mistake, `...` where it cannot be computed for these data."""
        try:
            with capture_output():
                return eval(expression, dict(self.scope))
        except Exception:
            return ...


def answer(exercise: Exercise, namespace: Mapping[str, Any]) -> Answer:
    """Run an exercise's solution beside the notebook, which stays as it is.

    Args:
        exercise: Its solution binds its variable.
        namespace: The notebook's names; what the solution names of them is copied first.

    Raises:
        SolutionError: Where the solution raises.
    """
    tree = ast.parse(exercise.solution)
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    scope = {name: _copied(value) if name in named else value for name, value in namespace.items()}
    scope.setdefault("__builtins__", builtins)
    try:
        with capture_output():
            exec(compile(tree, f"<solution of {exercise.id}>", "exec"), scope)
        value = scope[exercise.variable]
    except Exception as error:
        blank = tuple(sorted(name for name in named if namespace.get(name) is ...))
        raise SolutionError(
            error, tuple(name for name in blank if name != exercise.variable)
        ) from error
    return Answer(value, orders_rows(tree), scope)


def orders_rows(solution: ast.AST) -> bool:
    """Whether a solution calls a method that puts rows in order (`ORDERING`)."""
    called = (node.func for node in ast.walk(solution) if isinstance(node, ast.Call))
    return any(isinstance(name, ast.Attribute) and name.attr in ORDERING for name in called)


def _copied(value: Any) -> Any:
    """A copy of what a solution might change; a frame's is free until somebody writes to it."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.copy(deep=False)
    if isinstance(value, list | dict | set | np.ndarray):
        return value.copy()
    return value
