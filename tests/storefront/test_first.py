from __future__ import annotations


def test_home(phone, town) -> None:
    phone.open()
    phone.settle()
    phone.picture(__import__("pathlib").Path("/tmp/h6/home.png"))


def test_mine(phone, town) -> None:
    phone.sign_in("13800000001")
    phone.open("pages/mine/mine")
    phone.settle()
    phone.picture(__import__("pathlib").Path("/tmp/h6/mine.png"))
    print(phone.barriers())
