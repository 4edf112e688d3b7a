from __future__ import annotations
from pathlib import Path


def test_home(phone, town) -> None:
    phone.open()
    phone.settle()
    phone.picture(Path("/tmp/h6/home.png"))


def test_mini(miniprogram, town) -> None:
    miniprogram.open()
    miniprogram.page.wait_for_timeout(2000)
    miniprogram.picture(Path("/tmp/h6/mp.png"))
    miniprogram.tap("我的")
    miniprogram.page.wait_for_timeout(2000)
    miniprogram.picture(Path("/tmp/h6/mp2.png"))
    print(miniprogram.problems)
    print(miniprogram.page.evaluate("mp.calls"), miniprogram.asked)
