"""Every operation of Personalize against its model: what it answers, and how it refuses.

The cases are generated from botocore's service model. An exception from a rule stands in a table
here, with its reason.
"""

import shutil

import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tests.cloud.inprocess import connect
from tests.personalize.requests import (
    MODEL,
    against_enums,
    against_lengths,
    against_patterns,
    call,
    missing_members,
    request_for,
    with_unknown_arns,
)
from tests.personalize.world import open_cloud, settle

OPERATIONS = MODEL.operation_names
BREAKS = {
    "missing": missing_members,
    "pattern": against_patterns,
    "length": against_lengths,
    "enum": against_enums,
}

NOT_MODELLED = {
    "ListDatasetGroups": "models InvalidNextTokenException alone, and still has maxResults 1..100",
    "ListSchemas": "as ListDatasetGroups",
}
"""Operations whose model has no error for a value that breaks a rule, and what is broken."""

NO_STATE = {
    "TagResource": "tags may be changed in any state; the guide names none in which they may not",
    "UntagResource": "as TagResource",
    "ListTagsForResource": "reading tags disturbs nothing",
    "DeleteSchema": "schemas have no states; in use by a dataset, it is refused in test_rules",
}
"""Why an operation that models ResourceInUseException has no wrong state."""


@pytest.fixture(scope="module")
def stage(built, tmp_path_factory):
    """The world with some things more, which generated requests need. Refused calls share it."""
    folder, arns = built
    there = tmp_path_factory.mktemp("stage") / "cloud"
    shutil.copytree(folder, there)
    cloud = open_cloud(there)
    client = connect(cloud.answer, "personalize")
    empty = client.create_dataset_group(name="empty")["datasetGroupArn"]
    settle(cloud)
    stopped = client.create_recommender(
        name="stopped",
        datasetGroupArn=arns["domainGroupArn"],
        recipeArn="arn:aws:personalize:::recipe/aws-vod-trending-now",
    )["recommenderArn"]
    settle(cloud)
    client.stop_recommender(recommenderArn=stopped)
    settle(cloud)
    weighted = client.create_solution(
        name="weighted",
        datasetGroupArn=arns["datasetGroupArn"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
    )["solutionArn"]
    settle(cloud)
    training = client.create_solution_version(solutionArn=arns["solutionArn"])
    yield (
        cloud,
        arns
        | {
            "emptyGroupArn": empty,
            "stoppedRecommenderArn": stopped,
            "weightedSolutionArn": weighted,
            "trainingVersionArn": training["solutionVersionArn"],
            "segmentSolutionArn": arns["segmentVersionArn"].rpartition("/")[0],
        },
    )
    cloud.ground.database.close()


@pytest.fixture
def fresh(stage, tmp_path):
    """A copy of the stage, for a call that changes it."""
    cloud, arns = stage
    cloud.ground.database.close()
    shutil.copytree(cloud.ground.folder, tmp_path / "cloud")
    copied = open_cloud(tmp_path / "cloud")
    yield copied, arns
    copied.ground.database.close()


def refused(client, operation, request):
    """The code and message with which a call is refused."""
    with pytest.raises(ClientError) as raised:
        call(client, operation, request)
    error = raised.value.response["Error"]
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Code"], error["Message"]


def modelled(operation):
    return {shape.name for shape in MODEL.operation_model(operation).error_shapes}


def content(cloud):
    """All that the registry holds."""
    return cloud.ground.registry.all(), cloud.ground.queue.all()


def test_there_are_71_operations():
    assert len(OPERATIONS) == 71


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_valid_call_answers_in_the_shape_of_its_output(fresh, operation):
    cloud, arns = fresh
    request = request_for(operation, arns)
    answer = call(connect(cloud.answer, "personalize"), operation, request)
    metadata = answer.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    output = MODEL.operation_model(operation).output_shape
    if output is None:
        assert answer == {}
        return
    # botocore's own check of parameters, turned on what came back.
    report = ParamValidator().validate(answer, output)
    assert not report.has_errors(), report.generate_report()
    assert set(answer) <= set(output.members)
    if operation.startswith(("Create", "Describe")):
        assert answer, "something is told"


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_model_forbids_is_refused_by_name_and_changes_nothing(stage, operation, kind):
    cloud, arns = stage
    client = connect(cloud.answer, "personalize", check=False)
    request = request_for(operation, arns)
    if {"maxResults", "nextToken"} <= set(MODEL.operation_model(operation).input_shape.members):
        request = {**request, "maxResults": 5}
    before = content(cloud)
    for path, spoilt in BREAKS[kind](MODEL.operation_model(operation).input_shape, request):
        code, message = refused(client, operation, spoilt)
        assert code == "InvalidInputException"
        assert operation in NOT_MODELLED or code in modelled(operation)
        where = ".".join(f"{step + 1}.member" if isinstance(step, int) else step for step in path)
        assert f"at '{where}" in message
        assert "failed to satisfy constraint: Member must" in message
    assert content(cloud) == before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_unknown_arn_is_not_found(stage, operation):
    cloud, arns = stage
    client = connect(cloud.answer, "personalize")
    before = content(cloud)
    shape = MODEL.operation_model(operation).input_shape
    for path, spoilt in with_unknown_arns(shape, request_for(operation, arns)):
        code, message = refused(client, operation, spoilt)
        # Lists by a parent model no ResourceNotFoundException, but for one.
        assert code in modelled(operation)
        assert code == "ResourceNotFoundException" or operation.startswith("List")
        assert message.startswith("The given ")
        assert "/nobody" in message, path
    assert content(cloud) == before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_page_token_of_another_list_is_refused(stage, operation):
    if "nextToken" not in MODEL.operation_model(operation).input_shape.members:
        return
    cloud, arns = stage
    client = connect(cloud.answer, "personalize")
    for token in ("nonsense", "W10=", "AAAA"):
        request = {**request_for(operation, arns), "nextToken": token}
        code, _ = refused(client, operation, request)
        assert code == "InvalidNextTokenException"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_done_with_what_is_on_its_way_to_another_state(fresh, operation):
    if "ResourceInUseException" not in modelled(operation) or operation in NO_STATE:
        return
    cloud, arns = fresh
    request = request_for(operation, arns)
    named = [value for name, value in request.items() if name.endswith("Arn")]
    moving = [arn for arn in named if (there := cloud.ground.registry.get(arn)) and there.status]
    assert moving, "the request names something that has states"
    wrong = "ACTIVE" if operation == "StopSolutionVersionCreation" else "CREATE IN_PROGRESS"
    for arn in moving:
        cloud.ground.registry.update(arn, status=wrong)
    before = content(cloud)
    code, message = refused(connect(cloud.answer, "personalize"), operation, request)
    assert code == "ResourceInUseException"
    assert moving[0] in message or moving[-1] in message
    assert content(cloud) == before


def test_every_exception_in_the_tables_is_needed():
    assert set(NOT_MODELLED) <= set(OPERATIONS)
    for operation in NOT_MODELLED:
        assert "InvalidInputException" not in modelled(operation)
    for operation in NO_STATE:
        assert "ResourceInUseException" in modelled(operation)
