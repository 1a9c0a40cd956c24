"""Two tables into one: stack rows (`concat`), match keys (`join`), or match times (`join_as_of`).

Each returns the new table and a report that says what came from where. `audit` looks at keys
before they are joined, and `compare` shows what each way of combining two tables would give.
"""

from lab_kit.prepare.combine.as_of import JoinedAsOf, join_as_of
from lab_kit.prepare.combine.audit import KeyAudit, audit
from lab_kit.prepare.combine.compare import Comparison, compare
from lab_kit.prepare.combine.concat import Stacked, concat
from lab_kit.prepare.combine.join import Cardinality, How, Joined, join

__all__ = [
    "Cardinality",
    "Comparison",
    "How",
    "Joined",
    "JoinedAsOf",
    "KeyAudit",
    "Stacked",
    "audit",
    "compare",
    "concat",
    "join",
    "join_as_of",
]
