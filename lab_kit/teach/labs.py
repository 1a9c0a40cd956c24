"""The labs as labs.toml describes them: order, time, aims, quiz, what each needs and produces."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.paths import labs_folder

FILE = "labs.toml"


@dataclass(frozen=True)
class QuizOption:
    """One answer a quiz question offers."""

    text: str
    right: bool
    why: str
    """What choosing it teaches, shown after the choice."""


@dataclass(frozen=True)
class QuizQuestion:
    """A question with two to eight options, exactly one of them right."""

    id: str
    """Such as "1.q1": the number of its lab, then the question."""
    question: str
    options: tuple[QuizOption, ...]

    @property
    def right(self) -> int:
        """The position of the right option, from 0."""
        return next(place for place, option in enumerate(self.options) if option.right)


@dataclass(frozen=True)
class LabInfo:
    """What the kit knows of a lab without opening its notebook."""

    id: str
    """Two digits, such as "01"."""
    name: str
    """The second half of its file name, such as "preprocess"."""
    title: str
    question: str
    minutes: int
    objectives: tuple[str, ...]
    key_points: tuple[str, ...]
    datasets: tuple[str, ...]
    """The data sets it accepts; the first is its default."""
    needs: tuple[str, ...] = ()
    """Ids of earlier labs whose checkpoint it reads."""
    produces: str = ""
    """The checkpoint step it writes, or ""."""
    quiz: tuple[QuizQuestion, ...] = field(default=())

    @property
    def stem(self) -> str:
        """The name its files share, without a suffix: "01_preprocess"."""
        return f"{self.id}_{self.name}"

    @property
    def number(self) -> str:
        """How its exercises are numbered: "1" for lab "01"."""
        return str(int(self.id))


def labs(folder: Path | None = None) -> list[LabInfo]:
    """Every lab, in the order of labs.toml.

    Args:
        folder: Where labs.toml lies; the kit's own labs folder by default.

    Raises:
        LabKitError: Where the file is missing, is not TOML, or a key is missing, unknown, of the
            wrong type or contradicts another; the message names the file and the key.
    """
    path = (folder or labs_folder()) / FILE
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise LabKitError(
            f"{FILE} cannot be read: {error.strerror}",
            where=str(path),
            next_step="install the kit again, or run it from a complete clone",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabKitError(
            f"{FILE} is not TOML: {error}",
            where=str(path),
            next_step="mend the line that is named",
        ) from error
    top = _Table(document, path, "")
    found = [_lab(table) for table in top.tables("lab")]
    top.finish()
    _agree(found, path)
    return found


def lab_info(lab_id: str, folder: Path | None = None) -> LabInfo:
    """The lab with this id.

    Raises:
        LabKitError: Where there is no such lab; the message lists those there are.
    """
    known = labs(folder)
    for info in known:
        if info.id == lab_id:
            return info
    raise LabKitError(
        f"There is no lab {lab_id!r}",
        where=FILE,
        next_step="choose one of " + (", ".join(info.id for info in known) or "none yet"),
    )


def lab_id_of(part_id: str) -> str:
    """The id of the lab that an exercise, question or prediction belongs to.

    "1.2", "1.q1" and "1.p1" belong to "01".

    Raises:
        LabKitError: Where the id is not written like that.
    """
    match = re.fullmatch(r"(\d{1,2})\.[a-z]?\d+", part_id) if isinstance(part_id, str) else None
    if match is None:
        raise LabKitError(
            f"{part_id!r} is not the number of an exercise",
            next_step='write it as in the heading, in quotes, such as "1.2"',
        )
    return match[1].zfill(2)


class _Table:
    """One table of labs.toml: hands out its keys typed, and refuses what is left over."""

    def __init__(self, values: Mapping[str, Any], path: Path, place: str) -> None:
        self._values = dict(values)
        self._path = path
        self._place = place

    def refuse(self, key: str, problem: str) -> LabKitError:
        place = f"{self._place}.{key}" if self._place else key
        return LabKitError(
            f"{place} {problem}", where=str(self._path), next_step=f"mend {key} in {FILE}"
        )

    def text(self, key: str, default: str | None = None, pattern: str | None = None) -> str:
        value = self._take(key, str, "a string", default)
        if default is None and not value.strip():
            raise self.refuse(key, "is empty")
        if pattern and not re.fullmatch(pattern, value):
            raise self.refuse(key, f"is {value!r}, which does not match {pattern}")
        return value

    def whole_number(self, key: str) -> int:
        value = self._take(key, int, "a whole number", None)
        if isinstance(value, bool) or value < 1:
            raise self.refuse(key, f"is {value!r}, not a whole number above 0")
        return value

    def truth(self, key: str) -> bool:
        return self._take(key, bool, "true or false", None)

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        values = self._take(key, list, "a list of strings", default)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.refuse(key, "is not a list of strings")
        if default is None and not values:
            raise self.refuse(key, "is empty")
        return tuple(values)

    def tables(self, key: str) -> list["_Table"]:
        values = self._take(key, list, "a list of tables", [])
        if not all(isinstance(value, dict) for value in values):
            raise self.refuse(key, "is not a list of tables")
        within = f"{self._place}.{key}" if self._place else key
        return [
            _Table(value, self._path, f"{within}[{value.get('id', number)}]")
            for number, value in enumerate(values, start=1)
        ]

    def finish(self) -> None:
        for key in self._values:
            raise self.refuse(key, "is a key the kit does not know")

    def _take(self, key: str, kind: type, name: str, default: Any) -> Any:
        if key not in self._values:
            if default is None:
                raise self.refuse(key, "is missing")
            return default
        value = self._values.pop(key)
        if not isinstance(value, kind):
            raise self.refuse(key, f"is {value!r}, not {name}")
        return value


def _lab(table: _Table) -> LabInfo:
    info = LabInfo(
        id=table.text("id", pattern=r"\d\d"),
        name=table.text("name", pattern=r"[a-z0-9_]+"),
        title=table.text("title"),
        question=table.text("question"),
        minutes=table.whole_number("minutes"),
        objectives=table.texts("objectives"),
        key_points=table.texts("key_points"),
        datasets=table.texts("datasets"),
        needs=table.texts("needs", default=[]),
        produces=table.text("produces", default=""),
        quiz=tuple(_question(question) for question in table.tables("quiz")),
    )
    table.finish()
    for question in info.quiz:
        if not re.fullmatch(rf"{info.number}\.q\d+", question.id):
            problem = f"has a question {question.id!r}; ids here look like {info.number}.q1"
            raise table.refuse("quiz", problem)
    return info


def _question(table: _Table) -> QuizQuestion:
    question = QuizQuestion(
        id=table.text("id"),
        question=table.text("question"),
        options=tuple(_option(option) for option in table.tables("options")),
    )
    table.finish()
    if not 2 <= len(question.options) <= 8:
        raise table.refuse("options", f"has {len(question.options)} entries, not 2 to 8")
    if sum(option.right for option in question.options) != 1:
        raise table.refuse("options", "does not have exactly one with right = true")
    return question


def _option(table: _Table) -> QuizOption:
    option = QuizOption(table.text("text"), table.truth("right"), table.text("why"))
    table.finish()
    return option


def _agree(found: list[LabInfo], path: Path) -> None:
    earlier: set[str] = set()
    questions: set[str] = set()
    for info in found:
        table = _Table({}, path, f"lab[{info.id}]")
        if info.id in earlier:
            raise table.refuse("id", "is used twice")
        for needed in info.needs:
            if needed not in earlier:
                raise table.refuse("needs", f"names {needed!r}, which is no earlier lab")
        for question in info.quiz:
            if question.id in questions:
                raise table.refuse("quiz", f"uses the id {question.id!r} twice")
            questions.add(question.id)
        earlier.add(info.id)
