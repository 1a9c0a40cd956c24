"""What a solution may be told, and how it is refused what it may not."""

import pytest
from botocore.exceptions import ClientError

from lab_kit.aws.errors import ServiceError
from lab_kit.personalize.catalogue import recipe, recipes
from lab_kit.personalize.families.configs import check_config, check_exploration, check_objective
from lab_kit.personalize.families.searches import METRICS, check_automl, check_search
from lab_kit.personalize.training.metrics import NAMES
from tests.cloud.inprocess import connect

RECIPE = "arn:aws:personalize:::recipe/"
USER, SIMS, TREND = "aws-user-personalization", "aws-sims", "aws-trending-now"


def hyper(**values):
    return {"algorithmHyperParameters": values}


def feature(**values):
    return {"featureTransformationParameters": values}


def events(*pairs):
    listed = [{"eventType": name, "weight": weight} for name, weight in pairs]
    return {"eventsConfig": {"eventParametersList": listed}}


def rate(text):
    return {"autoTrainingConfig": {"schedulingExpression": text}}


def integers(name, low, high):
    return {"integerHyperParameterRanges": [{"name": name, "minValue": low, "maxValue": high}]}


def reals(name, low, high):
    return {"continuousHyperParameterRanges": [{"name": name, "minValue": low, "maxValue": high}]}


def words(name, *values):
    return {"categoricalHyperParameterRanges": [{"name": name, "values": list(values)}]}


def search(ranges=None, **resources):
    return {"algorithmHyperParameterRanges": ranges or {}, "hpoResourceConfig": resources}


def refused(check, *arguments):
    with pytest.raises(ServiceError) as raised:
        check(*arguments)
    assert raised.value.code == "InvalidInputException"
    return raised.value.message


@pytest.mark.parametrize("used", recipes().values(), ids=lambda each: each.name)
def test_what_describe_algorithm_shows_is_taken(used):
    check_config(used, hyper(**{each.name: each.default for each in used.parameters}))
    for each in used.parameters:
        for value in each.range or each.values:
            check_config(used, hyper(**{each.name: str(value)}))


@pytest.mark.parametrize(
    ("name", "config", "said"),
    [
        (USER, hyper(hidden_size="64"), "hidden_size is no hyperparameter of aws-user-"),
        (USER, hyper(hidden_dimension="31"), "has to lie between 32 and 256"),
        (USER, hyper(hidden_dimension="257"), "has to lie between 32 and 256"),
        (USER, hyper(hidden_dimension="64.5"), "has to be a whole number"),
        (USER, hyper(hidden_dimension="many"), "has to be a whole number"),
        (USER, hyper(recency_mask="perhaps"), "has to be one of true, false"),
        (USER, hyper(max_user_history_length_percentile="99"), "has to lie between 0.0 and 1.0"),
        (SIMS, hyper(popularity_discount_factor="nan"), "has to be a number"),
        (SIMS, hyper(bptt="3"), "bptt is no hyperparameter of aws-sims"),
        (TREND, feature(trend_discovery_frequency="2 hours"), "30 minutes, 1 hour, 3 hours, 1 day"),
        (TREND, hyper(trend_discovery_frequency="weekly"), "30 minutes, 1 hour, 3 hours, 1 day"),
        ("aws-next-best-action", hyper(action_optimization_period="soon"), "a number of days"),
        ("aws-next-best-action", feature(action_optimization_period="0"), "a number of days"),
        (USER, events(("View", 1.0)), "eventsConfig is not supported by aws-user-person"),
        (f"{USER}-v2", events(("View", 0), ("Buy", 0)), "whose weight is above 0"),
        (f"{USER}-v2", events(("View", 1), ("VIEW", 0.5)), "eventsConfig has View several times"),
        (USER, {"eventValueThreshold": "high"}, "eventValueThreshold has to be a number"),
        (USER, rate("rate(0 days)"), "with 1 to 30 days"),
        (USER, rate("rate(31 days)"), "with 1 to 30 days"),
        (USER, rate("rate(3 hours)"), "with 1 to 30 days"),
        (USER, rate("cron(0 0 * * *)"), "with 1 to 30 days"),
    ],
)
def test_a_configuration_that_does_not_fit_its_recipe(name, config, said):
    assert said in refused(check_config, recipe(RECIPE + name), config)


