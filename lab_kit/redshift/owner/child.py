"""The child process of the server that has the database open.

Its first line of input says where the database lies; every other line is a question in JSON with
an `id`, an `ask` and what that needs. Every answer is a line with the same `id`. Questions are
answered side by side. When the server is gone its pipe breaks, and the child ends.
"""

import io
import json
import os
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab_kit.aws.door import Door
from lab_kit.aws.ground import Ground
from lab_kit.errors import LabKitError
from lab_kit.redshift.engine.engine import Engine
from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.engine.session import Session
from lab_kit.redshift.errors import Error, InterfaceError, ProgrammingError
from lab_kit.redshift.objects import CloudObjects
from lab_kit.redshift.owner import pages
from lab_kit.redshift.parameters import of_json
from lab_kit.redshift.sql.script import statements

_Answer = dict[str, Any]


class Child:
    """Answers questions about one database.

    Args:
        place: Where it lies.
        results: The folder for rows.
    """

    def __init__(self, place: Place, results: Path) -> None:
        self._results = results
        results.mkdir(parents=True, exist_ok=True)
        self._engine = Engine(place)
        self._sessions: dict[str, Session] = {}
        self._asks: dict[str, Callable[..., _Answer]] = {
            "open": self._open,
            "execute": self._execute,
            "cancel": self._cancel,
            "close": self._close,
            "page": self._page,
            "rows": self._rows,
        }

    def answer(self, question: dict[str, Any]) -> _Answer:
        """The answer to a question; what is refused is an answer, too."""
        ask = self._asks[question.pop("ask")]
        try:
            return ask(**question)
        except Error as error:
            return {"error": told(error)}
        except Exception as error:
            return {"error": told(Error(f"{type(error).__name__}: {error}"))}

    def _open(self, user: str) -> _Answer:
        session = str(uuid.uuid4())
        self._sessions[session] = self._engine.session(user)
        return {"session": session}

    def _execute(
        self, session: str, sql: str, parameters: dict[str, Any], single: bool = False
    ) -> _Answer:
        if single and len(statements(sql)) != 1:
            raise ProgrammingError(
                "cannot insert multiple commands into a prepared statement",
                next_step="send them with BatchExecuteStatement",
            )
        found = self._found(session).execute(sql, of_json(parameters))
        return {"results": [self._kept(each) for each in found]}

    def _cancel(self, session: str) -> _Answer:
        if session in self._sessions:
            self._sessions[session].cancel()
        return {}

    def _close(self, session: str) -> _Answer:
        found = self._sessions.pop(session, None)
        if found is not None:
            found.close()
        return {}

    def _page(self, file: str, begin: int, columns: list[dict[str, Any]], form: str) -> _Answer:
        return pages.page(self._results / file, begin, columns, form)

    def _rows(self, file: str) -> _Answer:
        return {"rows": [list(row) for row in pages.rows(self._results / file)]}

    def _found(self, session: str) -> Session:
        found = self._sessions.get(session)
        if found is None:
            raise InterfaceError(
                "the session has ended: the local cloud was stopped, or was idle for long",
                next_step="connect again",
            )
        return found

    def _kept(self, result: Result) -> _Answer:
        """A result whose rows lie in a file."""
        import pyarrow as pa

        file = None
        if result.table is not None:
            file = f"{uuid.uuid4().hex}.arrow"
            sink = pa.OSFile(str(self._results / file), "wb")
            with sink, pa.ipc.new_stream(sink, result.table.schema) as writer:
                writer.write_table(result.table)
        return {
            "tag": result.tag,
            "columns": [vars(each) for each in result.columns],
            "affected": result.affected,
            "notices": list(result.notices),
            "file": file,
            "bytes": (self._results / file).stat().st_size if file else 0,
        }


def told(error: Error) -> dict[str, Any]:
    """An error as JSON has it."""
    parts = {"what": error.what, "where": error.where, "next_step": error.next_step}
    return {"kind": type(error).__name__, "message": str(error), **parts}


def main() -> None:
    """Answer until the input ends."""
    questions = sys.stdin
    # What anybody prints goes to the log, and not among the answers.
    answers = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8", write_through=True)
    os.dup2(2, 1)
    said = json.loads(questions.readline())
    writing = threading.Lock()

    def say(answer: _Answer) -> None:
        with writing:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

    try:
        ground = Ground.under(Path(said["home"]))
        folder = ground.folder / "redshift"
        folder.mkdir(exist_ok=True)
        objects = CloudObjects(ground, Door(**said["door"]))
        place = Place(
            ground, objects, folder / "warehouse.duckdb", asked=lambda: say({"news": True})
        )
        child = Child(place, folder / "results")
    except (LabKitError, OSError, RuntimeError) as error:
        say({"failure": str(error)})
        return
    say({"ready": os.getpid()})
    for line in questions:
        question = json.loads(line)

        def work(id: int = question.pop("id"), question: _Answer = question) -> None:
            say({"id": id, **child.answer(question)})

        threading.Thread(target=work, daemon=True).start()
    os._exit(0)


if __name__ == "__main__":
    main()
