"""How fast the local cloud starts and answers, and how much memory it takes.

    pytest -s tests/benchmarks/cloud/bench_cloud.py

Clients are unmodified boto3 over HTTP, in a process of their own. The bars are those the kit is
held to on two cores: start cold under 3 s and warm under 0.3 s; describe p50 under 4 ms and p99
under 15 ms; 1,600 mixed calls of eight threads without an error or a lost update; under 120 MiB
idle when S3, IAM and STS were used once; an upload of 1 GiB in bounded memory.
"""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import numpy as np
import psutil
import pytest

from lab_kit.cloud import launch
from lab_kit.cloud.home import Home
from tests.personalize.world import INTERACTIONS

MIB = 2**20
START = """
import sys, time
begun = time.perf_counter()
import lab_kit.cloud
lab_kit.cloud.start()
print(time.perf_counter() - begun, file=sys.stderr)
"""


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home" / "cloud")
    yield made
    launch.stop(made)


def connect(home, *services):
    endpoint = launch.ensure(home)
    session = boto3.Session(
        endpoint.keys.access_key, endpoint.keys.secret_key, region_name="us-east-1"
    )
    return [session.client(service, endpoint_url=endpoint.url) for service in services]


def mib(home):
    return psutil.Process(home.notice().pid).memory_info().rss / MIB


class Peak(threading.Thread):
    """The most memory the server holds until `stop`, in MiB."""

    def __init__(self, home):
        super().__init__(daemon=True)
        self._home, self._over, self.mib = home, threading.Event(), 0.0
        self.start()

    def run(self):
        while not self._over.wait(0.02):
            self.mib = max(self.mib, mib(self._home))

    def stop(self):
        self._over.set()
        self.join()
        return self.mib


def started(home):
    """Seconds from nothing to a turned process, as a notebook's first cell takes them."""
    ended = subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, "LAB_KIT_HOME": str(home.folder.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ended.stderr)


def test_start(home):
    cold, warm = [], []
    for _ in range(5):
        launch.stop(home)
        cold.append(started(home))
        warm.append(started(home))
    print(f"\nstart: cold {np.median(cold):.2f} s, warm {np.median(warm):.3f} s (medians of 5)")
    assert np.median(cold) < 3
    assert np.median(warm) < 0.3


def test_describe(home):
    (personalize,) = connect(home, "personalize")
    arn = personalize.create_dataset_group(name="shop")["datasetGroupArn"]
    personalize.describe_dataset_group(datasetGroupArn=arn)
    took = []
    for _ in range(1000):
        begun = time.perf_counter()
        personalize.describe_dataset_group(datasetGroupArn=arn)
        took.append(1000 * (time.perf_counter() - begun))
    p50, p99 = np.percentile(took, [50, 99])
    print(f"\n1,000 describe: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    assert p50 < 4
    assert p99 < 15


def test_mixed_calls_of_eight_threads(home):
    personalize, s3, ssm = connect(home, "personalize", "s3", "ssm")
    s3.create_bucket(Bucket="bucket")
    ssm.put_parameter(Name="counter", Value="0", Type="String")

    def work(thread):
        for turn in range(40):
            name = f"t{thread}-{turn}"
            personalize.create_schema(name=name, schema=json.dumps(INTERACTIONS))
            s3.put_object(Bucket="bucket", Key=name, Body=name.encode())
            assert s3.get_object(Bucket="bucket", Key=name)["Body"].read() == name.encode()
            ssm.put_parameter(Name="counter", Value=name, Overwrite=True)
            personalize.list_schemas(maxResults=20)

    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    seconds = time.perf_counter() - begun
    print(f"\n8 threads x 200 calls: {seconds:.1f} s, {1600 / seconds:.0f} calls a second")
    assert ssm.get_parameter(Name="counter")["Parameter"]["Version"] == 321
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 320
    pages = personalize.get_paginator("list_schemas").paginate()
    assert sum(len(page["schemas"]) for page in pages) == 320


def test_memory(home):
    personalize, s3, iam, sts = connect(home, "personalize", "s3", "iam", "sts")
    personalize.list_schemas()
    before = mib(home)
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"1")
    iam.list_roles()
    sts.get_caller_identity()
    time.sleep(1)
    idle = mib(home)
    print(f"\nidle: {before:.0f} MiB, {idle:.0f} MiB with S3, IAM and STS used once")
    assert idle < 120


def test_an_upload_of_one_gib(home, tmp_path):
    (s3,) = connect(home, "s3")
    s3.create_bucket(Bucket="bucket")
    large = tmp_path / "large"
    with large.open("wb") as file:
        piece = os.urandom(MIB)
        for _ in range(1024):
            file.write(piece)
    results = {}
    for name, call in (
        ("put_object", lambda: s3.put_object(Bucket="bucket", Key="put", Body=large.open("rb"))),
        ("upload_file", lambda: s3.upload_file(str(large), "bucket", "parts")),
        ("download_file", lambda: s3.download_file("bucket", "parts", str(tmp_path / "back"))),
    ):
        peak, begun = Peak(home), time.perf_counter()
        call()
        results[name] = time.perf_counter() - begun, peak.stop()
    print()
    for name, (seconds, peak) in results.items():
        print(f"1 GiB, {name}: {seconds:.1f} s, the server at most {peak:.0f} MiB")
    assert (tmp_path / "back").stat().st_size == 1024 * MIB
    assert max(peak for _, peak in results.values()) < 250
