"""From raw exports to data a model can use: clean, split, and write what Personalize accepts.

Every operation takes a frame and returns a new one together with a report of what it did; none
changes the frame it was given. Rows are numbered as `frame.iloc` numbers them, from 0.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.prepare.ledger import Ledger, Step

__all__ = ["Ledger", "Step"]

__getattr__ = lazily(__name__, {"Ledger": "ledger", "Step": "ledger"})
