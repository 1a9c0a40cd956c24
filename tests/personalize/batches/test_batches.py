"""Lines of questions and of answers."""

import json

import numpy as np
import pytest

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.batches.inference import infer
from lab_kit.personalize.batches.lines import QuestionError
from lab_kit.personalize.batches.segments import attributes, segment
from tests.personalize.group import ITEMS, as_json, silent
from tests.personalize.training.conftest import fit, group  # noqa: F401

HALF = ITEMS // 2


@pytest.fixture
def ask(fit, group, tmp_path):  # noqa: F811
    """Answers of a batch job to some questions."""

    def asked(recipe, questions, *, job=infer, filter=None, **record):
        (tmp_path / "in").write_text("\n".join(questions) + "\n", encoding="utf-8")
        arguments = as_json(
            {
                "files": [[str(tmp_path / "in"), "in.json"]],
                "record": {"numResults": 5, "batchInferenceJobMode": "BATCH_INFERENCE", **record},
                "model": str(fit(recipe)[1].folder),
                "filter": filter,
                "sources": group,
            }
        )
        said = job(arguments, Work(tmp_path, silent))
        assert said == {"files": ["in.json.out"], "lines": len(questions)}
        lines = (tmp_path / "in.json.out").read_text(encoding="utf-8").splitlines()
        answers = [json.loads(line) for line in lines]
        assert all(list(each) == ["input", "output", "error"] for each in answers)
        return answers

    return asked


def test_users_get_items_with_chances(ask, fit):  # noqa: F811
    recipe = "aws-user-personalization-v2"
    config = {"itemExplorationConfig": {"explorationWeight": "0"}}
    answers = ask(
        recipe, ['{"userId": "u3"}', '{"userId": "nobody"}'], batchInferenceJobConfig=config
    )
    model = fit(recipe)[1].model
    expected = model.recommend("u3", 5, repeats=True)
    output = answers[0]["output"]
    assert answers[0]["input"] == {"userId": "u3"}
    assert output["recommendedItems"] == expected.items.tolist()
    scores = model.score("u3").astype(float)
    odds = np.exp(scores - scores.max())
    best = np.sort(odds / odds.sum())[::-1][:5]
    assert output["scores"] == pytest.approx(best, abs=6e-8)
    assert len(answers[1]["output"]["recommendedItems"]) == 5


def test_exploration_changes_the_lists_only_where_items_are_young(ask):
    config = {"itemExplorationConfig": {"explorationWeight": "1", "explorationItemAgeCutOff": "0"}}
    questions = [f'{{"userId": "u{n}"}}' for n in range(5)]
    recipe = "aws-user-personalization-v2"
    old = ask(recipe, questions, batchInferenceJobConfig=config)
    none = {"itemExplorationConfig": {"explorationWeight": "0"}}
    assert old == ask(recipe, questions, batchInferenceJobConfig=none)


def test_a_list_is_ranked_and_unknown_items_come_last(ask):
    question = '{"userId": "u0", "itemList": ["new", "i40", "i3", "i3", "i50"]}'
    output = ask("aws-personalized-ranking-v2", [question])[0]["output"]
    assert output["recommendedItems"][0] == "i3"
    assert output["recommendedItems"][-1] == "new"
    assert sorted(output["recommendedItems"]) == ["i3", "i40", "i50", "new"]
    assert output["scores"][-1] == 0
    assert sum(output["scores"]) == pytest.approx(1, abs=1e-6)


def test_related_items_have_no_scores_and_unknown_items_get_the_popular(ask, fit):  # noqa: F811
    output = ask("aws-similar-items", ['{"itemId": "i5"}', '{"itemId": "?"}'])
    model = fit("aws-similar-items")[1].model
    assert output[0]["output"] == {"recommendedItems": model.similar("i5", 5).items.tolist()}
    popular = model.items.values[np.argsort(-model.popular, kind="stable")[:5]]
    assert output[1]["output"]["recommendedItems"] == popular.tolist()


def test_popularity_influences_what_reads_alike(ask, fit, group):  # noqa: F811
    from lab_kit.personalize.storage.frames import read

    recipe, config = "aws-semantic-similarity", {"rankingInfluence": {"POPULARITY": 1.0}}
    (plain,) = ask(recipe, ['{"itemId": "i5"}'], numResults=60)
    (line,) = ask(recipe, ['{"itemId": "i5"}'], numResults=60, batchInferenceJobConfig=config)
    listed = fit(recipe)[1].model.similar("i5", 60)
    assert plain["output"]["recommendedItems"] == listed.items.tolist()
    events = read(group["INTERACTIONS"])["item_id"].value_counts()
    worth = listed.scores * (1 + events[listed.items].to_numpy() / events.max())
    order = np.argsort(-worth, kind="stable")
    assert line["output"]["recommendedItems"] == listed.items[order].tolist()


