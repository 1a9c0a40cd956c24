r"""The regular expressions of service models, which are Java's, in Python's words.

Source: https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html. Python lacks the
classes of characters `\p{..}`; of the models served here, tags and page tokens use them.
"""

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby

_CLASS = re.compile(r"\\p\{(\w+)\}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for `fullmatch`: Java's `matches` has to cover the whole value, too.

    Raises:
        re.error: The pattern uses something else that Python lacks.
    """
    return re.compile(_CLASS.sub(lambda found: _in_python(pattern, found), pattern))


def _in_python(pattern: str, found: re.Match[str]) -> str:
    inside = pattern.rfind("[", 0, found.start()) > pattern.rfind("]", 0, found.start())
    members = r"\x00-\x7f" if found[1] == "ASCII" else _category(found[1])
    return members if inside else f"[{members}]"


@cache
def _category(name: str) -> str:
    """All characters whose Unicode category begins so, as ranges: "L" for letters."""

    def belongs(code: int) -> bool:
        return unicodedata.category(chr(code)).startswith(name)

    ranges = []
    for is_member, run in groupby(range(sys.maxunicode + 1), belongs):
        if is_member:
            codes = list(run)
            ranges.append(f"{re.escape(chr(codes[0]))}-{re.escape(chr(codes[-1]))}")
    return "".join(ranges)
