"""Batch jobs: recommendations, or segments of users, from and to files in S3."""

from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import Recipe, recipe
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.configs import check_exploration
from lab_kit.personalize.families.places import check_batch

USUAL_RESULTS = 25


def complete_inference(_: Ground, draft: Draft) -> None:
    """Recommendations, themes too; not for recipes that make segments or have no batch."""
    _complete(draft)
    draft.record.setdefault("batchInferenceJobMode", "BATCH_INFERENCE")
    check_exploration(draft.record.get("batchInferenceJobConfig", {}))
    used = _recipe_of(draft)
    if used is not None and (used.type == "USER_SEGMENTATION" or not used.batch):
        raise refusals.invalid(f"The recipe has no batch recommendations: {used.arn}")
    if draft.record["batchInferenceJobMode"] == "THEME_GENERATION":
        if used is not None and used.name != "aws-similar-items":
            raise refusals.invalid("Themes are generated with recipe aws-similar-items only.")
        if "themeGenerationConfig" not in draft.request:
            raise refusals.invalid("THEME_GENERATION needs a themeGenerationConfig.")


def complete_segment(_: Ground, draft: Draft) -> None:
    """Segments of users, with the recipes that make them."""
    _complete(draft)
    used = _recipe_of(draft)
    if used is not None and used.type != "USER_SEGMENTATION":
        raise refusals.invalid(f"The recipe makes no user segments: {used.arn}")


def _complete(draft: Draft) -> None:
    named(draft)
    draft.record["solutionVersionArn"] = draft.parents["solutionVersionArn"].arn
    draft.record.setdefault("numResults", USUAL_RESULTS)
    check_batch(
        draft.request["jobInput"]["s3DataSource"]["path"],
        draft.request["jobOutput"]["s3DataDestination"]["path"],
    )


def _recipe_of(draft: Draft) -> Recipe | None:
    trained_with = draft.parents["solutionVersionArn"].record.get("recipeArn")
    return recipe(trained_with) if trained_with else None
