"""From CSV files to an active campaign, over the services of a cloud in this process."""

import dataclasses
import json
import threading
import time
from pathlib import Path

import psutil

from lab_kit import data
from lab_kit.aws.ground import Ground
from lab_kit.cloud.app import Cloud
from lab_kit.prepare import schema
from tests.cloud.inprocess import connect
from tests.personalize.world import ROLE, settle

BUCKET = "bench"
MIB = 2**20
RECIPE = "arn:aws:personalize:::recipe/"


def written(name, folder):
    """A data set as the files one imports: those of the shop, or MovieLens-small."""
    found = data.load(name)
    if name == "shop":
        kept = found.interactions.drop(columns=["event_id", "session_id", "impressions"])
        found = dataclasses.replace(found, interactions=kept)
    else:
        found = dataclasses.replace(found, users=None, items=found.items.drop_duplicates("item_id"))
    schema.write(found, folder)
    return [
        kind for kind in ("users", "items", "interactions") if (folder / f"{kind}.csv").exists()
    ]


class Flow:
    """A dataset group of one data set, imported; `version` trains on it."""

    def __init__(self, name, folder):
        self.folder = Path(folder)
        self.files = self.folder / "csv"
        self.kinds = written(name, self.files)
        self.cloud = Cloud(Ground.under(self.folder / "cloud"))
        self.client = connect(self.cloud.answer, "personalize")
        self.seconds = {}
        self.peaks = {}

    def done(self, what):
        """Run the jobs there are; note how long they took and what a child held at most."""
        begun, peak, over = time.monotonic(), [0], threading.Event()

        def watch():
            while not over.wait(0.02):
                for child in psutil.Process().children():
                    try:
                        peak[0] = max(peak[0], child.memory_info().rss)
                    except psutil.Error:
                        continue

        watching = threading.Thread(target=watch)
        watching.start()
        settle(self.cloud)
        over.set()
        watching.join()
        self.seconds[what] = self.seconds.get(what, 0) + time.monotonic() - begun
        self.peaks[what] = max(self.peaks.get(what, 0), peak[0] // MIB)

    def imported(self):
        s3 = connect(self.cloud.answer, "s3")
        s3.create_bucket(Bucket=BUCKET)
        self.group = self.client.create_dataset_group(name="bench")["datasetGroupArn"]
        self.done("group")
        for kind in self.kinds:
            text = (self.files / f"{kind}.schema.json").read_text(encoding="utf-8")
            made = self.client.create_schema(name=kind, schema=text)["schemaArn"]
            dataset = self.client.create_dataset(
                name=kind, schemaArn=made, datasetGroupArn=self.group, datasetType=kind
            )["datasetArn"]
            self.done("dataset")
            s3.upload_file(str(self.files / f"{kind}.csv"), BUCKET, f"{kind}.csv")
            job = self.client.create_dataset_import_job(
                jobName=kind,
                datasetArn=dataset,
                dataSource={"dataLocation": f"s3://{BUCKET}/{kind}.csv"},
                roleArn=ROLE,
            )["datasetImportJobArn"]
            self.done("import")
            shown = self.client.describe_dataset_import_job(datasetImportJobArn=job)
            assert shown["datasetImportJob"]["status"] == "ACTIVE", json.dumps(shown, default=str)
        return self

    def version(self, recipe, **request):
        solution = self.client.create_solution(
            name=f"s{len(self.client.list_solutions()['solutions'])}",
            datasetGroupArn=self.group,
            recipeArn=RECIPE + recipe,
            **request,
        )["solutionArn"]
        self.done("solution")
        made = self.client.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        self.done(f"train {recipe}")
        shown = self.client.describe_solution_version(solutionVersionArn=made)["solutionVersion"]
        assert shown["status"] == "ACTIVE", shown["failureReason"]
        return made
