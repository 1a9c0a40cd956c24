import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.files import notebook_text, write_whole
from lab_kit.notebooks.parameters import checked

CELL = """\
dataset: str = "shop"  # which data set
top_k: int = 10  # how many items
share: float = 0.1
quick: bool = False
other = None"""


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "{01}" / "01_tiny.ipynb"  # braces, which papermill would fill in
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {"tags": ["parameters"]},
        "source": CELL,
        "execution_count": None,
        "outputs": [],
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    text = notebook_text({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]})
    write_whole(path, text)
    return path


def test_text_takes_the_declared_type(notebook):
    texts = {"dataset": "7", "top_k": "7", "share": "7", "quick": "True", "other": "7"}
    assert checked(notebook, texts) == {
        "dataset": "7",
        "top_k": 7,
        "share": 7.0,
        "quick": True,
        "other": "7",
    }


def test_values_that_are_not_text_pass(notebook):
    assert checked(notebook, {"top_k": 3, "other": [1]}) == {"top_k": 3, "other": [1]}


def test_an_unknown_name_is_refused_with_those_that_are_known(notebook):
    with pytest.raises(LabKitError, match=r"'topk' \(01_tiny\).*dataset \(str\), top_k \(int\)"):
        checked(notebook, {"topk": "7"})


@pytest.mark.parametrize(("name", "text"), [("top_k", "7.5"), ("share", "x"), ("quick", "yes")])
def test_a_text_of_another_type_is_refused(notebook, name, text):
    with pytest.raises(LabKitError, match=f"parameter {name} is '{text}'"):
        checked(notebook, {name: text})
