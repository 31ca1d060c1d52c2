"""An identity provider that speaks SAML (pysaml2), on the loopback, which signs in whoever is asked for.

    python saml_idp.py --port 0 --sp-metadata URL_OR_FILE

prints `listening on http://127.0.0.1:PORT` when it is ready. Its key is made anew each time. The metadata of the service
provider is read at the first request that needs it, so that the provider can be configured after this runs.

    GET  /metadata, /certificate        what the service provider is configured with
    GET  /sso                           a form asks for an e-mail address; it can also refuse
    POST /sso                           the answer, posted on to the service provider: the assertion is signed, RSA-SHA256
    GET  /start-login?email=…           an answer that nobody has asked for, as when somebody begins at the provider
    GET  /slo                           a request to sign out is answered; an answer to ours is shown
    GET  /start-logout?email=…          begins to sign somebody out, with a signed request
    GET  /sessions                      who is signed in: a JSON object, address to index of the session
"""

import argparse
import base64
import datetime
import html
import json
import shutil
import tempfile
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.response import StatusAuthnFailed
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Identity provider</title><main><h1>Identity provider</h1>{}</main></html>"""


def make_key(place: Path) -> None:
    """A key and a certificate that is signed with it: `key.pem`, `certificate.pem`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Identity provider of the tests")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (place / "key.pem").write_bytes(private)
    (place / "certificate.pem").write_bytes(certificate.public_bytes(encoding))


class Provider:
    """The identity provider at `base`, which answers the one service provider of `sp_metadata`."""

    def __init__(self, base: str, sp_metadata: str, place: Path):
        self.base = base
        self.sp_metadata = sp_metadata
        self.place = place
        self.server = None
        self.lock = threading.Lock()
        self.sessions = {}

    def settings(self) -> dict:
        idp = {
            "endpoints": {
                "single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)],
                "single_logout_service": [(f"{self.base}/slo", BINDING_HTTP_REDIRECT)],
            },
            "policy": {"default": {"lifetime": {"minutes": 10}, "attribute_restrictions": None}},
            "name_id_format": [NAMEID_FORMAT_EMAILADDRESS],
            "want_authn_requests_signed": False,
        }
        return {
            "entityid": f"{self.base}/metadata",
            "xmlsec_binary": shutil.which("xmlsec1"),
            "key_file": str(self.place / "key.pem"),
            "cert_file": str(self.place / "certificate.pem"),
            "service": {"idp": idp},
        }

    def metadata(self) -> bytes:
        return create_metadata_string(None, config=IdPConfig().load(self.settings()))

    def ready(self) -> Server:
        with self.lock:
            if self.server is None:
                if self.sp_metadata.startswith(("http:", "https:")):
                    text = urllib.request.urlopen(self.sp_metadata, timeout=10).read().decode()
                else:
                    text = Path(self.sp_metadata).read_text()
                settings = self.settings() | {"metadata": {"inline": [text]}}
                self.server = Server(config=IdPConfig().load(settings))
            return self.server

    def sp(self) -> str:
        return next(iter(self.ready().metadata.keys()))

    def asked(self, request: str):
        """The request to sign in, checked."""
        return self.ready().parse_authn_request(request, BINDING_HTTP_REDIRECT).message

    def answer(self, request: str, email: str) -> tuple[str, str]:
        """Where to post the answer, and the answer: an error without an address."""
        server = self.ready()
        arguments = server.response_args(self.asked(request), bindings=[BINDING_HTTP_POST])
        destination = arguments["destination"]
        if not email:
            asked, refusal = arguments["in_response_to"], StatusAuthnFailed("Whoever was asked has refused")
            return destination, str(server.create_error_response(asked, destination, refusal))
        arguments.pop("name_id_policy", None)
        return destination, self.vouch(email, arguments)

    def unasked(self, email: str) -> tuple[str, str]:
        """The same without a request."""
        service = self.ready().metadata.assertion_consumer_service(self.sp(), BINDING_HTTP_POST)
        destination = service[0]["location"]
        arguments = {"in_response_to": None, "destination": destination, "sp_entity_id": self.sp()}
        return destination, self.vouch(email, arguments)

    def vouch(self, email: str, arguments: dict) -> str:
        """An answer that says who somebody is."""
        response = self.ready().create_authn_response(
            {"mail": [email]},
            userid=email,
            name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=email),
            authn={"class_ref": PASSWORD, "authn_auth": self.base},
            sign_assertion=True,
            sign_response=False,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **arguments,
        )
        text = str(response)
        index = text.split('SessionIndex="', 1)[1].split('"', 1)[0]
        self.sessions[email] = index
        return text

    def redirect(self, message, location: str, state: str, response: bool, sign: bool) -> str:
        bound = self.ready().apply_binding(
            BINDING_HTTP_REDIRECT, str(message), location, state, response=response, sign=sign, sigalg=SIG_RSA_SHA256
        )
        return dict(bound["headers"])["Location"]

    def signed_out(self, request: str, state: str) -> str:
        """Where the browser goes with the answer to a request to sign out."""
        server = self.ready()
        message = server.parse_logout_request(request, BINDING_HTTP_REDIRECT).message
        self.sessions.pop(message.name_id.text.strip(), None)
        response = server.create_logout_response(message, [BINDING_HTTP_REDIRECT], sign=False)
        return self.redirect(response, response.destination, state, response=True, sign=False)

    def sign_out(self, email: str) -> str:
        """Where the browser goes with a request to sign somebody out."""
        server = self.ready()
        service = server.metadata.single_logout_service(self.sp(), BINDING_HTTP_REDIRECT, "spsso")
        location = service[0]["location"]
        index = self.sessions.pop(email, None)
        _, request = server.create_logout_request(
            location,
            self.sp(),
            name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=email),
            session_indexes=[index] if index else None,
            sign=False,
        )
        return self.redirect(request, location, "back-to-the-provider", response=False, sign=True)


