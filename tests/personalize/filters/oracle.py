"""Random filters over random catalogues, and a second, slow way to what they leave.

An expression is drawn as a structure and written down as text. The oracle answers from the
structure, row by row in plain Python; the kit reads the text.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from lab_kit.personalize.filters.columns import Table, number_column, text_column
from lab_kit.personalize.filters.evaluate import Scene, newest

WORDS = ["drama", "Drama", "김치", "🍎", "it's", 'say "hi"', "a,b", "x y", "", "7", "7.0"]
NUMBERS = [-3.5, 0.0, 1.0, 7.0, 1980.0]
TYPES = ["click", "Click", "PURCHASE", "watch"]
TEXT_FIELDS = ["GENRES", "BRAND"]
NUMBER_FIELDS = ["PRICE", "YEAR"]
PARAMETERS = ["A", "a", "B_1"]


@dataclass(frozen=True)
class Case:
    """One question."""

    clauses: list
    """(includes, groups of conditions, conditions on the user)."""
    rows: list
    """A dict an item."""
    events: list
    """(type or None, row) of the current user, oldest first."""
    user: dict
    given: dict
    """Values by parameter, as lists of text."""
    item: int
    text: str


@st.composite
def cases(draw):
    """A case."""
    clauses = draw(st.lists(_clauses(), min_size=1, max_size=4))
    rows = draw(st.lists(_rows(), min_size=1, max_size=9))
    row = st.integers(-1, len(rows) - 1)
    few = draw(st.lists(st.tuples(st.sampled_from([*TYPES, None]), row), max_size=8))
    return Case(
        clauses,
        rows,
        few[:4] * draw(st.sampled_from([1, 60])) + few[4:],
        draw(st.fixed_dictionaries({}, optional={"PLAN": st.tuples(_WORD), "AGE": _NUMBER})),
        draw(_given(clauses)),
        draw(row),
        draw(_written(clauses)),
    )


_WORD = st.sampled_from(WORDS)
_NUMBER = st.sampled_from(NUMBERS)


def _rows():
    return st.fixed_dictionaries(
        {},
        optional={
            "GENRES": st.lists(_WORD, min_size=1, max_size=3),
            "BRAND": st.tuples(st.sampled_from([*WORDS, "a|b"])),
            "PRICE": _NUMBER,
            "YEAR": _NUMBER,
        },
    )


@st.composite
def _clauses(draw):
    about = draw(st.sampled_from(["Items", "Interactions"]))
    condition = _events_condition() if about == "Interactions" else _field_condition(about)
    groups = draw(st.lists(st.lists(condition, min_size=1, max_size=3), min_size=1, max_size=3))
    only_if = draw(st.lists(_field_condition("CurrentUser"), max_size=2))
    return draw(st.booleans()), groups, only_if


def _operands(texts, fields):
    value = st.tuples(st.just("value"), texts)
    parameter = st.tuples(st.just("parameter"), st.sampled_from(PARAMETERS))
    single = value | parameter
    current = st.tuples(st.just("current"), st.sampled_from(fields))
    return single, st.lists(single, min_size=1, max_size=3) | st.tuples(current), single | current


@st.composite
def _field_condition(draw, dataset):
    number = draw(st.booleans())
    texts = st.sampled_from([repr(n) for n in NUMBERS]) if number else _WORD
    items = NUMBER_FIELDS if number else TEXT_FIELDS
    own = ["AGE" if number else "PLAN"] if dataset == "CurrentUser" else items
    single, several, one = _operands(texts, items)
    if dataset == "CurrentUser":
        several, one = st.lists(single, min_size=1, max_size=3), single
    operator = draw(st.sampled_from(["IN", "NOT IN", "=", "!=", "<", "<=", ">", ">="]
                                    if number else ["IN", "NOT IN", "=", "!="]))  # fmt: skip
    operands = draw(several) if operator.endswith("IN") else [draw(one)]
    return dataset, draw(st.sampled_from(own)), operator, list(operands)


@st.composite
def _events_condition(draw):
    single, several, _ = _operands(st.sampled_from([*TYPES, "never", "*"]), ["BRAND"])
    operator = draw(st.sampled_from(["IN", "NOT IN", "=", "!="]))
    operands = draw(several) if operator.endswith("IN") else [draw(single)]
    return "Interactions", "EVENT_TYPE", operator, list(operands)


@st.composite
def _given(draw, clauses):
    """Values of some parameters: one where any condition takes but one, a number where it must."""
    found = {}
    for name in draw(st.sets(st.sampled_from(PARAMETERS))):
        users = [c for c in _conditions(clauses) if ("parameter", name) in c[3]]
        if not users:
            continue
        numeric = any(c[2] in ("<", "<=", ">", ">=") for c in users)
        texts = st.sampled_from([repr(n) for n in NUMBERS]) if numeric else _WORD
        most = 1 if any(not c[2].endswith("IN") for c in users) else 3
        found[name] = draw(st.lists(texts, min_size=1, max_size=most))
    return found


def _conditions(clauses):
    for _, groups, only_if in clauses:
        for group in groups:
            yield from group
        yield from only_if


@st.composite
def _written(draw, clauses):
    """The text of an expression, in any case, with any space between its words."""

    def word(text):
        return draw(st.sampled_from([text, text.lower(), text.upper()]))

    def space():
        return draw(st.sampled_from([" ", "  ", "\n"]))

    def operand(kind, text, numeric):
        if kind == "parameter":
            return draw(st.sampled_from([f"${text}", f'"${text}"']))
        if kind == "current":
            return f"{word('CurrentItem')}.{word(text)}"
        if numeric:
            return draw(st.sampled_from([text, quoted(text)]))
        return quoted(text)

    def quoted(text):
        return f"'{text}'" if '"' in text else f'"{text}"'

    def condition(dataset, field, operator, operands):
        name = f"{word(dataset)}.{word(field)}"
        if operator.endswith("IN") and operands[0][0] != "current":
            listed = ",".join(operand(*each, False) for each in operands)
            value = f"({listed})"
        else:
            numeric = field in (*NUMBER_FIELDS, "AGE") and not operator.endswith("IN")
            value = operand(*operands[0], numeric)
            if operands[0][0] == "parameter":
                value = draw(st.sampled_from([value, f"({value})"]))
        told = space().join(word(each) for each in operator.split())
        return f"{name}{space()}{told}{space()}{value}"

    texts = []
    for includes, groups, only_if in clauses:
        text = f"{word('INCLUDE' if includes else 'EXCLUDE')}{space()}{word('ItemID')}{space()}"
        text += word("WHERE") + space()
        text += f"{space()}{word('OR')}{space()}".join(
            f"{space()}{word('AND')}{space()}".join(condition(*each) for each in group)
            for group in groups
        )
        if only_if:
            text += f"{space()}{word('IF')}{space()}"
            text += f"{space()}{word('AND')}{space()}".join(condition(*each) for each in only_if)
        texts.append(text)
    return draw(st.sampled_from([" | ", "|"])).join(texts)


# ---- the two ways


def lacks(case):
    """Whether an INCLUDE has a parameter that is not given."""
    return any(
        includes and _lost([(includes, groups, only_if)], case.given)
        for includes, groups, only_if in case.clauses
    )


def _lost(clauses, given):
    return any(
        kind == "parameter" and text not in given
        for _, _, _, operands in _conditions(clauses)
        for kind, text in operands
    )


def left_by_oracle(case):
    """For each row whether it is left."""
    applied = [
        clause
        for clause in case.clauses
        if not _lost([clause], case.given)
        and all(_holds(case, case.user, each) for each in clause[2])
    ]
    included = [clause for clause in applied if clause[0]]
    excluded = [clause for clause in applied if not clause[0]]

    def matches(clause, row):
        return any(all(_row_holds(case, row, each) for each in group) for group in clause[1])

    return [
        (not included or any(matches(clause, row) for clause in included))
        and not any(matches(clause, row) for clause in excluded)
        for row in range(len(case.rows))
    ]


def _wanted(case, operands):
    found = []
    for kind, text in operands:
        if kind == "parameter":
            found += case.given[text]
        elif kind == "current":
            row = case.rows[case.item] if case.item >= 0 else {}
            found += _values(row, text)
        else:
            found.append(text)
    return found


def _values(row, field):
    if field not in row:
        return []
    value = row[field]
    if isinstance(value, float):
        return [value]
    return [part for each in value for part in (each.split("|") if field == "GENRES" else [each])]


def _row_holds(case, row, condition):
    _, field, operator, operands = condition
    if field != "EVENT_TYPE":
        return _holds(case, case.rows[row], condition)
    wanted = [each.lower() for each in _wanted(case, operands)]
    types = set()
    for kind in {(each or "").lower() for each, _ in case.events}:
        own = [r for each, r in case.events if (each or "").lower() == kind][-100:]
        if row in own:
            types.add(kind)
    found = bool(types) if "*" in wanted else bool(types & set(wanted) - {""}) or (
        "" in wanted and "" in types
    )  # fmt: skip
    return found if operator in ("IN", "=") else not found


def _holds(case, row, condition):
    _, field, operator, operands = condition
    has, wanted = _values(row, field), _wanted(case, operands)
    if field in (*NUMBER_FIELDS, "AGE"):
        wanted = [number for each in wanted if (number := _number(each)) is not None]
    if operator in ("NOT IN", "!="):
        return not any(one == other for one in has for other in wanted)
    if operator in ("IN", "="):
        return any(one == other for one in has for other in wanted)
    if not has or not wanted:
        return False
    one, other = has[0], wanted[0]
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def scene_of(case):
    """The case as the kit looks at it."""
    names = tuple(TYPES)
    kinds = np.array([names.index(kind) if kind else -1 for kind, _ in case.events], np.int16)
    rows = np.array([row for _, row in case.events], np.int32)
    user = {}
    if "PLAN" in case.user:
        user["PLAN"] = text_column(case.user["PLAN"], categorical=False)
    if "AGE" in case.user:
        user["AGE"] = number_column([case.user["AGE"]])
    return Scene(
        table_of(case.rows), newest(kinds, rows, names), user=Table(1, user), item=case.item
    )


def table_of(rows):
    """A table of the rows of a case."""

    def joined(row, field):
        return "|".join(row[field]) if field in row else None

    return Table(
        len(rows),
        {
            "GENRES": text_column([joined(row, "GENRES") for row in rows], categorical=True),
            "BRAND": text_column([joined(row, "BRAND") for row in rows], categorical=False),
            **{name: number_column([row.get(name) for row in rows]) for name in NUMBER_FIELDS},
        },
    )
