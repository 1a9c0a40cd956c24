"""The types of resources, and what tells them apart.

Everything else follows from a type's name: `SolutionVersion` is made by CreateSolutionVersion, has
a `solutionVersionArn`, is described as `solutionVersion` and listed as `solutionVersions`.
"""

import re
from dataclasses import dataclass

SETTLE = "personalize.settle"
"""The kind of job of what has no real work to do."""


@dataclass(frozen=True)
class ResourceType:
    """One type of resource."""

    noun: str
    """As operations name it: "DatasetGroup"."""
    parents: tuple[str, ...] = ()
    """Members of its create request that hold ARNs of what it cannot do without. They have to be
    active. What those use, it uses too."""
    list_by: str = ""
    """The member by which its list can be narrowed."""
    list_key: str = ""
    """The member of its list's answer, where it is not the plural."""
    name_in: str = ""
    """The member within whose resource its name is unique; empty for the region."""
    job: str = SETTLE
    """The kind of job that makes it what it is; empty for a type without states."""
    doing: str = "CREATE"
    """What comes before its first states."""
    blocked_by: tuple[str, ...] = ()
    """Types whose resources have to be gone before it can be deleted."""
    takes_along: tuple[str, ...] = ()
    """Types whose resources go when it is deleted."""
    deletable: bool = True
    """Whether there is an operation that deletes it."""
    most: int | None = None
    """How many there may be in a region or, where it has a dataset group, in that."""
    most_at_once: int | None = None
    """How many unfinished ones there may be in a region."""

    @property
    def member(self) -> str:
        """How an answer holds it: "datasetGroup"."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_member(self) -> str:
        """How a request names it: "datasetGroupArn"."""
        return f"{self.member}Arn"

    @property
    def plural(self) -> str:
        """How a list holds it: "datasetGroups"."""
        return self.list_key or f"{self.member}s"

    @property
    def label(self) -> str:
        """In words: "dataset group"."""
        return " ".join(re.findall("[A-Z][a-z0-9]*", self.noun)).lower()

    @property
    def path(self) -> str:
        """In ARNs: "dataset-group"."""
        return self.label.replace(" ", "-")

    @property
    def snake(self) -> str:
        """In names of methods: "dataset_group"."""
        return self.label.replace(" ", "_")

    @property
    def name_member(self) -> str:
        """The member that holds its name."""
        return "jobName" if self.noun.endswith("Job") else "name"


TYPES = {
    each.noun: each
    for each in (
        ResourceType("Schema", job="", blocked_by=("Dataset",), most=500),
        ResourceType(
            "DatasetGroup",
            blocked_by=("Dataset", "EventTracker", "Solution", "Recommender"),
            takes_along=("Filter", "MetricAttribution", "DataDeletionJob"),
            most=5,
        ),
        ResourceType(
            "Dataset",
            ("datasetGroupArn", "schemaArn"),
            "datasetGroupArn",
            name_in="datasetGroupArn",
            takes_along=("DatasetImportJob", "DatasetExportJob"),
        ),
        ResourceType(
            "DatasetImportJob",
            ("datasetArn",),
            "datasetArn",
            job="personalize.import",
            deletable=False,
            most_at_once=5,
        ),
        ResourceType(
            "DatasetExportJob",
            ("datasetArn",),
            "datasetArn",
            job="personalize.export",
            deletable=False,
            most_at_once=5,
        ),
        ResourceType(
            "DataDeletionJob",
            ("datasetGroupArn",),
            "datasetGroupArn",
            job="personalize.delete-data",
            doing="",
            deletable=False,
            most_at_once=5,
        ),
        ResourceType("EventTracker", ("datasetGroupArn",), "datasetGroupArn"),
        ResourceType("Filter", ("datasetGroupArn",), "datasetGroupArn", "Filters", most=10),
        ResourceType(
            "Solution",
            ("datasetGroupArn",),
            "datasetGroupArn",
            blocked_by=("Campaign",),
            takes_along=("SolutionVersion", "BatchInferenceJob", "BatchSegmentJob"),
            most=10,
        ),
        ResourceType(
            "SolutionVersion",
            ("solutionArn",),
            "solutionArn",
            name_in="solutionArn",
            job="personalize.train",
            deletable=False,
            most_at_once=20,
        ),
        ResourceType("Campaign", ("solutionVersionArn",), "solutionArn", most=5),
        ResourceType(
            "Recommender",
            ("datasetGroupArn",),
            "datasetGroupArn",
            job="personalize.train-recommender",
            most=5,
        ),
        ResourceType(
            "BatchInferenceJob",
            ("solutionVersionArn", "filterArn"),
            "solutionVersionArn",
            job="personalize.infer",
            deletable=False,
            most_at_once=5,
        ),
        ResourceType(
            "BatchSegmentJob",
            ("solutionVersionArn", "filterArn"),
            "solutionVersionArn",
            job="personalize.segment",
            deletable=False,
            most_at_once=5,
        ),
        ResourceType("MetricAttribution", ("datasetGroupArn",), "datasetGroupArn"),
    )
}
"""All types by noun. Quotas: https://docs.aws.amazon.com/personalize/latest/dg/limits.html."""

BY_ARN_MEMBER = {each.arn_member: each for each in TYPES.values()}
"""All types by the member that names one of their resources."""
