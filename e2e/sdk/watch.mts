// Notifications by the official TypeScript SDK, a part of walk.mts. What arrives is a message of a channel that the SDK has opened.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, items, parameters, say } from "./answers.mjs";

const { ActionWrapper, BodyWrapper, Notification, NotificationsOperations, ResponseWrapper, SuccessResponse } = sdk.Notifications;
const { DeleteNotificationParam, GetNotificationsParam } = sdk.Notifications;
const CHANNEL = 7004n;

interface Wanted {
  address?: string;
  events?: string[];
  token?: string;
  gone?: boolean;
}

function channel({ address, events, token, gone }: Wanted): sdk.Notifications.BodyWrapper {
  const [found, wrapper] = [new Notification(), new BodyWrapper()];
  found.setChannelId(String(CHANNEL));
  if (address) found.setNotifyUrl(address);
  if (events) found.setEvents(events);
  if (token) found.setToken(token);
  if (gone) found.setDeleteEvents(true);
  wrapper.setWatch([found]);
  return wrapper;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
}

/** `make` makes a contact, and says its id. */
export async function walk(make: () => Promise<string>): Promise<void> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const watching = new NotificationsOperations();
  const done = (step: string, answer: sdk.APIResponse, status = 200) =>
    items(say(step, answer, ActionWrapper, status).getWatch(), SuccessResponse);
  done("watch", await watching.enableNotifications(channel({ address, events: ["Contacts.create"], token: "from us" })), 201);
  const [[request, response], id] = await Promise.all([once(server, "request"), make()]);
  const told = await bodyOf(request);
  response.end();
  assert.deepEqual([told["token"], told["module"], told["operation"], told["ids"]], ["from us", "Contacts", "insert", [id]]);

  const events = ["Contacts.edit", "Contacts.delete"];
  done("watch something else", await watching.updateNotifications(channel({ address, events, token: "from us" })));
  done("change a channel", await watching.updateNotification(channel({ token: "to us" })));
  const asked = await parameters([GetNotificationsParam.CHANNEL_ID, CHANNEL], [GetNotificationsParam.PAGE, 1], [GetNotificationsParam.PER_PAGE, 10]);
  const one = first(say("channels", await watching.getNotifications(asked), ResponseWrapper, 200).getWatch());
  assert.deepEqual([one.getNotifyUrl(), one.getToken()], [address, "to us"]);
  done("watch less", await watching.disableNotification(channel({ events: ["Contacts.edit"], gone: true })));
  done("close a channel", await watching.deleteNotification(await parameters([DeleteNotificationParam.CHANNEL_IDS, String(CHANNEL)])));
  server.close();
  server.closeAllConnections();
}
