"""Gaps: where they are, what made them, what to put there, and how much harm that does.

The three mechanisms are Rubin's (1976, "Inference and missing data", Biometrika 63): a gap comes
completely at random (MCAR), by something else that is in the table (MAR), or by the missing value
itself (MNAR). No table can show the third: what would show it is what is missing.
"""

from lab_kit.prepare.missing.evidence import Evidence, evidence
from lab_kit.prepare.missing.gaps import Gaps, Mechanism, make_gaps
from lab_kit.prepare.missing.little import LittleTest, little_test
from lab_kit.prepare.missing.profile import Profile, profile
from lab_kit.prepare.missing.score import Scores, score
from lab_kit.prepare.missing.strategies import (
    STRATEGIES,
    Strategy,
    by_group,
    fill,
    forward_fill,
)

__all__ = [
    "STRATEGIES",
    "Evidence",
    "Gaps",
    "LittleTest",
    "Mechanism",
    "Profile",
    "Scores",
    "Strategy",
    "by_group",
    "evidence",
    "fill",
    "forward_fill",
    "little_test",
    "make_gaps",
    "profile",
    "score",
]
