"""How long the desk takes to answer on a shop of a million orders.

    python bench/desk.py [--orders 1000000] [--rounds 12] [--only /desk/orders]

The data folder is FRONTLINE_HOME (or .cache/desk-home); one that does not exist is filled by
`frontline seed --orders` first. An owner and one of the staff are signed in, and every page that
needs to be told nothing, every list with each of its filters, near its beginning and in the
middle of the year, is asked for, one after another. What is measured is the time from
the request to the last byte, and what application and PostgreSQL spent on it meanwhile: on a busy
machine that says more. Exports are read for some seconds.
"""

import argparse
import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import machine
import shop as shops

from frontline.desk.desk import Desk
from frontline.house import assembled
from frontline.testing.desk import Ask, asks, samples_of
from frontline.web.session import digest, new_token

HERE = Path(__file__).parent
COOKIE = "__Host-frontline-desk"
OWNERS_MS = 200  # What issue and README promise.
LIST_MS = 150
EXPORT_S_MAX = 15.0
FORBIDDEN = 403
EXPORTS = ("/desk/orders", "/desk/payments", "/desk/members")
_SESSION = """
    INSERT INTO session (shop_id, token_digest, actor_id, role, created_at, expires_at)
    VALUES (1, $1, $2, $3, $4, $5)
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--only", default="/desk", help="Paths that begin so.")
    given = parser.parse_args()
    home = Path(os.environ.get("FRONTLINE_HOME") or HERE.parent / ".cache" / "desk-home")
    if not (home / "postgres" / "data").exists():
        seed(home, given.orders)
    with shops.running(home) as shop:
        told = asyncio.run(measured(shop, home, given))
    (HERE / "desk.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    print(table(told))
    wrong = [one for one in told["pages"] if one["status"] != 200]
    sys.exit(f"{len(wrong)} pages were not shown" if wrong else 0)


def seed(home, orders):
    say(f"filling {home} with {orders:,} orders")
    frontline = Path(sys.executable).with_name("frontline")
    command = [frontline, "seed", "--home", home, "--orders", str(orders)]
    subprocess.run(command, check=True)


async def measured(shop, home, given):
    sql = await asyncpg.connect(host=str(home / "postgres" / "socket"), user="postgres")
    await sql.execute("SET app.shop_id = '1'")
    samples = await samples_of(sql)
    house = assembled()
    pages = Desk(house.features, house.pages, None, None).pages
    cases = sorted({one.url: one for one in asks(pages, samples)}.items())
    cases = [one for url, one in cases if url.startswith(given.only)]
    people = {role: await signed_in(sql, role) for role in ("owner", "staff")}
    orders = await sql.fetchval("SELECT count(*) FROM shop_order")
    openly = await sql.fetchval("SELECT count(*) FROM proposal WHERE state = 'open'")
    say(f"{orders:,} orders, {openly} open proposals; {len(cases)} pages, {given.rounds} rounds")
    told = []
    for one in cases:
        roles = ("owner",) if one.path == "/desk" else ("owner", "staff")
        told.append(measure(shop, one, [people[role] for role in roles], given.rounds))
    await sql.close()
    exports = [exported(shop.port, path, people["owner"]) for path in EXPORTS]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": machine.name(), "cores": os.cpu_count()},
        "orders": orders,
        "open_proposals": openly,
        "pages": sorted(told, key=lambda one: -one["p95_ms"]),
        "exports": exports,
    }


def measure(shop, one, tokens, rounds):
    """Asked once by each to warm up, then so many times by those who may, in turn."""
    first = {token: asked(shop.port, one, token)[0] for token in tokens}
    statuses = {status for status in first.values() if status != FORBIDDEN}
    tokens = [token for token, status in first.items() if status != FORBIDDEN]
    before, ms = shop.cpu_s(), []
    for turn in range(rounds):
        status, took = asked(shop.port, one, tokens[turn % len(tokens)])
        statuses.add(status)
        ms.append(took)
    cpu_ms = (shop.cpu_s() - before) / rounds * 1_000
    ms.sort()
    return {
        "path": one.path,
        "about": one.about,
        "status": max(statuses),
        "p50_ms": round(statistics.median(ms), 1),
        "p95_ms": round(ms[min(len(ms) - 1, int(len(ms) * 0.95))], 1),
        "max_ms": round(ms[-1], 1),
        "cpu_ms": round(cpu_ms, 1),
    }


async def signed_in(sql, role):
    actor = await sql.fetchval("SELECT id FROM staff WHERE role = $1 AND active LIMIT 1", role)
    if actor is None:
        sys.exit(f"nobody here is {role}")
    token, now = new_token(1), datetime.now(UTC)
    expires = now + timedelta(days=1)
    await sql.execute(_SESSION, digest(token.encode()), actor, role, now, expires)
    return token


def asked(port, one: Ask, token):
    """Status, and milliseconds until the last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=EXPORT_S_MAX)
    connection.connect()
    begin = time.perf_counter()
    connection.request("GET", one.url, headers={"cookie": f"{COOKIE}={token}"})
    answer = connection.getresponse()
    answer.read()
    ms = (time.perf_counter() - begin) * 1_000
    connection.close()
    return answer.status, ms


def exported(port, path, token):
    """Rows a second of a list as CSV, for as long as it is worth waiting."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=EXPORT_S_MAX)
    begin = time.perf_counter()
    url = f"{path}/export?format=csv"
    connection.request("GET", url, headers={"cookie": f"{COOKIE}={token}"})
    answer = connection.getresponse()
    rows = size = 0
    while time.perf_counter() - begin < EXPORT_S_MAX and (part := answer.read(1 << 16)):
        rows += part.count(b"\n")
        size += len(part)
    seconds = time.perf_counter() - begin
    connection.close()
    return {"path": path, "status": answer.status, "rows": rows, "bytes": size,
            "rows_per_s": round(rows / seconds)}  # fmt: skip


def table(told):
    lines = [
        f"{told['orders']:,} orders, {told['open_proposals']} open proposals",
        "",
        f"{'p50':>8}{'p95':>8}{'max':>8}{'CPU':>8}  ms",
    ]
    for one in told["pages"]:
        limit = OWNERS_MS if one["path"] == "/desk" else LIST_MS
        late = "  LATE" if one["p95_ms"] > limit else ""
        odd = f"  {one['status']}" if one["status"] != 200 else ""
        lines.append(
            f"{one['p50_ms']:8.1f}{one['p95_ms']:8.1f}{one['max_ms']:8.1f}{one['cpu_ms']:8.1f}"
            f"  {one['path']} {one['about']}{odd}{late}"
        )
    lines.append("")
    lines += [f"{one['rows_per_s']:>8,} rows/s  {one['path']} as CSV ({one['rows']:,} rows)"
              for one in told["exports"]]  # fmt: skip
    return "\n".join(lines)


def say(text):
    print(f"{time.strftime('%H:%M:%S')}   {text}", flush=True)


if __name__ == "__main__":
    main()
