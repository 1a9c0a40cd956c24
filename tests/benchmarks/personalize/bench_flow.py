"""How long from create_dataset_group to the first recommendation, in what memory? `pytest -s`."""

import time

import pytest

from lab_kit.personalize.storage.places import model_folder
from lab_kit.personalize.training.trained import Trained
from tests.benchmarks.personalize.flow import Flow

MOST_SECONDS, MOST_MIB = 20, 700


@pytest.mark.parametrize("name", ["shop", "movielens-small"])
def test_a_campaign_answers_soon(name, tmp_path):
    flow = Flow(name, tmp_path)
    begun, cpu = time.monotonic(), sum(children_cpu())
    flow.imported()
    version = flow.version("aws-user-personalization-v2")
    flow.client.create_campaign(name="front", solutionVersionArn=version)
    flow.done("campaign")
    resource = flow.cloud.ground.registry.require(version)
    trained = Trained.load(model_folder(flow.cloud.ground, resource))
    user = trained.interactions.users.values[0]
    assert len(trained.model.recommend(user, 25, repeats=True)) == 25
    seconds = time.monotonic() - begun
    print(f"\n{name}: {seconds:.1f} s, of the processor {sum(children_cpu()) - cpu:.1f} s")
    for what, each in flow.seconds.items():
        print(f"  {what}: {each:.1f} s, child at most {flow.peaks[what]} MiB")
    print(f"  metrics: {flow.client.get_solution_metrics(solutionVersionArn=version)['metrics']}")
    assert max(flow.peaks.values()) < MOST_MIB
    assert seconds < MOST_SECONDS


def children_cpu():
    """Processor seconds of this process and of its children that have ended."""
    import psutil

    times = psutil.Process().cpu_times()
    return times.user, times.system, times.children_user, times.children_system
