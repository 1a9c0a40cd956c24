"""Changes of resources, and what is asked of a trained version."""

from typing import Any

from lab_kit.aws.jobs.queue import IN_PROGRESS, UNFINISHED
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import recipe
from lab_kit.personalize.desk import Desk, settled
from lab_kit.personalize.families.attributions import (
    check_columns,
    check_metrics,
    check_output,
)
from lab_kit.personalize.families.campaigns import resolved
from lab_kit.personalize.families.configs import check_config, check_exploration
from lab_kit.personalize.families.datasets import refuse_new_schema
from lab_kit.personalize.families.filters import schemas_of
from lab_kit.personalize.lifecycle import UPDATE
from lab_kit.personalize.states import (
    ACTIVE,
    CREATE_FAILED,
    CREATE_STOPPING,
    INACTIVE,
    in_progress,
    pending,
)
from lab_kit.personalize.types import TYPES


class Updates(Desk):
    """The operations that no rule makes, but for tags and the catalogue."""

    def update_dataset(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Give a dataset a schema with more fields."""
        with self.registry.transaction():
            dataset = self._ready("Dataset", request["datasetArn"], call, ACTIVE)
            new = self.find(TYPES["Schema"], request["schemaArn"], call.region)
            old = self.registry.require(dataset.record["schemaArn"])
            group = self.registry.require(dataset.record["datasetGroupArn"])
            domain = group.record.get("domain")
            refuse_new_schema(new, old, dataset.record["datasetType"], domain)
            self.registry.update(dataset.arn, status=pending("UPDATE"))
            self.registry.set_uses(dataset.arn, [group.arn, old.arn, new.arn])
            self._update(dataset, "latestDatasetUpdate", {"schemaArn": new.arn}, doing="UPDATE")
        return {"datasetArn": dataset.arn}

    def update_solution(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Change when a solution trains by itself, and from which events."""
        changes = {name: value for name, value in request.items() if name != "solutionArn"}
        if not changes:
            raise refusals.invalid("Nothing to update was given.")
        with self.registry.transaction():
            solution = self._ready("Solution", request["solutionArn"], call, ACTIVE)
            config = {
                **solution.record.get("solutionConfig", {}),
                **changes.get("solutionUpdateConfig", {}),
            }
            kept = {key: each for key, each in changes.items() if key != "solutionUpdateConfig"}
            if "recipeArn" in solution.record:
                check_config(recipe(solution.record["recipeArn"]), config)
            if config:
                kept["solutionConfig"] = config
            self._update(solution, "latestSolutionUpdate", changes, kept)
        return {"solutionArn": solution.arn}

    def update_campaign(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Have a campaign answer with another version, or otherwise."""
        changes = {name: value for name, value in request.items() if name != "campaignArn"}
        if not changes:
            raise refusals.invalid("Nothing to update was given.")
        with self.registry.transaction():
            campaign = self._ready("Campaign", request["campaignArn"], call, ACTIVE, CREATE_FAILED)
            if "solutionVersionArn" in changes:
                arn = resolved(self.registry, changes["solutionVersionArn"])
                version = self.find(TYPES["SolutionVersion"], arn, call.region)
                self.require_active(version)
                changes["solutionVersionArn"] = arn
                self.registry.set_uses(campaign.arn, [arn, *self.registry.uses(arn)])
            check_exploration(changes.get("campaignConfig", {}))
            now = {
                name: campaign.record[name]
                for name in ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")
                if name in campaign.record
            }
            self._update(campaign, "latestCampaignUpdate", now | changes)
        return {"campaignArn": campaign.arn}

    def update_recommender(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Change how a recommender answers."""
        with self.registry.transaction():
            recommender = self._ready(
                "Recommender", request["recommenderArn"], call, ACTIVE, INACTIVE
            )
            config = {**recommender.record["recommenderConfig"], **request["recommenderConfig"]}
            check_exploration(config)
            self._update(recommender, "latestRecommenderUpdate", {"recommenderConfig": config})
        return {"recommenderArn": recommender.arn}

    def start_recommender(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Have a stopped recommender answer again, which costs again."""
        return self._switch(request["recommenderArn"], call, INACTIVE, "START", ACTIVE)

    def stop_recommender(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Have a recommender answer, and cost, no more."""
        return self._switch(request["recommenderArn"], call, ACTIVE, "STOP", INACTIVE)

    def update_metric_attribution(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Add and remove metrics, or have their reports written elsewhere."""
        if "metricAttributionArn" not in request:
            raise refusals.invalid("metricAttributionArn must be given.")
        with self.registry.transaction():
            arn = request["metricAttributionArn"]
            attribution = self._ready("MetricAttribution", arn, call, ACTIVE)
            removed = set(request.get("removeMetrics", []))
            there = attribution.record["metrics"]
            if missing := removed - {metric["metricName"] for metric in there}:
                raise refusals.invalid(f"There is no metric {', '.join(sorted(missing))}.")
            metrics = [metric for metric in there if metric["metricName"] not in removed]
            metrics += request.get("addMetrics", [])
            check_metrics(metrics)
            check_columns(metrics, schemas_of(self.ground, attribution.record["datasetGroupArn"]))
            output = request.get("metricsOutputConfig", attribution.record["metricsOutputConfig"])
            check_output(output)
            self.registry.update(arn, metrics=metrics, metricsOutputConfig=output)
        return {"metricAttributionArn": arn}

    def list_metric_attribution_metrics(
        self, request: dict[str, Any], call: Call
    ) -> dict[str, Any]:
        """A page of the metrics of an attribution."""
        if "metricAttributionArn" not in request:
            raise refusals.invalid("metricAttributionArn must be given.")
        type = TYPES["MetricAttribution"]
        metrics = self.find(type, request["metricAttributionArn"], call.region).record["metrics"]
        begin, end = request["nextToken"], request["nextToken"] + request["maxResults"]
        return {"metrics": metrics[begin:end], "nextToken": end if end < len(metrics) else None}

    def stop_solution_version_creation(self, request: dict[str, Any], call: Call) -> None:
        """End a training."""
        with self.registry.transaction():
            arn = request["solutionVersionArn"]
            version = self.find(TYPES["SolutionVersion"], arn, call.region)
            if version.status not in (pending("CREATE"), in_progress("CREATE")):
                needed = f"{pending('CREATE')} or {in_progress('CREATE')}"
                raise refusals.in_state("solution version", arn, version.status, needed)
            for job in self.queue.of(arn):
                if job.state in UNFINISHED:
                    self.queue.cancel(job.id)
                if job.state == IN_PROGRESS:
                    self.registry.update(arn, status=CREATE_STOPPING)

    def get_solution_metrics(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """How good a version was on events held back from training."""
        arn = request["solutionVersionArn"]
        version = self.find(TYPES["SolutionVersion"], arn, call.region)
        self.require_active(version)
        return {"solutionVersionArn": arn, "metrics": version.record.get("metrics", {})}

    def _ready(self, noun: str, arn: str, call: Call, *states: str) -> Resource:
        type = TYPES[noun]
        resource = self.find(type, arn, call.region)
        if resource.status not in states or not settled(resource):
            raise refusals.in_state(type.label, arn, resource.status, " or ".join(states))
        return resource

    def _switch(self, arn: str, call: Call, now: str, doing: str, end: str) -> dict[str, Any]:
        with self.registry.transaction():
            recommender = self._ready("Recommender", arn, call, now)
            self.settle(recommender.arn, doing, end)
        return {"recommenderArn": arn}

    def _update(
        self,
        resource: Resource,
        member: str,
        told: dict[str, Any],
        kept: dict[str, Any] | None = None,
        *,
        doing: str = "CREATE",
    ) -> None:
        """Ask for an update.

        Args:
            resource: What is updated; it stays as it is until the update is done.
            member: The member of its record that tells of the update.
            told: What the update shows.
            kept: What it changes in the record, where that is not the same.
            doing: What comes before its states.
        """
        now = self.ground.clock.time()
        update: dict[str, Any] = {
            member: {
                **told,
                "status": pending(doing),
                "creationDateTime": now,
                "lastUpdatedDateTime": now,
            }
        }
        self.registry.update(resource.arn, **update)
        changes = told if kept is None else kept
        self.soon(UPDATE, resource.arn, {"member": member, "changes": changes, "doing": doing})
