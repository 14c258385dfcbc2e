// Prints the JSON Schema of an order, as Zod exports it. The arguments name fields that are optional, and `--free-text` lets the
// order's number be any string.
import { z } from "zod";

const changes = process.argv.slice(2);
const field = (name, schema) => (changes.includes(name) ? schema.optional() : schema);

const Item = z.object({
  title: z.string(),
  quantity: z.int().min(1).max(99),
  price: z.number().nonnegative(),
});

const Order = z.object({
  order_number: field("order_number", changes.includes("--free-text") ? z.string() : z.string().regex(/^[A-Z0-9-]{4,12}$/)),
  tracking_url: field("tracking_url", z.url({ protocol: /^https$/ })),
  status: field("status", z.enum(["packed", "shipped", "delivered"])),
  note: z.string().nullable(),
  items: field("items", z.array(Item).min(1)),
  address: field("address", z.object({ street: z.string(), city: z.string() })),
});

console.log(JSON.stringify(z.toJSONSchema(Order), null, 2));
