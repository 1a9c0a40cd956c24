import json
import os
import subprocess
import sys

import boto3
import pytest
from botocore.config import Config

from lab_kit.cli.cloud import lines
from lab_kit.cloud import environment
from lab_kit.errors import LabKitError

THEIRS = {
    "AWS_PROFILE": "work",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "HTTP_PROXY": "http://proxy.example:3128",
    "HTTPS_PROXY": "http://proxy.example:3128",
    "NO_PROXY": "intranet.example",
    "PATH": os.environ["PATH"],
}


def test_what_was_there_comes_back(server):
    now = dict(THEIRS)
    environment.enter(*server, now)
    assert now["AWS_ENDPOINT_URL"] == server[1].url
    assert "AWS_PROFILE" not in now
    assert "AWS_ENDPOINT_URL_S3" not in now
    environment.enter(*server, now)  # twice is once
    assert environment.leave(now)
    assert now == THEIRS
    assert not environment.leave(now)
    assert now == THEIRS


def test_a_users_account_proxy_and_region_are_met_with_care(server, tmp_path):
    """A real profile, a proxy and other endpoints in the environment: the calls still stay here."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n"
        "[work]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n",
        encoding="utf-8",
    )
    now = {**os.environ, **THEIRS, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    environment.enter(*server, now)
    script = (
        "import boto3, json\n"
        "session = boto3.Session()\n"
        "print(json.dumps([session.get_credentials().access_key, session.region_name,\n"
        "    session.available_profiles, boto3.client('sts').get_caller_identity()['Account']]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=now, capture_output=True, text=True, check=True
    )
    keys = server[1].keys
    assert json.loads(ended.stdout) == [
        keys.access_key,
        "eu-central-1",
        ["default"],
        "123456789012",
    ]


def test_no_proxy_is_added_to_and_not_replaced(server):
    changes = environment.variables(*server, {"no_proxy": "intranet.example"})
    assert changes["NO_PROXY"] == changes["no_proxy"] == "intranet.example,127.0.0.1,localhost"
    again = environment.variables(*server, {"NO_PROXY": changes["NO_PROXY"]})
    assert again["NO_PROXY"] == changes["NO_PROXY"]


@pytest.mark.parametrize(
    "around",
    [
        {"endpoint_url": "https://s3.eu-central-1.amazonaws.com"},
        {"endpoint_url": "http://192.0.2.1:9000"},
        {"config": Config(ignore_configured_endpoint_urls=True)},
    ],
)
def test_the_ways_around_the_environment_end_before_anything_is_sent(turned, around):
    with pytest.raises(LabKitError, match="would leave this machine") as raised:
        boto3.client("s3", **around).list_buckets()
    assert 'start(target="aws")' in raised.value.next_step


def test_the_guard_comes_along_into_every_process_by_the_environment(server):
    now = dict(os.environ)
    environment.enter(*server, now)
    script = (
        "import boto3, sys\n"
        "try:\n"
        "    boto3.client('s3', endpoint_url='https://192.0.2.1').list_buckets()\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, 'pandas' in sys.modules, 'moto' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=now, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["LabKitError", "False", "False"]


def test_s3fs_is_guarded_too(turned):
    import s3fs

    files = s3fs.S3FileSystem(endpoint_url="https://192.0.2.1", skip_instance_cache=True)
    with pytest.raises(LabKitError, match="would leave this machine"):
        files.ls("bucket")


def test_another_local_service_may_be_called(turned):
    with pytest.raises(Exception, match="Could not connect"):
        boto3.client(
            "s3", endpoint_url="http://127.0.0.1:9", config=Config(retries={"max_attempts": 0})
        ).list_buckets()


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_a_shell_reads_the_lines_as_they_are_meant():
    awkward = {"A_B": 'it\'s "$HOME" `x` \\ 한글', "GONE": None, "EMPTY": ""}
    script = "\n".join([*lines(awkward, "sh"), 'echo "$A_B|${GONE-unset}|${EMPTY-unset}"'])
    ended = subprocess.run(
        ["sh", "-c", script], env={"GONE": "here"}, capture_output=True, text=True, check=True
    )
    assert ended.stdout == f"{awkward['A_B']}|unset|\n"


def test_other_shells_quote_otherwise():
    assert lines({"A": "it's", "B": None}, "powershell") == [
        "$Env:A = 'it''s'",
        "Remove-Item Env:B -ErrorAction Ignore",
    ]
    assert lines({"A": "x y", "B": None}, "fish") == ["set -gx A 'x y';", "set -e B;"]
