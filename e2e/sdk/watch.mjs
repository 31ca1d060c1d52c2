// Notifications by the official Node SDK, a part of walk.mjs. What arrives is a message of a channel that the SDK has opened.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { items, parameters, say } from "./answers.mjs";

const { BodyWrapper, DeleteNotificationParam, GetNotificationsParam, Notification, NotificationsOperations } = sdk.Notifications;
const CHANNEL = 7003n;

function channel({ address, events, token, gone = false }) {
  const [found, wrapper] = [new Notification(), new BodyWrapper()];
  found.setChannelId(String(CHANNEL));
  if (address) found.setNotifyUrl(address);
  if (events) found.setEvents(events);
  if (token) found.setToken(token);
  if (gone) found.setDeleteEvents(new sdk.Choice(true));
  wrapper.setWatch([found]);
  return wrapper;
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
}

/** `make` makes a contact, and says its id. */
export async function walk(make) {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${server.address().port}/`;
  const watching = new NotificationsOperations();
  const opened = await watching.enableNotifications(channel({ address, events: ["Contacts.create"], token: "from us" }));
  items(say("watch", opened, "ActionWrapper", 201), "getWatch");
  const [posted, id] = await Promise.all([once(server, "request"), make()]);
  const told = await bodyOf(posted[0]);
  posted[1].end();
  assert.deepEqual([told.token, told.module, told.operation, told.ids], ["from us", "Contacts", "insert", [id]]);

  const other = await watching.updateNotifications(channel({ address, events: ["Contacts.edit", "Contacts.delete"], token: "from us" }));
  items(say("watch something else", other, "ActionWrapper", 200), "getWatch");
  items(say("change a channel", await watching.updateNotification(channel({ token: "to us" })), "ActionWrapper", 200), "getWatch");
  const asked = await parameters([GetNotificationsParam.CHANNEL_ID, CHANNEL], [GetNotificationsParam.PAGE, 1], [GetNotificationsParam.PER_PAGE, 10]);
  const [one] = say("channels", await watching.getNotifications(asked), "ResponseWrapper", 200).getWatch();
  assert.deepEqual([one.getNotifyUrl(), one.getToken()], [address, "to us"]);
  const less = await watching.disableNotification(channel({ events: ["Contacts.edit"], gone: true }));
  items(say("watch less", less, "ActionWrapper", 200), "getWatch");
  const gone = await parameters([DeleteNotificationParam.CHANNEL_IDS, String(CHANNEL)]);
  items(say("close a channel", await watching.deleteNotification(gone), "ActionWrapper", 200), "getWatch");
  server.close();
  server.closeAllConnections();
}
