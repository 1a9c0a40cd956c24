"""The server as a process: started once, found, busy, idle, stopped."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import psutil
import pytest

import lab_kit
from lab_kit.cloud import launch, lock
from lab_kit.cloud.front import Front
from lab_kit.cloud.home import Home, Keys, Notice
from lab_kit.cloud.server import THREADS, WAITERS, listen
from lab_kit.cloud.settings import Settings
from lab_kit.errors import LabKitError
from tests.aws.test_jobs import wait_for
from tests.cloud.inprocess import connect
from tests.personalize.world import INTERACTIONS, open_cloud


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "cloud")
    yield made
    launch.stop(made)


def client(endpoint, service):
    session = boto3.Session(
        endpoint.keys.access_key, endpoint.keys.secret_key, region_name="us-east-1"
    )
    return session.client(service, endpoint_url=endpoint.url)


def test_one_server_a_folder_however_many_ask_at_once(home):
    script = (
        "import sys; from pathlib import Path; from lab_kit.cloud.home import Home\n"
        "from lab_kit.cloud.launch import ensure\n"
        "print(ensure(Home(Path(sys.argv[1]))).port)"
    )
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(home.folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    ports = {process.communicate()[0].strip() for process in asking}
    assert len(ports) == 1
    assert {process.returncode for process in asking} == {0}
    assert launch.find(home).port == int(ports.pop())


def test_a_stopped_server_comes_back_on_its_port_with_what_it_held(home):
    first = launch.ensure(home)
    client(first, "personalize").create_schema(name="kept", schema=_schema())
    pid = home.notice().pid
    assert launch.stop(home)
    assert not launch.stop(home)
    assert launch.find(home) is None
    second = launch.ensure(home)
    assert (second.port, second.keys) == (first.port, first.keys)
    assert home.notice().pid != pid
    schemas = client(second, "personalize").list_schemas()["schemas"]
    assert [each["name"] for each in schemas] == ["kept"]
    assert "listening on" in home.log.read_text(encoding="utf-8")


def _schema():
    import json

    return json.dumps(INTERACTIONS)


def test_a_port_in_use_is_named_and_the_usual_one_gives_way(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LabKitError, match=f"Port {port} is in use") as raised:
            launch.ensure(home, port)
        assert "choose another port" in raised.value.next_step
        home.post(
            Notice(port, 2**22 - 1, lab_kit.__version__, 0.0)
        )  # it had that port the last time
        endpoint = launch.ensure(home)
        assert endpoint.port != port
    with pytest.raises(LabKitError, match=f"already runs on port {endpoint.port}"):
        launch.ensure(home, port)


def test_two_versions_of_the_kit_on_one_folder(home, monkeypatch):
    launch.ensure(home)
    monkeypatch.setattr(launch, "__version__", "9.9.9")
    with pytest.raises(LabKitError, match=r"serves this folder, and this is version 9\.9\.9"):
        launch.ensure(home)
    assert launch.stop(home)  # which the message advises


def test_a_damaged_memory_is_named_with_the_way_out(home):
    home.prepare()
    (home.folder / "memory.sqlite").write_bytes(b"damaged" * 1000)
    with pytest.raises(LabKitError, match="lab-kit cloud reset") as raised:
        launch.ensure(home)
    assert "memory.sqlite" in raised.value.where


def test_damaged_keys_are_named(home):
    home.prepare()
    (home.folder / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(LabKitError, match="keys cannot be read"):
        launch.ensure(home)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    place = tmp_path / "file"
    place.write_text("in the way", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be written") as raised:
        launch.ensure(Home(place / "cloud"))
    assert "LAB_KIT_HOME" in raised.value.next_step


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk_is_named(tmp_path, monkeypatch):
    full = Home(tmp_path / "cloud")
    write = os.open

    def open_on_a_full_disk(path, *arguments, **more):
        return write("/dev/full" if "keys." in str(path) else path, *arguments, **more)

    monkeypatch.setattr(os, "open", open_on_a_full_disk)
    with pytest.raises(LabKitError, match="No space left on device"):
        launch.ensure(full)


@pytest.mark.parametrize("value", ["soon", "-1", "inf", "nan"])
def test_a_setting_that_is_no_number_is_named(home, monkeypatch, value):
    monkeypatch.setenv("LAB_KIT_CLOUD_IDLE", value)
    with pytest.raises(LabKitError, match="no number of seconds"):
        launch.ensure(home)
    monkeypatch.delenv("LAB_KIT_CLOUD_IDLE")
    assert Settings.of_environment() == Settings()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere an idle server just stops")
def test_an_idle_server_sleeps_and_the_next_call_wakes_it(home, monkeypatch):
    monkeypatch.setenv("LAB_KIT_CLOUD_IDLE", "1")
    endpoint = launch.ensure(home)
    s3 = client(endpoint, "s3")
    s3.create_bucket(Bucket="bucket")
    server = psutil.Process(home.notice().pid)
    wait_for(lambda: home.notice().asleep)
    wait_for(lambda: any("sleeper.py" in word for word in server.cmdline()))
    assert server.memory_info().rss < 30 * 2**20
    assert lock.take(home.lock) is None  # the folder is still its own
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["bucket"]
    awake = home.notice()
    assert (awake.port, awake.pid, awake.asleep) == (endpoint.port, server.pid, False)
    wait_for(lambda: home.notice().asleep)
    assert launch.stop(home)
    wait_for(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)


def test_a_server_whose_folder_is_gone_ends(tmp_path):
    import shutil

    home = Home(tmp_path / "cloud")
    launch.ensure(home)
    server = psutil.Process(home.notice().pid)
    try:
        shutil.rmtree(home.folder)
    except PermissionError:
        pytest.skip("here the folder of a running server cannot be removed")
    wait_for(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)


def test_mixed_calls_of_many_threads_lose_nothing(server):
    _, endpoint = server
    clients = {name: client(endpoint, name) for name in ("personalize", "s3", "ssm", "iam")}
    clients["s3"].create_bucket(Bucket="threads")
    clients["ssm"].put_parameter(Name="counter", Value="0", Type="String")
    lock_free = threading.Barrier(8)

    def work(thread):
        lock_free.wait()
        for turn in range(10):
            name = f"t{thread}-{turn}"
            clients["personalize"].create_schema(name=name, schema=_schema())
            clients["s3"].put_object(Bucket="threads", Key=name, Body=name.encode())
            clients["ssm"].put_parameter(Name="counter", Value=name, Overwrite=True)
            assert clients["s3"].get_object(Bucket="threads", Key=name)["Body"].read().decode() == (
                name
            )
        clients["iam"].create_user(UserName=f"user-{thread}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    names = {f"t{thread}-{turn}" for thread in range(8) for turn in range(10)}
    listed = clients["personalize"].get_paginator("list_schemas").paginate()
    assert names <= {each["name"] for page in listed for each in page["schemas"]}
    keys = clients["s3"].list_objects_v2(Bucket="threads")["Contents"]
    assert {each["Key"] for each in keys} == names
    assert clients["ssm"].get_parameter(Name="counter")["Parameter"]["Version"] == 81
    assert {f"user-{n}" for n in range(8)} <= {
        each["UserName"] for each in clients["iam"].list_users()["Users"]
    }


def test_calls_that_wait_leave_room_for_those_that_do_not(tmp_path):
    cloud = open_cloud(tmp_path / "cloud", patience=2, waiters=WAITERS)  # whose jobs never run
    listening = listen(0, 0)
    front = Front(cloud.answer, listening, THREADS)
    thread = threading.Thread(target=front.run, args=(lambda: False,))
    thread.start()
    endpoint = launch.Endpoint(listening.getsockname()[1], Keys("AKIA", "secret"))
    clients = [client(endpoint, "personalize") for _ in range(THREADS + 6)]
    group = clients[0].create_dataset_group(name="never")["datasetGroupArn"]
    begun = time.monotonic()

    def describe(one):
        one.describe_dataset_group(datasetGroupArn=group)
        return time.monotonic() - begun

    with ThreadPoolExecutor(len(clients)) as pool:
        waiting = [pool.submit(describe, one) for one in clients]
        time.sleep(0.5)
        clients[0].list_schemas()
        assert time.monotonic() - begun < 1.9
        took = [each.result() for each in waiting]
    assert sum(seconds >= 2 for seconds in took) == WAITERS
    front.end()
    thread.join()
    front.close()
    cloud.ground.database.close()


def test_the_first_calls_may_come_all_at_once(tmp_path):
    cloud = open_cloud(tmp_path / "cloud")
    connect(cloud.answer, "s3").create_bucket(Bucket="bucket")
    cloud.ground.database.close()
    cloud = open_cloud(tmp_path / "cloud")  # as after a restart: nothing is loaded
    clients = [connect(cloud.answer, "s3") for _ in range(8)]
    together = threading.Barrier(8)

    def put(number):
        together.wait()
        clients[number].put_object(Bucket="bucket", Key=str(number), Body=b"x" * number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(8)))
    bodies = [
        clients[0].get_object(Bucket="bucket", Key=str(number))["Body"].read()
        for number in range(8)
    ]
    assert [len(body) for body in bodies] == list(range(8))
    cloud.ground.database.close()


def test_a_client_that_hangs_up_half_way_leaves_no_object(server):
    _, endpoint = server
    s3 = client(endpoint, "s3")
    s3.create_bucket(Bucket="half")
    address = s3.generate_presigned_url("put_object", Params={"Bucket": "half", "Key": "k"})
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
    connection.putrequest("PUT", address.removeprefix(endpoint.url))
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"x" * 1000)
    connection.close()
    assert s3.list_objects_v2(Bucket="half")["KeyCount"] == 0
    s3.put_object(Bucket="half", Key="k", Body=b"whole")
    assert s3.get_object(Bucket="half", Key="k")["Body"].read() == b"whole"


def test_a_body_that_is_no_json_is_refused_as_aws_does(server):
    _, endpoint = server
    scope = f"{endpoint.keys.access_key}/20260101/us-east-1/personalize/aws4_request"
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
    connection.request(
        "POST",
        "/",
        body=b"{not json",
        headers={
            "X-Amz-Target": "AmazonPersonalize.CreateSchema",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0",
        },
    )
    response = connection.getresponse()
    assert response.status == 400
    assert b"SerializationException" in response.read()


def test_the_server_loads_no_pandas_before_a_campaign_answers():
    script = (
        "import sys, tempfile; from pathlib import Path\n"
        "import lab_kit.cloud.server\n"
        "from lab_kit.aws.ground import Ground; from lab_kit.cloud.app import Cloud\n"
        "from tests.cloud.inprocess import connect\n"
        "cloud = Cloud(Ground.under(Path(tempfile.mkdtemp()) / 'cloud'))\n"
        "loaded = set(sys.modules)\n"
        "connect(cloud.answer, 's3').create_bucket(Bucket='bucket')\n"
        "connect(cloud.answer, 'iam').list_roles(); connect(cloud.answer, 'ssm')\n"
        "connect(cloud.answer, 'sts').get_caller_identity()\n"
        "connect(cloud.answer, 'personalize').create_dataset_group(name='n')\n"
        "heavy = {'pandas', 'numpy', 'sklearn', 'duckdb', 'pyarrow', 'scipy', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)), 'moto' in loaded)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.split() == ["[]", "False"], ended.stderr
