"""Redshift's dialect as sqlglot reads it, with three corrections.

SHOW and its like are read word by word instead of being taken for opaque commands; functions that
`functions.sql` defines, or that a rewrite knows better, stay calls of their own names.
"""

import re
from functools import cache
from importlib.resources import files
from typing import ClassVar

from sqlglot.dialects.redshift import Redshift
from sqlglot.parsers.redshift import RedshiftParser

_REWRITTEN = {"TO_CHAR", "CONCAT", "GETDATE", "REGEXP_REPLACE", "AVG", "TRUNC", "LISTAGG"}
_REWRITTEN |= {"ISNULL", "TO_NUMBER"}
_MACRO = re.compile(r"^CREATE OR REPLACE MACRO lab_kit\.(\w+)", re.MULTILINE)


def definitions() -> str:
    """The SQL of `functions.sql`."""
    return files("lab_kit.redshift.sql").joinpath("functions.sql").read_text(encoding="utf-8")


@cache
def defined() -> frozenset[str]:
    """The names, in small letters, of the functions in `functions.sql`."""
    return frozenset(_MACRO.findall(definitions()))


class Words(Redshift.Tokenizer):
    """Cuts a text into words."""

    COMMANDS: ClassVar = set()


class Sentences(RedshiftParser):
    """Makes a tree of words."""

    FUNCTIONS: ClassVar = {
        name: build
        for name, build in RedshiftParser.FUNCTIONS.items()
        if name not in _REWRITTEN and name.lower() not in defined()
    }
    FUNCTION_PARSERS: ClassVar = {
        name: parse
        for name, parse in RedshiftParser.FUNCTION_PARSERS.items()
        if name != "SUBSTRING"
    }


class Dialect(Redshift):
    """What the engine reads."""

    Tokenizer = Words
    Parser = Sentences