def test_a_filter_is_asked_anew_for_every_line(ask):
    questions = [
        '{"userId": "u0", "filterValues": {"G": "\\"comedy\\""}}',
        '{"userId": "u0", "filterValues": {"G": "\\"drama\\""}}',
    ]
    text = "INCLUDE ItemID WHERE Items.GENRES IN ($G)"
    comedy, drama = ask("aws-user-personalization-v2", questions, filter=text)
    halves = [
        [int(item[1:]) >= HALF for item in each["output"]["recommendedItems"]]
        for each in (comedy, drama)
    ]
    assert halves == [[True] * 5, [False] * 5]


def test_a_line_that_is_wrong_says_so_and_the_others_are_answered(ask):
    questions = ['{"userId": "u0"}', "{", '{"user": "u0"}', "[1]"]
    answers = ask("aws-user-personalization-v2", questions)
    assert [each["error"] is None for each in answers] == [True, False, False, False]
    assert answers[2]["error"] == "userId has to be there, as text."
    assert answers[1]["input"] == "{"


def test_a_job_without_questions_fails(ask):
    with pytest.raises(JobError, match="holds no line"):
        ask("aws-user-personalization-v2", [""])


def test_segments_hold_the_users_of_an_item(ask):
    answers = ask("aws-item-affinity", ['{"itemId": "i3"}', '{"itemId": "?"}'], job=segment)
    users = answers[0]["output"]["usersList"]
    assert len(users) == 5
    assert all(int(user[1:]) % 2 == 0 for user in users)
    assert answers[1]["error"] == "There is no item ?."


def test_segments_can_be_filtered_by_attributes_of_users(ask):
    text = 'INCLUDE UserID WHERE Users.TEAM IN ("t1")'
    answers = ask("aws-item-affinity", ['{"itemId": "i3"}'], job=segment, filter=text)
    assert all(int(user[1:]) % 2 == 1 for user in answers[0]["output"]["usersList"])


def test_segments_by_attribute(ask):
    questions = [
        json.dumps({"itemAttributes": 'ITEMS.genres = "comedy" AND ITEMS.genres = "music"'}),
        json.dumps({"itemAttributes": 'ITEMS.genres = "western"'}),
        json.dumps({"itemAttributes": 'ITEMS.genres = "comedy" OR ITEMS.genres = "drama"'}),
    ]
    comedy, western, either = ask("aws-item-attribute-affinity", questions, job=segment)
    assert all(int(user[1:]) % 2 == 1 for user in comedy["output"]["usersList"])
    assert western["error"] == "No item has these attributes."
    assert either["error"] == "itemAttributes may hold ITEMS.FIELD = VALUE, joined by AND."


@pytest.mark.parametrize(
    "text",
    [
        'ITEMS.genres != "a"',
        "ITEMS.price > 3",
        'INTERACTIONS.event_type = "a"',
        'ITEMS.genres = "a" | INCLUDE ItemID WHERE ITEMS.genres = "b"',
        "ITEMS.genres =",
    ],
)
def test_only_equalities_joined_by_and_are_attributes(text):
    with pytest.raises(QuestionError):
        attributes(text)


def test_themes_name_what_the_items_share(ask):
    config = {"fieldsForThemeGeneration": {"itemName": "TITLE"}}
    answers = ask(
        "aws-similar-items",
        ['{"itemId": "i5"}', '{"itemId": "i45"}'],
        batchInferenceJobMode="THEME_GENERATION",
        themeGenerationConfig=config,
    )
    sad, happy = (each["output"] for each in answers)
    assert sad["theme"].startswith("drama: ")
    assert sad["theme"].partition(": ")[2] in ("sad", "rain", "winter")
    assert happy["theme"].split(": ")[0] in ("comedy", "music")
    assert happy["theme"].split(": ")[1] in ("happy", "sun", "summer")
    assert len(sad["itemsThemeRelevanceScores"]) == len(sad["recommendedItems"])
    assert all(0 <= each <= 1 for each in sad["itemsThemeRelevanceScores"])


def test_themes_need_a_name_and_running_text(ask):
    config = {"fieldsForThemeGeneration": {"itemName": "NAME"}}
    with pytest.raises(JobError, match="no text field NAME"):
        ask(
            "aws-similar-items",
            ['{"itemId": "i5"}'],
            batchInferenceJobMode="THEME_GENERATION",
            themeGenerationConfig=config,
        )
