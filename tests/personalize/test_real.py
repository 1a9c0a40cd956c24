"""The kit's own jobs, in child processes, over boto3: from files to models and back to files."""

import json
import shutil
from datetime import timedelta

import pytest

from lab_kit.aws.ground import Ground
from lab_kit.cloud.app import Cloud
from lab_kit.personalize.storage.places import home, model_folder
from lab_kit.personalize.training.trained import Trained
from tests.cloud.inprocess import connect
from tests.personalize import group
from tests.personalize.world import ROLE, settle

BUCKET = "real"
RECIPE = "arn:aws:personalize:::recipe/"


class Real:
    """A cloud with the kit's own jobs."""

    def __init__(self, folder):
        self.cloud = Cloud(Ground.under(folder))
        self.personalize = connect(self.cloud.answer, "personalize")
        self.s3 = connect(self.cloud.answer, "s3")

    def create(self, noun, **request):
        """Make something and wait for it; its ARN."""
        answer = getattr(self.personalize, f"create_{noun}")(**request)
        settle(self.cloud)
        return next(value for key, value in answer.items() if key.endswith("Arn"))

    def shown(self, arn):
        """The resource as it is."""
        return self.cloud.ground.registry.get(arn)

    def load(self, dataset, key, text, name, **more):
        """Store a file and import it; the job as it is described."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode("utf-8"))
        job = self.create(
            "dataset_import_job",
            jobName=name,
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://{BUCKET}/{key}"},
            roleArn=ROLE,
            **more,
        )
        described = self.personalize.describe_dataset_import_job(datasetImportJobArn=job)
        return described["datasetImportJob"]

    def text(self, key):
        """What an object holds."""
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode("utf-8")

    def close(self):
        self.cloud.supervisor.stop()
        self.cloud.ground.database.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with an imported group and a trained version of two recipes. Do not change it."""
    folder = tmp_path_factory.mktemp("real") / "cloud"
    real = Real(folder)
    real.s3.create_bucket(Bucket=BUCKET)
    arns = {"group": real.create("dataset_group", name="shop")}
    for type in ("INTERACTIONS", "ITEMS"):
        schema = {"type": "record", "name": group.NAMES[type], "fields": group.FIELDS[type]}
        made = real.create("schema", name=type, schema=json.dumps(schema))
        arns[type] = real.create(
            "dataset",
            name=type,
            schemaArn=made,
            datasetGroupArn=arns["group"],
            datasetType=type.title(),
        )
        frame = group.FRAMES[type]()
        job = real.load(arns[type], f"{type}.csv", frame.to_csv(index=False), type)
        assert job["status"] == "ACTIVE", job
    for recipe in ("aws-popularity-count", "aws-item-affinity"):
        arns[f"{recipe} solution"] = real.create(
            "solution", name=recipe, datasetGroupArn=arns["group"], recipeArn=RECIPE + recipe
        )
        arns[recipe] = real.create("solution_version", solutionArn=arns[f"{recipe} solution"])
    real.close()
    return folder, arns


@pytest.fixture
def world(made, tmp_path):
    folder, arns = made
    shutil.copytree(folder, tmp_path / "cloud")
    real = Real(tmp_path / "cloud")
    yield real, arns
    real.close()


def test_a_trained_version_can_be_loaded_and_shows_its_metrics(world):
    real, arns = world
    version = real.shown(arns["aws-popularity-count"])
    assert version.status == "ACTIVE", version.record
    trained = Trained.load(model_folder(real.cloud.ground, version))
    assert len(trained.model.recommend("u1", 5, repeats=True)) == 5
    told = real.personalize.get_solution_metrics(solutionVersionArn=version.arn)["metrics"]
    exact = trained.facts["metrics"]
    assert told == {name: round(exact[name], 4) for name in told}
    assert "precision_at_5" in told
    assert "textbook_ndcg_at_5" not in told


def test_batches_come_from_s3_and_go_there(world):
    real, arns = world
    real.s3.put_object(
        Bucket=BUCKET, Key="in/users.json", Body=b'{"userId": "u1"}\n{"userId": 1}\n'
    )
    real.s3.put_object(Bucket=BUCKET, Key="in/items.json", Body=b'{"itemId": "i1"}\n')
    places = {
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    }
    inference = real.create(
        "batch_inference_job",
        jobName="b",
        solutionVersionArn=arns["aws-popularity-count"],
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in/users"}},
        **places,
    )
    segment = real.create(
        "batch_segment_job",
        jobName="s",
        solutionVersionArn=arns["aws-item-affinity"],
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in/items.json"}},
        numResults=3,
        **places,
    )
    assert real.shown(inference).status == "ACTIVE", real.shown(inference).record
    assert real.shown(segment).status == "ACTIVE", real.shown(segment).record
    first, second = map(json.loads, real.text("out/users.json.out").splitlines())
    assert len(first["output"]["recommendedItems"]) == 25
    assert second["error"] == "userId has to be there, as text."
    assert len(json.loads(real.text("out/items.json.out"))["output"]["usersList"]) == 3


