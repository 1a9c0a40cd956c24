"""S3 through the clients people use, led by environment variables alone: 31 checks."""

import io
import json
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

BUCKET = "matrix"
PART = 5 * 2**20
CHECKS = []
LOADED = bytes(range(256)) * 4096 * 12  # 12 MiB, more than clients send in one piece


def check(function):
    CHECKS.append(function)
    return function


class Clients:
    """What the checks work with."""

    def __init__(self, s3, aws, folder):
        self.s3, self.folder = s3, folder
        self._aws = aws

    def put(self, key, body=b"content", **more):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()

    def keys(self, prefix):
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", [])]

    def aws(self, *words):
        ended = subprocess.run(
            [self._aws(), *map(str, words)], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def clients(turned, request, tmp_path):
    import boto3

    s3 = boto3.client("s3")
    if BUCKET not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET)
    return Clients(s3, lambda: request.getfixturevalue("aws"), tmp_path)


def code_of(raised):
    return raised.value.response["Error"]["Code"]


# boto3


@check
def buckets(c):
    c.s3.create_bucket(Bucket="another-one")
    assert {"another-one", BUCKET} <= {each["Name"] for each in c.s3.list_buckets()["Buckets"]}
    c.s3.head_bucket(Bucket="another-one")
    c.s3.delete_bucket(Bucket="another-one")
    with pytest.raises(ClientError) as raised:
        c.s3.head_bucket(Bucket="another-one")
    assert code_of(raised) == "404"


@check
def put_and_get(c):
    c.put("put/한글 + & %2F.txt", b"\x00\xff")
    assert c.get("put/한글 + & %2F.txt") == b"\x00\xff"
    assert c.keys("put/") == ["put/한글 + & %2F.txt"]
    c.put("put/empty", b"")
    assert c.get("put/empty") == b""


@check
def head(c):
    c.put("head", b"12345", ContentType="text/plain", Metadata={"my_key": "1", "my-key2": "b"})
    told = c.s3.head_object(Bucket=BUCKET, Key="head")
    assert (told["ContentLength"], told["ContentType"]) == (5, "text/plain")
    assert told["Metadata"] == {"my_key": "1", "my-key2": "b"}
    assert told["ETag"] == '"827ccb0eea8a706c4c34a16891f84e7b"'  # md5 of 12345


@check
def what_is_not_there(c):
    with pytest.raises(ClientError) as raised:
        c.get("nobody")
    assert code_of(raised) == "NoSuchKey"
    with pytest.raises(ClientError) as raised:
        c.s3.list_objects_v2(Bucket="nobody-has-this")
    assert code_of(raised) == "NoSuchBucket"


@check
def upload_and_download_file(c):
    c.s3.upload_file(str(c.file("small", b"a\nb")), BUCKET, "file/small")
    c.s3.download_file(BUCKET, "file/small", str(c.folder / "back"))
    assert (c.folder / "back").read_bytes() == b"a\nb"


@check
def upload_and_download_in_parts(c):
    c.s3.upload_fileobj(io.BytesIO(LOADED), BUCKET, "large")
    assert c.s3.head_object(Bucket=BUCKET, Key="large")["ETag"].endswith('-2"')
    back = io.BytesIO()
    c.s3.download_fileobj(BUCKET, "large", back)
    assert back.getvalue() == LOADED


@check
def multipart_by_hand(c):
    upload = c.s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    where = {"Bucket": BUCKET, "Key": "parts", "UploadId": upload}
    etags = [
        c.s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]
        for number, body in ((1, b"a" * PART), (2, b"b"))
    ]
    listed = c.s3.list_parts(**where)["Parts"]
    assert [(each["PartNumber"], each["Size"]) for each in listed] == [(1, PART), (2, 1)]
    parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
    c.s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert c.get("parts") == b"a" * PART + b"b"


@check
def aborted_multipart(c):
    upload = c.s3.create_multipart_upload(Bucket=BUCKET, Key="aborted")["UploadId"]
    where = {"Bucket": BUCKET, "Key": "aborted", "UploadId": upload}
    c.s3.upload_part(**where, PartNumber=1, Body=b"x")
    c.s3.abort_multipart_upload(**where)
    with pytest.raises(ClientError) as raised:
        c.s3.list_parts(**where)
    assert code_of(raised) == "NoSuchUpload"
    assert c.keys("aborted") == []


@check
def ranges(c):
    c.put("range", b"0123456789")
    assert c.get("range", Range="bytes=2-4") == b"234"
    assert c.get("range", Range="bytes=7-") == b"789"
    assert c.get("range", Range="bytes=-2") == b"89"
    with pytest.raises(ClientError) as raised:
        c.get("range", Range="bytes=20-30")
    assert code_of(raised) == "InvalidRange"


