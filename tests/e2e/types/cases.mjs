// One payload that is correct, and six that are not, as the code of each language.

const typescript = (request) => `import { APIClient } from "customerio-node";
import { sendInboxMessage } from "./send.js";

const client = new APIClient("key");
void sendInboxMessage(client, {
  identifiers: { id: "user_123" },
  ${request},
});
`;

const python = (request) => `from typing import cast

from customerio import APIClient, SendInboxMessageRequest
from inkproof import InboxMessageRequest

typed_request = cast(InboxMessageRequest, SendInboxMessageRequest)
client = APIClient("key")
client.send_inbox_message(typed_request(identifiers={"id": "user_123"}, ${request}))
`;

const go = (code) => `package main

import (
	"encoding/json"
	"fmt"

	"example.com/backend/inkproof"
)

func send(data inkproof.Data) {
	body, err := json.Marshal(map[string]any{"transactional_message_id": data.TriggerName(), "message_data": data})
	fmt.Println(string(body), err)
}

func main() {
	likes := 9.0
	_ = likes
	send(${code})
}
`;

const ruby = (code) => `require_relative "templates"

include InkproofTemplates
puts(${code}.class)
`;

export const cases = {
  typescript: {
    file: "ts",
    write: typescript,
    correct: `transactional_message_id: "weekly_digest", message_data: { team: { id: 7, name: "Compilers", members: 12 }, posts: [{ title: "A-0", likes: 4 }] }`,
    wrong: {
      missing: `transactional_message_id: "order_shipped", message_data: { order_number: "1042" }`,
      kind: `transactional_message_id: "order_shipped", message_data: { order_number: {}, tracking_url: "https://x" }`,
      misspelt: `transactional_message_id: "order_shipped", message_data: { order_number: "1042", tracking_uri: "https://x" }`,
      element: `transactional_message_id: "weekly_digest", message_data: { team: { id: 7, name: "a", members: 1 }, posts: [{ likes: 4 }] }`,
      template: `transactional_message_id: "order_shiped", message_data: { order_number: "1042", tracking_url: "https://x" }`,
      other: `transactional_message_id: "order_shipped", message_data: { team: { id: 7, name: "a", members: 1 }, posts: [] }`,
    },
  },
  python: {
    file: "py",
    write: python,
    correct: `transactional_message_id="weekly_digest", message_data={"team": {"id": 7, "name": "Compilers", "members": 12}, "posts": [{"title": "A-0", "likes": 4}]}`,
    wrong: {
      missing: `transactional_message_id="order_shipped", message_data={"order_number": "1042"}`,
      kind: `transactional_message_id="order_shipped", message_data={"order_number": {}, "tracking_url": "https://x"}`,
      misspelt: `transactional_message_id="order_shipped", message_data={"order_number": "1042", "tracking_uri": "https://x"}`,
      element: `transactional_message_id="weekly_digest", message_data={"team": {"id": 7, "name": "a", "members": 1}, "posts": [{"likes": 4}]}`,
      template: `transactional_message_id="order_shiped", message_data={"order_number": "1042", "tracking_url": "https://x"}`,
      other: `transactional_message_id="order_shipped", message_data={"team": {"id": 7, "name": "a", "members": 1}, "posts": []}`,
    },
  },
  go: {
    file: "go",
    write: go,
    correct: `inkproof.NewWeeklyDigestData([]inkproof.WeeklyDigestPost{{Title: "A-0", Likes: &likes}}, inkproof.NewWeeklyDigestTeam("Compilers", 7, 12))`,
    wrong: {
      missing: `inkproof.NewOrderShippedData("1042")`,
      kind: `inkproof.NewOrderShippedData(1042, "https://x")`,
      misspelt: `inkproof.OrderShippedData{OrderNumber: "1042", TrackingURI: "https://x"}`,
      element: `inkproof.NewWeeklyDigestData([]inkproof.WeeklyDigestPost{{Titel: "A-0"}}, inkproof.NewWeeklyDigestTeam("a", 7, 1))`,
      template: `inkproof.NewOrderShipedData("1042", "https://x")`,
      other: `inkproof.NewWeeklyDigestPost("not the data of a template")`,
    },
  },
  ruby: {
    file: "rb",
    write: ruby,
    correct: `WeeklyDigestData.new(team: WeeklyDigestTeam.new(id: 7, name: "Compilers", members: 12), posts: [WeeklyDigestPost.new(title: "A-0", likes: 4)])`,
    wrong: {
      missing: `OrderShippedData.new(order_number: "1042")`,
      kind: `OrderShippedData.new(order_number: {}, tracking_url: "https://x")`,
      misspelt: `OrderShippedData.new(order_number: "1042", tracking_uri: "https://x")`,
      element: `WeeklyDigestData.new(team: WeeklyDigestTeam.new(id: 7, name: "a", members: 1), posts: [{ likes: 4 }])`,
      template: `WeeklyDigestData.new(team: OrderShippedData.new(order_number: "1", tracking_url: "x"), posts: [])`,
      other: `OrderShippedData.new(team: WeeklyDigestTeam.new(id: 7, name: "a", members: 1), posts: [])`,
    },
  },
};
