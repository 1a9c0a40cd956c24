"""What Personalize does by itself when its time has come, on the clock of the cloud.

Solutions with automatic training are trained within an hour, and then at their rate; campaigns that
follow their solution take the newest version; recommenders are trained again every seven days.
Source: https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html.
"""

import time

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource
from lab_kit.personalize.control import Control
from lab_kit.personalize.desk import settled
from lab_kit.personalize.families.configs import RATE
from lab_kit.personalize.lifecycle import RETRAIN
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.types import TYPES

HOUR, DAY = 3600.0, 86400.0
FIRST = HOUR
"""Seconds after which a solution nobody has trained is trained."""
WEEK = 7 * DAY
"""Seconds after which a recommender is trained again, and a solution that names no rate."""
_PAUSE_SECONDS = 1.0


class Schedule:
    """Looks, when it is called, for what is due; at most once a second, and when time has jumped.

    Args:
        ground: What the local cloud stands on.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._control = Control(ground)
        self._looked = (0.0, ground.clock.ahead)

    def __call__(self) -> bool:
        """Ask for what is due; says whether anything was."""
        now, ahead = time.monotonic(), self._ground.clock.ahead
        if ahead == self._looked[1] and now - self._looked[0] < _PAUSE_SECONDS:
            return False
        self._looked = (now, ahead)
        registry = self._ground.registry
        return any(
            [
                *(self._trained(each) for each in registry.all("Solution")),
                *(self._followed(each) for each in registry.all("Campaign")),
                *(self._retrained(each) for each in registry.all("Recommender")),
            ]
        )

    def _trained(self, solution: Resource) -> bool:
        """Make a version of a solution whose time has come."""
        if solution.status != ACTIVE or not solution.record.get("performAutoTraining"):
            return False
        versions = self._ground.registry.users(solution.arn, "SolutionVersion")
        since, wait = (
            (versions[-1].created, rate_of(solution)) if versions else (solution.created, FIRST)
        )
        if self._ground.clock.time() < since + wait or not all(map(settled, versions)):
            return False
        call = Call("CreateSolutionVersion", solution.region)
        made = self._control.create(
            TYPES["SolutionVersion"], {"solutionArn": solution.arn, "trainingMode": "FULL"}, call
        )
        self._ground.registry.update(made["solutionVersionArn"], trainingType="AUTOMATIC")
        return True

    def _followed(self, campaign: Resource) -> bool:
        """Have a campaign that follows its solution answer with the newest version."""
        config = campaign.record.get("campaignConfig", {})
        if not config.get("syncWithLatestSolutionVersion") or not settled(campaign):
            return False
        solution = campaign.record["solutionVersionArn"].rpartition("/")[0]
        versions = self._ground.registry.users(solution, "SolutionVersion")
        newest = [each.arn for each in versions if each.status == ACTIVE][-1:]
        if campaign.status != ACTIVE or campaign.record["solutionVersionArn"] in newest:
            return False
        if not newest:
            return False
        request = {"campaignArn": campaign.arn, "solutionVersionArn": newest[0]}
        self._control.update_campaign(request, Call("UpdateCampaign", campaign.region))
        return True

    def _retrained(self, recommender: Resource) -> bool:
        """Train a recommender again; it goes on answering."""
        trained = recommender.record.get("trained")
        if recommender.status != ACTIVE or trained is None or not settled(recommender):
            return False
        if self._ground.clock.time() < trained + WEEK:
            return False
        self._ground.registry.update(recommender.arn, trained=self._ground.clock.time())
        self._ground.queue.add(RETRAIN, recommender.arn)
        return True


def rate_of(solution: Resource) -> float:
    """Seconds between automatic trainings of a solution."""
    config = solution.record.get("solutionConfig", {}).get("autoTrainingConfig", {})
    found = RATE.fullmatch(config.get("schedulingExpression", ""))
    return int(found[1]) * DAY if found else WEEK