@check
def copy(c):
    c.put("copy/from", b"same", Metadata={"a": "1"})
    source = {"Bucket": BUCKET, "Key": "copy/from"}
    c.s3.copy_object(Bucket=BUCKET, Key="copy/to", CopySource=source)
    c.put("copy/from", b"changed")
    assert c.get("copy/to") == b"same"
    assert c.s3.head_object(Bucket=BUCKET, Key="copy/to")["Metadata"] == {"a": "1"}


@check
def list_version_1(c):
    for key in ("l1/a", "l1/b/1", "l1/b/2", "l1/c"):
        c.put(key)
    listed = c.s3.list_objects(Bucket=BUCKET, Prefix="l1/", Delimiter="/")
    assert [each["Key"] for each in listed["Contents"]] == ["l1/a", "l1/c"]
    assert [each["Prefix"] for each in listed["CommonPrefixes"]] == ["l1/b/"]
    after = c.s3.list_objects(Bucket=BUCKET, Prefix="l1/", Marker="l1/b/1")
    assert [each["Key"] for each in after["Contents"]] == ["l1/b/2", "l1/c"]


@check
def list_version_2_in_pages(c):
    keys = [f"l2/{number:02}" for number in range(11)]
    for key in keys:
        c.put(key)
    pages = c.s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="l2/", PaginationConfig={"PageSize": 3}
    )
    found = [[each["Key"] for each in page["Contents"]] for page in pages]
    assert [len(page) for page in found] == [3, 3, 3, 2]
    assert [key for page in found for key in page] == keys


@check
def presigned_get(c):
    c.put("signed", b"for a friend")
    where = {"Bucket": BUCKET, "Key": "signed"}
    address = c.s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60)
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"for a friend"
    address = c.s3.generate_presigned_url("get_object", Params=where, ExpiresIn=-60)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address)


@check
def presigned_put(c):
    where = {"Bucket": BUCKET, "Key": "signed-put"}
    address = c.s3.generate_presigned_url("put_object", Params=where)
    request = urllib.request.Request(address, data=b"from a friend", method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    assert c.get("signed-put") == b"from a friend"


@check
def presigned_post(c):
    form = c.s3.generate_presigned_post(BUCKET, "posted")
    lines = []
    for name, value in form["fields"].items():
        lines += ["--line", f'Content-Disposition: form-data; name="{name}"', "", value]
    lines += ["--line", 'Content-Disposition: form-data; name="file"; filename="f"', "", "body"]
    request = urllib.request.Request(
        form["url"],
        data="\r\n".join([*lines, "--line--", ""]).encode(),
        headers={"Content-Type": "multipart/form-data; boundary=line"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204
    assert c.get("posted") == b"body"


@check
def delete_many(c):
    for key in ("many/a", "many/a/b", "many/c&<>"):
        c.put(key)
    gone = [{"Key": key} for key in ("many/a", "many/c&<>", "many/never")]
    answer = c.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": gone})
    assert "Errors" not in answer
    assert c.keys("many/") == ["many/a/b"]


@check
def conditions(c):
    c.put("if")
    etag = c.s3.head_object(Bucket=BUCKET, Key="if")["ETag"]
    assert c.get("if", IfMatch=etag) == b"content"
    with pytest.raises(ClientError) as raised:
        c.get("if", IfNoneMatch=etag)
    assert code_of(raised) == "304"
    with pytest.raises(ClientError) as raised:
        c.put("if", IfNoneMatch="*")
    assert code_of(raised) == "PreconditionFailed"


@check
def versions(c):
    c.s3.create_bucket(Bucket="versions")
    c.s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    first = c.s3.put_object(Bucket="versions", Key="k", Body=b"1")["VersionId"]
    c.s3.put_object(Bucket="versions", Key="k", Body=b"2")
    c.s3.delete_object(Bucket="versions", Key="k")
    with pytest.raises(ClientError) as raised:
        c.s3.get_object(Bucket="versions", Key="k")
    assert code_of(raised) == "NoSuchKey"
    old = c.s3.get_object(Bucket="versions", Key="k", VersionId=first)
    assert old["Body"].read() == b"1"
    listed = c.s3.list_object_versions(Bucket="versions")
    assert (len(listed["Versions"]), len(listed["DeleteMarkers"])) == (2, 1)


@check
def policy_and_tags(c):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "personalize.amazonaws.com"},
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
            }
        ],
    }
    c.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    assert json.loads(c.s3.get_bucket_policy(Bucket=BUCKET)["Policy"]) == policy
    c.put("tagged", Tagging="colour=red")
    tags = {"TagSet": [{"Key": "colour", "Value": "blue"}]}
    c.s3.put_object_tagging(Bucket=BUCKET, Key="tagged", Tagging=tags)
    assert c.s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"] == tags["TagSet"]


# The aws command line


