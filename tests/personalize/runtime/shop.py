"""A small shop with plain tastes, brought to answers by calls as a learner makes them.

Every user likes one of three kinds and takes its items in a circle, so that what a good answer is
can be told by eye. Items n00 to n03 are new: nobody has had them.
"""

import csv
import io
import json
from unittest.mock import patch

import numpy as np

from lab_kit.aws.files import write_json
from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import supervisor
from lab_kit.aws.jobs.child import run
from lab_kit.aws.jobs.process import Process
from lab_kit.cloud.app import Cloud
from tests.cloud.inprocess import connect

ROLE = "arn:aws:iam::123456789012:role/reader"
BUCKET = "shop"
KINDS = ("meat", "fish", "fruit")
DAY = 86_400
LATEST = 1_700_000_000
NULL = "null"


def field(name, type, **more):
    return {"name": name, "type": type, **more}


SCHEMAS = {
    "Interactions": [
        field("USER_ID", "string"),
        field("ITEM_ID", "string"),
        field("TIMESTAMP", "long"),
        field("EVENT_TYPE", "string"),
        field("EVENT_VALUE", [NULL, "float"]),
        field("DEVICE", [NULL, "string"], categorical=True),
        field("IMPRESSION", [NULL, "string"]),
        field("RECOMMENDATION_ID", [NULL, "string"]),
    ],
    "Items": [
        field("ITEM_ID", "string"),
        field("KIND", [NULL, "string"], categorical=True),
        field("PRICE", [NULL, "float"]),
        field("NAME", [NULL, "string"]),
        field("CREATION_TIMESTAMP", "long"),
    ],
    "Users": [field("USER_ID", "string"), field("KIND", "string", categorical=True)],
}


def items():
    """Rows of the Items dataset: i00 to i29, and the new n00 to n03."""
    old = [(f"i{n:02}", KINDS[n % 3], n + 0.5, f"Item {n}", LATEST - 300 * DAY) for n in range(30)]
    new = [(f"n{n:02}", KINDS[n % 3], n + 0.5, f"New {n}", LATEST - n * 8 * DAY) for n in range(4)]
    return [*old, *new]


def users():
    """Rows of the Users dataset: u00 to u59, and u99, who has done nothing."""
    return [*((f"u{n:02}", KINDS[n % 3]) for n in range(60)), ("u99", "fish")]


def interactions():
    """Rows of the Interactions dataset: 24 events each, every sixth one a purchase."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        kind, place = user % 3, int(rng.integers(10))
        for turn in range(24):
            place = (place + 1) % 10 if rng.random() < 0.9 else int(rng.integers(10))
            item = f"i{3 * place + kind:02}"
            when = LATEST - (23 - turn) * DAY - int(rng.integers(DAY)) * (turn < 23)
            event = "Purchase" if turn % 6 == 5 else "View"
            device = "phone" if kind == 0 else "desk"
            rows.append((f"u{user:02}", item, when, event, "", device, "", ""))
    return rows


def settle(cloud):
    """Run all jobs there are, now and in this process, which is faster than child processes."""
    for resource in cloud.ground.registry.all():
        cloud.ground.queue.hurry(resource.arn)
    with patch.object(supervisor, "Process", Here):
        while cloud.supervisor.busy:
            if not cloud.supervisor.step():
                return  # what is left is not due yet


def pass_time(cloud, by):
    """Put the clock forward, and have done what is due by then."""
    cloud.ground.clock.advance(by)
    with patch.object(supervisor, "Process", Here):
        while cloud.supervisor.step():
            pass


class Here:
    """A job's process that is none: the same function, order and folders, in this process."""

    pid, too_big = 0, False

    def __init__(self, folder, function, arguments, _):
        self._folder, self.output = folder, folder / "output"
        write_json(folder / "order.json", {"function": function, "arguments": arguments})
        run(folder)

    def finished(self):
        return True

    outcome, clear = Process.outcome, lambda *_, **__: None


class Shop:
    """The clients, and what was made with them.

    Args:
        folder: The home of the cloud.
    """

    def __init__(self, folder):
        self.cloud = Cloud(Ground.under(folder))
        self.ground = self.cloud.ground
        self.personalize = connect(self.cloud.answer, "personalize")
        self.runtime = connect(self.cloud.answer, "personalize-runtime")
        self.events = connect(self.cloud.answer, "personalize-events")
        self.s3 = connect(self.cloud.answer, "s3")

    def create(self, noun, **request):
        """Create something and wait until it is there; says its ARN."""
        answer = getattr(self.personalize, f"create_{noun}")(**request)
        settle(self.cloud)
        arn = next(value for key, value in answer.items() if key.endswith("Arn"))
        resource = self.ground.registry.require(arn)
        assert resource.status in ("ACTIVE", ""), resource.record.get("failureReason")
        return arn

    def load(self, group, type, fields, rows, domain=None, name=None):
        """Make a dataset of a group and import rows into it; says its ARN."""
        name = name or f"{domain or 'custom'}-{type}"
        avro = {"type": "record", "name": type, "namespace": "x", "fields": fields}
        of = {} if domain is None else {"domain": domain}
        schema = self.create("schema", name=name, schema=json.dumps(avro), **of)
        dataset = self.create(
            "dataset", name=type, schemaArn=schema, datasetGroupArn=group, datasetType=type
        )
        self.fill(dataset, fields, rows, name)
        return dataset

    def fill(self, dataset, fields, rows, name):
        """Import rows into a dataset."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([each["name"] for each in fields])
        writer.writerows(rows)
        self.s3.put_object(Bucket=BUCKET, Key=f"{name}.csv", Body=text.getvalue().encode())
        self.create(
            "dataset_import_job",
            jobName=name,
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://{BUCKET}/{name}.csv"},
            roleArn=ROLE,
        )

    def close(self):
        self.cloud.supervisor.stop()
        self.ground.database.close()


RECIPES = {
    "you": "aws-user-personalization-v2",
    "you1": "aws-user-personalization",
    "ranking": "aws-personalized-ranking-v2",
    "alike": "aws-similar-items",
    "popular": "aws-popularity-count",
}


def build(folder):
    """Import the data, train and deploy; says the ARNs."""
    shop = Shop(folder)
    shop.s3.create_bucket(Bucket=BUCKET)
    arns = {"group": shop.create("dataset_group", name="shop")}
    tables = {"Interactions": interactions(), "Items": items(), "Users": users()}
    for type, rows in tables.items():
        arns[type] = shop.load(arns["group"], type, SCHEMAS[type], rows)
    for name, recipe in RECIPES.items():
        solution = shop.create(
            "solution",
            name=name,
            datasetGroupArn=arns["group"],
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        )
        version = shop.create("solution_version", solutionArn=solution)
        arns[f"{name} version"] = version
        arns[name] = shop.create(
            "campaign",
            name=name,
            solutionVersionArn=version,
            campaignConfig={"enableMetadataWithRecommendations": True},
        )
    tracker = shop.personalize.create_event_tracker(name="t", datasetGroupArn=arns["group"])
    settle(shop.cloud)
    arns["tracking"] = tracker["trackingId"]
    arns["tracker"] = tracker["eventTrackerArn"]
    shop.close()
    return arns
