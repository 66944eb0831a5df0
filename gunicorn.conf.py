"""How the web processes run, in production as in `make run`; gunicorn reads this file by itself."""

import gc
import os

_host = os.environ.get("HOST", "127.0.0.1")

wsgi_app = "wsgi:app"
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Without it the workers take turns at one socket, which was measured to be two to three times slower.
reuse_port = True
# Nobody steers the server through it, and it would be a file in the home directory of the account.
control_socket_disable = True
graceful_timeout = 10
# Longer than a proxy keeps a resting connection (nginx: 60 s). gunicorn's own 2 s let it hang up on a form that
# was already on its way, and whoever had sent it got no answer.
keepalive = 75

# Which proxies are believed is decided in one place, by the setting PROXY_HOPS.
forwarded_allow_ips = ""


def on_starting(server):
    """With reuse_port it is the workers that open the socket; the line in which the server says where
    it listens would name no address."""

    def with_the_address(record):
        if str(record.msg).startswith("Listening at") and not record.args[0]:
            record.args = (f"http://{bind}", *record.args[1:])
        return True

    server.log.error_log.addFilter(with_the_address)


def post_worker_init(worker):
    """What was loaded at the start is no garbage: the collector need not look through it again and
    again."""
    gc.collect()
    gc.freeze()
