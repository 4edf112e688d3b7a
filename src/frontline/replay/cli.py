"""`frontline replay`: a year of a real shop through the public doors of ours."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from frontline.audit.run import Finding, audited
from frontline.replay.actors import DoorShut
from frontline.replay.figures import Figures, expected
from frontline.replay.file import FileUnreadable, lines
from frontline.replay.house import Addresses, NoSimulator, memory_peak_mb, serving
from frontline.replay.plan import Plan, planned
from frontline.replay.run import counted, play, set_stage
from frontline.store import home
from frontline.store.database import Database
from frontline.store.home import Access


class Shown:
    """One line of progress, rewritten in place."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= 1 and sys.stderr.isatty():
            self._told_at = now
            click.echo(f"\r  {what}: {done:,} / {of:,}      ", nl=False, err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first so many invoices.")
@click.option("--home", "named", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def replay(file: Path, limit: int | None, named: Path | None, *, as_json: bool) -> None:
    """Replay FILE (UCI Online Retail, CSV or CSV.gz) as orders, payments and refunds.

    In the running shop, or in one started for it; always as a new shop of its own, in pounds.
    """
    try:
        read = list(lines(file, limit))
    except FileUnreadable as error:
        raise click.ClickException(str(error)) from error
    plan, must_be = planned(read), expected(read)
    folder = home.folder(named)
    started = time.monotonic()
    try:
        with serving(folder) as addresses, home.opened(folder) as access:
            told = asyncio.run(_replayed(plan, addresses, access))
            peak = memory_peak_mb(addresses.pid)
    except NoSimulator as error:
        message = "the running shop is paid through WeChat's real servers; nothing was done"
        raise click.ClickException(message) from error
    except ExceptionGroup as group:
        shut, others = group.split(DoorShut)
        if shut is None or others is not None:
            raise
        raise click.ClickException(str(shut.exceptions[0])) from group
    figures, findings = told
    result = _result(plan, figures, must_be, findings) | {
        "seconds": round(time.monotonic() - started, 1),
        "server_memory_peak_mb": round(peak, 1),
    }
    click.echo(json.dumps(result) if as_json else _said(result))
    sys.exit(1 if result["violations"] or not result["equal"] else 0)


async def _replayed(
    plan: Plan, addresses: Addresses, access: Access
) -> tuple[Figures, list[Finding]]:
    progress = Shown()
    code = f"replay-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    stage = await set_stage(access, plan, code, progress)
    await play(addresses, stage, plan, progress)
    database = Database(access.app_url, connections_max=1)
    try:
        figures = await counted(database, stage.shop_id, progress)
        return figures, await audited(database, stage.shop_id, datetime.now(UTC))
    finally:
        await database.close()


def _result(
    plan: Plan, figures: Figures, must_be: Figures, findings: list[Finding]
) -> dict[str, Any]:
    """Money in minor units of the pound; `expected` is computed from the file alone."""
    return {
        **_whole(figures),
        "expected": _whole(must_be),
        "equal": figures == must_be,
        "skipped": dict(sorted(plan.skipped.items())),
        "violations": sum(one.violations for one in findings),
        "violated": [msgspec.to_builtins(one) for one in findings if one.violations],
    }


def _whole(figures: Figures) -> dict[str, int]:
    return {**msgspec.structs.asdict(figures), "kept": figures.kept}


def _said(result: dict[str, Any]) -> str:
    rows = [f"\n{'':16} {'in the shop':>14} {'from the file':>14}"]
    for name, must_be in result["expected"].items():
        money = name in {"money_in", "refunded", "kept"}
        is_, should = (
            f"£{value / 100:,.2f}" if money else f"{value:,}" for value in (result[name], must_be)
        )
        rows.append(f"{name.replace('_', ' '):16} {is_:>14} {should:>14}")
    rows.append("\nnot replayed (lines):")
    rows += [f"  {reason.replace('_', ' '):34} {n:>8,}" for reason, n in result["skipped"].items()]
    rows.append(f"\nviolations of invariants: {result['violations']}")
    rows += [f"  {one['claim']}: {', '.join(one['ids'])}" for one in result["violated"]]
    rows.append(
        f"{result['seconds']} s; the application held {result['server_memory_peak_mb']} MB at most"
    )
    return "\n".join(rows)
