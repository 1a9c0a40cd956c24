"""Tiny labs in a folder of the test's own."""

import shutil
from pathlib import Path

LABS = Path(__file__).parent / "fixtures" / "labs"

TITLE = " [markdown]\n# # A lab"
PARAMETERS = ' tags=["parameters"]\ndataset: str = "shop"'


def copy_labs(folder):
    """The three fixture labs, ready to be edited."""
    return Path(shutil.copytree(LABS, folder / "labs"))


def make_labs(folder, **cells):
    """A labs folder with a lab of each name, made of these cells, numbered from 01."""
    labs = folder / "labs"
    (labs / "source").mkdir(parents=True)
    described = []
    for number, (name, texts) in enumerate(cells.items(), start=1):
        about = {
            "id": f"{number:02}",
            "name": name,
            "title": name.capitalize(),
            "question": "Does it?",
            "minutes": 5,
            "objectives": ["try"],
            "key_points": ["It does."],
            "datasets": ["shop"],
        }
        described += ["[[lab]]", *(f"{key} = {value!r}" for key, value in about.items())]
        source = "\n\n".join(f"# %%{text}" for text in texts) + "\n"
        (labs / "source" / f"{number:02}_{name}.py").write_text(source, encoding="utf-8")
    (labs / "labs.toml").write_text("\n".join(described) + "\n", encoding="utf-8")
    return labs


def one_lab(folder, *cells):
    """A labs folder with one lab: a title, a parameters cell, and these cells."""
    return make_labs(folder, only=(TITLE, PARAMETERS, *cells))
