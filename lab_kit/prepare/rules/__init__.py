"""What one must know of a data set to clean it, and no program can find out by itself.

Each module describes one data set: how its ids are written, which events there are, and how its
tables of users and items are read.
"""

from collections.abc import Mapping

from lab_kit.errors import LabKitError
from lab_kit.prepare.rules import movielens, shop
from lab_kit.prepare.rules.form import IdForm, Rules

RULES: Mapping[str, Rules] = {"shop": shop.RULES, "movielens-small": movielens.RULES}
"""By the name of the data set."""


def rules_of(name: str) -> Rules:
    """The rules of a data set.

    Raises:
        LabKitError: Where nobody has written any.
    """
    if name not in RULES:
        raise LabKitError(
            f'There are no rules for cleaning the data set "{name}"',
            next_step=f"choose from {', '.join(RULES)}, or write a `Rules` of your own",
        )
    return RULES[name]


__all__ = ["RULES", "IdForm", "Rules", "rules_of"]
