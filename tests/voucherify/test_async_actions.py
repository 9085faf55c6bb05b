"""Bulk work is followed by its action."""

import re
from datetime import UTC, datetime, timedelta

from tests.voucherify.shop import Shop, missing, refused, unique


def generated(shop: Shop, size: int = 2) -> str:
    """The id of an action that makes vouchers."""
    action: str = shop.campaigns.add_vouchers_to_campaign(shop.campaign().id, size).async_action_id
    return action


def test_an_action_ends_with_a_result(shop: Shop) -> None:
    action = shop.finished(generated(shop))
    assert re.fullmatch(r"aa_[0-9a-f]{18}", action.id)
    assert (action.object, action.type) == ("async_action", "CAMPAIGN.VOUCHERS_GENERATE")
    assert (action.status, action.operation_status, action.progress) == ("DONE", "SUCCESS", 100)
    assert action.processing_time >= 0
    assert action.request_id.startswith("v-")
    assert action.updated_at >= action.created_at


def test_a_running_action_tells_how_far_it_is(shop: Shop) -> None:
    action_id = generated(shop, 20_000)
    seen = list(shop.looks_at(action_id))
    assert [each.progress for each in seen] == sorted(each.progress for each in seen)
    assert {each.status for each in seen} <= {"ENQUEUED", "IN_PROGRESS", "DONE"}
    assert seen[-1].result == {"message": "Generated 20000 vouchers.", "done_count": 20_000}


def test_actions_are_listed_newest_first_without_results(shop: Shop) -> None:
    made = [generated(shop) for _ in range(3)]
    for action in made:
        shop.finished(action)
    found = shop.http.get("/v1/async-actions", params={"limit": 2}).json()
    assert found.keys() == {"object", "data_ref", "async_actions", "has_more"}
    assert [each["id"] for each in found["async_actions"]] == made[:0:-1]
    assert found["has_more"] is True
    assert not any("result" in each for each in found["async_actions"])
    assert [each.id for each in shop.actions.list_async_actions(limit=3).async_actions] == made[::-1]


def test_lists_end_before_a_date(shop: Shop) -> None:
    action = shop.finished(generated(shop))
    until = shop.actions.list_async_actions(end_date=action.created_at)
    assert action.id not in [each.id for each in until.async_actions]
    after = shop.actions.list_async_actions(end_date=datetime.now(UTC) + timedelta(minutes=1))
    assert action.id in [each.id for each in after.async_actions]


def test_a_date_that_is_none_is_refused(shop: Shop) -> None:
    answer = shop.http.get("/v1/async-actions", params={"end_date": "yesterday"})
    body = answer.json()
    assert (answer.status_code, body["key"], body["message"]) == (400, "invalid_query_params", "Invalid query params")
    assert body["details"] == "Property .end_date cannot be recognized as a ISO-8601 compliant date"


def test_unknown_actions_are_missing(shop: Shop, other_shop: Shop) -> None:
    nothing = unique("aa_nothing")
    assert refused(lambda: shop.actions.get_async_action(nothing)) == missing("async_action", nothing)
    theirs = generated(other_shop)
    assert refused(lambda: shop.actions.get_async_action(theirs)) == missing("async_action", theirs)
