"""Which addresses files may come from."""

from __future__ import annotations

import socket

import pytest
from yarl import URL

from adapters.rodin.hosts import ForbiddenAddress, check_link, is_loopback_host, is_public, open_socket
from bot.errors import FileRefused


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:169.254.169.254",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_a_machine_or_a_network_of_its_own_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("api.hyper3d.com", False),
        ("127.0.0.1.nip.io", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected


@pytest.mark.parametrize("link", ["https://file.hyper3d.com/a?X=1", "https://x.volces.com:8443/a"])
def test_an_https_link_may_be_opened(link: str) -> None:
    check_link(URL(link), api_is_local=False)
    check_link(URL(link), api_is_local=True)


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:80/a", "http://localhost/a", "http://[::1]/a", "https://127.0.0.1/a"]
)
def test_a_link_to_this_machine_is_for_the_simulator_only(link: str) -> None:
    check_link(URL(link), api_is_local=True)
    with pytest.raises(FileRefused):
        check_link(URL(link), api_is_local=False)


@pytest.mark.parametrize(
    "link",
    [
        "http://file.hyper3d.com/a",
        "http://10.0.0.1/a",
        "ftp://file.hyper3d.com/a",
        "file:///etc/passwd",
        "/a",
        "",
        "https://user@file.hyper3d.com/a",
        "https://:pw@file.hyper3d.com/a",
        "https:///a",
        "data:text/plain,x",
    ],
)
def test_other_links_are_refused(link: str) -> None:
    with pytest.raises(FileRefused):
        check_link(URL(link), api_is_local=True)


def test_a_refused_link_is_not_quoted() -> None:
    with pytest.raises(FileRefused) as caught:
        check_link(URL("http://file.hyper3d.com/a?X-Tos-Signature=secret"), api_is_local=False)

    assert "secret" not in str(caught.value)


def test_no_socket_is_made_for_an_address_inside() -> None:
    with pytest.raises(ForbiddenAddress):
        open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("169.254.169.254", 443)))


def test_a_socket_is_made_for_a_public_address() -> None:
    with open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("1.1.1.1", 443))) as made:
        assert made.family is socket.AF_INET
