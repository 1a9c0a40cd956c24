"""`%sql` and `%%sql` in a notebook.

    %load_ext lab_kit.redshift.magic

    %%sql
    SELECT * FROM customers LIMIT 5

    %%sql at_risk <<
    SELECT customer_id, predict_churn(...) FROM customers WHERE visits > {least}

A cell is sent as it is written. `name <<` keeps the rows in a variable instead of showing them, and
`:least` is the notebook's variable `least`. Without a connection of its own (`%sql connect
:memory:`), the cells speak with the local cloud's database.
"""

import re
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class

from lab_kit.redshift.connection import connect
from lab_kit.redshift.dbapi import Connection

_INTO = re.compile(r"\s*(\w+)\s*<<\s*(.*)", re.DOTALL)
_CONNECT = re.compile(r"\s*connect(?:\s+(\S+))?\s*", re.IGNORECASE)


@magics_class
class SqlMagics(Magics):
    """The magics, and the connection they speak through."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._connection: Connection | None = None

    @line_cell_magic
    def sql(self, line: str, cell: str | None = None) -> Any:
        """Execute SQL; a frame of the last statement's rows is shown, or kept."""
        if cell is None and (found := _CONNECT.fullmatch(line)):
            self._connection = connect(found[1])
            return None
        script = line if cell is None else f"{line}\n{cell}"
        into = _INTO.fullmatch(script)
        name, script = (into[1], into[2]) if into else (None, script)
        if self._connection is None:
            self._connection = connect()
        cursor = self._connection.execute(script, self._variables(script))
        for notice in cursor.notices:
            print(notice)
        frame = cursor.df() if cursor.description is not None else None
        if name is None:
            return frame
        assert self.shell is not None
        self.shell.user_ns[name] = frame
        return None

    def _variables(self, script: str) -> dict[str, Any]:
        """The notebook's variables that the SQL names as parameters."""
        assert self.shell is not None
        names = set(re.findall(r"(?<![:\w]):([A-Za-z_]\w*)", script))
        return {each: self.shell.user_ns[each] for each in names if each in self.shell.user_ns}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by %load_ext."""
    shell.register_magics(SqlMagics)
