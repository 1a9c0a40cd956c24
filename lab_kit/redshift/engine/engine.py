"""One database: DuckDB, its models, and the sessions in which SQL is executed."""

import threading

import duckdb

from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.engine.session import Session
from lab_kit.redshift.models.calls import Calls
from lab_kit.redshift.models.catalogue import Catalogue
from lab_kit.redshift.models.privileges import Rights
from lab_kit.redshift.models.trained import Trained
from lab_kit.redshift.names import DATABASE, SUPERUSER
from lab_kit.redshift.sql.build import text
from lab_kit.redshift.sql.dialect import definitions

_HIDDEN = "lab_kit"
"""The schema with the functions that DuckDB lacks."""


class Engine:
    """A database that is open. One process at a time may have it open.

    Args:
        place: Where it lies.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._opening = threading.Lock()
        self._root = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "lock_configuration": "false"}
        )
        where = str(place.file) if place.file else ":memory:"
        self._root.execute(f"ATTACH {text(where).sql('duckdb')} AS {DATABASE}")
        self._root.execute(f"USE {DATABASE}")
        for schema in ("public", _HIDDEN):
            self._root.execute(f"CREATE SCHEMA IF NOT EXISTS {DATABASE}.{schema}")
        self._root.execute(definitions())
        self.catalogue = Catalogue(place.ground)
        self.trained = Trained(place)
        self.rights = Rights(place.ground.registry)
        self.calls = Calls(self.catalogue, self.trained, self.rights, self._root)
        self.calls.register_all()

    def session(self, user: str = SUPERUSER) -> Session:
        """A session of its own: settings, temporary tables, transaction."""
        with self._opening:
            connection = self._root.cursor()
        return Session(self, connection, user)

    def close(self) -> None:
        """Close it; what was committed stays."""
        self.trained.close()
        self._root.close()
