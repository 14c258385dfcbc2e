"""Sends one message with Customer.io's library for Python, and one that is refused."""

import json
import sys

from customerio import APIClient, CustomerIOException, SendInboxMessageRequest

url, request = sys.argv[1], json.loads(sys.argv[2])
client = APIClient("key", url=url)
answer = client.send_inbox_message(SendInboxMessageRequest(**request))
try:
    client.send_inbox_message(SendInboxMessageRequest(**{**request, "transactional_message_id": "nothing"}))
    answer["refusal"] = None
except CustomerIOException as error:
    answer["refusal"] = str(error)
print(json.dumps(answer))
