"""The time of a model's data, and that of the cloud's clock.

A data set may end years ago, and its users come back today. A model that was asked for a moment
years after all it knows would hold nothing for popular and nobody for present. So the time of the
data goes on from its last event when the model was trained: an hour later on the clock is an hour
later for the model. Where data ends as it is trained on, as on AWS, both are the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeline:
    """How one follows from the other."""

    latest: int
    """The newest event the model was trained on, milliseconds since 1970."""
    trained: float
    """When it was trained, on the clock, in seconds since 1970."""

    def moment(self, clock: float) -> int:
        """The time of the data, in milliseconds, at a time of the clock, in seconds."""
        return self.latest + max(0, round(1000 * (clock - self.trained)))

    def of_event(self, seconds: float) -> int:
        """When an event happened that was put after training; in milliseconds.

        One that is said to have happened before the training did so at the time of the data.
        """
        return self.moment(seconds) if seconds >= self.trained else round(1000 * seconds)
