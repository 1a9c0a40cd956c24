import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.exercise import parse_exercise

ONE_LINE = """\
# Count the users in `events`.
# hint: A person comes back many times.
# hint: `nunique()` counts the distinct values of a column,
#   leaving out the empty ones.
# mistake: len(events) -> That counts rows.
#   People come back.
# A comment of the task.
n_users = events["user_id"].nunique()  # solution
n_users = check("1.1", n_users)"""

BLOCK = """\
# Sort.
# solution begin
by_time = sorted(events)
first = by_time[0]
# solution end
first = check("1.1", first)"""

CHECK = '\nn = check("1.1", n)'


def parse(text):
    return parse_exercise("1.1", text, lambda line: f"01.py, line {10 + line}")


def test_a_one_line_solution():
    cell = parse(ONE_LINE)
    assert cell.blank == (
        "# Count the users in `events`.\n# A comment of the task.\n"
        'n_users = ...\nn_users = check("1.1", n_users)'
    )
    assert cell.solved == cell.blank.replace("...", 'events["user_id"].nunique()')
    exercise = cell.exercise
    assert (exercise.id, exercise.variable) == ("1.1", "n_users")
    assert exercise.solution == 'n_users = events["user_id"].nunique()'
    assert exercise.hints == (
        "A person comes back many times.",
        "`nunique()` counts the distinct values of a column, leaving out the empty ones.",
    )
    assert [(m.when, m.say) for m in exercise.mistakes] == [
        ("len(events)", "That counts rows. People come back.")
    ]


def test_a_block_leaves_one_blank_line_for_its_last_name():
    cell = parse(BLOCK)
    assert cell.blank == '# Sort.\nfirst = ...\nfirst = check("1.1", first)'
    assert cell.exercise.variable == "first"
    assert cell.exercise.solution == "by_time = sorted(events)\nfirst = by_time[0]"
    assert cell.exercise.solution in cell.solved
    assert "# solution" not in cell.solved


def test_an_arrow_within_what_is_said_stays_there():
    text = "# mistake: 'a' -> Write a -> b.\nn = 1  # solution" + CHECK
    assert parse(text).exercise.mistakes[0].say == "Write a -> b."


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("n = 1" + CHECK, 10, "exactly one solution, this cell has 0"),
        ("n = 1  # solution\nm = 1  # solution" + CHECK, 10, "exactly one solution.* has 2"),
        ("# task\nn = (1 +  # solution" + CHECK, 11, "not Python by itself"),
        ("# task\nn += 1  # solution" + CHECK, 11, "does not assign to one plain name"),
        ("a, b = 1, 2  # solution" + CHECK, 10, "does not assign to one plain name"),
        ("# solution begin\nn = 1" + CHECK, 10, "has no end"),
        ("n = 1\n# solution end" + CHECK, 11, "does not pair up"),
        ("# solution begin\n# solution begin\nn = 1\n# solution end", 11, "does not pair up"),
        ("# hint:\nn = 1  # solution" + CHECK, 10, "hint is empty"),
        ("# mistake: 3\nn = 1  # solution" + CHECK, 10, "not an expression, an arrow"),
        ("# mistake: n = 3 -> No.\nn = 1  # solution" + CHECK, 10, "not an expression, an arrow"),
        ("n = 1  # solution", 10, "never checks its answer"),
        ('n = 1  # solution\nn = check("1.2", n)', 10, "never checks its answer"),
        ("# hint: one\nn = 1  # solution\nif" + CHECK, 12, "cell is not Python"),
    ],
)
def test_an_authors_slip_is_named_with_its_line(text, line, what):
    with pytest.raises(LabKitError, match=what) as caught:
        parse(text)
    assert caught.value.where == f"01.py, line {line}"
    assert caught.value.next_step
