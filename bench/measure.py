"""Orders a second against pgbench's, product pages against nginx's, in one run.

    python bench/measure.py [--rounds N] [--seconds S] [--orders-only] [--home FOLDER]

The shop runs as `frontline serve` runs it: one worker, its embedded PostgreSQL, fsync on. The
figures of each round are taken one after the other and the medians compared, so that a noisy
minute hurts both sides. Writes bench/latest.json; what it means stands in bench/README.md.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import load
import machine
import reads

from frontline.store import server
from frontline.store.migration import ROLE
from frontline.web.session import digest

HERE = Path(__file__).parent
CONNECTIONS = 256
PGBENCH_CLIENTS = 32
STAFF_TOKEN = load.token(0)


class Shop:
    """The shop under measurement, and pgbench on its server."""

    def __init__(self, home, process, told):
        self.process = process
        self.port = int(told["shop"].rpartition(":")[2])
        self.postgres = home / "postgres"
        self.socket = str(self.postgres / "socket")
        pids = machine.tree(process.pid)
        lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
        self.app_pid = next(pid for pid in pids if b"granian" in lines[pid])
        pid_file = self.postgres / "data" / "postmaster.pid"
        self.postgres_pid = int(pid_file.read_text().split()[0])

    async def connect(self, database="postgres"):
        return await asyncpg.connect(host=self.socket, user="postgres", database=database)

    async def fill(self):
        connection = await self.connect()
        await connection.execute((HERE / "shop.sql").read_text())
        members = range(1, load.MEMBERS + 1)
        tokens = [load.token(member).encode() for member in members]
        await connection.execute(
            "INSERT INTO session SELECT 1, d, CAST(md5('member ' || n) AS uuid), 'member', now(),"
            " now() + interval '1 day' FROM unnest($1::bytea[]) WITH ORDINALITY AS s (d, n)",
            [digest(token) for token in tokens],
        )
        await connection.execute(
            "INSERT INTO session VALUES (1, $1, gen_random_uuid(), 'owner', now(),"
            " now() + interval '1 day')",
            digest(STAFF_TOKEN.encode()),
        )
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CREATE DATABASE yardstick")
        await connection.close()
        connection = await self.connect("yardstick")
        await connection.execute((HERE / "yardstick.sql").read_text())
        await connection.execute("VACUUM ANALYZE")
        await connection.close()

    def cpu_s(self):
        return machine.cpu_s(self.app_pid), machine.cpu_s(self.postgres_pid)

    def orders(self, seconds, *, skus, address=True):
        """One round of the load; every order must have been placed."""
        app, pg = self.cpu_s()
        arguments = (self.port, CONNECTIONS, seconds, skus, int(address))
        command = [sys.executable, HERE / "load.py", *map(str, arguments)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        app_after, pg_after = self.cpu_s()
        told = json.loads(done.stdout)
        if told["refused"]:
            sys.exit(f"orders were not placed, by status: {told['refused']}")
        told["app_cpu_us"] = (app_after - app) / told["answers"] * 1e6
        told["pg_cpu_us"] = (pg_after - pg) / told["answers"] * 1e6
        return told

    def pgbench(self, seconds, *, skus):
        pg = machine.cpu_s(self.postgres_pid)
        flags = {"-f": HERE / "yardstick.pgb", "-D": f"skus={skus}", "-c": PGBENCH_CLIENTS,
                 "-j": 2, "-T": seconds, "-M": "prepared", "-h": self.socket, "-U": "postgres"}
        command = [server._binary("pgbench"), "-n", *(str(it) for one in flags.items() for it in one)]
        done = subprocess.run(
            [*command, "yardstick"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        count = int(re.search(r"actually processed: (\d+)", done.stdout)[1])
        return {
            "rps": float(re.search(r"tps = ([\d.]+)", done.stdout)[1]),
            "pg_cpu_us": (machine.cpu_s(self.postgres_pid) - pg) / count * 1e6,
        }

    def counts(self):
        """Of the combiner that places orders."""
        told = self.get("/api/staff/engine/counts", authorization=f"Bearer {STAFF_TOKEN}")
        return next((one for one in json.loads(told) if one["name"] == "place"), None)

    def get(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    async def check(self, answered):
        """What was acknowledged is stored, to the unit."""
        connection = await self.connect()
        sums = await connection.fetchrow("""
            SELECT (SELECT count(*) FROM shop_order) AS orders,
                   (SELECT sum(quantity) FROM order_line) AS units,
                   (SELECT sum(reserved) FROM stock) AS reserved,
                   (SELECT count(*) FROM stock AS s WHERE reserved <> COALESCE(
                       (SELECT sum(quantity) FROM order_line AS l WHERE l.sku_id = s.sku_id), 0)
                       AND sku_id = CAST(md5('sku 1') AS uuid)) AS wrong,
                   (SELECT COALESCE(sum(quantity), 0) FROM order_taken) AS taken,
                   (SELECT COALESCE(sum(quantity), 0) FROM order_line WHERE limited) AS limited
        """)
        await connection.close()
        halvings = self.counts()["halvings"]
        right = {
            f"{sums['orders']} orders stored, {answered} acknowledged": sums["orders"] == answered,
            f"{sums['reserved']} units reserved, {sums['units']} in order lines":
                sums["reserved"] == sums["units"] and not sums["wrong"],
            f"{sums['taken']} units counted against limits, {sums['limited']} in limited lines":
                sums["taken"] == sums["limited"],
            f"{halvings} halvings": halvings == 0,
        }
        for told, holds in right.items():
            print(f"  {'ok   ' if holds else 'WRONG'} {told}", flush=True)
        if not all(right.values()):
            sys.exit("the shop did not keep what it had acknowledged")


@contextmanager
def shop_running(home):
    frontline = Path(sys.executable).with_name("frontline")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [frontline, "serve", "--home", home, "--port", "0", "--no-demo", "--json"],
        stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit("the shop did not start; its own words stand above")
        yield Shop(home, process, json.loads(line))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def measure(shop, rounds, seconds, pages):
    """Interleaved rounds: by name, the figures of each."""
    cases = {
        "pgbench.random": lambda: shop.pgbench(seconds, skus=load.SKUS),
        "orders.random": lambda: shop.orders(seconds, skus=load.SKUS),
        "pgbench.hot": lambda: shop.pgbench(seconds, skus=1),
        "orders.hot": lambda: shop.orders(seconds, skus=1),
    }
    if pages:
        cases["nginx"] = lambda: pages.nginx(seconds)
        cases["reads.product"] = lambda: pages.shop(seconds)
    say("warming up")
    answered = 0
    for case in cases.values():
        answered += case().get("answers", 0)
    figures = {name: [] for name in cases}
    for turn in range(1, rounds + 1):
        for name, case in cases.items():
            before = shop.counts()
            figure = case()
            answered += figure.get("answers", 0)
            if "answers" in figure:
                after = shop.counts()
                batches = after["batches"] - before["batches"]
                figure["batch_size"] = (after["commands"] - before["commands"]) / batches
            figures[name].append(figure)
            told = "  ".join(f"{key} {value:,.0f}" for key, value in figure.items() if key != "refused")
            say(f"round {turn} of {rounds}  {name:16}{told}")
    return figures, answered


def median(figures, key):
    return statistics.median(one[key] for one in figures)


def ratio(ours, theirs):
    """The median of the rounds' own ratios: both sides of each met the same weather."""
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(one["rps"] / other["rps"] for one, other in pairs)