def test_whole_numbers_may_have_a_point():
    from lab_kit.personalize.training.recipes import values_of

    used = recipe(RECIPE + USER)
    check_config(used, hyper(bptt="7.0"))
    assert values_of(used, {"bptt": "7.0"})["bptt"] == 7


def test_the_guides_own_search_is_taken():
    """https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html."""
    ranges = {**words("recency_mask", "true", "false"), **integers("bptt", 2, 22)}
    ranges |= {"continuousHyperParameterRanges": []}
    given = search(ranges, maxNumberOfTrainingJobs="4", maxParallelTrainingJobs="2")
    check_search(recipe(RECIPE + USER), given)


@pytest.mark.parametrize(
    ("name", "config", "said"),
    [
        (USER, search(integers("width", 1, 2)), "width is no hyperparameter of aws-user-"),
        (f"{USER}-v2", search(words("apply_recency_bias", "true")), "that is tuned"),
        (USER, search(integers("bptt", 20, 40)), "bptt of aws-user-personalization has to lie"),
        (USER, search(integers("bptt", 9, 3)), "The minValue of bptt, 9, is above its maxValue, 3"),
        (USER, search(reals("bptt", 2, 3)), "has a range of type integer, not continuous"),
        (USER, search(words("recency_mask")), "has no values"),
        (USER, search(words("recency_mask", "yes")), "has to be one of true, false"),
        (
            USER,
            search({"integerHyperParameterRanges": [{"name": "bptt", "minValue": 2}]}),
            "needs a minValue and a maxValue",
        ),
        (USER, search({"integerHyperParameterRanges": [{"minValue": 2}]}), "has no name"),
        (
            USER,
            search({kind: [*each, *each] for kind, each in integers("bptt", 2, 3).items()}),
            "bptt has several ranges",
        ),
        (USER, search(maxNumberOfTrainingJobs="41"), "a whole number between 1 and 40"),
        (USER, search(maxNumberOfTrainingJobs="0"), "a whole number between 1 and 40"),
        (USER, search(maxNumberOfTrainingJobs="some"), "a whole number between 1 and 40"),
        (USER, search(maxParallelTrainingJobs="11"), "a whole number between 1 and 10"),
        (USER, {"hpoObjective": {"metricName": "auc"}}, "The metricName of hpoObjective has to"),
        (USER, {"hpoObjective": {"type": "Best"}}, "has to be one of Maximize, Minimize"),
    ],
)
def test_a_search_that_cannot_be_made(name, config, said):
    assert said in refused(check_search, recipe(RECIPE + name), config)


def test_a_search_among_recipes_is_for_those_that_recommend_to_users():
    check_automl({"metricName": "precision_at_10", "recipeList": [RECIPE + USER]})
    assert "among recipes of type USER_PERSONALIZATION" in refused(
        check_automl, {"recipeList": [RECIPE + SIMS]}
    )
    assert "The metricName of autoMLConfig" in refused(check_automl, {"metricName": "auc"})


def test_searches_are_for_what_is_measured():
    assert set(METRICS) == {"coverage", *NAMES}


def objective(name, **columns):
    return {"optimizationObjective": {"itemAttribute": name}, "trainingDataConfig": columns}


ITEMS = {
    "PRICE": {"type": "float"},
    "STOCK": {"type": ["null", "int"]},
    "NAME": {"type": "string"},
}


def test_an_objective_is_a_number_that_every_item_has():
    for name in ("PRICE", "price"):
        check_objective(recipe(RECIPE + USER), objective(name), ITEMS)
    check_objective(recipe(f"{RECIPE}aws-personalized-ranking-v2"), objective("PRICE"), ITEMS)
    check_objective(recipe(RECIPE + USER), objective("PRICE"), None)
    check_objective(recipe(RECIPE + SIMS), {}, ITEMS)


