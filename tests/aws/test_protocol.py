import base64
import random
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.protocol.models import service_model
from lab_kit.aws.protocol.output import projected
from lab_kit.aws.protocol.paging import Paging, paging_of
from lab_kit.aws.protocol.patterns import compiled
from lab_kit.aws.protocol.service import Service
from lab_kit.aws.protocol.validation import checked
from lab_kit.aws.protocol.wire import read_json

PERSONALIZE = service_model("personalize")


def input_of(operation, service="personalize"):
    return service_model(service).operation_model(operation).input_shape


def refusal(operation, request, service="personalize"):
    with pytest.raises(ServiceError) as raised:
        checked(input_of(operation, service), request, invalid="InvalidInputException")
    return raised.value


@pytest.mark.parametrize(
    ("operation", "request_", "sentence"),
    [
        (
            "CreateSchema",
            {"schema": "{}"},
            "1 validation error detected: Value null at 'name' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            "CreateDatasetGroup",
            {"name": "-shop"},
            "1 validation error detected: Value '-shop' at 'name' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\-_]*",
        ),
        (
            "CreateDatasetGroup",
            {"name": "x" * 64},
            f"1 validation error detected: Value '{'x' * 64}' at 'name' failed to satisfy "
            "constraint: Member must have length less than or equal to 63",
        ),
        (
            "CreateDatasetGroup",
            {"name": "shop", "domain": "ZOO"},
            "1 validation error detected: Value 'ZOO' at 'domain' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]",
        ),
        (
            "ListRecipes",
            {"maxResults": 0},
            "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
        (
            "CreateDatasetGroup",
            {"domain": "ZOO", "tags": [{"tagKey": "a"}]},
            "3 validation errors detected: Value null at 'name' failed to satisfy constraint: "
            "Member must not be null; Value 'ZOO' at 'domain' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]; "
            "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: "
            "Member must not be null",
        ),
    ],
)
def test_what_is_not_allowed_is_worded_as_aws_words_it(operation, request_, sentence):
    error = refusal(operation, request_)
    assert (error.code, error.message) == ("InvalidInputException", sentence)


@pytest.mark.parametrize(
    ("operation", "request_", "sentence"),
    [
        ("CreateSchema", [], "START_ARRAY can not be converted to Structure"),
        ("CreateSchema", {"name": 3}, "NUMBER_VALUE can not be converted to String (at 'name')"),
        (
            "ListRecipes",
            {"maxResults": True},
            "TRUE_VALUE can not be converted to Integer (at 'maxResults')",
        ),
        (
            "TagResource",
            {"tags": [{"tagKey": {}}]},
            "START_OBJECT can not be converted to String (at 'tags.1.member.tagKey')",
        ),
    ],
)
def test_what_is_of_another_type_cannot_be_read(operation, request_, sentence):
    error = refusal(operation, request_)
    assert (error.code, error.message) == ("SerializationException", sentence)


def test_null_is_absent_and_unknown_members_are_passed_over():
    given = {"name": "a", "schema": "{}", "domain": None, "colour": "red"}
    assert checked(input_of("CreateSchema"), given, invalid="x") == {"name": "a", "schema": "{}"}


def test_blobs_are_decoded_and_broken_ones_refused():
    shape = input_of("Encrypt", "kms")
    plain = base64.b64encode(b"secret").decode()
    assert checked(shape, {"KeyId": "k", "Plaintext": plain}, invalid="x")["Plaintext"] == b"secret"
    error = refusal("Encrypt", {"KeyId": "k", "Plaintext": "%%"}, "kms")
    assert error.code == "SerializationException"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"\xc3", b"nothing"])
def test_a_body_that_is_no_json_is_refused(body):
    with pytest.raises(ServiceError, match="not valid JSON"):
        read_json(body)


