import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database
from lab_kit.aws.registry import NameTakenError, Registry


def add(registry, name, *, kind="Campaign", region="here", scope="", uses=(), **record):
    arn = f"{kind}/{region}/{scope}/{name}"
    return registry.create(
        arn,
        kind,
        region=region,
        name=name,
        status="CREATE PENDING",
        record=record,
        scope=scope,
        uses=uses,
    )


def test_a_resource_comes_back_as_it_was_put(ground):
    made = add(ground.registry, "가", number=1, nested={"a": [1, None]})
    assert ground.registry.get(made.arn) == made
    assert made.record == {"number": 1, "nested": {"a": [1, None]}}
    assert made.created == made.updated == pytest.approx(ground.clock.time(), abs=5)
    assert ground.registry.get("nobody") is None


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        ({}, True),
        ({"kind": "Filter"}, False),
        ({"region": "there"}, False),
        ({"scope": "parent"}, False),
    ],
)
def test_names_are_unique_for_a_kind_within_a_scope_of_a_region(ground, other, taken):
    add(ground.registry, "shop")
    if not taken:
        add(ground.registry, "shop", **other)
        return
    with pytest.raises(NameTakenError):
        add(ground.registry, "shop", **other)
    assert len(ground.registry.all()) == 1


def test_a_name_is_free_again_when_its_resource_is_gone(ground):
    ground.registry.delete(add(ground.registry, "shop").arn)
    add(ground.registry, "shop")


def test_an_update_changes_what_it_names_and_the_time(ground):
    made = add(ground.registry, "shop", a=1, b=2)
    now = ground.registry.update(made.arn, status="ACTIVE", b=3, c=4)
    assert (now.status, now.record) == ("ACTIVE", {"a": 1, "b": 3, "c": 4})
    assert now.created == made.created <= now.updated
    assert ground.registry.update(made.arn, a=None).record == {"b": 3, "c": 4}
    with pytest.raises(KeyError):
        ground.registry.update("nobody", status="ACTIVE")


def test_who_uses_what(ground):
    group = add(ground.registry, "group", kind="Group")
    solution = add(ground.registry, "s", kind="Solution", uses=[group.arn])
    campaign = add(ground.registry, "c", uses=[group.arn, solution.arn])
    assert ground.registry.users(group.arn) == [solution, campaign]
    assert ground.registry.users(group.arn, "Campaign") == [campaign]
    assert set(ground.registry.uses(campaign.arn)) == {group.arn, solution.arn}
    ground.registry.set_uses(campaign.arn, [group.arn])
    assert ground.registry.users(solution.arn) == []
    ground.registry.delete(campaign.arn)
    assert ground.registry.users(group.arn) == [solution]


def test_tags_go_with_their_resource(ground):
    made = add(ground.registry, "shop")
    ground.registry.tag(made.arn, {"b": "2", "a": "1"})
    ground.registry.tag(made.arn, {"b": "3"})
    ground.registry.untag(made.arn, ["a", "never"])
    assert ground.registry.tags(made.arn) == {"b": "3"}
    ground.registry.delete(made.arn)
    add(ground.registry, "shop")
    assert ground.registry.tags(made.arn) == {}


def test_all_or_nothing(ground):
    add(ground.registry, "before")

    def fail():
        with ground.registry.transaction():
            add(ground.registry, "one")
            with ground.registry.transaction():
                add(ground.registry, "two")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    assert [each.name for each in ground.registry.all()] == ["before"]


actions = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("abcdefgh")),
        st.tuples(st.just("remove"), st.sampled_from("abcdefgh")),
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(first=actions, between=actions, limit=st.integers(1, 4))
def test_pages_miss_nothing_that_stays_and_repeat_nothing(tmp_path_factory, first, between, limit):
    database = Database(tmp_path_factory.mktemp("pages") / "memory.sqlite")
    registry = Registry(database, Clock(database))
    perform(registry, first)
    stays = [each.name for each in registry.all()]
    page, after = registry.page("Campaign", "here", limit=limit)
    seen = [each.name for each in page]
    perform(registry, between)  # while somebody turns pages
    stays = [name for name in stays if name in [each.name for each in registry.all()]]
    positions = [each.position for each in page]
    while after is not None:
        page, after = registry.page("Campaign", "here", after=after, limit=limit)
        assert len(page) <= limit
        seen += [each.name for each in page]
        positions += [each.position for each in page]
    removed = [name for action, name in between if action == "remove"]
    assert set(stays) - set(removed) <= set(seen)
    assert positions == sorted(set(positions))
    database.close()


def perform(registry, actions):
    for action, name in actions:
        arn = f"Campaign/here//{name}"
        if action == "remove":
            registry.delete(arn)
        elif registry.get(arn) is None:
            add(registry, name)


def test_a_page_holds_only_what_uses_the_parent(ground):
    for number in range(5):
        add(ground.registry, f"c{number}", uses=["even" if number % 2 == 0 else "odd"])
    page, after = ground.registry.page("Campaign", "here", using="even", limit=2)
    rest, end = ground.registry.page("Campaign", "here", using="even", limit=2, after=after)
    assert [[each.name for each in part] for part in (page, rest)] == [["c0", "c2"], ["c4"]]
    assert end is None


def test_no_update_is_lost_between_threads(ground):
    arn = add(ground.registry, "counter", count=0).arn

    def count():
        for _ in range(25):
            with ground.registry.transaction():
                now = ground.registry.require(arn).record["count"]
                ground.registry.update(arn, count=now + 1)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ground.registry.require(arn).record["count"] == 200


def test_waiting_ends_when_what_is_waited_for_is_committed(ground):
    arn = add(ground.registry, "shop").arn
    changed = threading.Timer(0.05, lambda: ground.registry.update(arn, status="ACTIVE"))
    changed.start()
    assert ground.registry.wait(lambda: ground.registry.require(arn).status == "ACTIVE", 30)
    assert not ground.registry.wait(lambda: False, 0.01)
