"""Tiny labs in a folder of the test's own."""

import shutil
from pathlib import Path

LABS = Path(__file__).parent / "fixtures" / "labs"

HEAD = '# %% [markdown]\n# # A lab\n\n# %% tags=["parameters"]\ndataset: str = "shop"\n\n'


def copy_labs(folder):
    """The three fixture labs, ready to be edited."""
    return Path(shutil.copytree(LABS, folder / "labs"))


def one_lab(folder, *cells, **described):
    """A labs folder with one lab of these code cells."""
    about = {
        "id": "01",
        "name": "only",
        "title": "Only",
        "question": "Does it?",
        "minutes": 5,
        "objectives": ["try"],
        "key_points": ["It does."],
        "datasets": ["shop"],
        **described,
    }
    labs = folder / "labs"
    (labs / "source").mkdir(parents=True)
    toml = "\n".join(f"{key} = {value!r}" for key, value in about.items())
    (labs / "labs.toml").write_text(f"[[lab]]\n{toml}\n", encoding="utf-8")
    source = HEAD + "\n\n".join(f"# %%{cell}" for cell in cells) + "\n"
    (labs / "source" / "01_only.py").write_text(source, encoding="utf-8")
    return labs
