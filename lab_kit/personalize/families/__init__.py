"""What is special about each type of resource: its rules, and what it shows besides its record."""

from collections.abc import Callable, Mapping
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize.attributions.windows import show_attribution
from lab_kit.personalize.draft import Complete
from lab_kit.personalize.families import (
    attributions,
    batches,
    campaigns,
    datasets,
    filters,
    groups,
    recommenders,
    solutions,
    transfers,
)

COMPLETE: Mapping[str, Complete] = {
    "Schema": datasets.complete_schema,
    "DatasetGroup": groups.complete_group,
    "Dataset": datasets.complete_dataset,
    "DatasetImportJob": transfers.complete_import,
    "DatasetExportJob": transfers.complete_export,
    "DataDeletionJob": transfers.complete_deletion,
    "EventTracker": groups.complete_tracker,
    "Filter": filters.complete_filter,
    "Solution": solutions.complete_solution,
    "SolutionVersion": solutions.complete_version,
    "Campaign": campaigns.complete_campaign,
    "Recommender": recommenders.complete_recommender,
    "BatchInferenceJob": batches.complete_inference,
    "BatchSegmentJob": batches.complete_segment,
    "MetricAttribution": attributions.complete_attribution,
}
"""What completes a draft of each type."""

SHOW: Mapping[str, Callable[[Ground, Resource], dict[str, Any]]] = {
    "EventTracker": groups.show_tracker,
    "MetricAttribution": show_attribution,
    "Solution": solutions.show_solution,
}
"""What a resource shows that is not in its record."""
