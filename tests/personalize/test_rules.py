"""Conflicts, limits and rules that no model states."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.cloud.inprocess import connect
from tests.personalize.world import BUCKET, DOMAIN, INTERACTIONS, ROLE, settle

RECIPES = "arn:aws:personalize:::recipe"


@pytest.fixture
def personalize(world):
    return connect(world[0].answer, "personalize")


def refusal(call, **request):
    with pytest.raises(ClientError) as raised:
        call(**request)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_name_that_is_taken_is_told_with_its_arn(world, personalize):
    # Workshop code relies on it, and then builds the ARN from the name.
    code, message = refusal(personalize.create_dataset_group, name="shop")
    assert code == "ResourceAlreadyExistsException"
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset-group/shop"
    assert message == f"Another resource with Arn {arn} already exists."
    _, message = refusal(personalize.create_schema, name="narrow", schema=json.dumps(INTERACTIONS))
    assert "schema/narrow already exists" in message


def test_one_dataset_of_a_type_one_tracker_and_one_attribution_a_group(world, personalize):
    _, arns = world
    group = arns["datasetGroupArn"]
    calls = [
        (
            personalize.create_dataset,
            {"schemaArn": arns["schemaArn"], "datasetType": "interactions"},
        ),
        (personalize.create_event_tracker, {}),
        (
            personalize.create_metric_attribution,
            {"metrics": [], "metricsOutputConfig": {"roleArn": ROLE}},
        ),
    ]
    for call, request in calls:
        code, _ = refusal(call, name="second", datasetGroupArn=group, **request)
        assert code == "ResourceAlreadyExistsException"


def test_what_others_use_stays(world, personalize):
    _, arns = world
    expected = [
        (personalize.delete_schema, "schemaArn", arns["datasetArn"]),
        (personalize.delete_solution, "solutionArn", arns["campaignArn"]),
        (personalize.delete_dataset_group, "datasetGroupArn", arns["datasetArn"]),
    ]
    for call, member, user in expected:
        code, message = refusal(call, **{member: arns[member]})
        assert code == "ResourceInUseException"
        assert user in message


def test_nothing_is_deleted_that_a_job_works_on(world, personalize):
    _, arns = world
    personalize.create_dataset_import_job(
        jobName="new",
        datasetArn=arns["datasetArn"],
        dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
        roleArn=ROLE,
    )
    code, _ = refusal(personalize.delete_dataset, datasetArn=arns["datasetArn"])
    assert code == "ResourceInUseException"
    personalize.create_batch_inference_job(
        jobName="new",
        solutionVersionArn=arns["solutionVersionArn"],
        filterArn=arns["filterArn"],
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )
    code, _ = refusal(personalize.delete_filter, filterArn=arns["filterArn"])
    assert code == "ResourceInUseException"


def test_the_clean_up_of_the_sample_notebooks_leaves_nothing(world, personalize):
    cloud, arns = world
    order = [
        ("campaign", "campaignArn"),
        ("filter", "filterArn"),
        ("event_tracker", "eventTrackerArn"),
        ("recommender", "recommenderArn"),
        ("metric_attribution", "metricAttributionArn"),
        ("solution", "solutionArn"),
        ("dataset", "datasetArn"),
        ("schema", "schemaArn"),
        ("schema", "widerSchemaArn"),
    ]
    segments = arns["segmentVersionArn"].rpartition("/")[0]
    for noun, member in order:
        own = f"{''.join(w.title() if n else w for n, w in enumerate(noun.split('_')))}Arn"
        getattr(personalize, f"delete_{noun}")(**{own: arns[member]})
        settle(cloud)
    personalize.delete_solution(solutionArn=segments)
    settle(cloud)
    personalize.delete_dataset_group(datasetGroupArn=arns["datasetGroupArn"])
    settle(cloud)
    left = {each.record.get("datasetGroupArn", each.arn) for each in cloud.ground.registry.all()}
    assert not any("/shop" in arn for arn in left)
    assert {each.kind for each in cloud.ground.registry.all()} == {
        "DatasetGroup",
        "Dataset",
        "DatasetImportJob",
        "Schema",
    }


def test_at_most_five_groups(world, personalize):
    cloud, _ = world
    for number in range(3):
        personalize.create_dataset_group(name=f"g{number}")
    code, message = refusal(personalize.create_dataset_group, name="sixth")
    assert code == "LimitExceededException"
    assert message == (
        "Cannot create a dataset group. More than 5 resources in ACTIVE state. "
        "Please delete some and try again."
    )
    elsewhere = connect(cloud.answer, "personalize", region="eu-west-1")
    elsewhere.create_dataset_group(name="sixth")


def test_at_most_five_campaigns_and_ten_filters_a_group(world, personalize):
    _, arns = world
    for number in range(4):
        personalize.create_campaign(
            name=f"c{number}", solutionVersionArn=arns["solutionVersionArn"]
        )
    code, message = refusal(
        personalize.create_campaign, name="sixth", solutionVersionArn=arns["solutionVersionArn"]
    )
    assert code == "LimitExceededException"
    assert message.startswith("Cannot create a campaign. More than 5 resources in ACTIVE state.")
    for number in range(9):
        personalize.create_filter(
            name=f"f{number}",
            datasetGroupArn=arns["datasetGroupArn"],
            filterExpression="INCLUDE ItemID WHERE Items.PRICE > 1",
        )
    code, _ = refusal(
        personalize.create_filter,
        name="eleventh",
        datasetGroupArn=arns["datasetGroupArn"],
        filterExpression="INCLUDE ItemID WHERE Items.PRICE > 1",
    )
    assert code == "LimitExceededException"


def test_at_most_five_imports_at_a_time(world, personalize):
    cloud, arns = world

    def import_one(name):
        return personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=arns["datasetArn"],
            dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
            roleArn=ROLE,
        )

    for number in range(5):
        import_one(f"i{number}")
    with pytest.raises(ClientError) as raised:
        import_one("sixth")
    assert raised.value.response["Error"] == {
        "Code": "LimitExceededException",
        "Message": "More than 5 resources with PENDING or IN_PROGRESS status.",
    }
    assert cloud.ground.registry.get(raised.value.response["Error"]["Message"]) is None
    assert len(cloud.ground.queue.in_state("PENDING")) == 5


RECORD = {"type": "record", "name": "Interactions"}
USER = {"name": "USER_ID", "type": "string"}
ITEM = {"name": "ITEM_ID", "type": "string"}
TIME = {"name": "TIMESTAMP", "type": "long"}


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ("{", "Schema is not valid JSON"),
        ("[]", "a schema is"),
        ({**RECORD, "fields": []}, "a schema is"),
        ({**RECORD, "fields": [USER, ITEM]}, "TIMESTAMP is missing"),
        (
            {**RECORD, "fields": [USER, ITEM, {**TIME, "type": "string"}]},
            "TIMESTAMP has to be long",
        ),
        (
            {**RECORD, "fields": [USER, ITEM, {**TIME, "type": ["null", "long"]}]},
            "TIMESTAMP must not be nullable",
        ),
        (
            {**RECORD, "fields": [USER, ITEM, TIME, {"name": "A", "type": "array"}]},
            'A has type "array"',
        ),
        (
            {**RECORD, "fields": [USER, ITEM, TIME, {"name": "USERID", "type": "string"}]},
            "USER_ID and USERID are one name",
        ),
        ({**RECORD, "fields": [USER, ITEM, TIME, USER]}, "USER_ID and USER_ID are one name"),
        ({**RECORD, "fields": [USER, ITEM, TIME, {"name": "9", "type": "int"}]}, '"9" is no name'),
        (
            {
                **RECORD,
                "fields": [
                    USER,
                    ITEM,
                    TIME,
                    {"name": "EVENT_TYPE", "type": "string", "categorical": True},
                ],
            },
            "EVENT_TYPE must not be categorical",
        ),
        (
            {
                **RECORD,
                "fields": [USER, ITEM, TIME, *({"name": f"M{n}", "type": "int"} for n in range(6))],
            },
            "6 metadata fields; interactions may have 5",
        ),
        ({"type": "record", "name": "Items", "fields": [ITEM]}, "items need at least one metadata"),
        (
            {
                "type": "record",
                "name": "users",
                "fields": [USER, {"name": "T", "type": "string", "textual": True}],
            },
            "only items may have a textual field",
        ),
        (
            {
                "type": "record",
                "name": "Actions",
                "fields": [{"name": "ACTION_ID", "type": "string"}],
            },
            "actions need at least one metadata",
        ),
    ],
)
def test_a_schema_that_breaks_a_rule_is_refused_with_the_rule(personalize, schema, what):
    text = schema if isinstance(schema, str) else json.dumps(schema)
    code, message = refusal(personalize.create_schema, name="new", schema=text)
    assert code == "InvalidInputException"
    assert what in message


DEFAULTS = {
    # The default schemas that the developer guide prints for domains, in fewer fields.
    "ECOMMERCE": {
        "type": "record",
        "name": "Items",
        "fields": [
            ITEM,
            {"name": "PRICE", "type": "float"},
            {"name": "CATEGORY_L1", "type": ["string"], "categorical": True},
        ],
    },
    "VIDEO_ON_DEMAND": {
        "type": "record",
        "name": "Items",
        "fields": [
            ITEM,
            {"name": "GENRES_L1", "type": ["null", "string"], "categorical": True},
            {"name": "CREATION_TIMESTAMP", "type": "long"},
        ],
    },
}


@pytest.mark.parametrize("domain", DEFAULTS)
def test_the_guides_own_schemas_are_taken(personalize, domain):
    personalize.create_schema(name="new", schema=json.dumps(DEFAULTS[domain]), domain=domain)


def test_a_dataset_needs_a_schema_of_its_type_and_domain(world, personalize):
    cloud, arns = world
    group = personalize.create_dataset_group(name="new")["datasetGroupArn"]
    settle(cloud)
    code, message = refusal(
        personalize.create_dataset,
        name="new",
        schemaArn=arns["schemaArn"],
        datasetGroupArn=group,
        datasetType="Users",
    )
    assert code == "InvalidInputException"
    assert "The schema is one of interactions, not of users" in message
    code, message = refusal(
        personalize.create_dataset,
        name="new",
        schemaArn=arns["schemaArn"],
        datasetGroupArn=group,
        datasetType="Wishes",
    )
    assert "WISHES is no dataset type here" in message
    other = personalize.create_schema(name="other", schema=json.dumps(DOMAIN), domain="ECOMMERCE")[
        "schemaArn"
    ]
    code, message = refusal(
        personalize.create_dataset,
        name="new",
        schemaArn=other,
        datasetGroupArn=group,
        datasetType="Interactions",
    )
    assert "The domain of the schema (ECOMMERCE) is not that of the dataset group (None)" in message


@pytest.mark.parametrize(
    ("operation", "request_", "what"),
    [
        (
            "create_dataset_group",
            {"name": "n", "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"},
            "IAM role",
        ),
        ("create_solution", {"name": "n"}, "either a recipe or performAutoML"),
        (
            "create_solution",
            {"name": "n", "recipeArn": f"{RECIPES}/aws-vod-top-picks"},
            "for a recommender, not for a solution",
        ),
        (
            "create_recommender",
            {"name": "n", "recipeArn": f"{RECIPES}/aws-vod-top-picks"},
            "Please use a domains-specific Dataset Group to create the Recommender",
        ),
        (
            "create_recommender",
            {
                "name": "n",
                "recipeArn": f"{RECIPES}/aws-ecomm-recommended-for-you",
                "datasetGroupArn": "domainGroupArn",
            },
            "The recipe is of domain ECOMMERCE, the dataset group of domain VIDEO_ON_DEMAND",
        ),
        (
            "create_solution_version",
            {"trainingMode": "AUTOTRAIN"},
            "AUTOTRAIN cannot be given",
        ),
        (
            "create_campaign",
            {"name": "n", "solutionVersionArn": "segmentVersionArn"},
            "USER_SEGMENTATION recipe cannot be deployed",
        ),
        ("create_dataset_import_job", {"jobName": "n", "dataSource": {}}, "Invalid Data location."),
        (
            "create_dataset_import_job",
            {"jobName": "n", "dataSource": {"dataLocation": "https://x/y"}},
            "Invalid Data location.",
        ),
        (
            "update_campaign",
            {},
            "Nothing to update was given.",
        ),
        (
            "update_metric_attribution",
            {"removeMetrics": ["never"]},
            "There is no metric never.",
        ),
        (
            "update_metric_attribution",
            {"addMetrics": [{"eventType": "a", "metricName": "b", "expression": "AVG(x)"}]},
            "Invalid expression AVG(x)",
        ),
        ("tag_resource", {"resourceArn": "schemaArn", "tags": []}, "cannot have tags"),
        (
            "tag_resource",
            {"resourceArn": "campaignArn", "tags": [{"tagKey": "aws:x", "tagValue": ""}]},
            "reserved for AWS",
        ),
    ],
)
def test_rules_in_aws_words_or_in_plain_ones(world, personalize, operation, request_, what):
    _, arns = world
    members = personalize.meta.service_model.operation_model(
        personalize.meta.method_to_api_mapping[operation]
    ).input_shape.members
    named = {name: arns[name] for name in members if name in arns}
    named |= {
        key: arns.get(value, value) if isinstance(value, str) else value
        for key, value in request_.items()
    }
    if operation == "create_dataset_import_job":
        named["roleArn"] = ROLE
    if operation == "update_campaign":
        named = {"campaignArn": arns["campaignArn"]}
    code, message = refusal(getattr(personalize, operation), **named)
    assert code == "InvalidInputException"
    assert what in message


def test_batch_jobs_know_their_recipes_and_places(world, personalize):
    _, arns = world
    places = {
        "jobInput": {"s3DataSource": {"path": "s3://b/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://b/out/"}},
        "roleArn": ROLE,
    }
    same = {"jobOutput": {"s3DataDestination": {"path": "s3://b/in.json"}}}
    bucket = {"jobInput": {"s3DataSource": {"path": "s3://b"}}}
    infer, segment = personalize.create_batch_inference_job, personalize.create_batch_segment_job
    version, segments = arns["solutionVersionArn"], arns["segmentVersionArn"]
    for call, which, more, what in (
        (infer, segments, {}, "no batch recommendations"),
        (segment, version, {}, "makes no user segments"),
        (infer, version, same, "Invalid S3 output path"),
        (infer, version, bucket, "Invalid S3 input path"),
        (infer, version, {"batchInferenceJobMode": "THEME_GENERATION"}, "aws-similar-items only"),
    ):
        request = {"jobName": "n", "solutionVersionArn": which, **places, **more}
        assert what in refusal(call, **request)[1]


def test_an_update_in_training_needs_a_full_one_before(world, personalize):
    cloud, arns = world
    made = personalize.create_solution(
        name="new",
        datasetGroupArn=arns["datasetGroupArn"],
        recipeArn=f"{RECIPES}/aws-user-personalization",
    )
    settle(cloud)
    where = {"solutionArn": made["solutionArn"], "trainingMode": "UPDATE"}
    assert (
        "needs an ACTIVE solution version"
        in refusal(personalize.create_solution_version, **where)[1]
    )
    assert "import with FULL mode first" in _incremental(cloud, personalize, arns)


def _incremental(cloud, personalize, arns):
    group = personalize.create_dataset_group(name="bare")["datasetGroupArn"]
    settle(cloud)
    dataset = personalize.create_dataset(
        name="bare",
        schemaArn=arns["schemaArn"],
        datasetGroupArn=group,
        datasetType="Interactions",
    )["datasetArn"]
    settle(cloud)
    return refusal(
        personalize.create_dataset_import_job,
        jobName="bare",
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
        roleArn=ROLE,
        importMode="INCREMENTAL",
    )[1]


def test_tags_are_added_changed_removed_and_limited(world, personalize):
    _, arns = world
    arn = arns["datasetGroupArn"]
    personalize.tag_resource(resourceArn=arn, tags=[{"tagKey": "team", "tagValue": "나"}])
    told = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    assert told == [{"tagKey": "team", "tagValue": "나"}]
    many = [{"tagKey": f"k{n}", "tagValue": ""} for n in range(50)]
    assert refusal(personalize.tag_resource, resourceArn=arn, tags=many)[0] == (
        "TooManyTagsException"
    )
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == told
    personalize.tag_resource(resourceArn=arn, tags=many[:49])
    twice = [{"tagKey": "a", "tagValue": "1"}, {"tagKey": "a", "tagValue": "2"}]
    assert "Duplicate" in refusal(personalize.tag_resource, resourceArn=arn, tags=twice)[1]
    keys = [f"k{n}" for n in range(51)]
    code, _ = refusal(personalize.untag_resource, resourceArn=arn, tagKeys=keys)
    assert code == "TooManyTagKeysException"
    personalize.untag_resource(resourceArn=arn, tagKeys=keys[:50])
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == told


def test_every_recipe_has_an_algorithm_and_a_transformation_that_can_be_described(personalize):
    pages = personalize.get_paginator("list_recipes").paginate(PaginationConfig={"PageSize": 7})
    listed = [each for page in pages for each in page["recipes"]]
    assert len(listed) == len({each["recipeArn"] for each in listed}) == 22
    by_domain = {
        domain: len(personalize.list_recipes(domain=domain)["recipes"])
        for domain in ("ECOMMERCE", "VIDEO_ON_DEMAND")
    }
    assert by_domain == {"ECOMMERCE": 5, "VIDEO_ON_DEMAND": 5}
    for each in listed:
        recipe = personalize.describe_recipe(recipeArn=each["recipeArn"])["recipe"]
        personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])
        personalize.describe_feature_transformation(
            featureTransformationArn=recipe["featureTransformationArn"]
        )
    # Old samples name recipes that are no longer offered.
    personalize.describe_recipe(recipeArn=f"{RECIPES}/aws-hrnn")
    algorithm = personalize.describe_algorithm(
        algorithmArn="arn:aws:personalize:::algorithm/aws-sims"
    )["algorithm"]
    assert algorithm["defaultHyperParameters"]["popularity_discount_factor"] == "0.5"
    ranges = algorithm["defaultHyperParameterRanges"]
    assert ranges["integerHyperParameterRanges"] == [
        {
            "name": "min_cointeraction_count",
            "minValue": 0,
            "maxValue": 10,
            "isTunable": True,
        }
    ]


def test_lists_are_narrowed_by_their_parents(world, personalize):
    _, arns = world
    solution, version = arns["solutionArn"], arns["solutionVersionArn"]
    versions = personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    assert [each["solutionVersionArn"] for each in versions] == [version]
    assert len(personalize.list_solution_versions()["solutionVersions"]) == 2
    campaigns = personalize.list_campaigns(solutionArn=solution)["campaigns"]
    assert [each["campaignArn"] for each in campaigns] == [arns["campaignArn"]]
    other = arns["segmentVersionArn"].rpartition("/")[0]
    assert personalize.list_campaigns(solutionArn=other)["campaigns"] == []
    filters = personalize.list_filters(datasetGroupArn=arns["datasetGroupArn"])["Filters"]
    assert [each["name"] for each in filters] == ["unseen"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "INCLUDE ItemID WERE Items.A = 1",
            "WHERE was expected, and there is WERE at character 16",
        ),
        (
            'EXCLUDE ItemID WHERE Interactions.DEVICE IN ("a")',
            "Interactions can be filtered by EVENT_TYPE only at character 22",
        ),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(world, expression, message):
    cloud, arns = world
    personalize = connect(cloud.answer, "personalize")
    with pytest.raises(ClientError, match=r"Could not create filter\.") as raised:
        personalize.create_filter(
            name="new", datasetGroupArn=arns["datasetGroupArn"], filterExpression=expression
        )
    assert raised.value.response["Error"]["Code"] == "InvalidInputException"
    assert message in str(raised.value)


def test_filters_of_a_group_look_at_ten_fields_at_most(world):
    cloud, arns = world
    personalize = connect(cloud.answer, "personalize")

    def create(name, fields):
        personalize.create_filter(
            name=name,
            datasetGroupArn=arns["datasetGroupArn"],
            filterExpression="INCLUDE ItemID WHERE "
            + " AND ".join(f"Items.{field} = 1" for field in fields),
        )

    create("one", "ABCDE")  # and the world's own filter looks at another one
    create("two", "abFG")
    create("three", "HI")
    with pytest.raises(ClientError, match="no more than 10 different fields"):
        create("four", "J")
