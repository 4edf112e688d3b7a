"""`merchant.json`: what is wrong with it is said, what is secret in it is not."""

from __future__ import annotations

import json

import pytest

from frontline.wechat.settings import SettingsInvalid, load
from frontline.wechat.simulator.home import KeyMode

pytestmark = pytest.mark.anyio


async def test_nothing_secret_shows_in_a_repr(world):
    shown = repr(world.settings) + repr(world.simulator.home)
    home = world.simulator.home
    for secret in (home.app_secret, home.apiv3_key.decode(), "PrivateKey"):
        assert secret not in shown


async def test_certificate_mode_names_no_public_key(world):
    world.simulator.home.rotate(KeyMode.CERTIFICATE, world.clock.now)
    settings = load(world.simulator.home.write_merchant_file("http://wechat.test"))
    assert settings.merchant.public_keys == {}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("merchant.json", "{", "merchant.json"),
        ("merchant.json", "{}", "appid"),
        ("apiv3_key.txt", "short", "32 bytes"),
        ("app_secret.txt", None, "app_secret.txt"),
        ("merchant_key.pem", "nonsense", "merchant_key.pem: not an RSA private key"),
        ("platform_public_key.pem", "nonsense", "platform_public_key.pem: not an RSA public key"),
    ],
)
async def test_what_is_wrong_is_said(world, file, content, said):
    path = world.simulator.home.folder / file
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(SettingsInvalid, match=said):
        load(world.simulator.merchant_file)


async def test_unknown_words_are_not_overlooked(world):
    path = world.simulator.merchant_file
    path.write_text(json.dumps(json.loads(path.read_text()) | {"appsecret": "x"}))
    with pytest.raises(SettingsInvalid, match="appsecret"):
        load(path)


async def test_wechat_itself_is_where_we_go_unless_told_otherwise(world):
    path = world.simulator.merchant_file
    file = json.loads(path.read_text())
    del file["pay_base_url"], file["api_base_url"]
    path.write_text(json.dumps(file))
    settings = load(path)
    assert settings.pay_base_url == "https://api.mch.weixin.qq.com"
    assert settings.api_base_url == "https://api.weixin.qq.com"
