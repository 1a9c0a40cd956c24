import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.labs import lab_id_of, lab_info, labs

GOOD = """
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
question = "How?"
minutes = 25
objectives = ["Clean"]
key_points = ["Count rows"]
datasets = ["shop", "movielens-small"]
needs = ["00"]
produces = "01-preprocess"
  [[lab.quiz]]
  id = "1.q1"
  question = "Which one?"
  options = [
    {text="this", right=false, why="No."},
    {text="that", right=true, why="Yes."},
  ]
"""


def written(folder, text):
    (folder / "labs.toml").write_text(text, encoding="utf-8")
    return folder


def test_reads_labs_in_order_with_their_quiz(tmp_path):
    start, preprocess = labs(written(tmp_path, GOOD))
    assert (start.id, start.stem, start.number) == ("00", "00_start_here", "0")
    assert (start.needs, start.produces, start.quiz) == ((), "", ())
    assert preprocess.datasets == ("shop", "movielens-small")
    (question,) = preprocess.quiz
    assert question.right == 1
    assert [option.why for option in question.options] == ["No.", "Yes."]


def test_a_file_without_labs_is_an_empty_list(tmp_path):
    assert labs(written(tmp_path, "# nothing yet\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes = 25\n", "", r"lab\[01\].minutes is missing"),
        ("minutes = 25", 'minutes = "25"', r"lab\[01\].minutes is '25', not a whole number"),
        ("minutes = 25", "minutes = true", r"lab\[01\].minutes is True"),
        ("minutes = 25", "minutes = 0", r"lab\[01\].minutes is 0"),
        ("minutes = 25", "minuten = 25\nminutes = 25", r"lab\[01\].minuten is a key the kit does"),
        ('title = "Preprocess"', 'title = " "', r"lab\[01\].title is empty"),
        ('objectives = ["Clean"]', "objectives = []", r"lab\[01\].objectives is empty"),
        ('objectives = ["Clean"]', "objectives = [3]", r"lab\[01\].objectives is not a list of st"),
        ('id = "01"', 'id = "1"', r"lab\[1\].id is '1', which does not match"),
        ('id = "01"', 'id = "00"', r"has a question '1.q1'; ids here look like 0.q1"),
        ('needs = ["00"]', 'needs = ["02"]', r"lab\[01\].needs names '02'"),
        ("right=false", "right=true", r"lab\[01\].quiz\[1.q1\].options does not have exactly one"),
        ("right=false", "right=0", r"lab\[01\].quiz\[1.q1\].options\[1\].right is 0, not true or"),
        (', why="No."', "", r"options\[1\].why is missing"),
        ("\n[[lab]]", "version = 1\n[[lab]]", "version is a key the kit does not know"),
        ("minutes = 25", "minutes = ", "labs.toml is not TOML.*line"),
    ],
)
def test_a_fault_is_named_with_its_file_and_key(tmp_path, old, new, said):
    assert old in GOOD
    with pytest.raises(LabKitError, match=said) as caught:
        labs(written(tmp_path, GOOD.replace(old, new, 1)))
    assert str(tmp_path / "labs.toml") in str(caught.value)


def test_an_id_used_twice_is_refused(tmp_path):
    with pytest.raises(LabKitError, match=r"lab\[00\].id is used twice"):
        labs(written(tmp_path, GOOD.split('\n[[lab]]\nid = "01"')[0] * 2))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabKitError, match="cannot be read") as caught:
        labs(tmp_path)
    assert str(tmp_path / "labs.toml") in str(caught.value)


def test_an_unknown_lab_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(LabKitError, match=r"no lab '09'.*00, 01"):
        lab_info("09", written(tmp_path, GOOD))


@pytest.mark.parametrize(("part", "lab"), [("1.2", "01"), ("0.1", "00"), ("12.q3", "12")])
def test_the_lab_of_a_part(part, lab):
    assert lab_id_of(part) == lab


@pytest.mark.parametrize("part", ["1", "1.", "one", "1.2.3", 1.2, None, "1.Q1"])
def test_what_is_not_the_number_of_a_part_is_refused(part):
    with pytest.raises(LabKitError, match="not the number of an exercise"):
        lab_id_of(part)
