"""Packages whose names are imported when somebody asks for them.

A package that offers both rules, which are data, and what works on frames would otherwise load
pandas for those who need the rules alone.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def lazily(
    package: str, homes: Mapping[str, str], modules: Sequence[str] = ()
) -> Callable[[str], Any]:
    """A module's `__getattr__` (PEP 562) that imports a name from where it is made.

    Args:
        package: The package that offers the names.
        homes: For each name, the module of the package that makes it. No module may have the name
            of what is offered: once imported, it would be found in its stead.
        modules: Modules of the package that are offered as they are.
    """

    def find(name: str) -> Any:
        if name in modules:
            return importlib.import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    return find
