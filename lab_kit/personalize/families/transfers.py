"""Jobs that move data: import, export, deletion."""

from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.places import check_source
from lab_kit.personalize.states import ACTIVE


def complete_import(ground: Ground, draft: Draft) -> None:
    """FULL replaces what was imported before; INCREMENTAL adds to it, and needs it."""
    named(draft)
    check_source(draft.request["dataSource"].get("dataLocation"))
    mode = draft.record.setdefault("importMode", "FULL")
    if mode == "INCREMENTAL":
        dataset = draft.parents["datasetArn"].arn
        before = ground.registry.users(dataset, "DatasetImportJob")
        if not any(each.status == ACTIVE for each in before):
            raise refusals.invalid(
                "An INCREMENTAL import adds to bulk data: import with FULL mode first."
            )


def complete_export(_: Ground, draft: Draft) -> None:
    """What is exported, unless it is said: the records put one by one."""
    named(draft)
    draft.record.setdefault("ingestionMode", "PUT")
    check_source(draft.request["jobOutput"]["s3DataDestination"]["path"])


def complete_deletion(_: Ground, draft: Draft) -> None:
    """The users to delete stand in a file."""
    named(draft)
    check_source(draft.request["dataSource"].get("dataLocation"))
