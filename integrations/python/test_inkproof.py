import json
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from inkproof import Inkproof

EXAMPLE = Path(__file__).parent.parent / "example"
SHIPPED = {"transactional_message_id": "order_shipped", "identifiers": {"id": "user_123"}, "message_data": {"order_id": "A-1"}}


@pytest.fixture(scope="session")
def server():
    server = Inkproof(dir=EXAMPLE)
    yield server
    server.stop()


@pytest.fixture
def inkproof(server):
    server.reset()
    return server


def send(inkproof):
    """Your backend would send with Customer.io's client, at the address `inkproof.url`."""
    request = urllib.request.Request(f"{inkproof.url}/v1/send/inbox_message", json.dumps(SHIPPED).encode(), {"Authorization": "Bearer key"})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


def test_an_order_tells_its_customer(inkproof):
    threading.Timer(0.05, send, [inkproof]).start()
    [message] = inkproof.wait(to="user_123", template="order_shipped")
    assert message["status"] == "delivered"
    assert message["message"]["properties"] == {"title": "Order A-1 has shipped", "body": "Hi Ada"}


def test_each_test_begins_without_messages(inkproof):
    assert inkproof.messages() == []
    with pytest.raises(AssertionError, match="0 of 1 messages arrived"):
        inkproof.wait(timeout=0)


def test_a_fault_fails_a_request_once(inkproof):
    inkproof.fault(preset="accepted_but_500", times=1)
    assert [send(inkproof), send(inkproof)] == [500, 200]
    assert len(inkproof.wait(count=2)) == 2