def test_classes_of_characters_are_those_of_unicode():
    pattern = compiled(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")
    drawn = random.Random(1)
    for char in [chr(drawn.randrange(0x110000)) for _ in range(20_000)] + list("aß가_&+-@ \n"):
        category = unicodedata.category(char)
        belongs = category[0] in "LZN" or char in "_.:/=+-@"
        assert bool(pattern.fullmatch(char)) == belongs, (char, category)


def test_a_pattern_has_to_cover_the_whole_value_as_in_java():
    assert compiled("[a-z]+").fullmatch("abc")
    assert not compiled("^[a-z]+$").fullmatch("abc\n")
    assert compiled(r"\p{ASCII}{0,3}").fullmatch("a~")
    assert not compiled(r"\p{ASCII}{0,3}").fullmatch("é")


def test_every_pattern_of_the_services_can_be_compiled():
    for name in ("personalize", "personalize-runtime", "personalize-events", "redshift-data"):
        model = service_model(name)
        for shape in (model.shape_for(each) for each in model.shape_names):
            if "pattern" in shape.metadata:
                compiled(shape.metadata["pattern"])


def test_an_answer_is_cut_to_its_shape():
    output = PERSONALIZE.operation_model("ListSchemas").output_shape
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)
    answer = {
        "schemas": [{"name": "a", "schema": "hidden", "creationDateTime": moment, "domain": None}],
        "nextToken": None,
        "more": 1,
    }
    assert projected(output, answer) == {
        "schemas": [{"name": "a", "creationDateTime": 1767323045.679}]
    }
    assert projected(None, answer) == {}


def test_which_lists_page_and_with_which_members():
    usual = Paging("nextToken", "nextToken", "maxResults")
    paged = {
        name
        for name in PERSONALIZE.operation_names
        if paging_of(PERSONALIZE.operation_model(name)) is not None
    }
    lists = {name for name in PERSONALIZE.operation_names if name.startswith("List")}
    assert paged == lists - {"ListTagsForResource"}
    assert {paging_of(PERSONALIZE.operation_model(name)) for name in paged} == {usual}


@given(st.integers(1, 2**40), st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)))
def test_a_token_leads_back_to_its_position_and_holds_for_its_list_only(position, filters):
    paging = Paging("nextToken", "nextToken", "maxResults")
    answer = {"nextToken": position}
    paging.sealed("ListA", filters, answer)
    again = {**filters, "nextToken": answer["nextToken"], "maxResults": 7}
    assert paging.opened("ListA", again, invalid="x") == {
        **filters,
        "nextToken": position,
        "maxResults": 7,
    }
    for operation, more in (("ListB", {}), ("ListA", {"other": "filter"})):
        with pytest.raises(ServiceError, match="not one this list has given"):
            paging.opened(operation, {**again, **more}, invalid="x")


def test_the_longest_token_is_allowed_by_the_models():
    answer = {"nextToken": 2**62}
    Paging("nextToken", "nextToken", "maxResults").sealed("L" * 60, {"a": "x" * 999}, answer)
    assert len(answer["nextToken"]) < 1500


class Store:
    """A service of one operation."""

    def list_campaigns(self, request, call):
        numbers = list(range(request["nextToken"], 7))
        page = numbers[: request["maxResults"]]
        more = page[-1] + 1 if page[-1] < 6 else None
        return {"campaigns": [{"name": f"c{n}"} for n in page], "nextToken": more}

    def delete_filter(self, request, call):
        raise ServiceError("LimitExceededException", "a code that DeleteFilter does not model")


def test_a_plain_object_is_all_a_service_needs():
    service = Service("personalize", Store(), invalid="InvalidInputException")
    operation, pages, token = service.operation("ListCampaigns"), [], None
    while token is not None or not pages:
        answer = service.answer(operation, {"maxResults": 3, "nextToken": token}, "us-east-1")
        pages.append([each["name"] for each in answer["campaigns"]])
        token = answer.get("nextToken")
    assert pages == [["c0", "c1", "c2"], ["c3", "c4", "c5"], ["c6"]]


def test_an_error_that_an_operation_does_not_model_becomes_its_general_one():
    service = Service("personalize", Store(), invalid="InvalidInputException")
    arn = "arn:aws:personalize:us-east-1:123456789012:filter/f"
    with pytest.raises(ServiceError) as raised:
        service.answer(service.operation("DeleteFilter"), {"filterArn": arn}, "us-east-1")
    assert raised.value.code == "InvalidInputException"


def test_an_operation_that_is_not_served_and_one_that_there_is_none_of():
    service = Service("personalize", Store())
    with pytest.raises(ServiceError, match="not part of the local cloud") as raised:
        service.answer(service.operation("CreateSchema"), {}, "us-east-1")
    assert raised.value.status == 501
    with pytest.raises(ServiceError, match="no operation Fly"):
        service.operation("Fly")


def test_statuses_of_errors_are_those_of_the_model():
    events = Service("personalize-events", object())
    statuses = {
        code: events.status_of(ServiceError(code, ""))
        for code in ("InvalidInputException", "ResourceNotFoundException", "ResourceInUseException")
    }
    assert list(statuses.values()) == [400, 404, 409]
    assert Service("personalize", object()).status_of(ServiceError("Other", "")) == 400