def hidden(**fields: str) -> str:
    inputs = (f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields.items())
    return "".join(inputs)


class Handler(BaseHTTPRequestHandler):
    """One request of a browser."""

    provider: Provider

    def do_GET(self):
        path, query = self.asked()
        provider = self.provider
        if path == "/metadata":
            self.say(200, provider.metadata(), "application/samlmetadata+xml")
        elif path == "/certificate":
            self.say(200, (provider.place / "certificate.pem").read_bytes(), "application/x-pem-file")
        elif path == "/sessions":
            self.say(200, json.dumps(provider.sessions).encode(), "application/json")
        elif path == "/sso":
            self.guarded(self.ask, query)
        elif path == "/slo":
            self.guarded(self.slo, query)
        elif path == "/start-login":
            self.guarded(lambda query: self.post_on(*provider.unasked(query.get("email", "")), ""), query)
        elif path == "/start-logout":
            self.guarded(lambda query: self.move(provider.sign_out(query.get("email", ""))), query)
        else:
            self.say(404, b"There is no such page.", "text/plain")

    def do_POST(self):
        path, _ = self.asked()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path == "/sso":
            self.guarded(self.sso, dict(urllib.parse.parse_qsl(body, keep_blank_values=True)))
        else:
            self.say(404, b"There is no such page.", "text/plain")

    def ask(self, query: dict):
        request = query.get("SAMLRequest", "")
        asked = self.provider.asked(request)
        kept = hidden(SAMLRequest=request, RelayState=query.get("RelayState", ""))
        self.page(
            f"<p>{html.escape(asked.issuer.text)} asks who you are.</p>"
            f'<form method="post" action="/sso">{kept}'
            '<p><label>Sign in as <input name="email" type="email" autofocus></label></p>'
            '<p><button name="answer" value="yes">Sign in</button> <button name="answer" value="no">Refuse</button></p></form>'
        )

    def sso(self, form: dict):
        email = "" if form.get("answer") == "no" else form.get("email", "").strip()
        self.post_on(*self.provider.answer(form.get("SAMLRequest", ""), email), form.get("RelayState", ""))

    def post_on(self, destination: str, response: str, state: str):
        """A page that posts an answer to the service provider."""
        fields = hidden(SAMLResponse=base64.b64encode(response.encode()).decode(), RelayState=state)
        self.page(
            f'<form method="post" action="{html.escape(destination)}">{fields}<button>Continue</button></form>'
            "<script>document.forms[0].submit()</script>"
        )

    def slo(self, query: dict):
        if "SAMLRequest" in query:
            self.move(self.provider.signed_out(query["SAMLRequest"], query.get("RelayState", "")))
            return
        answer = self.provider.ready().parse_logout_request_response(query.get("SAMLResponse", ""), BINDING_HTTP_REDIRECT)
        status = answer.response.status.status_code.value.rsplit(":", 1)[1]
        state = html.escape(query.get("RelayState", ""))
        self.page(f"<p>Signed out: {html.escape(status)}</p><p>{state}</p>")

    def asked(self) -> tuple[str, dict]:
        parts = urllib.parse.urlsplit(self.path)
        return parts.path, dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))

    def guarded(self, do, parameters: dict):
        try:
            do(parameters)
        except Exception as error:
            self.say(400, f"{type(error).__name__}: {error}".encode(), "text/plain; charset=utf-8")

    def page(self, body: str):
        self.say(200, PAGE.format(body).encode(), "text/html; charset=utf-8")

    def move(self, location: str):
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def say(self, status: int, body: bytes | str, kind: str):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--sp-metadata", required=True)
    chosen = options.parse_args()
    if not shutil.which("xmlsec1"):
        raise SystemExit("xmlsec1 must be installed: apt-get install xmlsec1")
    with tempfile.TemporaryDirectory(prefix="saml-idp-") as place:
        make_key(Path(place))
        server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler)
        base = f"http://127.0.0.1:{server.server_address[1]}"
        Handler.provider = Provider(base, chosen.sp_metadata, Path(place))
        print(f"listening on {base}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
