"""Orders a second against pgbench's, product pages against nginx's, in one run.

    python bench/measure.py [--rounds 3] [--seconds 5] [--orders-only]

Interleaved rounds on one server; the ratio of two figures is the median of the rounds' ratios, so
that a noisy minute hurts both sides. Writes bench/latest.json. How to read it: bench/README.md.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import load
import machine
import reads
import shop as shops

HERE = Path(__file__).parent
PAIRS = {
    "random": ("orders.random", "pgbench.random"),
    "random_without_address": ("orders.random_without_address", "pgbench.random"),
    "hot": ("orders.hot", "pgbench.hot"),
}
SHOWN = ("rps", "p50_ms", "p99_ms", "app_cpu_us", "pg_cpu_us", "batch_size")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--orders-only", action="store_true")
    given = arguments.parse_args()
    if not given.orders_only:
        reads.require_tools()
    cache = HERE.parent / ".cache"  # On a disk, as a shop would be; a folder in memory is none.
    cache.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=cache))
    home.chmod(0o711)  # The server may be another user.
    try:
        told = run(given, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    (HERE / "latest.json").write_text(json.dumps(told, indent=2) + "\n")
    print(f"\n{table(told)}\n\nwritten to bench/latest.json")


def run(given, home):
    say("making a shop of 20,000 SKUs and 2,000 members")
    with shops.running(home) as shop:
        asyncio.run(shop.fill())
        say(
            f"load, application and PostgreSQL share {os.cpu_count()} cores, and so do pgbench "
            "and PostgreSQL"
        )
        fsync = [machine.fsync_us(home)]
        with nullcontext() if given.orders_only else reads.pages(shop, home) as pages:
            figures, acknowledged = measure(shop, pages, given.rounds, given.seconds)
        fsync.append(machine.fsync_us(home))
        say("is what was acknowledged stored?")
        findings = shop.check(acknowledged)
        for finding, right in findings.items():
            print(f"           {'ok   ' if right else 'WRONG'} {finding}", flush=True)
        if not all(findings.values()):
            sys.exit("the shop did not keep what it had acknowledged")
        return report(figures, fsync, shop)


def measure(shop, pages, rounds, seconds):
    """By case, the figures of each round; and how many orders were acknowledged in all."""
    cases = {
        "pgbench.random": lambda: shop.pgbench(seconds, load.SENT),
        "orders.random": lambda: shop.orders(seconds, load.SENT),
        "orders.random_without_address": lambda: shop.orders(seconds, load.UNSENT),
        "pgbench.hot": lambda: shop.pgbench(seconds, load.HOT),
        "orders.hot": lambda: shop.orders(seconds, load.HOT),
    }
    if pages is not None:
        cases |= {
            "nginx": lambda: pages.nginx(seconds),
            "reads.product": lambda: pages.shop(seconds),
        }
    figures = {name: [] for name in cases}
    acknowledged = 0
    for turn in range(rounds + 1):
        say("warming up" if turn == 0 else f"round {turn} of {rounds}")
        for name, case in cases.items():
            figure = observed(case)
            acknowledged += figure.get("answers", 0)
            if turn > 0:
                figures[name].append(figure)
                print(f"           {name:30}{line(figure)}", flush=True)
    return figures, acknowledged


def observed(case):
    """The case's figures, and what share of the machine others had meanwhile."""
    begin, busy, ours = time.monotonic(), machine.busy_s(), machine.cpu_s(os.getpid())
    figure = case()
    ours, busy = machine.cpu_s(os.getpid()) - ours, machine.busy_s() - busy
    whole = (time.monotonic() - begin) * os.cpu_count()
    return figure | {"others": max(0.0, (busy - ours) / whole)}


def report(figures, fsync, shop):
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": machine.name(), "cores": os.cpu_count()},
        "others": round(max(one["others"] for case in figures.values() for one in case), 2),
        "fsync_us": round(statistics.mean(fsync)),
        "connections": shops.CONNECTIONS,
        "pgbench_clients": shops.PGBENCH_CLIENTS,
        "orders": {},
        "pgbench": {
            kind: {
                key: round(median(figures[f"pgbench.{kind}"], key)) for key in ("rps", "pg_cpu_us")
            }
            for kind in ("random", "hot")
        },
        "reads": {},
        "halvings": shop.counts()["halvings"],
        "rss_mb": {
            "app": round(machine.rss_mb(shop.app_pid)),
            "postgres": round(machine.rss_mb(shop.postgres_pid)),
        },
    }
    for kind, (ours, theirs) in PAIRS.items():
        told["orders"][kind] = {key: round(median(figures[ours], key), 1) for key in SHOWN}
        told["orders"][kind]["ratio"] = ratio(figures[ours], figures[theirs])
    if "nginx" in figures:
        told["reads"]["product"] = {
            "rps": round(median(figures["reads.product"], "rps")),
            "ratio_nginx": ratio(figures["reads.product"], figures["nginx"]),
            "nginx_rps": round(median(figures["nginx"], "rps")),
            "p99_ms": round(median(figures["reads.product"], "p99_ms"), 1),
        }
    return told


def median(figures, key):
    return statistics.median(one[key] for one in figures)


def ratio(ours, theirs):
    pairs = zip(ours, theirs, strict=True)
    return round(statistics.median(one["rps"] / other["rps"] for one, other in pairs), 2)


def table(told):
    lines = [
        f"fsync {told['fsync_us']} us; others had up to {told['others']:.0%} of the machine",
        "",
        f"{'orders':24}{'a second':>10}{'pgbench':>10}{'ratio':>8}{'p50 ms':>8}{'p99 ms':>8}"
        f"{'app us':>8}{'pg us':>8}{'batch':>8}",
    ]
    for kind, one in told["orders"].items():
        yardstick = told["pgbench"]["hot" if kind == "hot" else "random"]
        lines.append(
            f"{kind:24}{one['rps']:10,.0f}{yardstick['rps']:10,}{one['ratio']:8.2f}"
            f"{one['p50_ms']:8.0f}{one['p99_ms']:8.0f}{one['app_cpu_us']:8.0f}"
            f"{one['pg_cpu_us']:8.0f}{one['batch_size']:8.0f}"
        )
    if page := told["reads"].get("product"):
        lines += ["", f"product page {page['rps']:,} a second, nginx {page['nginx_rps']:,}: "
                      f"{page['ratio_nginx']:.2f} of it"]  # fmt: skip
    return "\n".join(lines)


def line(figure):
    shown = {key: figure[key] for key in (*SHOWN, "others") if key in figure}
    shown["others"] = f"{shown['others']:.0%}"
    return "  ".join(
        f"{key} {value if isinstance(value, str) else f'{value:,.0f}'}"
        for key, value in shown.items()
    )


def say(text):
    print(f"{time.strftime('%H:%M:%S')}   {text}", flush=True)


if __name__ == "__main__":
    main()
