"""Ids that clients see: their form, how hard they are to guess, and how those of vouchers lie beside each other."""

import re
from collections import Counter

import pytest

from models import public_ids

LETTERS = "[0-9A-Za-z]"
FORMS = {
    "campaign": f"camp_{LETTERS}{{24}}",
    "customer": f"cust_{LETTERS}{{24}}",
    "order": f"ord_{LETTERS}{{24}}",
    "promotion_tier": f"promo_{LETTERS}{{24}}",
    "publication": f"pub_{LETTERS}{{32}}",
    "session": f"ssn_{LETTERS}{{32}}",
    "voucher": f"v_{LETTERS}{{32}}",
    "action": "aa_[0-9a-f]{18}",
    "bin_entry": "tbe_[0-9a-f]{18}",
    "category": "cat_[0-9a-f]{18}",
    "redemption": "r_[0-9a-f]{18}",
    "failed_redemption": "rf_[0-9a-f]{18}",
    "rollback": "rr_[0-9a-f]{18}",
    "failed_rollback": "rrf_[0-9a-f]{18}",
    "validation": "valid_[0-9a-f]{18}",
}


@pytest.mark.parametrize("noun", FORMS)
def test_each_noun_has_the_form_that_clients_know(noun: str) -> None:
    made = {getattr(public_ids, noun)() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(FORMS[noun], each) for each in made)


def test_no_letter_is_likelier_than_another() -> None:
    counts = Counter(public_ids.letters(62 * 4000))
    assert set(counts) == set(public_ids.ALPHABET)
    # Without dropping bytes eight letters would come a quarter more often; by chance none does by a tenth.
    assert all(3600 < count < 4400 for count in counts.values())


@pytest.mark.parametrize("count", [0, 1, 23, 24, 100_000])
def test_there_are_as_many_letters_as_asked_for(count: int) -> None:
    assert len(public_ids.letters(count)) == count


def test_ids_of_vouchers_are_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = [0, 10**15, 1_700_000_000 * 10**9, 1_700_000_000 * 10**9 + 10**6, 217_000_000_000 * 10**9]
    made = []
    for nanoseconds in instants:
        monkeypatch.setattr("time.time_ns", lambda at=nanoseconds: at)
        made.append(public_ids.voucher())
    assert made == sorted(made)
    assert [len(each) for each in made] == [34] * len(instants)


def test_vouchers_made_together_share_their_beginning_and_nothing_else() -> None:
    made = public_ids.vouchers(2000)
    assert len(made) == len(set(made)) == 2000
    assert len({each[:10] for each in made}) == 1
    assert len({each[10:22] for each in made}) == 2000
    assert public_ids.vouchers(0) == []


@pytest.mark.parametrize("number", [0, 1, 10**9, 2**63 - 1])
def test_a_transactions_id_is_its_number(number: int) -> None:
    token = public_ids.of_transaction(number)
    assert re.fullmatch("vtx_[0-9a-f]{18}", token)
    assert public_ids.transaction_number(token) == number


@pytest.mark.parametrize(
    "token",
    ["", "vtx_", "vtx_1", f"vtx_{2**63:018x}", "vtx_00000000000000000A", "vtx_000000000000000001\n", "r_" + "0" * 18],
)
def test_no_other_text_is_a_transactions_id(token: str) -> None:
    assert public_ids.transaction_number(token) is None
