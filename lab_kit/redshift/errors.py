"""What the engine answers when it does not do what it was asked, as DB-API's classes.

Source: https://peps.python.org/pep-0249/#exceptions.
"""

from lab_kit.errors import LabKitError


class Error(LabKitError):
    """Any refusal of the engine. The message is Redshift's where it is documented."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: what is wrong stands in the SQL, not in the engine's code."""
        return [f"{type(self).__name__}: {self}"]


class InterfaceError(Error):
    """The connection was used wrongly: after its end, or with parameters that are missing."""


class DatabaseError(Error):
    """The database refuses."""


class ProgrammingError(DatabaseError):
    """The SQL is not Redshift's, or names what is not there."""


class DataError(DatabaseError):
    """A value cannot be what it should be: a division by zero, a text that is no number."""


class OperationalError(DatabaseError):
    """Something outside of the statement failed: S3, a training, memory."""


class NotSupportedError(DatabaseError):
    """Redshift has it, and this database does not."""
