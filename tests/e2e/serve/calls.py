"""Every call of Customer.io's library for Python: `calls.py app URL`, `calls.py track URL` or `calls.py tls PORT`.

Prints what each call was answered with, in order. Without a change, the client of the Track API always uses TLS; its certificate
is checked against `REQUESTS_CA_BUNDLE`.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

import customerio
from customerio import APIClient, CustomerIO, CustomerIOException

COMMON = {
    "transactional_message_id": 100,
    "identifiers": {"id": "user_123"},
    "message_data": {"order_id": 7, "tracking_url": "https://track.example.com", "lines": [{"sku": "a", "at": datetime(2009, 2, 13, 23, 31, 30, tzinfo=timezone.utc)}]},
    "language": "de",
    "disable_message_retention": False,
    "queue_draft": False,
    "send_at": datetime.now(timezone.utc) + timedelta(hours=1),
}
APP = {
    "email": ("SendEmailRequest", {
        "to": "a@example.com", "_from": "b@example.com", "subject": "s", "preheader": "p", "body": "<p>b</p>", "body_plain": "b",
        "reply_to": "c@example.com", "cc": "d@example.com", "bcc": "e@example.com", "headers": {"X-One": "1"},
        "fake_bcc": False, "send_to_unsubscribed": True, "tracked": True, "disable_css_preprocessing": True,
    }),
    "push": ("SendPushRequest", {
        "to": "all", "title": "t", "message": "m", "image_url": "https://example.com/i.png", "link": "app://7",
        "custom_data": {"a": "b"}, "custom_payload": {"ios": {"aps": {}}}, "sound": "default",
        "device": {"token": "t", "platform": "ios"}, "send_to_unsubscribed": True,
    }),
    "sms": ("SendSMSRequest", {"to": "+15550100", "send_to_unsubscribed": True}),
    "whatsapp": ("SendWhatsAppRequest", {"to": "+15550100", "send_to_unsubscribed": True, "tracked": True}),
    "in_app": ("SendInAppRequest", {}),
    "inbox_message": ("SendInboxMessageRequest", {"transactional_message_id": "order_shipped"}),
}
TRACK = [
    ("identify", [1], {"name": "john", "email": "john@test.com"}),
    ("identify", ["1/"], {}),
    ("identify", ["5"], {"created_at": datetime(2009, 2, 13, 23, 31, 30), "score": float("nan")}),
    ("track", [1, "sign_up"], {"data": {"email": "john@test.com"}}),
    ("track", ["1 ", "test"], {"id": "01BX5ZZKBKACTAV9WEVGEMMVRZ", "timestamp": 1234567890}),
    ("track_anonymous", [123, "sign_up"], {"data": {"email": "john@test.com"}}),
    ("track_anonymous", [None, "sign_up"], {}),
    ("pageview", [1, "product_1"], {"referer": "category_1"}),
    ("backfill", [1, "signup", 1234567890], {"email": "john@test.com"}),
    ("add_device", [1, "device_1", "ios"], {}),
    ("add_device", [1, "device_2", "android"], {"last_used": 1234567890}),
    ("delete_device", [1, "device_1"], {}),
    ("delete_device", ["1/", "2 "], {}),
    ("suppress", ["6"], {}),
    ("unsuppress", ["6"], {}),
    ("merge_customers", ["id", "CIO123", "email", "person1@company.com"], {}),
    ("merge_customers", ["cio_id", "CIO456", "id", "MyCustomId"], {}),
    ("delete", ["5"], {}),
]
BATCH = ("batch", [[
    {"type": "person", "action": "identify", "identifiers": {"id": "8"}, "attributes": {"plan": "pro"}},
    {"type": "person", "action": "event", "identifiers": {"id": "8"}, "name": "upgraded"},
]], {})


def answer(name, call):
    try:
        response = call()
        return [name, response if isinstance(response, dict) else response.status_code]
    except CustomerIOException as error:
        return [name, str(error)]


def app(url):
    client = APIClient("key", url=url)
    for channel, (request, fields) in APP.items():
        message = getattr(customerio, request)(**{**COMMON, **fields})
        if channel == "email":
            message.attach("sample.csv", "1,2,3")
        yield answer(channel, lambda: getattr(client, f"send_{channel}")(message))


def track(client, calls):
    for name, arguments, named in calls:
        yield answer(name, lambda: getattr(client, name)(*arguments, **named))


kind, place = sys.argv[1:]
if kind == "app":
    answers = app(place)
elif kind == "track":
    plain = CustomerIO("site", "key")
    plain.base_url = f"{place}/api/v1"
    answers = track(plain, TRACK)
else:
    answers = track(CustomerIO("site", "key", host="localhost", port=int(place)), [*TRACK, BATCH])
print(json.dumps(list(answers)))
