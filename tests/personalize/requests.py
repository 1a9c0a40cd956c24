"""A valid request for each operation, and every way the model knows to spoil one."""

import copy
import json

from botocore import xform_name

from lab_kit.aws.protocol.models import service_model
from tests.personalize.world import BUCKET, DOMAIN, ROLE

MODEL = service_model("personalize")
_PLACES = {
    "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
    "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
    "roleArn": ROLE,
}
_METRIC = {"eventType": "Watch", "metricName": "sums", "expression": "SUM(Items.PRICE)"}
_TAGS = [{"tagKey": "owner", "tagValue": "김 + co"}]


def request_for(operation, arns):
    """A request that succeeds in the world that `build` makes."""
    own = _OWN.get(operation)
    if own is not None:
        return own(arns)
    # The others name what they are about, or narrow a list by what it may be narrowed by.
    members = MODEL.operation_model(operation).input_shape.members
    return {name: arns[name] for name in members if name in arns}


_OWN = {
    "CreateSchema": lambda _: {
        "name": "new",
        "schema": json.dumps(DOMAIN),
        "domain": "VIDEO_ON_DEMAND",
    },
    "CreateDatasetGroup": lambda _: {
        "name": "new",
        "domain": "ECOMMERCE",
        "roleArn": ROLE,
        "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k",
        "tags": _TAGS,
    },
    "CreateDataset": lambda arns: {
        "name": "new",
        "schemaArn": arns["schemaArn"],
        "datasetGroupArn": arns["emptyGroupArn"],
        "datasetType": "Interactions",
        "tags": _TAGS,
    },
    "CreateDatasetImportJob": lambda arns: {
        "jobName": "new",
        "datasetArn": arns["datasetArn"],
        "dataSource": {"dataLocation": f"s3://{BUCKET}/interactions.csv"},
        "roleArn": ROLE,
        "importMode": "INCREMENTAL",
        "publishAttributionMetricsToS3": False,
        "tags": _TAGS,
    },
    "CreateDatasetExportJob": lambda arns: {
        "jobName": "new",
        "datasetArn": arns["datasetArn"],
        "ingestionMode": "ALL",
        "roleArn": ROLE,
        "jobOutput": _PLACES["jobOutput"],
        "tags": _TAGS,
    },
    "CreateDataDeletionJob": lambda arns: {
        "jobName": "new",
        "datasetGroupArn": arns["datasetGroupArn"],
        "dataSource": {"dataLocation": f"s3://{BUCKET}/users.csv"},
        "roleArn": ROLE,
        "tags": _TAGS,
    },
    "CreateEventTracker": lambda arns: {
        "name": "new",
        "datasetGroupArn": arns["emptyGroupArn"],
        "tags": _TAGS,
    },
    "CreateFilter": lambda arns: {
        "name": "new",
        "datasetGroupArn": arns["datasetGroupArn"],
        "filterExpression": 'INCLUDE ItemID WHERE Items.GENRES IN ("a")',
        "tags": _TAGS,
    },
    "CreateSolution": lambda arns: {
        "name": "new",
        "performHPO": True,
        "performAutoML": False,
        "performAutoTraining": False,
        "performIncrementalUpdate": False,
        "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
        "datasetGroupArn": arns["datasetGroupArn"],
        "eventType": "Watch",
        "solutionConfig": {
            "eventValueThreshold": "0.5",
            "algorithmHyperParameters": {"hidden_dimension": "64"},
            "hpoConfig": {
                "algorithmHyperParameterRanges": {
                    "integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 9}],
                    "continuousHyperParameterRanges": [],
                    "categoricalHyperParameterRanges": [
                        {"name": "recency_mask", "values": ["true", "false"]}
                    ],
                },
                "hpoResourceConfig": {
                    "maxNumberOfTrainingJobs": "4",
                    "maxParallelTrainingJobs": "2",
                },
            },
            "optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "LOW"},
            "autoTrainingConfig": {"schedulingExpression": "rate(7 days)"},
            "trainingDataConfig": {"excludedDatasetColumns": {"Items": ["GENRES"]}},
        },
        "tags": _TAGS,
    },
    "CreateSolutionVersion": lambda arns: {
        "name": "new",
        "solutionArn": arns["solutionArn"],
        "trainingMode": "UPDATE",
        "tags": _TAGS,
    },
    "CreateCampaign": lambda arns: {
        "name": "new",
        "solutionVersionArn": arns["solutionVersionArn"],
        "minProvisionedTPS": 2,
        "campaignConfig": {"itemExplorationConfig": {"explorationWeight": "0.3"}},
        "tags": _TAGS,
    },
    "CreateRecommender": lambda arns: {
        "name": "new",
        "datasetGroupArn": arns["domainGroupArn"],
        "recipeArn": "arn:aws:personalize:::recipe/aws-vod-more-like-x",
        "recommenderConfig": {"minRecommendationRequestsPerSecond": 1},
        "tags": _TAGS,
    },
    "CreateBatchInferenceJob": lambda arns: {
        "jobName": "new",
        "solutionVersionArn": arns["solutionVersionArn"],
        "filterArn": arns["filterArn"],
        "numResults": 5,
        "batchInferenceJobMode": "BATCH_INFERENCE",
        "batchInferenceJobConfig": {"rankingInfluence": {"POPULARITY": 0.5}},
        **_PLACES,
        "tags": _TAGS,
    },
    "CreateBatchSegmentJob": lambda arns: {
        "jobName": "new",
        "solutionVersionArn": arns["segmentVersionArn"],
        "filterArn": arns["filterArn"],
        "numResults": 5,
        **_PLACES,
        "tags": _TAGS,
    },
    "CreateMetricAttribution": lambda arns: {
        "name": "new",
        "datasetGroupArn": arns["emptyGroupArn"],
        "metrics": [_METRIC],
        "metricsOutputConfig": {"roleArn": ROLE, **_PLACES["jobOutput"]},
    },
    "ListRecipes": lambda _: {"recipeProvider": "SERVICE", "domain": "ECOMMERCE"},
    "ListBatchSegmentJobs": lambda arns: {"solutionVersionArn": arns["segmentVersionArn"]},
    "ListRecommenders": lambda arns: {"datasetGroupArn": arns["domainGroupArn"]},
    "DescribeRecipe": lambda _: {"recipeArn": "arn:aws:personalize:::recipe/aws-sims"},
    "DescribeAlgorithm": lambda _: {"algorithmArn": "arn:aws:personalize:::algorithm/aws-sims"},
    "DescribeFeatureTransformation": lambda _: {
        "featureTransformationArn": "arn:aws:personalize:::feature-transformation/"
        "JSON-percentile-filtering"
    },
    "DeleteSchema": lambda arns: {"schemaArn": arns["widerSchemaArn"]},
    "DeleteDatasetGroup": lambda arns: {"datasetGroupArn": arns["emptyGroupArn"]},
    "DeleteSolution": lambda arns: {"solutionArn": arns["segmentSolutionArn"]},
    "StartRecommender": lambda arns: {"recommenderArn": arns["stoppedRecommenderArn"]},
    "StopSolutionVersionCreation": lambda arns: {"solutionVersionArn": arns["trainingVersionArn"]},
    "UpdateCampaign": lambda arns: {
        "campaignArn": arns["campaignArn"],
        "solutionVersionArn": arns["solutionVersionArn"],
        "minProvisionedTPS": 3,
        "campaignConfig": {"itemExplorationConfig": {"explorationWeight": "0.9"}},
    },
    "UpdateDataset": lambda arns: {
        "datasetArn": arns["datasetArn"],
        "schemaArn": arns["widerSchemaArn"],
    },
    "UpdateMetricAttribution": lambda arns: {
        "metricAttributionArn": arns["metricAttributionArn"],
        "addMetrics": [_METRIC],
        "removeMetrics": ["views"],
        "metricsOutputConfig": {"roleArn": ROLE},
    },
    "UpdateRecommender": lambda arns: {
        "recommenderArn": arns["recommenderArn"],
        "recommenderConfig": {"minRecommendationRequestsPerSecond": 2},
    },
    "UpdateSolution": lambda arns: {
        "solutionArn": arns["weightedSolutionArn"],
        "performAutoTraining": False,
        "solutionUpdateConfig": {
            "autoTrainingConfig": {"schedulingExpression": "rate(3 days)"},
            "eventsConfig": {"eventParametersList": [{"eventType": "Watch", "weight": 1.0}]},
        },
    },
    "TagResource": lambda arns: {"resourceArn": arns["campaignArn"], "tags": _TAGS},
    "UntagResource": lambda arns: {
        "resourceArn": arns["datasetGroupArn"],
        "tagKeys": ["team", "no such tag"],
    },
    "ListTagsForResource": lambda arns: {"resourceArn": arns["datasetGroupArn"]},
}


