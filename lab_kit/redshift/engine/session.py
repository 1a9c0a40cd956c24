"""Executing SQL: one session of one database."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from lab_kit.redshift.engine import transfers
from lab_kit.redshift.engine.refusals import refusal
from lab_kit.redshift.engine.results import Result, of_relation, of_rows
from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.models.batches import Batches
from lab_kit.redshift.models.statements import ModelStatements
from lab_kit.redshift.models.system import answered
from lab_kit.redshift.sql.build import NOW, text
from lab_kit.redshift.sql.parameters import bound
from lab_kit.redshift.sql.parse import parse
from lab_kit.redshift.sql.query import read_query
from lab_kit.redshift.sql.script import statements
from lab_kit.redshift.sql.statements import (
    Copy,
    Nothing,
    Query,
    Said,
    Setting,
    Statement,
    Transaction,
    Unload,
)
from lab_kit.redshift.sql.translate import translate

if TYPE_CHECKING:
    from lab_kit.redshift.engine.engine import Engine

WAIT = "wait_for_models"
"""The setting of the kit's own with which CREATE MODEL waits for its training."""
TRIALS = "model_trials"
"""The setting of the kit's own that says how many candidates a training tries."""
_BEAT_SECONDS = 0.2
_QUERIES = (exp.Query,)
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


