// As docs/types.md shows it.
import { APIClient, SendInboxMessageRequest, type SendInboxMessageRequestOptions } from "customerio-node";
import type { InkproofTemplates } from "./inkproof.js";

type TypedRequest<Name extends keyof InkproofTemplates> = Omit<
  SendInboxMessageRequestOptions,
  "transactional_message_id" | "message_data"
> & { transactional_message_id: Name; message_data: InkproofTemplates[Name] };

export function sendInboxMessage<Name extends keyof InkproofTemplates>(
  client: APIClient,
  request: TypedRequest<Name>,
) {
  return client.sendInboxMessage(new SendInboxMessageRequest(request));
}
