"""`python -m frontline.wechat.simulator --home FOLDER [--port N]`.

Prints one line of JSON when it listens. Ends with SIGTERM, SIGINT, or the thread that started it.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from frontline.wechat.simulator.app import Simulator

_HOST = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_KNOCK_SECONDS = 0.02


def main() -> None:
    arguments = _arguments()
    _die_with_parent()
    uvloop.run(_serve(arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m frontline.wechat.simulator")
    parser.add_argument("--home", type=Path, required=True, help="folder of keys and books")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--retry-scale", type=float, default=1.0, help="0.01: retry notices after 0.15 s, ..."
    )
    parser.add_argument("--refund-seconds", type=float, default=0.0, help="until a refund ends")
    return parser.parse_args()


def _die_with_parent() -> None:
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # It died before we asked.
        sys.exit(0)


async def _serve(arguments: argparse.Namespace) -> None:
    port = arguments.port or _free_port()
    base_url = f"http://{_HOST}:{port}"
    simulator = Simulator(
        arguments.home,
        base_url=base_url,
        retry_scale=arguments.retry_scale,
        refund_seconds=arguments.refund_seconds,
    )
    server = Server(
        simulator, address=_HOST, port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    announcing = loop.create_task(_announce(port, base_url, simulator.merchant_file.resolve()))
    await server.serve()
    announcing.cancel()


async def _announce(port: int, base_url: str, merchant_file: Path) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(_HOST, port)
            break
        except OSError:
            await asyncio.sleep(_KNOCK_SECONDS)
    writer.close()
    line = {
        "port": port,
        "base_url": base_url,
        "merchant_file": str(merchant_file),
        "pid": os.getpid(),
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
