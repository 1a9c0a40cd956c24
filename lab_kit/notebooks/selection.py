"""Which labs, on which data sets, with which parameters."""

from collections.abc import Sequence

from lab_kit.errors import LabKitError
from lab_kit.teach.labs import LabInfo


def choose(lab_ids: Sequence[str], known: Sequence[LabInfo]) -> list[LabInfo]:
    """The labs with these ids or file names, in the order of labs.toml; all where none is named.

    Raises:
        LabKitError: Where a lab is not known; the message lists those that are.
    """
    names = {name: info.id for info in known for name in (info.id, info.number, info.stem)}
    unknown = [lab_id for lab_id in lab_ids if lab_id not in names]
    if unknown:
        raise LabKitError(
            f"There is no lab {unknown[0]!r}",
            next_step="choose from " + ", ".join(info.id for info in known),
        )
    wanted = {names[lab_id] for lab_id in lab_ids} or {info.id for info in known}
    return [info for info in known if info.id in wanted]
