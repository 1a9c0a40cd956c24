import http.client
import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


def ask(server, method="GET", path="/", **headers):
    """What a program that is no AWS client gets, in status, headers and body."""
    _, endpoint = server
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    response = connection.getresponse()
    body = response.read().decode("utf-8")
    connection.close()
    return response.status, dict(response.getheaders()), body


def signed(server, service="s3"):
    _, endpoint = server
    scope = f"{endpoint.keys.access_key}/20260101/us-east-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def test_a_signed_call_is_let_in(server):
    status, _, body = ask(server, Authorization=signed(server))
    assert status == 200
    assert "ListAllMyBucketsResult" in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "[::1]", ""])
def test_another_host_is_refused_though_the_key_be_right(server, host):
    status, headers, body = ask(server, Host=host, Authorization=signed(server))
    assert status == 403
    assert "programs of this machine only" in body
    assert not any(name.lower().startswith("access-control") for name in headers)


@pytest.mark.parametrize("path", ["/", "/_lab_kit/status", "/bucket?acl"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8888"])
def test_a_web_page_is_refused_whatever_it_asks(server, path, origin):
    _, endpoint = server
    key = endpoint.keys.access_key
    for method in ("GET", "POST", "OPTIONS", "DELETE"):
        status, headers, _ = ask(
            server, method, path, Origin=origin, Authorization=signed(server), X_Lab_Kit_Key=key
        )
        assert status == 403
        assert not any(name.lower().startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    "path", ["/", "/moto-api/reset", "/moto-api/", "/latest/meta-data/iam/", "/_lab_kit/status"]
)
def test_nothing_is_told_to_who_does_not_sign(server, path):
    for method in ("GET", "POST"):
        status, _, body = ask(server, method, path)
        assert status == 403
        assert len(body) < 400


def test_motos_own_pages_are_buckets_like_any_other(server):
    status, _, body = ask(server, "GET", "/moto-api/data.json", Authorization=signed(server))
    assert status == 404
    assert "NoSuchBucket" in body


def test_the_kits_questions_need_the_owners_key(server):
    _, endpoint = server
    wrong = ask(server, "POST", "/_lab_kit/stop", X_Lab_Kit_Key="AKIA" + "A" * 16)
    assert wrong[0] == 403
    status, _, body = ask(server, path="/_lab_kit/ping", X_Lab_Kit_Key=endpoint.keys.access_key)
    assert status == 200
    assert json.loads(body)["home"]
    assert ask(server, path="/_lab_kit/no", X_Lab_Kit_Key=endpoint.keys.access_key)[0] == 404


CODES = {
    "personalize": ("list_schemas", "UnrecognizedClientException", 400),
    "ssm": ("describe_parameters", "UnrecognizedClientException", 400),
    "lambda": ("list_functions", "UnrecognizedClientException", 403),
    "s3": ("list_buckets", "InvalidAccessKeyId", 403),
    "iam": ("list_roles", "InvalidClientTokenId", 403),
    "sts": ("get_caller_identity", "InvalidClientTokenId", 403),
    "ec2": ("describe_instances", "AuthFailure", 403),
    "route53": ("list_hosted_zones", "InvalidClientTokenId", 403),
}


@pytest.mark.parametrize("service", CODES)
def test_a_wrong_access_key_is_refused_as_the_service_words_it(turned, service):
    operation, code, status = CODES[service]
    client = boto3.client(service, aws_access_key_id="AKIA" + "Q" * 16, aws_secret_access_key="x")
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)()
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_an_unsigned_call_is_refused(turned):
    from botocore import UNSIGNED

    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    with pytest.raises(ClientError, match="AccessDenied"):
        client.list_buckets()


def test_a_key_that_iam_gave_out_is_let_in_until_it_is_taken_back(turned):
    iam = boto3.client("iam")
    iam.create_user(UserName="guest")
    key = iam.create_access_key(UserName="guest")["AccessKey"]
    guest = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"]).client("personalize")
    guest.list_schemas()
    iam.delete_access_key(UserName="guest", AccessKeyId=key["AccessKeyId"])
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        guest.list_schemas()
    iam.delete_user(UserName="guest")


def test_the_server_listens_to_this_machine_only(server):
    import psutil

    home, endpoint = server
    listening = [
        each.laddr
        for each in psutil.Process(home.notice().pid).net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    ]
    assert {(each.ip, each.port) for each in listening} == {("127.0.0.1", endpoint.port)}
