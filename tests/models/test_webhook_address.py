"""Where webhooks may lead, and how what they send is signed."""

import time
from ipaddress import ip_network

import pytest
from standardwebhooks import Webhook

from models import webhook_signature
from models.problems import Invalid
from models.webhook_address import Reach, networks_of

REFUSED = {
    "this machine": "127.0.0.1 127.255.255.254 0.0.0.0 :: ::1",
    "private": "10.0.0.1 172.16.0.1 192.168.1.1 fc00::1 fec0::1",
    "link-local": "169.254.1.1 fe80::1 fe80::1%lo",
    "metadata of clouds": "169.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254",
    "shared": "100.64.0.1 100.127.255.255",
    "multicast": "224.0.0.1 239.255.255.255 ff02::1",
    "reserved": "240.0.0.1 255.255.255.255 198.18.0.1 100::1 5f00::1",
    "documentation": "192.0.2.1 203.0.113.7 2001:db8::1 3fff::1",
    "an IPv4 address within": "::127.0.0.1 ::ffff:127.0.0.1 ::ffff:a00:1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::",
    "a tunnel": "2001::1 2001:0:7f00:1::1",
    "no address": "localhost 2130706433 0x7f000001 127.1 1.1.1.1.",
}
ALLOWED = "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.32.0.1 2606:4700::1111 64:ff9b::101:101 ::ffff:1.1.1.1"


@pytest.mark.parametrize("addresses", REFUSED.values(), ids=REFUSED)
def test_addresses_that_are_not_of_the_internet_are_refused(addresses: str) -> None:
    reach = Reach()
    assert [address for address in addresses.split() if reach.allows(address)] == []


def test_addresses_of_the_internet_are_allowed() -> None:
    reach = Reach()
    assert [address for address in ALLOWED.split() if not reach.allows(address)] == []


def test_an_operator_allows_networks_however_their_addresses_are_written() -> None:
    reach = Reach(networks_of(" 10.1.0.0/16, fd00::/8 ,127.0.0.1"))
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "fd12::1", "127.0.0.1"):
        assert reach.allows(address), address
    for address in ("10.2.0.1", "127.0.0.2", "fc00::1"):
        assert not reach.allows(address), address
    with pytest.raises(ValueError, match="host bits"):
        networks_of("10.1.2.3/16")


def reason(url: str, reach: Reach | None = None) -> str | None:
    try:
        (reach or Reach()).check(url)
    except Invalid as refusal:
        return str(refusal.details["reason"])
    return None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/hooks?a=b", None),
        ("https://example.org:8443", None),
        ("https://münchen.example/ü", None),
        ("https://1.1.1.1/", None),
        ("https://[2606:4700::1111]:443/", None),
        ("http://example.org/", "scheme"),
        ("https://user@example.org/", "credentials"),
        ("https://example.org/#a", "fragment"),
        ("https://example.org:22/", "port"),
        ("https://10.0.0.1/", "network"),
        ("https://１２７.0.0.1/", "network"),
        ("https://127.0.0.1./", "network"),
        ("https://[::ffff:169.254.169.254]/", "network"),
        ("https://LOCALHOST/", "network"),
        ("https://a.localhost./", "network"),
        ("https://2130706433/", "host"),
        ("https://0X7F.0.0.1/", "host"),
        ("https://127.0.1/", "host"),
        ("https://0177.0.0.1/", "host"),
        ("https://exa mple.org/", "url"),
        ("https://example.org\\@10.0.0.1/", "url"),
        ("https://example.org:0x50/", "url"),
        ("//example.org/", "url"),
        ("", "url"),
    ],
)
def test_addresses_are_looked_at_as_they_are_written(url: str, expected: str | None) -> None:
    assert reason(url) == expected


def test_what_an_operator_allows_may_be_written_too() -> None:
    reach = Reach((ip_network("127.0.0.0/8"),), allow_http=True)
    assert reason("http://127.0.0.1:80/", reach) is None
    assert reason("http://127.0.0.1:81/", reach) is None
    assert reason("http://localhost:8000/", reach) is None
    assert reason("http://example.org:81/", reach) == "port"


def test_each_secret_signs_as_the_specification_says() -> None:
    old, new = webhook_signature.new_secret(), webhook_signature.new_secret()
    body = '{"name":"Zoë"}'.encode()
    # The library refuses what is older than five minutes.
    headers = webhook_signature.headers("msg_1", int(time.time()), body, (new, old))
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) == {"name": "Zoë"}
    # The example of the specification's own tests.
    known = webhook_signature.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert known["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
