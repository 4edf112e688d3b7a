"""The code that proves a phone is shown in a demo, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from shopping import house, run

from frontline.app import wechat_services
from frontline.shop.member.codes import CodeSender, DemoCodes, LoggedCodes
from frontline.wechat.settings import MerchantFile
from frontline.wechat.simulator.app import Simulator

PHONE = "13800138000"


def asked(database: str, services: dict[type, Any]) -> Any:
    async def story() -> Any:
        async with house(database, services=services) as at:
            told = (await at.post("/api/login/phone/ask", phone=PHONE)).json()
            stored = await at.sql.fetch("SELECT outcome FROM answer")
            assert not [row for row in stored if "shown_code" in row["outcome"]]
            if told["shown_code"]:
                login = await at.post("/api/login/phone", phone=PHONE, code=told["shown_code"])
                assert login.json()["joined"] is True
            return told

    return run(story())


def test_in_a_demo_it_is_shown_as_a_phone_would(database: str) -> None:
    told = asked(database, {CodeSender: DemoCodes()})
    assert re.fullmatch("[0-9]{6}", told["shown_code"])
    assert (told["now"], told["expires_at"]) == ("2026-11-11T01:00:00Z", "2026-11-11T01:05:00Z")


@pytest.mark.parametrize("services", [{}, {CodeSender: LoggedCodes()}])
def test_else_it_is_not(database: str, services: dict[type, Any]) -> None:
    assert asked(database, services)["shown_code"] is None


@pytest.mark.parametrize(
    ("demo", "pay_base_url", "shown"),
    [
        (True, "http://127.0.0.1:40123", True),
        (False, "http://127.0.0.1:40123", False),
        (True, "https://api.mch.weixin.qq.com", False),
        (True, "https://127.0.0.1.example.com", False),
    ],
)
def test_only_a_demo_with_the_simulator_shows_codes(
    tmp_path: Path, *, demo: bool, pay_base_url: str, shown: bool
) -> None:
    """Whoever is shown the code of a phone is that phone: not where money is real."""
    simulator = Simulator(tmp_path, base_url=pay_base_url, keeps=False)
    file = msgspec.json.decode(simulator.merchant_file.read_bytes(), type=MerchantFile)
    assert file.pay_base_url == pay_base_url
    services = wechat_services(simulator.merchant_file, "http://shop.test", demo=demo)
    assert services[CodeSender].shows_codes is shown
