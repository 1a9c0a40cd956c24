"""What a learner meets in a lab: checks, hints, predictions, quiz, progress, checkpoints."""

from lab_kit.teach import checkpoint
from lab_kit.teach.checks import CheckFailed, check
from lab_kit.teach.hints import hint, reveal
from lab_kit.teach.predict import outcome, predict
from lab_kit.teach.progress import progress
from lab_kit.teach.quiz import quiz
from lab_kit.teach.session import Lab, begin

__all__ = [
    "CheckFailed",
    "Lab",
    "begin",
    "check",
    "checkpoint",
    "hint",
    "outcome",
    "predict",
    "progress",
    "quiz",
    "reveal",
]
