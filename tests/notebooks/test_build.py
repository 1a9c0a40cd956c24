import json

import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.build import build
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.lint import lint_labs
from tests.notebooks.labs_for_tests import copy_labs, one_lab

pytestmark = pytest.mark.notebooks


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = copy_labs(tmp_path_factory.mktemp("built"))
    build(folder=folder)
    return folder


def outputs(path, cell_id):
    cells = {cell["id"]: cell for cell in read_notebook(path)["cells"]}
    return cells[cell_id]["outputs"]


def test_the_solution_is_executed_and_the_learner_notebook_is_blank(built):
    solution = built / "solutions" / "01_first.ipynb"
    assert outputs(solution, "exercise-1-1-rows-4")[0]["text"] == ["3 3.0\n"]
    counts = [
        cell["execution_count"]
        for cell in read_notebook(solution)["cells"]
        if cell["cell_type"] == "code"
    ]
    assert counts == list(range(1, len(counts) + 1))
    assert outputs(built / "01_first.ipynb", "exercise-1-1-rows-4") == []


def test_a_lab_finds_what_an_earlier_one_left(built):
    path = built / "solutions" / "02_second.ipynb"
    assert outputs(path, "what-did-the-first-lab-leave-5")[0]["text"] == ["shop 3\n"]


def test_what_was_built_is_clean_and_up_to_date(built):
    before = contents(built)
    assert lint_labs(built) == []
    assert build(folder=built, check=True) == []
    assert contents(built) == before


def test_check_names_file_and_cell_of_what_was_edited_by_hand(built, tmp_path):
    folder = copy_labs(tmp_path)
    for name in ("01_first.ipynb", "solutions/01_first.ipynb"):
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((built / name).read_bytes())
    notebook = read_notebook(folder / "solutions" / "01_first.ipynb")
    notebook["cells"][5]["source"] = ["n_rows = 4\n"]
    edited = json.dumps(notebook)
    (folder / "solutions" / "01_first.ipynb").write_text(edited, encoding="utf-8")
    (difference,) = build(["01"], folder=folder, check=True)
    assert difference.file.parent.name == "solutions"
    assert difference.cell == "exercise-1-1-rows-2"
    assert "-n_rows = 4" in difference.diff


def test_a_failing_solution_changes_no_file_and_is_named(tmp_path):
    folder = copy_labs(tmp_path)
    source = folder / "source" / "02_second.py"
    source.write_text(
        source.read_text(encoding="utf-8") + "\n# %%\nraise KeyError('time')\n", encoding="utf-8"
    )
    (folder / "01_first.ipynb").write_text("mine", encoding="utf-8")
    before = contents(folder)
    with pytest.raises(LabKitError, match="lab 02 fails") as caught:
        build(["01", "02"], folder=folder)
    assert "cell what-did-the-first-lab-leave-6" in caught.value.what
    assert "KeyError: 'time'" in caught.value.what
    assert caught.value.where == str(source)
    assert contents(folder) == before


def test_the_users_own_settings_stay_out(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_KIT_WORK", str(tmp_path / "mine"))
    monkeypatch.setenv("LAB_KIT_FAST", "1")
    folder = one_lab(
        tmp_path,
        "\nimport os",
        "\nsorted(name for name in os.environ if name.startswith('LAB_KIT_'))",
        "\nassert 'mine' not in os.environ['LAB_KIT_WORK']",
        "\nassert os.environ['LAB_KIT_STRICT'] == '1'",
        "\nassert 'LAB_KIT_FAST' not in os.environ",
    )
    build(folder=folder)
    assert not (tmp_path / "mine").exists()
