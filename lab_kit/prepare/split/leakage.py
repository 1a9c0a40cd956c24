"""What the training part of a split knows that it should not know."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from lab_kit.prepare.clean.values import among
from lab_kit.prepare.split.parts import Split, require_events
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("looked for", "found", "verdict", "what it means")


@dataclass(frozen=True)
class Finding:
    """One thing the check looked for."""

    name: str
    """What was looked for: "future of a user"."""
    found: int
    """How many events, users or items; 0 is good."""
    leak: bool
    """Whether any makes scores too good to be true. The others are facts to know."""
    words: str
    """What it means, in one or two plain sentences."""

    @property
    def verdict(self) -> str:
        """One word: none, leak or "to know"."""
        if not self.found:
            return "none"
        return "leak" if self.leak else "to know"


@dataclass(frozen=True)
class LeakageReport:
    """Everything the check looked for, found or not."""

    how: str
    """How the split was made."""
    findings: tuple[Finding, ...]

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """The findings that make scores too good to be true."""
        return tuple(finding for finding in self.findings if finding.verdict == "leak")

    @property
    def ok(self) -> bool:
        """Whether nothing leaked."""
        return not self.leaks

    def __getitem__(self, name: str) -> Finding:
        return next(finding for finding in self.findings if finding.name == name)

    def __repr__(self) -> str:
        table = text_table(HEADER[:3], [row[:3] for row in self._rows()])
        said = [f"{finding.name}: {finding.words}" for finding in self.findings if finding.found]
        return "\n".join([self._title(), table, *said])

    def _repr_html_(self) -> str:
        return html_table(self._title(), HEADER, self._rows())

    def _title(self) -> str:
        number = len(self.leaks)
        leaks = "no leak" if number == 0 else "1 leak" if number == 1 else f"{number} leaks"
        return f"Split {self.how}: {leaks} found"

    def _rows(self) -> list[tuple[str, int, str, str]]:
        return [(f.name, f.found, f.verdict, f.words if f.found else "") for f in self.findings]


def check_leakage(split: Split) -> LeakageReport:
    """Look for training events that tell what the test asks.

    Five things: events in both parts; training events of a user after that user's first test
    event; training events of anybody after the first test event; users, and items, that only the
    test part has. The last three are facts to know, not leaks by themselves.

    Args:
        split: Any split.

    Raises:
        LabKitError: If a part lacks a column or a value.
    """
    require_events(split.train)
    require_events(split.test)
    return LeakageReport(split.how, tuple(_findings(split.train, split.test)))


def _findings(train: pd.DataFrame, test: pd.DataFrame) -> Iterator[Finding]:
    key = [name for name in ("user_id", "item_id", "timestamp", "event_type") if name in train]
    shared = _in_both(train, test, key)
    yield Finding(
        "same event in both parts",
        shared,
        leak=True,
        words=f"{shared:,} of {len(test):,} test events also stand in the training part: the model "
        "has seen the answer.",
    )
    first_test_of_user = train["user_id"].map(test.groupby("user_id")["timestamp"].min())
    own_future = int((train["timestamp"] > first_test_of_user).sum())
    yield Finding(
        "future of a user",
        own_future,
        leak=True,
        words=f"{own_future:,} of {len(train):,} training events come after the first test event "
        "of the same user: the model knows what they did next.",
    )
    future = int((train["timestamp"] > test["timestamp"].min()).sum())
    yield Finding(
        "future of anybody",
        future,
        leak=False,
        words=f"{future:,} of {len(train):,} training events come after the first test event. "
        "Fair if you ask what each user does next; not if you ask how last month would have gone.",
    )
    for column, word in (("user_id", "users"), ("item_id", "items")):
        new = test.loc[~among(test[column], train[column]), column]
        only, events = new.nunique(), len(new)
        yield Finding(
            f"{word} only in the test part",
            only,
            leak=False,
            words=f"{only:,} {word} with {events:,} test events were never seen in training; "
            "a model can only guess there.",
        )


def _in_both(train: pd.DataFrame, test: pd.DataFrame, key: list[str]) -> int:
    # A plain merge keeps each test event once, because no training event is there twice.
    return len(test[key].merge(train[key].drop_duplicates(), on=key))
