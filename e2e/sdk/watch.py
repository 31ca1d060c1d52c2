"""Notifications by the official Python SDK, a part of walk.py. What is signed is read by the library of the signatures' own specification."""

import http.server
import json
import queue
import threading
import urllib.parse
import urllib.request

import standardwebhooks
from answers import items, parameters, say
from zohocrmsdk.src.com.zoho.crm.api.notifications import (
    BodyWrapper,
    DeleteNotificationParam,
    GetNotificationsParam,
    Notification,
    NotificationsOperations,
)
from zohocrmsdk.src.com.zoho.crm.api.record import Record, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.record import BodyWrapper as RecordBody

CHANNEL = "7001"
# Seconds.
PATIENCE = 20


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted to it, by path: headers, body."""

    arrived = {"/plain": queue.Queue(), "/signed": queue.Queue()}

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.arrived[self.path].put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def channel(address, **more):
    found = Notification()
    found.set_channel_id(CHANNEL)
    if address:
        found.set_notify_url(address)
    for name, value in more.items():
        getattr(found, f"set_{name}")(value)
    wrapper = BodyWrapper()
    wrapper.set_watch([found])
    return wrapper


def walk(base, client):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        through(f"{address}/plain")
        signed(base, client, f"{address}/signed")
    finally:
        server.shutdown()


def through(address):
    watching = NotificationsOperations()
    wanted = channel(address, events=["Contacts.create"], token="from us", return_affected_field_values=True)
    items(say("watch", watching.enable_notifications(wanted), "ActionWrapper", 201), "get_watch")
    told = arrived("/plain", make("Watched"))
    assert (told["token"], told["module"], told["operation"]) == ("from us", "Contacts", "insert"), told

    wanted = channel(address, events=["Contacts.edit", "Contacts.delete"], token="from us")
    items(say("watch something else", watching.update_notifications(wanted), "ActionWrapper", 200), "get_watch")
    wanted = channel(None, token="to us")
    items(say("change a channel", watching.update_notification(wanted), "ActionWrapper", 200), "get_watch")
    asked = parameters((GetNotificationsParam.channel_id, int(CHANNEL)), (GetNotificationsParam.page, 1), (GetNotificationsParam.per_page, 10))
    (one,) = say("channels", watching.get_notifications(asked), "ResponseWrapper", 200).get_watch()
    print(one.get_notify_url(), one.get_events(), one.get_token(), one.get_channel_expiry())
    assert (one.get_notify_url(), one.get_token()) == (address, "to us")
    gone = make("Gone")
    items(say("delete it", RecordOperations("Contacts").delete_record(gone, parameters()), "ActionWrapper", 200), "get_data")
    told = arrived("/plain", gone)
    assert told["operation"] == "delete", told

    wanted = channel(None, events=["Contacts.edit"], delete_events=True)
    items(say("watch less", watching.disable_notification(wanted), "ActionWrapper", 200), "get_watch")
    gone = parameters((DeleteNotificationParam.channel_ids, CHANNEL))
    items(say("close a channel", watching.delete_notification(gone), "ActionWrapper", 200), "get_watch")
    refused = say("close it again", watching.delete_notification(gone), "ActionWrapper", 400).get_watch()[0]
    print(refused.get_code().get_value())


def make(name):
    one, wrapper = Record(), RecordBody()
    one.add_key_value("Last_Name", name)
    wrapper.set_data([one])
    made = RecordOperations("Contacts").create_records(wrapper).get_object().get_data()[0]
    return int(made.get_details()["id"])


def arrived(path, record, secret=None):
    """What is told of a record; with a secret it must be signed, and no other message by that signature."""
    headers, body = Receiver.arrived[path].get(timeout=PATIENCE)
    told = json.loads(body)
    assert told["ids"] == [str(record)], (told, record)
    if secret:
        assert standardwebhooks.Webhook(secret).verify(body, headers) == told
        try:
            standardwebhooks.Webhook(secret).verify(body.replace(b"Contacts", b"Accounts"), headers)
        except standardwebhooks.WebhookVerificationError:
            return told
        raise AssertionError("another message has the same signature")
    return told


def signed(base, client, address):
    """The SDK does not hand out the secret: the channel is opened without it."""
    names = ("client_id", "client_secret", "refresh_token")
    form = urllib.parse.urlencode({"grant_type": "refresh_token", **{name: client[name] for name in names}})
    token = json.load(urllib.request.urlopen(f"{base}/oauth/v2/token", form.encode()))["access_token"]
    wanted = {"watch": [{"channel_id": "7002", "events": ["Contacts.create"], "notify_url": address}]}
    said = {"Authorization": f"Zoho-oauthtoken {token}"}
    request = urllib.request.Request(f"{base}/crm/v8/actions/watch", json.dumps(wanted).encode(), said, method="POST")
    opened = json.load(urllib.request.urlopen(request))["watch"][0]
    told = arrived("/signed", make("Signed"), opened["details"]["secret"])
    print("signed", told["channel_id"], told["operation"])
    request = urllib.request.Request(f"{base}/crm/v8/actions/watch?channel_ids=7002", None, said, method="DELETE")
    urllib.request.urlopen(request)