def call(client, operation, request):
    """Make a call by the operation's name."""
    return getattr(client, xform_name(operation))(**request)


def walk(shape, value, path=()):
    """Every member of a request that is there, with its shape and the way to it."""
    yield path, shape, value
    if shape.type_name == "structure":
        for name, each in value.items():
            yield from walk(shape.members[name], each, (*path, name))
    elif shape.type_name == "list":
        for place, each in enumerate(value):
            yield from walk(shape.member, each, (*path, place))


def with_value(request, path, value):
    """The same request with another value somewhere."""
    spoilt = copy.deepcopy(request)
    place = spoilt
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return spoilt


def without(request, path):
    """The same request without a member."""
    spoilt = copy.deepcopy(request)
    place = spoilt
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return spoilt


def missing_members(shape, request):
    """Requests without one member that is required, and the way to it."""
    for path, own, value in list(walk(shape, request)):
        if own.type_name == "structure":
            for name in own.required_members:
                if name in value:
                    yield (*path, name), without(request, (*path, name))


def against_patterns(shape, request):
    """Requests with one value that a pattern forbids."""
    for path, own, _ in walk(shape, request):
        if "pattern" in own.metadata and "enum" not in own.metadata:
            yield path, with_value(request, path, "\N{SNOWMAN}")


def against_lengths(shape, request):
    """Requests with one value that is too long, too short, too great or too small."""
    for path, own, value in walk(shape, request):
        limits = own.metadata
        if not path:
            continue
        if own.type_name == "string":
            if "max" in limits:
                yield path, with_value(request, path, "x" * (limits["max"] + 1))
            if limits.get("min"):
                yield path, with_value(request, path, "")
        elif own.type_name == "list" and "max" in limits and value:
            yield path, with_value(request, path, value * (limits["max"] + 1))
        elif own.type_name == "integer" and "min" in limits:
            yield path, with_value(request, path, limits["min"] - 1)


def against_enums(shape, request):
    """Requests with one value that is none of those allowed."""
    for path, own, _ in walk(shape, request):
        if "enum" in own.metadata:
            yield path, with_value(request, path, "SOMETHING_ELSE")


def with_unknown_arns(shape, request):
    """Requests that name something that does not exist."""
    for path, own, value in walk(shape, request):
        if own.name == "Arn":
            unknown = value.rpartition("/")[0] + "/nobody"
            yield path, with_value(request, path, unknown)
