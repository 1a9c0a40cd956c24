"""A tiny lab of its own in a temporary folder, and a work folder beside it."""

import json

import pandas as pd
import pytest

LABS = """
[[lab]]
id = "00"
name = "start_here"
title = "Start here"
question = "Does it work?"
minutes = 15
objectives = ["Look around"]
key_points = ["It works"]
datasets = ["shop"]

[[lab]]
id = "01"
name = "preprocess"
title = "Preprocess"
question = "How do raw exports become data?"
minutes = 25
objectives = ["Clean"]
key_points = ["Count rows"]
datasets = ["shop", "movielens-small"]
produces = "01-preprocess"
  [[lab.quiz]]
  id = "1.q1"
  question = "Which of these is `a & b`?"
  options = [
    {text="the <left> one", right=false, why="Look at the other side."},
    {text="the right one", right=true, why="Indeed it is."},
  ]
"""

EXERCISES = [
    {
        "exercise": "1.1",
        "variable": "n_users",
        "solution": 'n_users = events["user_id"].nunique()',
        "hints": ["A person comes back many times.", "`nunique()` counts distinct values."],
        "mistakes": [
            {"when": "len(events)", "say": "That counts rows."},
            {"when": "no_such_name + 1", "say": "Never said."},
        ],
    },
    {
        "exercise": "1.2",
        "variable": "busiest",
        "solution": (
            'counts = events["user_id"].value_counts()\nbusiest = counts[counts > n_users - 2]'
        ),
        "hints": ["Count first.", "`value_counts()` sorts, too."],
        "mistakes": [{"when": "counts", "say": "These are all of them."}],
    },
]


def notebook(exercises):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Title"]}] + [
        {
            "cell_type": "code",
            "metadata": {"lab_kit": note},
            "source": note["solution"],
            "outputs": [],
            "execution_count": None,
        }
        for note in exercises
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(autouse=True)
def labs_folder(tmp_path, monkeypatch):
    folder = tmp_path / "labs"
    (folder / "solutions").mkdir(parents=True)
    (folder / "labs.toml").write_text(LABS, encoding="utf-8")
    solutions = folder / "solutions" / "01_preprocess.ipynb"
    solutions.write_text(notebook(EXERCISES), encoding="utf-8")
    monkeypatch.setenv("LAB_KIT_LABS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def work_folder(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    monkeypatch.setenv("LAB_KIT_WORK", str(folder))
    for name in ("LAB_KIT_STRICT", "LAB_KIT_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def names():
    """What the cells above the exercises made."""
    return {"events": pd.DataFrame({"user_id": ["a", "b", "a", "c", "a"]})}