@check
def cli_make_and_list(c):
    c.aws("s3", "mb", "s3://from-cli")
    assert "from-cli" in c.aws("s3", "ls")
    c.aws("s3", "rb", "s3://from-cli")


@check
def cli_copy_up(c):
    c.aws("s3", "cp", c.file("up", b"up"), f"s3://{BUCKET}/cli/up")
    assert c.get("cli/up") == b"up"
    assert "cli/" in c.aws("s3", "ls", f"s3://{BUCKET}/")


@check
def cli_copy_up_and_down_in_parts(c):
    c.aws("s3", "cp", c.file("large", LOADED), f"s3://{BUCKET}/cli/large")
    c.aws("s3", "cp", f"s3://{BUCKET}/cli/large", c.folder / "back")
    assert (c.folder / "back").read_bytes() == LOADED


@check
def cli_sync(c):
    (c.folder / "site" / "deep").mkdir(parents=True)
    c.file("site/a.txt", b"a")
    c.file("site/deep/b.txt", b"b")
    c.aws("s3", "sync", c.folder / "site", f"s3://{BUCKET}/site")
    assert c.keys("site/") == ["site/a.txt", "site/deep/b.txt"]
    c.aws("s3", "sync", f"s3://{BUCKET}/site", c.folder / "copy")
    assert (c.folder / "copy" / "deep" / "b.txt").read_bytes() == b"b"


@check
def cli_remove(c):
    for key in ("rm/a", "rm/b/c"):
        c.put(key)
    c.aws("s3", "rm", "--recursive", f"s3://{BUCKET}/rm/")
    assert c.keys("rm/") == []


@check
def cli_api(c):
    c.put("api/one", b"1")
    said = c.aws("s3api", "list-objects-v2", "--bucket", BUCKET, "--prefix", "api/")
    assert json.loads(said)["Contents"][0]["Key"] == "api/one"


# pandas, s3fs


@check
def pandas_csv(c):
    import pandas as pd

    frame = pd.DataFrame({"user_id": ["가", "b"], "n": [1, 2]})
    frame.to_csv(f"s3://{BUCKET}/pandas.csv", index=False)
    pd.testing.assert_frame_equal(pd.read_csv(f"s3://{BUCKET}/pandas.csv"), frame)


@check
def pandas_parquet(c):
    import pandas as pd

    frame = pd.DataFrame({"user_id": ["가", "b"], "n": [1.5, None]})
    frame.to_parquet(f"s3://{BUCKET}/pandas.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(f"s3://{BUCKET}/pandas.parquet"), frame)


@check
def s3fs_as_a_file_system(c):
    import s3fs

    files = s3fs.S3FileSystem(skip_instance_cache=True)
    with files.open(f"{BUCKET}/fs/deep/a.txt", "wb") as file:
        file.write(b"one\ntwo")
    assert files.exists(f"{BUCKET}/fs/deep/a.txt")
    assert files.glob(f"{BUCKET}/fs/**/*.txt") == [f"{BUCKET}/fs/deep/a.txt"]
    with files.open(f"{BUCKET}/fs/deep/a.txt", "rb") as file:
        file.seek(4)
        assert file.read() == b"two"
    files.rm(f"{BUCKET}/fs", recursive=True)
    assert c.keys("fs/") == []


# polars, pyarrow


@check
def polars_parquet(c):
    import polars as pl

    frame = pl.DataFrame({"n": [1, 2, 3]})
    frame.write_parquet(f"s3://{BUCKET}/polars.parquet")
    assert pl.read_parquet(f"s3://{BUCKET}/polars.parquet").equals(frame)
    lazily = pl.scan_parquet(f"s3://{BUCKET}/polars.parquet")
    assert lazily.filter(pl.col("n") > 1).collect().height == 2


@check
def polars_csv(c):
    import polars as pl

    c.put("polars.csv", b"a,b\n1,x\n")
    assert pl.read_csv(f"s3://{BUCKET}/polars.csv").rows() == [(1, "x")]


@check
def pyarrow_dataset(c):
    import pyarrow as pa
    from pyarrow import dataset, fs

    files, path = fs.FileSystem.from_uri(f"s3://{BUCKET}/arrow")
    table = pa.table({"part": ["a", "b", "b"], "n": [1, 2, 3]})
    dataset.write_dataset(
        table,
        path,
        filesystem=files,
        format="parquet",
        partitioning=["part"],
        partitioning_flavor="hive",
    )
    read = dataset.dataset(f"s3://{BUCKET}/arrow", partitioning="hive").to_table()
    assert sorted(zip(read["part"].to_pylist(), read["n"].to_pylist(), strict=True)) == [
        ("a", 1),
        ("b", 2),
        ("b", 3),
    ]


def test_there_are_31_checks():
    assert len(CHECKS) == 31


@pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.__name__)
def test_client(clients, one):
    one(clients)
