"""Asks a server, and remembers each answer."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

ROOT = "/crm/v8/"
EDGE = "edge-of-the-parts"


@dataclass
class Answer:
    method: str
    path: str
    why: str
    status: int
    kind: str
    body: object


class Server:
    """As whom it asks is said by a token; None asks as nobody."""

    def __init__(self, base, token):
        self.base, self.token, self.answers = base.rstrip("/"), token, []

    def ask(self, why, method, path, query=None, body=None, headers=None, token=...):
        """Asks once; `why` says in a few words what is tried. Gives the body, if there is one."""
        path = path if path.startswith("/") else ROOT + path
        address = self.base + urllib.parse.quote(path) + ("?" + urllib.parse.urlencode(query) if query else "")
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(address, data, self._headers(headers, token), method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return self._remember(method, path, why, answer)
        except urllib.error.HTTPError as answer:
            return self._remember(method, path, why, answer)

    def get(self, why, path, **query):
        return self.ask(why, "GET", path, query)

    def post(self, why, path, body=None, **query):
        return self.ask(why, "POST", path, query, body)

    def put(self, why, path, body=None, **query):
        return self.ask(why, "PUT", path, query, body)

    def patch(self, why, path, body=None, **query):
        return self.ask(why, "PATCH", path, query, body)

    def delete(self, why, path, **query):
        return self.ask(why, "DELETE", path, query)

    def upload(self, why, path, name, content, headers=None):
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{EDGE}--\r\n".encode()
        return self.ask(why, "POST", path, None, body, {"Content-Type": f"multipart/form-data; boundary={EDGE}", **(headers or {})})

    def _headers(self, headers, token):
        token = self.token if token is ... else token
        said = {"Authorization": f"Zoho-oauthtoken {token}"} if token else {}
        return {"Content-Type": "application/json", **said, **(headers or {})}

    def _remember(self, method, path, why, answer):
        kind, text = answer.headers.get_content_type() if answer.headers.get("Content-Type") else "", answer.read()
        body = json.loads(text) if kind == "application/json" and text else text or None
        self.answers.append(Answer(method, path, why, answer.status, kind, body))
        return body
