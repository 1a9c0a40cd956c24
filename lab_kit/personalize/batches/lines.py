"""Files of a batch job: one question a line, one answer a line.

Source: https://docs.aws.amazon.com/personalize/latest/dg/getting-recommendations-batch.html.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lab_kit.aws.jobs.work import JobError, Work

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Answers one question. Raises QuestionError."""


class QuestionError(Exception):
    """A question that cannot be answered; the message stands in its line, the others go on."""


def answered(
    files: list[list[str]], answer: Answer, work: Work, most: int | None = None
) -> dict[str, Any]:
    """Answer every line of every file.

    Args:
        files: Pairs of a path and the name of the file it stands for.
        answer: What answers a question.
        work: Where the answers are written, in files named NAME.out.
        most: How many questions there may be; None: any number.

    Returns:
        `files`, the names of those written, and `lines`, how many there were.

    Raises:
        JobError: There are too many questions, or none.
    """
    total = sum(_count(Path(path)) for path, _ in files)
    if most is not None and total > most:
        raise JobError(f"The input holds {total:,} queries, and may hold {most:,}.")
    if not total:
        raise JobError("The input holds no line of JSON.")
    done, written = 0, []
    for path, name in files:
        written.append(f"{name}.out")
        with (
            Path(path).open(encoding="utf-8", errors="replace") as questions,
            (work.folder / written[-1]).open("w", encoding="utf-8", newline="\n") as answers,
        ):
            for line in questions:
                if line.strip():
                    answers.write(json.dumps(_line(line, answer), ensure_ascii=False) + "\n")
                    done += 1
                    work.progress(done / total, "answering")
    return {"files": written, "lines": total}


def _line(line: str, answer: Answer) -> dict[str, Any]:
    try:
        question = json.loads(line)
    except ValueError as error:
        return {"input": line.strip(), "output": None, "error": f"This is no JSON: {error}"}
    try:
        if not isinstance(question, dict):
            raise QuestionError("A line has to be an object: {...}")
        return {"input": question, "output": answer(question), "error": None}
    except QuestionError as error:
        return {"input": question, "output": None, "error": str(error)}


def text_of(question: Mapping[str, Any], name: str) -> str:
    """A member of a question that has to be there, as text.

    Raises:
        QuestionError: It is not.
    """
    value = question.get(name)
    if not isinstance(value, str) or not value:
        raise QuestionError(f"{name} has to be there, as text.")
    return value


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(bool(line.strip()) for line in file)