@pytest.mark.parametrize(
    ("name", "config", "said"),
    [
        (USER, objective("STOCK"), "has to be a column of the Items dataset that has a numerical"),
        (USER, objective("NAME"), "has to be a column of the Items dataset that has a numerical"),
        (USER, objective("WEIGHT"), "has to be a column of the Items dataset that has a numerical"),
        (SIMS, objective("PRICE"), "not for aws-sims"),
        (
            USER,
            objective("PRICE", excludedDatasetColumns={"Items": ["price"]}),
            "cannot be excluded",
        ),
        (
            USER,
            objective("PRICE", includedDatasetColumns={"ITEMS": ["NAME"]}),
            "cannot be excluded",
        ),
    ],
)
def test_an_objective_that_cannot_be_reached(name, config, said):
    assert said in refused(check_objective, recipe(RECIPE + name), config, ITEMS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"explorationWeight": "1.1"}, "explorationWeight has to be a number, 0 to 1."),
        ({"explorationWeight": "much"}, "explorationWeight has to be a number, 0 to 1."),
        ({"explorationItemAgeCutOff": "-1"}, "has to be a number, 0 or more."),
        ({"explorationAge": "3"}, "explorationAge is nothing that itemExplorationConfig knows."),
    ],
)
def test_exploration_has_limits(given, said):
    assert said in refused(check_exploration, {"itemExplorationConfig": given})


def test_operations_refuse_what_the_checks_refuse_and_keep_nothing(world):
    cloud, arns = world
    personalize = connect(cloud.answer, "personalize")
    wild = {"itemExplorationConfig": {"explorationWeight": "7"}}
    group = {"datasetGroupArn": arns["datasetGroupArn"]}
    solution = {"name": "new", **group, "recipeArn": RECIPE + USER}
    updated = {"solutionUpdateConfig": rate("rate(90 days)")}
    inference = {
        "jobName": "new",
        "solutionVersionArn": arns["solutionVersionArn"],
        "jobInput": {"s3DataSource": {"path": "s3://b/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://b/out/"}},
        "roleArn": "arn:aws:iam::123456789012:role/r",
    }
    picks = {"datasetGroupArn": arns["domainGroupArn"], "recipeArn": f"{RECIPE}aws-vod-top-picks"}
    before = cloud.ground.registry.all()
    for operation, request, said in (
        ("create_solution", {**solution, "solutionConfig": hyper(bptt="99")}, "bptt"),
        ("create_solution", {**solution, "performIncrementalUpdate": True}, "semantic-similarity"),
        ("create_solution", {"name": "new", **group, "performAutoML": True, "solutionConfig": {
            "autoMLConfig": {"recipeList": [RECIPE + SIMS]}}}, "AutoML chooses"),
        ("update_solution", {"solutionArn": arns["solutionArn"], **updated}, "rate(N days)"),
        ("create_campaign", {"name": "new", "solutionVersionArn": arns["solutionVersionArn"],
                             "campaignConfig": wild}, "explorationWeight"),
        ("update_campaign", {"campaignArn": arns["campaignArn"], "campaignConfig": wild},
         "explorationWeight"),
        ("create_recommender", {"name": "new", **picks, "recommenderConfig": wild},
         "explorationWeight"),
        ("update_recommender", {"recommenderArn": arns["recommenderArn"],
                                "recommenderConfig": wild}, "explorationWeight"),
        ("create_batch_inference_job", {**inference, "batchInferenceJobConfig": wild},
         "explorationWeight"),
    ):  # fmt: skip
        with pytest.raises(ClientError) as raised:
            getattr(personalize, operation)(**request)
        assert raised.value.response["Error"]["Code"] == "InvalidInputException"
        assert said in raised.value.response["Error"]["Message"]
    assert cloud.ground.registry.all() == before
