// vitest needs `globals: true` in its configuration, or these names imported from "vitest".
import { startInkproof } from "./inkproof.mjs";

let inkproof;
beforeAll(async () => { inkproof = await startInkproof({ dir: "../example" }); });
beforeEach(() => inkproof.reset());
afterAll(() => inkproof.stop());

// Your backend would send with Customer.io's client, at the address `inkproof.apiUrl`.
function send(path, body) {
  return fetch(`${inkproof.apiUrl}${path}`, { method: "POST", headers: { authorization: "Bearer key" }, body: JSON.stringify(body) });
}

const shipped = { transactional_message_id: "order_shipped", identifiers: { id: "user_123" }, message_data: { order_id: "A-1" } };

test("an order tells its customer", async () => {
  setTimeout(() => send("/send/inbox_message", shipped), 50);
  const [message] = await inkproof.wait({ to: "user_123", template: "order_shipped" });
  expect(message.status).toBe("delivered");
  expect(message.message.properties).toEqual({ title: "Order A-1 has shipped", body: "Hi Ada" });
});

test("each test begins without messages", async () => {
  expect(await inkproof.messages()).toEqual([]);
  await expect(inkproof.wait({ timeout: 0 })).rejects.toThrow("0 of 1 messages arrived");
});

test("a fault fails a request once", async () => {
  await inkproof.fault({ preset: "accepted_but_500", times: 1 });
  expect((await send("/send/inbox_message", shipped)).status).toBe(500);
  expect((await send("/send/inbox_message", shipped)).status).toBe(200);
  expect(await inkproof.wait({ count: 2 })).toHaveLength(2);
});