class Session:
    """One session. One statement at a time; `cancel` may come from another thread.

    Args:
        engine: The database.
        connection: A connection of its own.
        user: Who speaks.
    """

    def __init__(self, engine: "Engine", connection: duckdb.DuckDBPyConnection, user: str) -> None:
        self.engine = engine
        self.user = user
        self.schemas: tuple[str, ...] = ("public",)
        self.settings: dict[str, str] = {}
        self._connection = connection
        self._busy = threading.Lock()
        self._cancelled = False
        self._models = ModelStatements(self)
        connection.execute("SET integer_division = true")
        connection.execute("SET TimeZone = 'UTC'")
        self._use_schemas()

    def execute(self, script: str, parameters: Mapping[str, Any] | None = None) -> list[Result]:
        """Execute statements, one after the other; the first that is refused ends it.

        Args:
            script: One or more statements.
            parameters: Values for `:name` in them.

        Raises:
            Error: One is refused; those before it are done.
        """
        with self._busy:
            self._cancelled = False
            return [self._execute(each, parameters or {}) for each in parse(script)]

    def cancel(self) -> None:
        """End the statement that is being executed."""
        self._cancelled = True
        self._connection.interrupt()

    def wait(self, settled: Callable[[], bool]) -> None:
        """Wait until something holds, or until the statement is cancelled.

        Raises:
            OperationalError: It was cancelled.
        """
        # Another process may commit, of which nobody tells: hence a look now and then.
        while not self.engine.place.ground.registry.wait(settled, _BEAT_SECONDS):
            if self._cancelled:
                raise refusal(duckdb.InterruptException("INTERRUPT"))

    def close(self) -> None:
        """End the session; a transaction that is open is undone."""
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")
        self._connection.close()

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> Result:
        try:
            return self._said(statement.said, statement.text, parameters)
        except duckdb.Error as error:
            raise refusal(error) from error

    def _said(self, said: Said, written: str, parameters: Mapping[str, Any]) -> Result:
        if isinstance(said, Query):
            return self._query(bound(said.tree, parameters))
        if isinstance(said, Copy):
            return transfers.copy(self._connection, said, self.engine.place.objects)
        if isinstance(said, Unload):
            return self._unload(said)
        if isinstance(said, Transaction):
            self._connection.execute(said.word)
            return Result(said.word)
        if isinstance(said, Setting):
            return self._setting(said)
        if isinstance(said, Nothing):
            return Result(said.tag, notices=(f"{said.tag}: nothing to do in this database",))
        return self._models.execute(said, written)

    def _query(self, tree: exp.Expr) -> Result:
        kind = _tag(tree)
        is_query = isinstance(tree, _QUERIES)
        with self.prepared(tree) as made:
            for before in made[:-1]:
                self._connection.execute(before.sql("duckdb"))
            sql = made[-1].sql("duckdb")
            if is_query:
                relation = self._connection.sql(sql)
                assert relation is not None
                return of_relation(relation, kind)
            self._connection.execute(sql)
            row = self._connection.fetchone()
            counted = row and isinstance(tree, (*_CHANGES, exp.Create)) and isinstance(row[0], int)
            return Result(kind, affected=row[0] if counted and row else -1)

    @contextlib.contextmanager
    def prepared(self, tree: exp.Expr) -> Any:
        """DuckDB's statements for one of Redshift's, with predictions made, while they are needed.

        Yields:
            The trees; the last one answers.
        """
        self._set_clock()
        tree, registered = answered(self, tree)
        batches = Batches(self.engine.calls, self.engine.trained, self._connection)
        try:
            made = translate(tree, self._type_of)
            self._name_user(made[-1])
            self.engine.calls.resolve(made[-1], self.schemas, self.user, self.types)
            batches.make(made[-1])
            yield made
        finally:
            batches.close()
            for name in registered:
                self._connection.unregister(name)

    def sql(self, tree: exp.Expr) -> str:
        """A query as DuckDB's SQL, without batches: for views and descriptions."""
        self._set_clock()
        made = translate(tree, self._type_of)
        self.engine.calls.resolve(made[-1], self.schemas, self.user, self.types)
        return made[-1].sql("duckdb")

    def types(self, query: exp.Expr) -> list[str]:
        """The types of a query's columns, as DuckDB names them."""
        return [type for _, type in self.described(query.sql("duckdb"))]

    def described(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of the columns of one of DuckDB's queries."""
        return [row[:2] for row in self._connection.execute(f"DESCRIBE {sql}").fetchall()]

    def run(self, sql: str) -> duckdb.DuckDBPyRelation:
        """The rows of one of DuckDB's queries."""
        relation = self._connection.sql(sql)
        assert relation is not None
        return relation

    def row(self, sql: str) -> tuple[Any, ...]:
        """The one row that one of DuckDB's queries finds."""
        (row,) = self._connection.execute(sql).fetchall()
        return row

    def command(self, sql: str) -> None:
        """Have DuckDB do something."""
        self._connection.execute(sql)

    def register(self, name: str, table: Any) -> None:
        """Let DuckDB read an Arrow table by a name."""
        self._connection.register(name, table)

    def _type_of(self, query: exp.Select) -> str:
        try:
            return self.types(query)[0]
        except duckdb.Error:
            return ""

    def _unload(self, said: Unload) -> Result:
        (source,) = statements(said.query)
        room = self.engine.place.ground.folder / "redshift" / "room"
        with self.prepared(read_query(source.tokens)) as made:
            return transfers.unload(
                self._connection, made[-1].sql("duckdb"), said, self.engine.place.objects, room
            )

    def _set_clock(self) -> None:
        now = datetime.fromtimestamp(self.engine.place.ground.clock.time(), UTC)
        said = text(now.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds"))
        self._connection.execute(f"SET VARIABLE {NOW} = CAST({said.sql('duckdb')} AS TIMESTAMP)")

    def _name_user(self, tree: exp.Expr) -> None:
        for node in list(tree.find_all(exp.CurrentUser, exp.SessionUser)):
            node.replace(text(self.user))

    def _setting(self, said: Setting) -> Result:
        if not said.values:
            return self._shown(said.name)
        value = ", ".join(said.values)
        if said.name == "search_path":
            self.schemas = tuple(each.strip('"').lower() for each in said.values if each != "$user")
            self._use_schemas()
        elif said.name == "session_authorization":
            self.user = "awsuser" if value.upper() == "DEFAULT" else value.lower()
        else:
            self.settings[said.name] = value
        return Result("SET")

    def _shown(self, name: str) -> Result:
        known = {"search_path": ", ".join(self.schemas), "session_authorization": self.user}
        value = {**self.settings, **known}.get(name.replace(" ", "_"))
        if value is None:
            raise ProgrammingError(
                f'unrecognized configuration parameter "{name}"',
                next_step="SET it first, or look at its name",
            )
        return of_rows("SHOW", [(name, "varchar")], [(value,)])

    def _use_schemas(self) -> None:
        rows = self._connection.execute("SELECT schema_name FROM duckdb_schemas()").fetchall()
        there = [each for each in self.schemas if (each,) in rows] or ["public"]
        path = ",".join(f'dev."{each}"' for each in there)
        self._connection.execute(f"SET search_path = {text(path).sql('duckdb')}")

    @property
    def trials(self) -> int | None:
        """How many candidates a training may try, where that is set."""
        said = self.settings.get(TRIALS, "")
        return int(said) if said.isdigit() and int(said) else None

    @property
    def waits(self) -> bool:
        """Whether CREATE MODEL waits until its model is trained."""
        return self.settings.get(WAIT, "off").lower() in ("on", "true", "1")


def _tag(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Query):
        return "SELECT"
    if isinstance(tree, (exp.Create, exp.Drop)):
        return f"{tree.key.upper()} {tree.args.get('kind') or ''}".strip()
    return tree.key.upper()
