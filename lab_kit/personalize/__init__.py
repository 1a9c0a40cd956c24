"""Amazon Personalize: its names, states, conflicts and limits, over boto3.

`types` says what resources there are, `control` creates, describes, lists and deletes all of them
by one rule, and a module for each family adds what is its own. What takes long runs as a job
(`lifecycle`, `tasks`): `storage` imports, `training` fits, `batches` answers files. `runtime`
answers at once, `events` takes single records, `filters` says what is left, `attributions` reports
what came of it. The algorithms are those of `lab_kit.recommend`. `inspect` shows what AWS cannot.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.personalize.inspecting.inspection import Inspection, inspect

__all__ = ["Inspection", "inspect"]

# The server needs neither, nor the pandas they load.
__getattr__ = lazily(
    __name__, {"Inspection": "inspecting.inspection", "inspect": "inspecting.inspection"}
)
