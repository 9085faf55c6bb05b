"""Vouchers are handed to customers: a certain one, the next of a campaign, or several."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from voucherify import models

from tests.voucherify.shop import Shop, gift_of, missing, off, refused, unique


def published(shop: Shop, campaign: Any, **over: Any) -> Any:
    """The next voucher of the campaign, for somebody new."""
    count = {"count": over.pop("count")} if "count" in over else {}
    return shop.publish(**{"to": unique("customer"), **over}, campaign={"name": campaign.name, **count})


def test_a_certain_voucher_is_published(shop: Shop) -> None:
    voucher, customer = shop.voucher(off(5)), unique("customer")
    publication = shop.publish(to=customer, voucher=voucher.code, metadata={"year": 2026})
    assert publication.id.startswith("pub_")
    assert (publication.object, publication.result, publication.metadata) == ("publication", "SUCCESS", {"year": 2026})
    assert (publication.customer.source_id, publication.customer_id) == (customer, publication.customer.id)
    assert (publication.voucher.code, publication.vouchers_id) == (voucher.code, [voucher.id])
    found = shop.vouchers.get_voucher(voucher.code)
    assert (found.holder_id, found.publish.count) == (publication.customer_id, 1)


def test_the_next_voucher_of_a_campaign(shop: Shop) -> None:
    campaign = shop.filled(size=3)
    handed = {published(shop, campaign).voucher.code for _ in range(3)}
    assert handed == set(shop.codes(campaign))
    assert refused(lambda: published(shop, campaign)) == {
        "code": 400,
        "key": "no_voucher_suitable_for_publication",
        "message": "Couldn't find any voucher suitable for publication",
        "details": "Couldn't create new vouchers for publication",
    }


def test_campaigns_that_grow_never_run_out(shop: Shop) -> None:
    campaign = shop.campaign(gift_of(500), type="AUTO_UPDATE", vouchers_count=1)
    codes = {published(shop, campaign).voucher.code for _ in range(4)}
    assert len(codes) == 4
    assert shop.campaigns.get_campaign(campaign.id).vouchers_count == 4
    assert all(shop.vouchers.get_voucher(code).gift.balance == 500 for code in codes)


def test_several_for_one_customer(shop: Shop) -> None:
    campaign = shop.filled(size=5)
    publication = published(shop, campaign, count=3)
    assert len(publication.vouchers) == len(set(publication.vouchers)) == 3
    assert len(publication.vouchers_id) == 3
    assert {shop.vouchers.get_voucher(code).holder_id for code in publication.vouchers} == {publication.customer_id}


def test_customers_may_have_an_email_address_only(shop: Shop) -> None:
    campaign = shop.campaign(type="AUTO_UPDATE")
    address = f"{unique('ada')}@shop.example"
    customer, wanted = models.Customer(email=address), models.CreatePublicationCampaign(name=campaign.name)
    body = models.PublicationsCreateRequestBody(campaign=wanted, customer=customer)
    publication = shop.publications.create_publication(True, body)
    assert publication.customer.email == address
    known = models.PublicationsCreateRequestBody(
        campaign=wanted, customer=models.Customer(id=publication.customer_id), channel=None, metadata=None
    )
    assert shop.publications.create_publication(None, known).customer_id == publication.customer_id


def test_campaigns_by_id(shop: Shop) -> None:
    campaign = shop.campaign(type="AUTO_UPDATE")
    body = {"campaign": {"id": campaign.id}, "customer": {"source_id": unique("customer")}}
    assert shop.http.post("/v1/publications", json=body).json()["voucher"]["campaign_id"] == campaign.id


def test_more_than_may_be_at_once(shop: Shop) -> None:
    campaign = shop.campaign(type="AUTO_UPDATE")
    body = {"campaign": {"name": campaign.name, "count": 51}, "customer": {"source_id": unique("customer")}}
    answer = shop.http.post("/v1/publications", json=body)
    assert answer.status_code == 400
    assert answer.json()["key"] in ("too_many_vouchers_requested", "invalid_payload")


def test_a_voucher_has_one_holder(shop: Shop) -> None:
    voucher = shop.voucher(off(5))
    shop.publish(to=unique("customer"), voucher=voucher.code)
    assert refused(lambda: shop.publish(to=unique("customer"), voucher=voucher.code)) == {
        "code": 400,
        "key": "voucher_already_published",
        "message": "Voucher already published",
        "details": f"Voucher '{voucher.id}' has already been published",
    }


@pytest.mark.parametrize("in_body", [False, True])
def test_customers_who_may_join_once_keep_what_they_have(shop: Shop, in_body: bool) -> None:
    campaign, customer = shop.filled(size=3), unique("customer")
    body = {"campaign": {"name": campaign.name}, "customer": {"source_id": customer}}
    once = {"json": {**body, "join_once": True}} if in_body else {"json": body, "params": {"join_once": "true"}}
    first, second = (shop.http.post("/v1/publications", **once) for _ in range(2))
    assert first.status_code == 200, first.text
    if second.status_code == 200:
        assert second.json()["voucher"]["code"] == first.json()["voucher"]["code"]
    else:
        assert second.json()["key"] == "voucher_cannot_be_published"
    assert len([each for each in shop.listed(campaign).vouchers if each.holder_id]) == 1


def test_the_same_source_is_the_same_publication(shop: Shop) -> None:
    campaign, source, customer = shop.filled(size=3), unique("source"), unique("customer")
    again = partial(published, shop, campaign, source_id=source)
    first = again(to=customer)
    assert first.source_id == source
    assert again(to=customer).id == first.id
    assert refused(again) == {
        "code": 400,
        "key": "duplicate_source_id",
        "message": "Duplicate source_id",
        "details": f"Publication with source_id: '{source}' already exists",
    }


def test_something_must_be_published_to_somebody(shop: Shop) -> None:
    assert refused(lambda: shop.publish(to=unique("customer"))) == {
        "code": 400,
        "key": "missing_vouchers",
        "message": "Missing vouchers",
        "details": "Either Campaign or Voucher is required",
    }
    code = shop.voucher(off(5)).code
    assert shop.http.post("/v1/publications", json={"voucher": code}).status_code == 400
    assert shop.vouchers.get_voucher(code).holder_id is None


def test_unknown_things_are_missing(shop: Shop) -> None:
    name, code = unique("Campaign"), unique("NOTHING")
    to = unique("customer")
    assert refused(lambda: shop.publish(to=to, campaign={"name": name})) == missing("campaign", name)
    assert refused(lambda: shop.publish(to=to, voucher=code)) == missing("voucher", code)


def test_channels_are_told_when_given(shop: Shop) -> None:
    body = {"voucher": shop.voucher(off(5)).code, "customer": {"source_id": unique("me")}, "channel": "newsletter"}
    assert shop.http.post("/v1/publications", json=body).json()["channel"] == "newsletter"
    assert shop.publish(to=unique("me"), voucher=shop.voucher(off(5)).code).channel in (None, "API")


def test_publications_are_listed(shop: Shop) -> None:
    campaign = shop.filled(size=3)
    made = [published(shop, campaign, metadata={"n": number}) for number in range(3)]
    oldest = models.ParameterOrderListPublications.CREATED_AT
    found = shop.publications.list_publications(campaign=campaign.name, order=oldest)
    assert [each.id for each in found.publications] == [each.id for each in made]
    assert (found.total, found.publications[0].voucher.code) == (3, made[0].voucher.code)
    page = shop.publications.list_publications(campaign=campaign.name, limit=2, page=2)
    assert ([each.id for each in page.publications], page.total) == ([made[0].id], 3)
    only = shop.publications.list_publications(customer=made[1].customer_id)
    assert [each.id for each in only.publications] == [made[1].id]


def test_time_may_run_from_the_day_of_publication(shop: Shop) -> None:
    campaign = shop.campaign(
        off(5), activity_duration_after_publishing="P2D", expiration_date="2044-01-01", type="AUTO_UPDATE"
    )
    code = published(shop, campaign).voucher.code
    expires = shop.vouchers.get_voucher(code).expiration_date
    assert timedelta(days=1, hours=23) < expires - datetime.now(UTC) <= timedelta(days=2)


def test_published_vouchers_can_be_redeemed(shop: Shop) -> None:
    customer = unique("customer")
    code = published(shop, shop.filled(off(5), size=1), to=customer).voucher.code
    assert shop.redeem(code, amount=100, customer={"source_id": customer}).redemptions[0].result == "SUCCESS"


def test_publishing_by_a_query(shop: Shop) -> None:
    campaign = shop.campaign(type="AUTO_UPDATE")
    customer = models.Customer(source_id=unique("customer"), name="Ada")
    publication = shop.publications.create_publication1(
        customer, campaign=models.CreatePublicationCampaign(name=campaign.name)
    )
    assert (publication.result, publication.customer.name) == ("SUCCESS", "Ada")
