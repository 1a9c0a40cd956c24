"""The training data of a model: what FROM finds, checked and put into S3."""

import uuid
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from lab_kit.redshift.models.asked import Asked, check_columns, check_rows
from lab_kit.redshift.models.calls import fed
from lab_kit.redshift.models.model import Parameter
from lab_kit.redshift.sql.build import text
from lab_kit.redshift.sql.statements import CreateModel

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session


class TrainingData:
    """What FROM finds.

    Args:
        session: Where it is executed.
        create: The statement.
        wanted: What it asks for.

    Raises:
        ProgrammingError: It cannot be trained on.
    """

    def __init__(self, session: "Session", create: CreateModel, wanted: Asked) -> None:
        assert isinstance(create.source, exp.Expr)
        self._session = session
        self._sql = session.sql(create.source.copy())
        self._columns = [
            Parameter(name.lower(), type) for name, type in session.described(self._sql)
        ]
        self.features, self.target = check_columns(wanted.form, self._columns, create.target)
        (self.rows,) = session.row(f"SELECT count(*) FROM ({self._sql})")
        check_rows(self.rows)
        most = wanted.max_cells // len(self._columns)
        self.cells: int = min(self.rows, most) * len(self._columns)
        """Of the rows that are learnt from."""

    def table(self) -> Any:
        """All rows, as an Arrow table."""
        return self._session.run(self._query()).to_arrow_table()

    def export(self, address: str) -> None:
        """Put it into S3."""
        room = self._session.engine.place.ground.folder / "redshift" / "room"
        room.mkdir(parents=True, exist_ok=True)
        file = room / f"{uuid.uuid4().hex}.parquet"
        try:
            self._session.command(
                f"COPY ({self._query()}) TO {text(str(file)).sql('duckdb')} (FORMAT parquet)"
            )
            self._session.engine.place.objects.put(file, f"{address}0000_part_00.parquet")
        finally:
            file.unlink(missing_ok=True)

    def _query(self) -> str:
        """It, with columns of types that a model is given."""
        columns = ", ".join(
            f"CAST({_quoted(each.name)} AS {fed(each.type)}) AS {_quoted(each.name)}"
            for each in self._columns
        )
        return f"SELECT {columns} FROM ({self._sql})"


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")
