import pytest
from botocore.exceptions import ClientError

from lab_kit.aws.parameters import Parameters
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.router import Router
from lab_kit.aws.protocol.service import Service
from tests.cloud.inprocess import connect


@pytest.fixture
def router(ground):
    service = Service("ssm", Parameters(ground), invalid_token="InvalidNextToken")
    router = Router([service], {})
    return lambda request: router(request if isinstance(request, Request) else Request(request))


@pytest.fixture
def ssm(router):
    return connect(router, "ssm")


def code(call, **request):
    with pytest.raises(ClientError) as raised:
        call(**request)
    return raised.value.response["Error"]["Code"]


def test_a_parameter_is_put_read_overwritten_and_deleted(ssm):
    put = ssm.put_parameter(Name="/shop/arn", Value="a", Type="String", Description="d")
    assert put["Version"] == 1
    read = ssm.get_parameter(Name="/shop/arn")["Parameter"]
    assert (read["Name"], read["Value"], read["Type"], read["Version"]) == (
        "/shop/arn",
        "a",
        "String",
        1,
    )
    assert read["ARN"] == "arn:aws:ssm:us-east-1:123456789012:parameter/shop/arn"
    assert code(ssm.put_parameter, Name="/shop/arn", Value="b") == "ParameterAlreadyExists"
    assert ssm.put_parameter(Name="/shop/arn", Value="b", Overwrite=True)["Version"] == 2
    assert ssm.get_parameter(Name="/shop/arn")["Parameter"]["Value"] == "b"
    ssm.delete_parameter(Name="/shop/arn")
    assert code(ssm.get_parameter, Name="/shop/arn") == "ParameterNotFound"
    assert code(ssm.delete_parameter, Name="/shop/arn") == "ParameterNotFound"


def test_several_at_once_and_those_there_are_none_of(ssm):
    for name in ("a", "b"):
        ssm.put_parameter(Name=name, Value=name, Type="String")
    answer = ssm.get_parameters(Names=["b", "never", "a"])
    assert [each["Name"] for each in answer["Parameters"]] == ["b", "a"]
    assert answer["InvalidParameters"] == ["never"]
    gone = ssm.delete_parameters(Names=["a", "never"])
    assert (gone["DeletedParameters"], gone["InvalidParameters"]) == (["a"], ["never"])


def test_by_path_in_pages(ssm):
    names = [f"/shop/{number:02}" for number in range(12)]
    for name in [*names, "/shop/deep/er", "/shopping"]:
        ssm.put_parameter(Name=name, Value="x", Type="String")
    pages = ssm.get_paginator("get_parameters_by_path")
    found = [
        [each["Name"] for each in page["Parameters"]] for page in pages.paginate(Path="/shop/")
    ]
    assert found == [names[:10], names[10:]]
    deep = [
        each["Name"]
        for page in pages.paginate(Path="/shop", Recursive=True)
        for each in page["Parameters"]
    ]
    assert deep == [*names, "/shop/deep/er"]


@pytest.mark.parametrize(
    "request_",
    [
        {"Name": "aws/x", "Value": "1", "Type": "String"},
        {"Name": "x", "Value": "1"},
        {"Name": "x", "Value": "v" * 4097, "Type": "String"},
        {"Name": "x", "Value": "1", "Type": "Number"},
    ],
)
def test_what_aws_refuses(ssm, request_):
    assert code(ssm.put_parameter, **request_) == "ValidationException"


def test_another_operation_of_the_service_is_refused_and_not_tried_again(ssm):
    with pytest.raises(ClientError) as raised:
        ssm.send_command(DocumentName="AWS-RunShellScript")
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "SendCommand of ssm is not part of the local cloud" in response["Error"]["Message"]


def test_regions_are_apart(router, ssm):
    ssm.put_parameter(Name="x", Value="1", Type="String")
    elsewhere = connect(router, "ssm", region="ap-northeast-2")
    assert code(elsewhere.get_parameter, Name="x") == "ParameterNotFound"
