"""Values for a lab's parameters, checked against its parameters cell before anything runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError

_TRUTH = {"true": True, "false": False}


def checked(notebook: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the types the parameters cell declares.

    Papermill itself takes an unknown name without a word. Text from the command line becomes an
    int, float or bool where the cell says so; other values pass as they are.

    Args:
        notebook: The file whose cell tagged "parameters" counts.
        values: Names and values.

    Raises:
        LabKitError: Where a name is unknown (the message lists those that are known), or a text
            is not a value of the declared type.
    """
    if not values:
        return {}
    import papermill

    known = papermill.inspect_notebook(literal(str(notebook)))
    if unknown := sorted(set(values) - set(known)):
        raise LabKitError(
            f"There is no parameter {unknown[0]!r}",
            where=notebook.stem,
            next_step="choose from "
            + ", ".join(f"{name} ({kind['inferred_type_name']})" for name, kind in known.items()),
        )
    return {
        name: _typed(name, value, known[name]["inferred_type_name"], notebook)
        for name, value in values.items()
    }


def literal(path: str) -> str:
    """A path as papermill must get it: it takes braces for placeholders."""
    return path.replace("{", "{{").replace("}", "}}")


def _typed(name: str, value: Any, kind: str, notebook: Path) -> Any:
    if not isinstance(value, str) or kind not in ("int", "float", "bool"):
        return value
    try:
        if kind == "bool":
            return _TRUTH[value.lower()]
        return int(value) if kind == "int" else float(value)
    except (ValueError, KeyError) as error:
        raise LabKitError(
            f"The parameter {name} is {value!r}, not a value of type {kind}",
            where=notebook.stem,
            next_step=f"write it as -p {name} "
            + {"int": "3", "float": "0.5", "bool": "true"}[kind],
        ) from error
