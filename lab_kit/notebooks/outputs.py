"""What of an executed notebook is kept in the repository."""

from collections.abc import Mapping
from typing import Any

from lab_kit.notebooks.cells import text_of

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def with_outputs(generated: Mapping[str, Any], executed: Mapping[str, Any]) -> dict[str, Any]:
    """The generated notebook with the outputs of its execution.

    Execution counts are kept. Timing, the kernel's version and widget state are left behind, so
    that an execution elsewhere gives the same file and GitHub shows what the widget's HTML says.
    """
    outcomes = {cell["id"]: cell for cell in executed["cells"]}
    cells = []
    for cell in generated["cells"]:
        if cell["cell_type"] == "code":
            outcome = outcomes[cell["id"]]
            shown = [_cleaned(output) for output in outcome["outputs"]]
            cell = {
                **cell,
                "execution_count": outcome["execution_count"],
                "outputs": [output for output in shown if output.get("data") != {}],
            }
        cells.append(cell)
    return {**generated, "cells": cells}


def _cleaned(output: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(output)
    if "text" in kept:
        kept["text"] = text_of(kept["text"])
    if "data" in kept:
        kept["metadata"] = {}
        kept["data"] = {
            kind: content if kind.endswith("json") else text_of(content)
            for kind, content in kept["data"].items()
            if kind != _WIDGET_VIEW
        }
    return kept
