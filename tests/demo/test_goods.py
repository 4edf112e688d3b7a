"""What the demo shop sells and shows, as it is written down."""

from __future__ import annotations

from hashlib import blake2b
from io import BytesIO
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from frontline.demo import pictures
from frontline.demo.goods import CATEGORIES, all_goods, drafts
from frontline.kernel.words import ShopId
from frontline.shop.catalog.drafts import faults, is_picture_address

BYTES_MAX = 2_500_000
GOODS = {one["handle"]: one for one in all_goods()}
DRAFTS = {one.handle: one for one in drafts(ShopId(1), UUID(int=1))}


def test_there_is_enough_to_look_at() -> None:
    assert len(GOODS) == len(all_goods()) >= 28
    assert {one["category"] for one in GOODS.values()} == set(CATEGORIES)
    out = [one for one in DRAFTS.values() if not any(sku.stock for sku in one.variants)]
    assert 1 <= len(out) <= 3


@pytest.mark.parametrize("handle", GOODS)
def test_a_product_says_all_that_a_label_says(handle: str) -> None:
    one = GOODS[handle]
    assert len(one["story"]) >= 2
    said = [one["title"], *one["story"], *one["tags"], *one["options"]]
    said += [one[field] for field in ("made_of", "weight", "life", "keep", "allergens")]
    for text in said:
        assert text, handle
        assert text == text.strip()
    draft = DRAFTS[handle]
    assert list(faults(draft)) == []
    for name in ("配料", "净含量", "保质期", "储存方法", "过敏原"):
        assert name in draft.body_html
    for sku in draft.variants:
        assert sku.price > 0
        assert not sku.compare_at or sku.compare_at > sku.price
        assert sku.weight_g > 0


@pytest.mark.parametrize("handle", GOODS)
def test_a_product_has_pictures_of_both_sizes(handle: str) -> None:
    assert 1 <= len(DRAFTS[handle].pictures) <= 3
    for picture in DRAFTS[handle].pictures:
        assert is_picture_address(picture.src)
        path = pictures.FOLDER / picture.src.removeprefix("/demo/")
        with Image.open(path) as large:
            assert (large.format, large.size) == ("WEBP", (800, 800))
        with Image.open(path.with_name(f"{path.stem}-400.webp")) as small:
            assert (small.format, small.size) == ("WEBP", (400, 400))


def test_names_tell_the_content_and_no_file_is_left_over() -> None:
    files = {path.name: path.read_bytes() for path in pictures.FOLDER.glob("*.webp")}
    assert sum(map(len, files.values())) <= BYTES_MAX
    expected = set()
    for name, stem in pictures.names().items():
        large, small = f"{stem}.webp", f"{stem}-400.webp"
        expected |= {large, small}
        digest = blake2b(files[large] + files[small], digest_size=4).hexdigest()
        assert stem == f"{name}.{digest}"
    assert set(files) == expected
    shown = {name.rpartition("-")[0] for name in pictures.names() if name[-1].isdigit()}
    assert shown == set(GOODS)


def test_they_are_served_for_ever() -> None:
    with TestClient(Litestar(list(pictures.ROUTES))) as client:
        answer = client.get(pictures.src_of("logo"))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
        assert Image.open(BytesIO(answer.content)).size == (400, 400)
        assert client.get("/demo/other.webp").status_code == 404
        assert client.get("/demo/../goods_1.toml").status_code == 404
