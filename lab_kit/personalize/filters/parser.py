"""From the text of a filter expression to its clauses and conditions, by recursive descent.

    filter    := clause ("|" clause)*
    clause    := ("INCLUDE" | "EXCLUDE") ("ItemID" | "UserID" | "ActionID")
                 "WHERE" group ("OR" group)* ["IF" ucondition ("AND" ucondition)*]
    group     := condition ("AND" condition)*
    condition := dataset "." field test
    test      := ["NOT"] "IN" ("(" value ("," value)* ")" | current)
               | ("=" | "!=" | "<" | "<=" | ">" | ">=") (value | number | "(" value ")" | current)
    value     := text | "$" name
    current   := "CurrentItem" "." field

Keywords and names of datasets and fields may be written in any case, as AWS's own examples do.
"""

from lab_kit.personalize.filters.syntax import (
    Clause,
    Condition,
    CurrentItem,
    Expression,
    FilterError,
    Operand,
    Parameter,
    Value,
)
from lab_kit.personalize.filters.tokens import END, Token, tokens

TARGETS = {"ITEMID": "ItemID", "USERID": "UserID", "ACTIONID": "ActionID"}
DATASETS = {
    "INTERACTIONS": "Interactions",
    "INTERACTION": "Interactions",  # as it was spelled in 2020
    "ITEMS": "Items",
    "ITEM": "Items",
    "USERS": "Users",
    "USER": "Users",
    "ACTIONS": "Actions",
    "ACTION": "Actions",
    "ACTION_INTERACTIONS": "Action_Interactions",
    "ACTION_INTERACTION": "Action_Interactions",
}
CURRENT_USER = "CurrentUser"
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        FilterError: It is none; with the character at which it goes wrong.
    """
    return _Parser(text).expression()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0

    def expression(self) -> Expression:
        clauses = [self._clause()]
        while self._takes("|"):
            clauses.append(self._clause())
        if self._now.kind != END:
            raise self._wrong('"|", AND, OR, IF or the end was expected')
        return Expression(self._text, tuple(clauses))

    def _clause(self) -> Clause:
        begin = self._now
        if not self._is_word("INCLUDE", "EXCLUDE"):
            raise self._wrong("INCLUDE or EXCLUDE was expected")
        self._next()
        target = TARGETS.get(self._now.text.upper())
        if target is None:
            raise self._wrong("ItemID, UserID or ActionID was expected")
        self._next()
        self._keyword("WHERE")
        groups = [self._group()]
        while self._takes_word("OR"):
            groups.append(self._group())
        only_if: tuple[Condition, ...] = ()
        if self._takes_word("IF"):
            only_if = self._only_if()
        includes = begin.text.upper() == "INCLUDE"
        return Clause(includes, target, tuple(groups), only_if, begin.place)

    def _group(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._takes_word("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _only_if(self) -> tuple[Condition, ...]:
        conditions = [self._condition(CURRENT_USER)]
        while self._takes_word("AND"):
            conditions.append(self._condition(CURRENT_USER))
        if self._is_word("OR"):
            raise self._wrong("Conditions behind IF are joined with AND only")
        return tuple(conditions)

    def _condition(self, only: str | None = None) -> Condition:
        begin = self._now
        if only is not None:
            if not self._is_word(only.upper()):
                raise self._wrong(f"{only} was expected behind IF")
            dataset = only
        elif begin.text.upper() not in DATASETS:
            raise self._wrong(f"The name of a dataset was expected, {', '.join(_named())}")
        else:
            dataset = DATASETS[begin.text.upper()]
        self._next()
        field = self._field()
        operator = self._operator()
        operands = self._list() if operator.endswith("IN") else (self._single(),)
        return Condition(dataset, field, operator, operands, begin.place)

    def _field(self) -> str:
        self._sign(".")
        if self._now.kind != "word":
            raise self._wrong("The name of a field was expected")
        return self._next().text.upper()

    def _operator(self) -> str:
        if self._takes_word("NOT"):
            self._keyword("IN")
            return "NOT IN"
        if self._takes_word("IN"):
            return "IN"
        if self._now.text not in _COMPARISONS:
            raise self._wrong(f"IN, NOT IN, {', '.join(_COMPARISONS[:-1])} or >= was expected")
        return self._next().text

    def _list(self) -> tuple[Operand, ...]:
        if self._is_word("CURRENTITEM"):
            return (self._current(),)
        self._sign("(")
        found = [self._value()]
        while self._takes(","):
            found.append(self._value())
        self._sign(")")
        return tuple(found)

    def _single(self) -> Operand:
        if self._is_word("CURRENTITEM"):
            return self._current()
        if self._now.kind == "number":
            number = self._next()
            return Value(number.text, number.place)
        if self._takes("("):
            found = self._value()
            self._sign(")")
            return found
        return self._value()

    def _value(self) -> Operand:
        token = self._now
        if token.kind == "parameter":
            return Parameter(self._next().text[1:], token.place)
        if token.kind == "number":
            raise self._wrong(f'A value in quotes was expected: "{token.text}"')
        if token.kind != "text":
            raise self._wrong("A value in quotes, or a parameter such as $GENRE, was expected")
        text = self._next().text[1:-1]
        # AWS's samples write parameters with quotes, too.
        if text.startswith("$") and text[1:].isascii() and text[1:].replace("_", "a").isalnum():
            return Parameter(text[1:], token.place)
        return Value(text, token.place)

    def _current(self) -> CurrentItem:
        begin = self._next()
        return CurrentItem(self._field(), begin.place)

    # ---- tokens

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _is_word(self, *words: str) -> bool:
        return self._now.kind == "word" and self._now.text.upper() in words

    def _takes_word(self, word: str) -> bool:
        taken = self._is_word(word)
        self._at += taken
        return taken

    def _takes(self, sign: str) -> bool:
        taken = self._now.kind == "sign" and self._now.text == sign
        self._at += taken
        return taken

    def _keyword(self, word: str) -> None:
        if not self._takes_word(word):
            raise self._wrong(f"{word} was expected")

    def _sign(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._wrong(f'"{sign}" was expected')

    def _wrong(self, what: str) -> FilterError:
        found = self._now
        there = "the expression ends" if found.kind == END else f"there is {found.text}"
        return FilterError(f"Invalid Expression: {what}, and {there}", self._text, found.place)


def _named() -> list[str]:
    return list(dict.fromkeys(DATASETS.values()))
