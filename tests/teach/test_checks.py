import re

import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.checks import MIME, CheckFailed, check
from lab_kit.teach.store import store
from tests.teach.conftest import EXERCISES, notebook


def state():
    return store().read().exercise("1.1").state


def test_a_right_answer_is_done_and_returned(names, capsys):
    assert check("1.1", 3, namespace=names) == 3
    assert capsys.readouterr().out == "[Done] Exercise 1.1\n"
    assert state() == "done"


def test_a_blank_gives_the_kits_own_value(names, capsys):
    assert check("1.1", ..., namespace=names) == 3
    out = capsys.readouterr().out
    assert out.startswith("[Not started] Exercise 1.1")
    assert "after `n_users =`" in out
    assert 'hint("1.1")' in out
    assert 'reveal("1.1")' in out
    assert state() == "not started"


def test_a_wrong_answer_gives_the_kits_own_value_without_telling_it(names, capsys):
    assert check("1.1", 4, namespace=names) == 3
    out = capsys.readouterr().out
    assert out.startswith("[Not yet] Exercise 1.1\n  The number is too large.")
    assert "3" not in out.replace("Exercise 1.1", "")
    assert state() == "not yet"


def test_a_typical_mistake_gets_its_authors_words(names, capsys):
    check("1.1", 5, namespace=names)
    out = capsys.readouterr().out
    assert "That counts rows." in out
    assert "too large" not in out


def test_a_mistake_that_makes_no_difference_on_these_data_is_not_said(capsys):
    names = {"events": pd.DataFrame({"user_id": ["a", "b"]})}
    assert check("1.1", 2, namespace=names) == 2
    assert capsys.readouterr().out == "[Done] Exercise 1.1\n"


def test_done_stays_done_when_the_notebook_runs_blank_again(names):
    check("1.1", 3, namespace=names)
    check("1.1", ..., namespace=names)
    assert state() == "done"


def test_a_missing_name_says_run_the_cells_above(capsys):
    assert check("1.1", 4, namespace={}) == 4
    out = capsys.readouterr().out
    assert "`events` is not there" in out
    assert "Run the cells above first" in out
    assert state() == "not started"


def test_a_blank_above_is_named(names, capsys):
    assert check("1.2", ..., namespace={**names, "n_users": ...}) is ...
    assert "`n_users` is still `...`" in capsys.readouterr().out


def test_an_overwritten_name_says_so_with_the_error(capsys):
    assert check("1.1", 4, namespace={"events": 7}) == 4
    out = capsys.readouterr().out
    assert "TypeError: 'int' object is not subscriptable" in out
    assert "overwritten" in out


def test_order_counts_where_the_solution_orders(names, capsys):
    right = names["events"]["user_id"].value_counts()
    check("1.2", right[::-1], namespace={**names, "n_users": 2})
    assert "order is not" in capsys.readouterr().out
    check("1.2", right, namespace={**names, "n_users": 2})
    assert capsys.readouterr().out.startswith("[Done]")


def test_order_does_not_count_where_the_solution_does_not_order(names, labs_folder, capsys):
    note = {**EXERCISES[0], "solution": 'n_users = events.groupby("user_id").size()'}
    path = labs_folder / "solutions" / "01_preprocess.ipynb"
    path.write_text(notebook([note]), encoding="utf-8")
    check("1.1", pd.Series({"c": 1, "a": 3, "b": 1}), namespace=names)
    assert capsys.readouterr().out.startswith("[Done]")


def test_a_mistake_may_use_what_the_solution_binds(names, capsys):
    names["n_users"] = 3
    check("1.2", names["events"]["user_id"].value_counts(), namespace=names)
    assert "These are all of them." in capsys.readouterr().out


def test_a_solution_leaves_the_notebooks_objects_alone(labs_folder):
    solution = 'table["x"] = 0\nlist_.append(1)\nhost["k"] = 2\nleft = 1'
    note = {**EXERCISES[0], "variable": "left", "solution": solution, "mistakes": []}
    path = labs_folder / "solutions" / "01_preprocess.ipynb"
    path.write_text(notebook([note]), encoding="utf-8")
    names = {"table": pd.DataFrame({"x": [5]}), "list_": [], "host": {}}
    assert check("1.1", ..., namespace=names) == 1
    assert names["table"]["x"].tolist() == [5]
    assert names["list_"] == []
    assert names["host"] == {}
    assert set(names) == {"table", "list_", "host"}


def test_what_a_solution_prints_is_not_shown(labs_folder, capsys):
    note = {**EXERCISES[0], "solution": "print('secret')\nn_users = 1"}
    path = labs_folder / "solutions" / "01_preprocess.ipynb"
    path.write_text(notebook([note]), encoding="utf-8")
    check("1.1", 1, namespace={})
    assert "secret" not in capsys.readouterr().out


def test_without_a_notebook_the_callers_globals_are_used(capsys):
    script = 'import pandas as pd\nevents = pd.DataFrame({"user_id": ["a", "a"]})\n'
    scope = {"check": check}
    exec(script + 'answer = check("1.1", 1)', scope)
    assert scope["answer"] == 1
    assert capsys.readouterr().out == "[Done] Exercise 1.1\n"


@pytest.mark.parametrize(("value", "said"), [(..., "not started"), (9, "not yet")])
def test_strict_raises_after_showing(names, monkeypatch, capsys, value, said):
    monkeypatch.setenv("LAB_KIT_STRICT", "1")
    with pytest.raises(CheckFailed, match=rf"Exercise 1\.1 is not done \({said}\): \w+"):
        check("1.1", value, namespace=names)
    assert f"[{said.capitalize()}] Exercise 1.1" in capsys.readouterr().out


def test_strict_raises_where_the_solution_cannot_run(monkeypatch):
    monkeypatch.setenv("LAB_KIT_STRICT", "1")
    with pytest.raises(CheckFailed, match="events"):
        check("1.1", 3, namespace={})


@pytest.mark.parametrize("setting", ["", "0"])
def test_strict_can_be_off_by_name(names, monkeypatch, setting):
    monkeypatch.setenv("LAB_KIT_STRICT", setting)
    assert check("1.1", 9, namespace=names) == 3


def test_an_unknown_exercise_is_answered_with_those_there_are():
    with pytest.raises(LabKitError, match=re.escape("no exercise 1.7")) as caught:
        check("1.7", ...)
    assert "1.1, 1.2" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"), [("{", "damaged"), ('{"cells": [{}]}', "damaged"), (None, "cannot be rea")]
)
def test_missing_or_damaged_solutions_are_named(labs_folder, content, said):
    path = labs_folder / "solutions" / "01_preprocess.ipynb"
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(LabKitError, match=said) as caught:
        check("1.1", ...)
    assert str(path) in str(caught.value)


def test_rebuilt_solutions_are_seen_without_a_restart(names, labs_folder):
    assert check("1.1", ..., namespace=names) == 3
    note = {**EXERCISES[0], "solution": "n_users = 1234"}
    path = labs_folder / "solutions" / "01_preprocess.ipynb"
    path.write_text(notebook([note]), encoding="utf-8")
    assert check("1.1", ..., namespace=names) == 1234


def test_the_mime_type_is_the_one_the_tools_read():
    assert MIME == "application/vnd.lab-kit.check+json"