def report(figures, *, fsync, shop):
    keys = ("rps", "p50_ms", "p99_ms", "app_cpu_us", "pg_cpu_us", "batch_size")
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": machine.name(), "cores": os.cpu_count()},
        "connections": CONNECTIONS,
        "pgbench_clients": PGBENCH_CLIENTS,
        "fsync_us": round(fsync),
        "orders": {},
        "pgbench": {},
        "reads": {},
        "rss_mb": {"app": round(machine.rss_mb(shop.app_pid)),
                   "postgres": round(machine.rss_mb(shop.postgres_pid))},
    }
    for kind in ("hot", "random"):
        ours, theirs = figures[f"orders.{kind}"], figures[f"pgbench.{kind}"]
        told["orders"][kind] = {key: round(median(ours, key), 1) for key in keys}
        told["orders"][kind]["ratio"] = round(ratio(ours, theirs), 2)
        told["pgbench"][kind] = {
            key: round(median(theirs, key), 1) for key in ("rps", "pg_cpu_us")
        }
    if "nginx" in figures:
        ours, theirs = figures["reads.product"], figures["nginx"]
        told["reads"]["product"] = {
            "rps": round(median(ours, "rps")),
            "ratio_nginx": round(ratio(ours, theirs), 3),
            "nginx_rps": round(median(theirs, "rps")),
        }
    return told


def table(told):
    lines = [f"fsync {told['fsync_us']} us", ""]
    lines.append("                orders/s   pgbench/s   ratio   p50 ms   p99 ms   app us   pg us   batch")
    for kind, one in told["orders"].items():
        lines.append(
            f"{kind:14}{one['rps']:10,.0f}{told['pgbench'][kind]['rps']:12,.0f}{one['ratio']:8.2f}"
            f"{one['p50_ms']:9.0f}{one['p99_ms']:9.0f}{one['app_cpu_us']:9.0f}"
            f"{one['pg_cpu_us']:8.0f}{one['batch_size']:8.0f}"
        )
    if page := told["reads"].get("product"):
        lines += ["", f"product page  {page['rps']:,}/s, nginx {page['nginx_rps']:,}/s: "
                  f"{page['ratio_nginx']:.2f} of it"]
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--orders-only", action="store_true")
    given = arguments.parse_args()
    if not given.orders_only:
        reads.require_tools()
    cache = HERE.parent / ".cache"
    cache.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=cache))
    home.chmod(0o711)  # The server may be another user.
    try:
        say("making and filling a shop: 10,000 SKUs, 2,000 members")
        with shop_running(home) as shop:
            asyncio.run(shop.fill())
            say(f"load, application and PostgreSQL share {os.cpu_count()} cores, as do both sides")
            fsync = [machine.fsync_us(home)]
            with reads.pages(shop, home, given.orders_only) as pages:
                figures, answered = measure(shop, given.rounds, given.seconds, pages)
            fsync.append(machine.fsync_us(home))
            say("what was acknowledged is stored:")
            asyncio.run(shop.check(answered))
            told = report(figures, fsync=statistics.mean(fsync), shop=shop)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    (HERE / "latest.json").write_text(json.dumps(told, indent=2) + "\n")
    print(f"\n{table(told)}\n\nwritten to bench/latest.json")


if __name__ == "__main__":
    main()
