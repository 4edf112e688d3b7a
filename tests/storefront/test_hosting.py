"""/m/: the built files as a browser wants them, and what is said while they are not there yet."""

from __future__ import annotations

import gzip
import json
import os
import re
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from frontline.start import start
from frontline.storefront import storefront
from frontline.store.database import Fault
from frontline.storefront.built import Place

PAGE = b"<!doctype html><p>page</p>"
SCRIPT = b"export default 'a script that is long enough to be packed'" * 20


def lay(folder: Path, script: str = "assets/index-abcdefgh.js") -> None:
    for name, content in {"index.html": PAGE, script: SCRIPT, "static/tab.png": b"png"}.items():
        at = folder / name
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(content)
    (folder / f"{script}.gz").write_bytes(gzip.compress(SCRIPT))


@pytest.fixture
def at(tmp_path: Path) -> Place:
    return Place(tmp_path / "h5", tmp_path / "progress.json")


class DatabaseAway:
    """No shop is to be had; the page must come all the same, and tell it."""

    async def meant(self, *_: bytes) -> None:
        raise Fault


@pytest.fixture
def client(at: Place):
    state = State({"opened": SimpleNamespace(shops=DatabaseAway())})
    with TestClient(Litestar([storefront(at)], openapi_config=None, state=state)) as made:
        made.follow_redirects = False
        yield made


def test_every_page_is_the_same_document_and_a_missing_file_is_not_found(client, at) -> None:
    lay(at.folder)
    for path in ("/m/", "/m/pages/home/home", "/m/pages/product/product?id=1.5"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (HTTPStatus.OK, PAGE)
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("/m/assets/gone-abcdefgh.js", "/m/favicon.ico", "/m/static/no.png"):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND, path
    assert client.get("/m").headers["location"] == "/m/"
    assert client.head("/m/").content == b""
    assert client.post("/m/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.get("/m/../../../etc/passwd").status_code == HTTPStatus.NOT_FOUND


def test_a_shared_link_opens_the_page_that_knows_what_to_do_with_it(client) -> None:
    answer = client.get("/m/s/k1.Ab-_~!x")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["location"] == "/m/pages/share/land?scene=k1.Ab-_~%21x"
    assert client.get("/m/s/" + "x" * 65).status_code != HTTPStatus.FOUND
    assert "\n" not in client.get("/m/s/a%0d%0aset-cookie").headers.get("location", "")


def test_hashed_files_stay_for_ever_and_come_packed(client, at) -> None:
    lay(at.folder)
    answer = client.get("/m/assets/index-abcdefgh.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.content == SCRIPT
    plain = client.get("/m/assets/index-abcdefgh.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != answer.headers["etag"]
    refused = client.get("/m/assets/index-abcdefgh.js", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert "immutable" not in client.get("/m/static/tab.png").headers["cache-control"]


def test_what_a_browser_has_is_not_sent_again(client, at) -> None:
    lay(at.folder)
    tag = client.get("/m/").headers["etag"]
    again = client.get("/m/", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert again.headers["cache-control"] == "no-cache"
    assert client.get("/m/", headers={"if-none-match": '"other"'}).status_code == HTTPStatus.OK


def test_pages_may_run_no_script_from_elsewhere(client, at) -> None:
    lay(at.folder)
    for path in ("/m/", "/m/assets/index-abcdefgh.js"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_new_build_is_noticed_and_parts_of_the_old_one_stay(client, at) -> None:
    assert client.get("/m/").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    lay(at.folder, "assets/old-abcdefgh.js")
    assert client.get("/m/").content == PAGE
    at.folder.rename(at.folder.with_name("old"))
    lay(at.folder, "assets/new-abcdefgh.js")
    (at.folder / "index.html").write_bytes(b"new")
    assert client.get("/m/").content == b"new"
    for name in ("old", "new"):
        assert client.get(f"/m/assets/{name}-abcdefgh.js").content == SCRIPT
    assert client.get("/m/pages/x").content == b"new"


def test_while_it_is_being_built_the_page_says_so_and_comes_again(client, at) -> None:
    told = {"pid": os.getpid(), "en": "Step 1", "zh": "第一步", "failed": False}
    at.told.write_text(json.dumps(told))
    answer = client.get("/m/pages/home/home")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["cache-control"] == "no-store"
    for text in ("店面正在准备", "第一步", "being prepared", "Step 1", 'content="2"'):
        assert text in answer.text


def test_a_failure_is_told_with_what_still_works(client, at) -> None:
    told = {"pid": 1, "en": "No network <b>", "zh": "没有网络", "failed": True}
    at.told.write_text(json.dumps(told))
    text = client.get("/m/").text
    for part in ("没有网络", "No network &lt;b&gt;", "make storefront", 'href="/?stay"'):
        assert part in text


@pytest.mark.parametrize("told", ["", "{", '{"pid": 4194300, "en": "", "zh": "", "failed": false}'])
def test_a_builder_that_is_gone_builds_nothing(client, at, told: str) -> None:
    at.told.write_text(told)
    text = client.get("/m/").text
    assert "店面还没有构建" in text
    assert "not built yet" in text


def test_a_phone_goes_on_to_the_storefront_and_a_desk_stays() -> None:
    with TestClient(Litestar([start], openapi_config=None)) as client:
        agent = {"user-agent": "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0"}
        answer = client.get("/", headers=agent, follow_redirects=False)
        assert answer.headers["location"] == "/m/"
        assert "user-agent" in answer.headers["vary"]


def test_the_real_one_names_ahead_what_a_page_needs(town) -> None:
    """What shoppers meet first stands in the document; of other pages its headers tell."""
    for path in ("", "pages/product/product", "pages/cart/cart"):
        answer = httpx.get(f"{town.url}/m/{path}", trust_env=False)
        tags = re.findall(r'"modulepreload"[^>]* href="([^"]+)"', answer.text)
        told = re.findall(r"<(/m/assets/[^>]+)>", answer.headers.get("link", ""))
        assert any("cart" in each for each in told) == ("cart" in path)
        ahead = {*tags, *told}
        assert any(each.endswith(".js") for each in ahead)
        for each in ahead:
            assert httpx.get(town.url + each, trust_env=False).status_code == HTTPStatus.OK


def test_the_start_page_leads_to_it(desktop, town) -> None:
    desktop.page.goto(town.url)
    desktop.tap("进入手机商城")
    desktop.page.wait_for_url("**/m/**")
    desktop.see("首页")


def test_a_phone_arrives_there_by_itself(phone, town) -> None:
    phone.page.goto(town.url)
    phone.page.wait_for_url("**/m/**")
    phone.see("首页")
