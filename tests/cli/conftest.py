import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab_kit import paths
from lab_kit.cli import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def lab_kit(monkeypatch, capsys) -> Callable[..., Outcome]:
    """The command as a shell sees it: arguments in; exit code and both streams out."""

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["lab-kit", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        streams = capsys.readouterr()
        return Outcome(left.value.code or 0, streams.out, streams.err)

    return run


@pytest.fixture
def clone(tmp_path, monkeypatch) -> Path:
    """A clone with two tiny labs; the kit takes it for its own."""
    root = tmp_path / "clone"
    for folder in ("lab_kit", "labs/solutions", "labs/source", "data"):
        (root / folder).mkdir(parents=True)
    for file in ("pyproject.toml", "labs/labs.toml", "data/MANIFEST.toml"):
        (root / file).write_text("", encoding="utf-8")
    publish(root, "00_hello.ipynb", "first edition")
    publish(root, "01_shop.ipynb", "first edition")
    publish(root, "solutions/00_hello.ipynb", "the answers")
    monkeypatch.setattr(paths, "PACKAGE", root / "lab_kit")
    monkeypatch.delenv("LAB_KIT_WORK", raising=False)
    monkeypatch.chdir(root)
    return root


def publish(root: Path, name: str, text: str) -> None:
    """Put a version of a lab into the clone, as an update would."""
    (root / "labs" / name).write_bytes(text.encode("utf-8"))


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder but the kit's own note, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != paths.WORK_MARKER
    }


def environment(**more: str) -> dict[str, str]:
    """The environment of a child process, without what the tests of others may have set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LAB_KIT_")}
    return {**kept, "PYTHONUTF8": "1", "LAB_KIT_CLOUD": "off", **more}


def described(lab_id: str, name: str, title: str) -> str:
    """An entry of labs.toml."""
    return f"""
[[lab]]
id = "{lab_id}"
name = "{name}"
title = "{title}"
question = "?"
minutes = 1
objectives = ["one"]
key_points = ["one"]
datasets = ["shop"]
"""
