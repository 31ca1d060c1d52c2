"""A server that speaks like Stripe (localstripe), on the loopback and on a free port, which it prints."""

import os
import socket
import sys
import tempfile

# It keeps what it knows in the directory in which it runs.
os.chdir(tempfile.mkdtemp(prefix="stripe-"))

from aiohttp import web  # noqa: E402
from localstripe.server import app  # noqa: E402

sock = socket.socket(socket.AF_INET)
sock.bind(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
web.run_app(app, sock=sock, print=lambda *said: print(*said, file=sys.stderr))