def test_data_is_replaced_added_exported_and_deleted(world):
    real, arns = world
    dataset = arns["ITEMS"]
    head = "ITEM_ID,GENRES,PRICE,TITLE,DESCRIPTION,CREATION_TIMESTAMP\n"
    rows = "new,,,,,\ni0,,7,,,\n"
    job = real.load(dataset, "two.csv", head + rows, "more", importMode="INCREMENTAL")
    assert job["status"] == "ACTIVE", job
    job = real.load(dataset, "bad.csv", "ITEM_ID,GENRES\n", "bad")
    assert job["failureReason"].startswith("Input CSV is missing the following columns:[PRICE,")
    out = {"s3DataDestination": {"path": f"s3://{BUCKET}/exports"}}
    export = real.create(
        "dataset_export_job",
        jobName="all",
        datasetArn=dataset,
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput=out,
    )
    assert real.shown(export).status == "ACTIVE", real.shown(export).record
    lines = real.text("exports/all.csv").splitlines()
    assert len(lines) == 1 + group.ITEMS + 1  # what failed has changed nothing
    assert lines[-2:] == ["new,,,,,", "i0,,7.0,,,"]
    real.s3.put_object(Bucket=BUCKET, Key="gone.csv", Body=b"USER_ID\nu1\nu2\n")
    deletion = real.create(
        "data_deletion_job",
        jobName="gone",
        datasetGroupArn=arns["group"],
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{BUCKET}/gone.csv"},
    )
    described = real.personalize.describe_data_deletion_job(dataDeletionJobArn=deletion)
    events = group.interactions()
    assert described["dataDeletionJob"]["status"] == "COMPLETED"
    assert described["dataDeletionJob"]["numDeleted"] == int(
        events["USER_ID"].isin(["u1", "u2"]).sum()
    )


def test_a_job_whose_output_has_no_bucket_fails(world):
    real, arns = world
    export = real.create(
        "dataset_export_job",
        jobName="none",
        datasetArn=arns["ITEMS"],
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://nowhere/out/"}},
    )
    resource = real.shown(export)
    assert resource.status == "CREATE FAILED"
    assert resource.record["failureReason"] == (
        "Insufficient privileges for accessing data in Amazon S3."
    )


def test_what_is_deleted_leaves_no_file_behind(world):
    real, arns = world
    real.personalize.delete_solution(solutionArn=arns["aws-popularity-count solution"])
    settle(real.cloud)
    assert len(list((home(real.cloud.ground) / "models").iterdir())) == 1
    real.personalize.delete_dataset(datasetArn=arns["ITEMS"])
    settle(real.cloud)
    assert len(list((home(real.cloud.ground) / "datasets").iterdir())) == 1


def test_a_solution_is_trained_again_when_its_time_has_come(world):
    real, arns = world
    solution = arns["aws-popularity-count solution"]
    campaign = real.create(
        "campaign",
        name="front",
        solutionVersionArn=arns["aws-popularity-count"],
        campaignConfig={"syncWithLatestSolutionVersion": True},
    )
    real.personalize.delete_solution(solutionArn=arns["aws-item-affinity solution"])

    def versions():
        return real.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]

    real.cloud.ground.clock.advance(timedelta(days=6.9))
    settle(real.cloud)
    real.cloud.supervisor.step()
    assert len(versions()) == 1
    real.cloud.ground.clock.advance(timedelta(days=0.2))
    for _ in range(3):  # trained, then followed, then at rest
        real.cloud.supervisor.step()
        settle(real.cloud)
        real.cloud.ground.clock.advance(timedelta(seconds=1))
    assert [each["trainingType"] for each in versions()] == ["MANUAL", "AUTOMATIC"]
    assert versions()[1]["status"] == "ACTIVE"
    newest = versions()[1]["solutionVersionArn"]
    assert real.shown(campaign).record["solutionVersionArn"] == newest
