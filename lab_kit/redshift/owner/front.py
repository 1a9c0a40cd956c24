"""Where connections of other processes ask the server: below /_lab_kit/sql/."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer, json_answer
from lab_kit.redshift.errors import Error
from lab_kit.redshift.owner.owner import Owner

PREFIX = "sql/"
_PIECE = 2**18


class Front:
    """Answers connections.

    Args:
        owner: Who has the database.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def answer(self, asked: str, request: Request) -> Answer:
        """The answer to a request that was let in.

        Args:
            asked: What comes after the prefix: open, execute, cancel, close, or rows/FILE.
            request: The request.
        """
        if asked.startswith("rows/"):
            return self._rows(asked.removeprefix("rows/"))
        if asked not in ("open", "execute", "cancel", "close"):
            return json_answer({"message": "no such question"}, 404)
        try:
            given: dict[str, Any] = json.loads(request.body)
            answer = self._owner.ask(asked, **given)
        except Error as error:
            parts = {"what": error.what, "where": error.where, "next_step": error.next_step}
            return json_answer({"error": {"kind": type(error).__name__, **parts}})
        return json_answer(answer)

    def _rows(self, name: str) -> Answer:
        """Rows in Arrow's stream format; they are handed over once."""
        path = self._owner.results / Path(name).name
        if not path.is_file():
            return json_answer({"message": "no such rows"}, 404)
        headers = {
            "Content-Type": "application/vnd.apache.arrow.stream",
            "Content-Length": str(path.stat().st_size),
        }
        return Answer(200, headers=headers, pieces=_pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    path.unlink(missing_ok=True)
