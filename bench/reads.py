"""A product's page from the shop's cache, against nginx sending the same bytes as a file.

One worker each, 64 connections kept open, the same wrk for both.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
from contextlib import contextmanager

import load

CONNECTIONS = 64
PAGE = f"/api/products/show?id={load.id_of('product 1')}"
FILE = "/product.json"
CONF = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


def require_tools():
    """wrk and nginx, from Debian's packages; nothing else of the machine is changed."""
    missing = [name for name in ("wrk", "nginx") if not shutil.which(name)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {' and '.join(missing)}", flush=True)
        # Without its start script: nginx is to run when it is measured, and never else.
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update"], ["install", "--no-install-recommends", "-y", *missing]):
            subprocess.run(["apt-get", "-qq", *command], env=quiet, stdout=subprocess.DEVNULL)
        missing = [name for name in missing if not shutil.which(name)]
    if missing:
        sys.exit(
            f"Product pages are measured with wrk and against nginx, and there is no "
            f"{' and no '.join(missing)}: install them (apt-get install wrk nginx), "
            "or measure orders alone (.venv/bin/python bench/measure.py --orders-only)."
        )


class Pages:
    def __init__(self, shop, nginx_port):
        self._shop, self._nginx_port = shop, nginx_port

    def shop(self, seconds):
        return _wrk(self._shop.port, PAGE, seconds)

    def nginx(self, seconds):
        return _wrk(self._nginx_port, FILE, seconds)


@contextmanager
def pages(shop, home):
    """The shop's page and nginx's file of it, ready to be asked for."""
    folder = home / "nginx"
    (folder / "files").mkdir(parents=True)
    page = _first(shop)
    (folder / "files" / FILE[1:]).write_bytes(page)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = "root" if os.geteuid() == 0 else "nobody"
    (folder / "conf").write_text(CONF.format(folder=folder, port=port, user=user))
    command = ["nginx", "-e", folder / "errors", "-c", folder / "conf"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit(f"nginx did not start: {(folder / 'errors').read_text()}")
        yield Pages(shop, port)
    finally:
        process.terminate()
        process.wait()


def _first(shop):
    """The page, once the application has noticed that there is a shop now."""
    until = time.monotonic() + 10
    while True:
        try:
            return shop.get(PAGE)
        except urllib.error.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _wrk(port, path, seconds):
    url = f"http://127.0.0.1:{port}{path}"
    flags = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    told = subprocess.run(
        ["wrk", *flags, url], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", told):
        sys.exit(f"{url}: {bad[0]}")
    return {
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]),
        "p99_ms": _ms(re.search(r"99%\s+(\S+)", told)[1]),
    }


def _ms(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
