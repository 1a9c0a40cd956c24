import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.source import read_source
from lab_kit.teach.labs import labs
from tests.notebooks.labs_for_tests import LABS, one_lab


def read(folder):
    return read_source(labs(folder)[0], folder)


def slip(folder, *cells):
    with pytest.raises(LabKitError) as caught:
        read(one_lab(folder, *cells))
    return caught.value


def test_cells_come_in_order_with_kind_and_tags():
    cells = read(LABS).cells
    assert [cell.kind for cell in cells[:4]] == ["markdown", "code", "code", "markdown"]
    assert cells[0].text == "# How many are there?"
    assert cells[1].tags == ("parameters",)
    assert [cell.exercise.exercise.id for cell in cells if cell.exercise] == ["1.1", "1.2"]


def test_blank_lines_around_definitions_do_not_matter(tmp_path):
    cells = read(one_lab(tmp_path, "\n\n\ndef f():\n    pass\n\n", "\nf()")).cells
    assert [cell.text for cell in cells[2:]] == ["def f():\n    pass", "f()"]


def test_a_slip_in_an_exercise_is_named_with_its_line_in_the_file(tmp_path):
    error = slip(tmp_path, "\n1", ' exercise="1.1"\n\n# task\nn += 1  # solution\n')
    # Six lines of head, "# %%", "1", a blank line, the marker, a blank line, the task.
    assert error.where.endswith("01_only.py, line 13")


def test_a_misspelt_option_is_refused_rather_than_ignored(tmp_path):
    error = slip(tmp_path, ' exercize="1.1"\nn = 1')
    assert "exercize" in error.what
    assert error.where.endswith("line 7")


def test_an_exercise_of_another_lab_is_refused(tmp_path):
    assert "2.1" in slip(tmp_path, ' exercise="2.1"\nn = 1  # solution').what


def test_an_exercise_stands_there_once(tmp_path):
    cell = ' exercise="1.1"\nn = 1  # solution\ncheck("1.1", n)'
    assert "1.1 stands there twice" in slip(tmp_path, cell, cell).what


def test_raw_cells_are_refused(tmp_path):
    assert "raw" in slip(tmp_path, " [raw]\n# text").what


def test_text_before_the_first_cell_is_refused(tmp_path):
    folder = one_lab(tmp_path)
    path = folder / "source" / "01_only.py"
    path.write_text("import os\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(LabKitError, match="text before the first cell"):
        read(folder)


@pytest.mark.parametrize("content", [None, b"# %%\n'\xff'"])
def test_a_file_that_is_missing_or_not_utf8_is_named(tmp_path, content):
    folder = one_lab(tmp_path)
    path = folder / "source" / "01_only.py"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(LabKitError, match=r"01_only\.py"):
        read(folder)
