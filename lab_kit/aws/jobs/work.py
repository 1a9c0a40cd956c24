"""What a job's function is given, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class JobError(Exception):
    """The job cannot be done. The message is what the learner reads as the reason."""


@dataclass(frozen=True)
class Work:
    """The surroundings of a job's function.

    A function that runs again after a crash finds an empty folder: nothing of a first attempt is
    left.
    """

    folder: Path
    """A folder of the job's own. What is to outlive the job has to be taken from it by whoever
    the job reports its end to; then it is removed."""
    progress: Callable[[float, str], None]
    """Tells how much is done, from 0 to 1, and what is being done, for those who watch."""
