import json

import pytest
from botocore.exceptions import ClientError

from lab_kit.aws.borrowed.identity import Identity
from lab_kit.aws.ground import Ground
from lab_kit.aws.journal import Journal
from lab_kit.aws.protocol.router import Router
from tests.cloud.inprocess import ACCESS_KEY, connect

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "personalize.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
FULL_ACCESS = "arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"


class Restarted:
    """IAM and STS over a folder, and how to start them again."""

    def __init__(self, folder):
        self.folder = folder
        self.start()

    def start(self):
        self.ground = Ground.under(self.folder)
        self.identity = Identity(self.ground.clock, Journal(self.ground.database))
        router = Router([], {"iam": self.identity, "sts": self.identity})
        self.iam, self.sts = connect(router, "iam"), connect(router, "sts")
        self.connect = lambda key: connect(router, "sts", access_key=key)

    def restart(self):
        self.ground.database.close()
        self.start()


@pytest.fixture
def cloud(tmp_path):
    made = Restarted(tmp_path / "cloud")
    yield made
    made.ground.database.close()


def rest(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def told(iam):
    return [
        rest(iam.get_role(RoleName="PersonalizeRole")),
        rest(iam.list_attached_role_policies(RoleName="PersonalizeRole")),
        rest(iam.get_role_policy(RoleName="PersonalizeRole", PolicyName="read")),
        rest(iam.list_access_keys(UserName="learner")),
        rest(iam.get_user(UserName="learner")),
        rest(iam.list_policies(Scope="Local")),
    ]


def prepare(iam):
    """What the notebooks of workshops do before they import anything."""
    role = iam.create_role(RoleName="PersonalizeRole", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.attach_role_policy(RoleName="PersonalizeRole", PolicyArn=FULL_ACCESS)
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
    iam.put_role_policy(
        RoleName="PersonalizeRole", PolicyName="read", PolicyDocument=json.dumps(policy)
    )
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(policy))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="PersonalizeRole", PolicyArn=own)
    iam.create_user(UserName="learner")
    iam.create_user(UserName="passing")
    iam.delete_user(UserName="passing")
    return role, iam.create_access_key(UserName="learner")["AccessKey"]["AccessKeyId"]


def test_identifiers_and_times_are_the_same_after_a_restart(cloud):
    role, _ = prepare(cloud.iam)
    before = told(cloud.iam)
    assert role["Arn"] == "arn:aws:iam::123456789012:role/PersonalizeRole"
    cloud.restart()
    assert told(cloud.iam) == before
    assert [user["UserName"] for user in cloud.iam.list_users()["Users"]] == ["learner"]


def test_what_was_refused_is_not_made_again(cloud):
    prepare(cloud.iam)
    for _ in range(2):
        with pytest.raises(ClientError, match="EntityAlreadyExists"):
            cloud.iam.create_role(RoleName="PersonalizeRole", AssumeRolePolicyDocument=TRUST)
        cloud.restart()
    with pytest.raises(ClientError, match="NoSuchEntity"):
        cloud.iam.attach_role_policy(
            RoleName="PersonalizeRole", PolicyArn="arn:aws:iam::aws:policy/NoSuchThing"
        )


def test_keys_that_were_given_out_are_known_and_others_are_not(cloud):
    role, key = prepare(cloud.iam)
    session = cloud.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work")["Credentials"]
    for _ in range(2):
        assert cloud.identity.knows(key)
        assert cloud.identity.knows(session["AccessKeyId"])
        assert not cloud.identity.knows("AKIAIOSFODNN7EXAMPLE")
        who = cloud.connect(session["AccessKeyId"]).get_caller_identity()["Arn"]
        assert who == "arn:aws:sts::123456789012:assumed-role/PersonalizeRole/work"
        cloud.restart()
    cloud.iam.delete_access_key(UserName="learner", AccessKeyId=key)
    assert not cloud.identity.knows(key)
    cloud.restart()
    assert not cloud.identity.knows(key)


def test_sessions_are_forgotten_when_they_can_hold_no_more(cloud):
    from datetime import timedelta

    role, _ = prepare(cloud.iam)
    session = cloud.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="work")["Credentials"]
    cloud.ground.clock.advance(timedelta(days=2))
    cloud.restart()
    assert not cloud.identity.knows(session["AccessKeyId"])


def test_who_the_owner_is(cloud):
    said = cloud.sts.get_caller_identity()
    assert (said["Account"], said["Arn"]) == (
        "123456789012",
        "arn:aws:iam::123456789012:user/lab-kit",
    )
    with pytest.raises(ClientError, match="GetSessionToken of sts is not part"):
        cloud.sts.get_session_token()
    assert ACCESS_KEY not in json.dumps(rest(said))
