"""Whatever the local cloud lacks is refused, once, in words its own client can read."""

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.cloud.inprocess import connect
from tests.personalize.requests import call

# One a protocol, and those whose clients are peculiar.
SERVICES = {
    "dynamodb": "ListTables",  # JSON 1.0
    "glue": "GetDatabases",  # JSON 1.1
    "lambda": "ListFunctions",  # REST-JSON
    "sagemaker": "ListModels",
    "bedrock": "ListFoundationModels",
    "sqs": "ListQueues",
    "sns": "ListTopics",  # query
    "cloudformation": "ListStacks",
    "ec2": "DescribeInstances",  # ec2
    "route53": "ListHostedZones",  # REST-XML
    "cloudfront": "ListDistributions",
    "s3control": "ListAccessPoints",  # signs as s3
    "cloudwatch": "ListMetrics",  # CBOR, in new clients
    "ses": "ListIdentities",
    "sesv2": "ListContacts",  # signs as ses
    "redshift": "DescribeClusters",
}
MORE = {
    "ListAccessPoints": {"AccountId": "123456789012"},
    "ListContacts": {"ContactListName": "everybody"},
}


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    from lab_kit.aws.ground import Ground
    from lab_kit.cloud.app import Cloud

    cloud = Cloud(Ground.under(tmp_path_factory.mktemp("unserved") / "cloud"))
    yield cloud.answer
    cloud.ground.database.close()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_not_there_is_refused_in_its_own_protocol(answer, service):
    operation = SERVICES[service]
    with pytest.raises(ClientError) as raised:
        call(connect(answer, service), operation, MORE.get(operation, {}))
    told = raised.value.response
    assert told["Error"]["Code"] == "NotImplemented"
    assert "is not part of the local cloud" in told["Error"]["Message"]
    assert "nothing left this machine" in told["Error"]["Message"]
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize("service", ["lambda", "ec2", "sns", "dynamodb", "cloudwatch"])
def test_a_refusal_is_not_tried_again(turned, service):
    client = boto3.client(service)  # with its usual retries
    with pytest.raises(ClientError) as raised:
        call(client, SERVICES[service], {})
    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_what_moto_lacks_is_refused_too(answer):
    s3 = connect(answer, "s3")
    s3.create_bucket(Bucket="bucket")
    with pytest.raises(ClientError, match="not part of the local cloud"):
        s3.get_bucket_analytics_configuration(Bucket="bucket", Id="x")
    with pytest.raises(ClientError, match="not part of the local cloud"):
        s3.select_object_content(
            Bucket="bucket",
            Key="k",
            Expression="SELECT 1",
            ExpressionType="SQL",
            InputSerialization={"CSV": {}},
            OutputSerialization={"CSV": {}},
        )
