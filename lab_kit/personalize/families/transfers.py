"""Jobs that move data: import, export, deletion."""

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.attributions.imports import reported_by
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.filters import fields_in
from lab_kit.personalize.families.places import check_source
from lab_kit.personalize.states import ACTIVE


def complete_import(ground: Ground, draft: Draft) -> None:
    """FULL replaces what was imported before; INCREMENTAL adds to it, and needs it."""
    named(draft)
    check_source(draft.request["dataSource"].get("dataLocation"))
    if draft.record.get("publishAttributionMetricsToS3"):
        _check_report(ground, draft.parents["datasetArn"])
    mode = draft.record.setdefault("importMode", "FULL")
    if mode == "INCREMENTAL":
        dataset = draft.parents["datasetArn"].arn
        before = ground.registry.users(dataset, "DatasetImportJob")
        if not any(each.status == ACTIVE for each in before):
            raise refusals.invalid(
                "An INCREMENTAL import adds to bulk data: import with FULL mode first."
            )


def _check_report(ground: Ground, dataset: Resource) -> None:
    if dataset.record["datasetType"] != "INTERACTIONS":
        raise refusals.invalid("publishAttributionMetricsToS3 is for imports of interactions.")
    schema = ground.registry.require(dataset.record["schemaArn"])
    if "EVENT_TYPE" not in fields_in(schema):
        raise refusals.invalid("The Interactions dataset must have an EVENT_TYPE column.")
    if reported_by(ground, dataset.record["datasetGroupArn"]) is None:
        raise refusals.invalid(
            "publishAttributionMetricsToS3 needs an ACTIVE metric attribution of the dataset group "
            "whose metricsOutputConfig has an s3DataDestination."
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
