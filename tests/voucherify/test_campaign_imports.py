"""Vouchers are imported into campaigns, as JSON and as CSV of every make."""

from pathlib import Path
from typing import Any

import pytest

from tests.voucherify.shop import Shop, gift_of, off, refused, unique

BOUNDARY = "----shop"


def csv(shop: Shop, campaign: Any, content: bytes) -> Any:
    """The action that imported the file, over."""
    answer = shop.campaigns.import_vouchers_to_campaign_using_csv(campaign.id, content)
    return shop.finished(answer.async_action_id)


def upload(shop: Shop, path: str, content: bytes, *, disposition: str, kind: str | None = None) -> Any:
    """A multipart body whose part has just these headers."""
    headers = [f"Content-Disposition: form-data; {disposition}", *([f"Content-Type: {kind}"] if kind else [])]
    part = "\r\n".join([f"--{BOUNDARY}", *headers, "", ""]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return shop.http.post(path, content=part, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


# -- JSON --------------------------------------------------------------------------------------------------------


def test_items_are_imported(shop: Shop) -> None:
    campaign = shop.campaign(off(500), metadata={"a": 1, "b": 1})
    plain, own = unique("IMP"), unique("IMP/ort é")
    item = {
        "code": own,
        "metadata": {"b": 2},
        "redemption": {"quantity": 3},
        "active": False,
        "additional_info": "x",
        "expiration_date": "2044-01-01T00:00:00Z",
    }
    action = shop.imported(campaign, {"code": plain}, item)
    assert (action.type, action.status) == ("CAMPAIGN.VOUCHERS_IMPORT", "DONE")
    assert action.result == {
        "message": "2 voucher(s) imported successfully, 0 failed.",
        "failed": [],
        "done_count": 2,
        "failed_count": 0,
    }
    first, second = shop.vouchers.get_voucher(plain), shop.vouchers.get_voucher(own)
    assert (first.discount.amount_off, first.active, first.metadata) == (500, True, {"a": 1, "b": 1})
    assert (second.redemption.quantity, second.active, second.additional_info) == (3, False, "x")
    assert (second.metadata, second.expiration_date.year) == ({"a": 1, "b": 2}, 2044)
    assert shop.settled(campaign).vouchers_count == 2


def test_gift_cards_bring_their_own_amounts(shop: Shop) -> None:
    campaign = shop.campaign(gift_of(1000))
    usual, own = unique("GIFT"), unique("GIFT")
    shop.imported(campaign, {"code": usual}, {"code": own, "gift": {"amount": 2500}})
    assert shop.vouchers.get_voucher(usual).gift.balance == 1000
    assert shop.vouchers.get_voucher(own).gift.balance == 2500


def test_import_is_accepted(shop: Shop) -> None:
    answer = shop.http.post(f"/v1/campaigns/{shop.campaign().id}/import", json=[{"code": unique("IMP")}])
    assert answer.status_code == 202
    assert answer.json().keys() == {"async_action_id"}


def test_items_without_a_code_refuse_the_whole_import(shop: Shop) -> None:
    campaign, code = shop.campaign(), unique("IMP")
    assert refused(lambda: shop.imported(campaign, {"code": code}, {"metadata": {}})) == {
        "code": 400,
        "key": "invalid_voucher",
        "message": "Invalid Voucher",
        "details": "Found 1 voucher(s) without 'code' value",
    }
    assert shop.listed(campaign).total == 0


def test_codes_that_exist_refuse_the_whole_import(shop: Shop) -> None:
    campaign = shop.campaign()
    first, second = (shop.added(campaign).code for _ in range(2))
    items = [{"code": first}, {"code": unique("IMP")}, {"code": second}]
    assert refused(lambda: shop.imported(campaign, *items)) == {
        "code": 400,
        "key": "duplicate_key",
        "message": "Duplicate codes",
        "details": "2 voucher codes(s) already exist.",
    }
    assert shop.listed(campaign).total == 2


def test_a_wrong_type_is_named(shop: Shop) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/import"
    answer = shop.http.post(path, json=[{"code": unique("IMP"), "redemption": {"quantity": "many"}}])
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert ".redemption.quantity should be number,null" in answer.json()["details"]


def test_an_import_of_a_few_thousand(shop: Shop) -> None:
    campaign, prefix = shop.campaign(), unique("MANY")
    answer = shop.http.post(
        f"/v1/campaigns/{campaign.id}/import", json=[{"code": f"{prefix}-{number}"} for number in range(3000)]
    )
    assert answer.status_code == 202, answer.text
    assert shop.finished(answer.json()["async_action_id"]).result["done_count"] == 3000
    assert shop.listed(campaign).total == 3000


# -- CSV ---------------------------------------------------------------------------------------------------------


def test_rows_are_imported_with_their_columns(shop: Shop) -> None:
    campaign = shop.campaign(metadata={"region": "eu", "keep": 1})
    plain, own = unique("CSV"), unique("CSV")
    rows = f'Code,Active,region,Note\n{plain},TRUE,,\n{own},false,us,"said ""hi"",\nleft"\n'
    action = csv(shop, campaign, rows.encode())
    assert (action.type, action.operation_status) == ("CAMPAIGN.VOUCHERS_IMPORT_CSV", "SUCCESS")
    assert (action.result["done_count"], action.result["failed_count"], action.result["failed"]) == (2, 0, [])
    first, second = shop.vouchers.get_voucher(plain), shop.vouchers.get_voucher(own)
    assert (first.active, second.active) == (True, False)
    assert first.metadata["keep"] == 1
    assert (second.metadata["region"], second.metadata["Note"]) == ("us", 'said "hi",\nleft')


def test_columns_with_a_meaning_are_no_metadata(shop: Shop) -> None:
    gifts, code = shop.campaign(gift_of(1000)), unique("CSV")
    rows = f"Code,Gift Amount,Redeemed Amount,Redeemed Quantity,Expiration Date\n{code},2000,500,2,2044-01-01\n"
    assert csv(shop, gifts, rows.encode()).result["done_count"] == 1
    voucher = shop.vouchers.get_voucher(code)
    assert (voucher.gift.amount, voucher.gift.balance, voucher.redemption.redeemed_quantity) == (2000, 1500, 2)
    assert voucher.expiration_date.year == 2044
    assert voucher.metadata == {}


def test_the_generic_template_may_be_imported(shop: Shop) -> None:
    """Its category is known to nobody, as in the vendor's own test, which expects the voucher."""
    campaign, code = shop.campaign(off(15)), unique("CSV")
    header = "Code,Voucher Type,Active,Start Date,Expiration Date,Discount Type,Value,Category,Redemption Limit,"
    row = f"{code},DISCOUNT_VOUCHER,TRUE,,,AMOUNT,15,New,,Planned release in Fall,Europe"
    action = csv(shop, campaign, f"{header}Additional Info,Region\n{row}".encode())
    assert (action.operation_status, action.result["done_count"]) == ("SUCCESS", 1)
    voucher = shop.vouchers.get_voucher(code)
    assert (voucher.campaign_id, voucher.metadata["Region"]) == (campaign.id, "Europe")


@pytest.mark.parametrize(
    "template",
    [
        "\ufeffCode,Town\n{},Köln\n",
        "Code;Town\n{};Köln\n",
        "Code\tTown\n{}\tKöln\n",
        '"Code","Town"\r\n"{}","Köln"\r\n',
        "Code,Town\n{},Köln",
        "Code,Town\r{},Köln\r",
        "code,Town\n\n{},Köln\n\n",
        "Town,Code\nKöln,{}\n",
    ],
    ids=["byte-order mark", "semicolons", "tabs", "quotes", "no last line end", "old line ends", "blanks", "order"],
)
def test_files_of_every_make(shop: Shop, template: str) -> None:
    campaign, code = shop.campaign(), unique("CSV")
    action = csv(shop, campaign, template.format(code).encode())
    assert (action.result["done_count"], action.result["failed"]) == (1, [])
    assert shop.vouchers.get_voucher(code).metadata == {"Town": "Köln"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_that_say_their_encoding(shop: Shop, encoding: str) -> None:
    campaign, code = shop.campaign(), unique("CSV")
    assert csv(shop, campaign, f"Code,Town\n{code},Köln\n".encode(encoding)).result["done_count"] == 1
    assert shop.vouchers.get_voucher(code).metadata == {"Town": "Köln"}


def test_a_file_in_another_encoding_is_refused_with_its_first_row(shop: Shop) -> None:
    campaign, good, bad = shop.campaign(), unique("CSV"), unique("CSV")
    body = refused(lambda: csv(shop, campaign, f"Code,Town\n{good},Bonn\n{bad},Köln\n".encode("latin-1")))
    assert body["code"] == 400
    assert "Row 2" in body["details"]
    assert "UTF-8" in body["details"]
    assert shop.listed(campaign).total == 0


def test_rows_fail_by_themselves(shop: Shop) -> None:
    campaign, elsewhere = shop.campaign(), shop.voucher().code
    good, wrong = unique("CSV"), unique("CSV")
    rows = ["Code,Active,Redeemed Quantity", f"{good},true,0", ",true,0", f"{wrong},true,lots", f"{elsewhere},true,0"]
    action = csv(shop, campaign, "\n".join(rows).encode())
    assert (action.status, action.operation_status) == ("DONE", "SUCCESS")
    assert (action.result["done_count"], action.result["failed_count"]) == (1, 3)
    assert action.result["message"] == "1 voucher(s) imported successfully, 3 failed."
    assert [each["row"] for each in action.result["failed"]] == [2, 3, 4]
    assert [each["code"] for each in action.result["failed"][1:]] == [wrong, elsewhere]
    assert all(each["reason"] for each in action.result["failed"])
    assert shop.codes(campaign) == [good]


def test_rows_of_vouchers_that_exist_switch_them(shop: Shop) -> None:
    campaign = shop.campaign(off(500))
    code = shop.added(campaign).code
    assert csv(shop, campaign, f"Code,Active\n{code},false\n".encode()).result["failed_count"] == 0
    voucher = shop.vouchers.get_voucher(code)
    assert (voucher.active, voucher.discount.amount_off) == (False, 500)
    assert shop.settled(campaign).vouchers_count == 1


def test_upload_is_answered_with_its_action(shop: Shop, tmp_path: Path) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/importCSV"
    content = f"Code\n{unique('CSV')}\n".encode()
    answer = shop.http.post(path, files={"file": ("codes.csv", content, "text/csv")})
    assert (answer.status_code, answer.json().keys()) == (200, {"async_action_id"})
    (tmp_path / "more.csv").write_text(f"Code\n{unique('CSV')}\n")
    campaign = shop.campaign(name=unique("file/name %"))
    by_path = shop.campaigns.import_vouchers_to_campaign_using_csv(campaign.name, str(tmp_path / "more.csv"))
    assert shop.finished(by_path.async_action_id).result["done_count"] == 1


@pytest.mark.parametrize("kind", [None, "text/csv", "application/octet-stream"])
def test_uploads_need_no_file_name(shop: Shop, kind: str | None) -> None:
    campaign, code = shop.campaign(), unique("CSV")
    path = f"/v1/campaigns/{campaign.id}/importCSV"
    answer = upload(shop, path, f"Code\n{code}\n".encode(), disposition='name="file"', kind=kind)
    assert answer.status_code == 200, answer.text
    assert shop.finished(answer.json()["async_action_id"]).result["done_count"] == 1
    assert shop.vouchers.get_voucher(code).campaign_id == campaign.id


def test_uploads_without_the_file_are_refused(shop: Shop) -> None:
    path = f"/v1/campaigns/{shop.campaign().id}/importCSV"
    answer = upload(shop, path, b"Code\nA\n", disposition='name="upload"; filename="x.csv"')
    assert answer.status_code == 400
    body = answer.json()
    assert (body["key"], body["details"]) == ("invalid_payload", "Payload should have required property 'file'")


def test_files_without_a_code_column_import_nothing(shop: Shop) -> None:
    campaign = shop.campaign()
    path = f"/v1/campaigns/{campaign.id}/importCSV"
    answer = shop.http.post(path, files={"file": ("codes.csv", b"Town\nBonn\n", "text/csv")})
    if answer.status_code == 200:
        assert shop.finished(answer.json()["async_action_id"]).result["done_count"] == 0
    else:
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_csv")
    assert shop.listed(campaign).total == 0


@pytest.mark.slow
def test_a_long_file_is_imported_whole(shop: Shop) -> None:
    campaign, prefix = shop.campaign(), unique("LONG")
    rows = "".join(f"{prefix}-{number},{number}\n" for number in range(20_000))
    action = csv(shop, campaign, f"Code,Number\n{rows}".encode())
    assert (action.result["done_count"], action.result["failed_count"]) == (20_000, 0)
    assert shop.settled(campaign).vouchers_count == 20_000
    assert shop.vouchers.get_voucher(f"{prefix}-19999").metadata["Number"] == "19999"
