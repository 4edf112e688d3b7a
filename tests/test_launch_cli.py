"""The command line: help at once, and one sentence instead of a traceback."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import click
import pytest
from launching import FRONTLINE
from sqlalchemy.exc import DBAPIError

from frontline import cli
from frontline.store.faults import DiskFull, PortTaken


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FRONTLINE, *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    told = ask("--help").stdout
    for name in ("serve", "migrate", "import", "export", "replay", "audit", "seed"):
        assert f"\n  {name} " in told


def test_help_loads_no_feature() -> None:
    asked = "import sys; from frontline import cli; sys.argv = ['frontline', '--help']\n"
    asked += "try: cli.main()\nexcept SystemExit: pass\n"
    asked += "sys.exit('sqlalchemy' in sys.modules or 'litestar' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True, stdout=subprocess.DEVNULL)


def _commands(group: click.Group):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield name, command
        if isinstance(command, click.Group):
            yield from _commands(command)


def test_every_command_is_there() -> None:
    for name, command in _commands(cli.cli):
        assert isinstance(command, click.Command), name
        assert command.get_short_help_str(), name


def test_an_unknown_command_is_answered_with_help() -> None:
    told = ask("sreve")
    assert told.returncode == 2
    assert "No such command 'sreve'" in told.stderr


def test_a_command_without_a_shop_says_how_to_begin(tmp_path: Path) -> None:
    told = ask("migrate", "--home", str(tmp_path), "--json")
    assert told.returncode == 1
    assert json.loads(told.stderr)["fault"] == "NoShopYet"
    assert "make run" in ask("migrate", "--home", str(tmp_path)).stderr


def _wrapped(inner: BaseException) -> BaseException:
    try:
        raise ValueError from inner
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        asyncpg.DiskFullError("could not extend file"),
        DBAPIError("INSERT", {}, asyncpg.DiskFullError("could not extend file")),
        _wrapped(OSError(errno.ENOSPC, "No space left on device")),
    ],
)
def test_a_full_disk_is_one_sentence(error: BaseException) -> None:
    assert isinstance(cli._fault(error), DiskFull)


def test_a_bug_stays_a_bug() -> None:
    assert cli._fault(OSError(errno.EIO, "Input/output error")) is None
    assert cli._fault(KeyError("x")) is None
    assert isinstance(cli._fault(PortTaken(1)), PortTaken)
