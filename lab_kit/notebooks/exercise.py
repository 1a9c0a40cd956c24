"""One exercise cell of a lab's source: what the learner sees, and what stays behind."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from lab_kit.errors import LabKitError
from lab_kit.teach.exercises import Exercise, Mistake

_NOTE = re.compile(r"#\s*(hint|mistake):\s*(.*)")
_CONTINUED = re.compile(r"#\s{2,}(\S.*)")
_ONE_LINE = re.compile(r"(\S.*?)\s+# solution\s*")
_BEGIN, _END = "# solution begin", "# solution end"
_BLANK = "..."


@dataclass(frozen=True)
class ExerciseCell:
    """An exercise as its author wrote it, and its cell in each of the two notebooks."""

    exercise: Exercise
    blank: str
    """The cell as the learner meets it: the solution replaced by `...`."""
    solved: str
    """The cell with the solution in it, markers, hints and mistakes taken out."""


Refuse = Callable[[int, str, str], LabKitError]
"""Makes the error for a line of the cell, from what is wrong with it and what to do next."""


def parse_exercise(exercise_id: str, text: str, where: Callable[[int], str]) -> ExerciseCell:
    """Take an exercise cell apart.

    Args:
        exercise_id: Such as "1.2".
        text: The source of the cell.
        where: Names the file and line of the cell's n-th line, n from 0.

    Raises:
        LabKitError: Where there is not exactly one solution, its target is not one plain name,
            a note is malformed, or the cell never calls `check` with its id.
    """

    def refuse(line: int, what: str, next_step: str) -> LabKitError:
        return LabKitError(what, where=where(line), next_step=next_step)

    code, hints, mistakes = _take_notes(text.splitlines(), refuse)
    blank, solved, solution, variable = _take_solution(code, refuse)
    if not _calls_check(text, exercise_id, refuse):
        raise refuse(
            0,
            f"Exercise {exercise_id} never checks its answer",
            f'end the cell with {variable} = check("{exercise_id}", {variable})',
        )
    exercise = Exercise(exercise_id, variable, solution, tuple(hints), tuple(mistakes))
    return ExerciseCell(exercise, "\n".join(blank), "\n".join(solved))


def _take_notes(
    lines: list[str], refuse: Refuse
) -> tuple[list[tuple[int, str]], list[str], list[Mistake]]:
    """Split a cell into its numbered lines of code, its hints and its mistakes."""
    code: list[tuple[int, str]] = []
    notes: list[tuple[int, str, str]] = []
    in_note = False
    for number, line in enumerate(lines):
        if match := _NOTE.fullmatch(line.rstrip()):
            notes.append((number, match[1], match[2]))
            in_note = True
        elif in_note and (match := _CONTINUED.fullmatch(line.rstrip())):
            first, kind, said = notes[-1]
            notes[-1] = (first, kind, f"{said} {match[1]}".strip())
        else:
            code.append((number, line))
            in_note = False
    for number, kind, said in notes:
        if not said:
            raise refuse(number, f"The {kind} is empty", "write it after the colon")
    hints = [said for _, kind, said in notes if kind == "hint"]
    mistakes = [_mistake(number, said, refuse) for number, kind, said in notes if kind != "hint"]
    return code, hints, mistakes


def _mistake(line: int, text: str, refuse: Refuse) -> Mistake:
    when, arrow, say = text.partition(" -> ")
    try:
        ast.parse(when, mode="eval")
    except SyntaxError:
        arrow = ""
    if not arrow or not say.strip():
        raise refuse(
            line,
            "The mistake is not an expression, an arrow and a sentence",
            "write it as: # mistake: len(events) -> That counts rows.",
        )
    return Mistake(when.strip(), say.strip())


def _take_solution(
    code: list[tuple[int, str]], refuse: Refuse
) -> tuple[list[str], list[str], str, str]:
    """Return the blank lines, the solved lines, the solution and the variable it fills."""
    blank: list[str] = []
    solved: list[str] = []
    solutions: list[tuple[int, str]] = []
    block: list[str] | None = None

    def found(number: int, text: str) -> None:
        solutions.append((number, text))
        blank.append(f"{_target(number, text, refuse)} = {_BLANK}")
        solved.extend(text.splitlines())

    for number, line in code:
        stripped = line.rstrip()
        if stripped == _BEGIN and block is None:
            block = []
        elif stripped == _END and block is not None:
            found(number, "\n".join(block))
            block = None
        elif stripped in (_BEGIN, _END):
            raise refuse(
                number, f"{stripped!r} does not pair up", f"put one {_BEGIN!r} before one {_END!r}"
            )
        elif block is not None:
            block.append(line)
        elif match := _ONE_LINE.fullmatch(line):
            found(number, match[1])
        else:
            blank.append(line)
            solved.append(line)
    if block is not None:
        raise refuse(0, f"{_BEGIN!r} has no end", f"add a line {_END!r}")
    if len(solutions) != 1:
        raise refuse(
            0,
            f"An exercise needs exactly one solution, this cell has {len(solutions)}",
            f"mark it: NAME = expression  # solution, or lines between {_BEGIN!r} and {_END!r}",
        )
    number, solution = solutions[0]
    return blank, solved, solution, _target(number, solution, refuse)


def _target(line: int, solution: str, refuse: Refuse) -> str:
    try:
        statements = ast.parse(solution).body
    except SyntaxError as error:
        raise refuse(
            line,
            f"The solution is not Python by itself: {error.msg}",
            f"put one that spans several lines between {_BEGIN!r} and {_END!r}",
        ) from error
    last = statements[-1] if statements else None
    if not (
        isinstance(last, ast.Assign)
        and len(last.targets) == 1
        and isinstance(last.targets[0], ast.Name)
    ):
        raise refuse(
            line,
            "The solution's last statement does not assign to one plain name",
            "end it with NAME = expression",
        )
    return last.targets[0].id


def _calls_check(code: str, exercise_id: str, refuse: Refuse) -> bool:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise refuse(
            (error.lineno or 1) - 1, f"The cell is not Python: {error.msg}", "mend the line"
        ) from error
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == exercise_id
        for node in ast.walk(tree)
    )
