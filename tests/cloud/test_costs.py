import pytest

from lab_kit.aws.prices import price_of, prices
from lab_kit.cloud.costs import hourly, total
from lab_kit.errors import LabKitError


def test_every_price_is_dated_and_has_a_source(tmp_path):
    for price in prices(tmp_path):
        assert price.as_of
        assert price.region
        assert price.source.startswith("https://aws.amazon.com/")
        assert price.usd is None or price.usd > 0


def test_a_file_in_the_home_folder_is_read_instead(tmp_path):
    (tmp_path / "prices.toml").write_text(
        '[[price]]\nservice = "s3"\nunit = "GB"\nusd = 2\nregion = "r"\nas_of = "2030"\n'
        'source = "me"\n',
        encoding="utf-8",
    )
    assert [(each.unit, each.usd) for each in prices(tmp_path)] == [("GB", 2.0)]
    (tmp_path / "prices.toml").write_text("[[price]]\nusd = 1\n", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be read"):
        prices(tmp_path)


def test_what_stands_costs_by_the_hour_and_the_unknown_is_said(tmp_path):
    known = prices(tmp_path)
    campaign = price_of(known, "personalize", "campaign, provisioned TPS and hour")
    resources = [
        {"arn": "a", "kind": "Campaign", "status": "ACTIVE", "tps": 3},
        {
            "arn": "b",
            "kind": "Campaign",
            "status": "CREATE FAILED",
            "tps": 9,
        },
        {"arn": "c", "kind": "Recommender", "status": "ACTIVE"},
        {"arn": "d", "kind": "Recommender", "status": "INACTIVE"},
        {"arn": "e", "kind": "Schema", "status": ""},
    ]
    costs = hourly(resources, known)
    assert [(cost.arn, cost.usd) for cost in costs] == [("a", 3 * campaign.usd), ("c", None)]
    assert total(costs) == f"{3 * campaign.usd:.2f} USD an hour, and 1 of unknown price"
    assert total([]) == "0.00 USD an hour"
    assert price_of(known, "s3", "wishes").usd is None
