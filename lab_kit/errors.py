"""The one error a user of the kit meets: what is wrong, where, and what to do next."""


class LabKitError(Exception):
    """Something the user can mend.

    Args:
        what: What is wrong, a sentence without a full stop.
        where: File, row, column, cell or field; None where there is no such place.
        next_step: What to do now, a sentence without a full stop.
    """

    def __init__(
        self, what: str, *, where: str | None = None, next_step: str | None = None
    ) -> None:
        self.what = what
        self.where = where
        self.next_step = next_step
        place = f" ({where})" if where else ""
        advice = f" Next: {next_step}." if next_step else ""
        super().__init__(f"{what}{place}.{advice}")
