"""Reading Shopify's CSV: what is understood, and how each thing that can be wrong is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from shop.catalog.files import SHOP, first, read, row, text, told

from frontline.shop.catalog import shopify
from frontline.shop.catalog.drafts import PRICE_MAX
from frontline.shop.catalog.messages import Picture, product_id_of, sku_id_of
from frontline.shop.catalog.shopify import Unreadable
from frontline.shop.catalog.shopify.csv_rows import TEXTS, CsvFault, said


def _unreadable(data: bytes) -> tuple[int, str, str, str | None]:
    with pytest.raises(Unreadable) as caught:
        shopify.read(data, SHOP, "CNY")
    bad = caught.value.bad
    assert said(bad.reason).zh
    assert said(bad.reason).en
    return bad.line, bad.column, str(bad.reason), bad.detail


# -- What is understood ---------------------------------------------------------------------


def test_rows_of_one_handle_are_one_product() -> None:
    reading = read(
        first(
            option1_name="颜色", option1_value="红", option2_name="尺码", option2_value="L", qty="7",
            body="<p>暖<script>1</script></p>", type="居家 > 被枕", tags="新, 热,新",
            variant_compare_at_price="259", variant_grams="1200.5",
            image_src="https://a.test/1.png",
        ),
        row(option1_value="蓝", option2_value="L", price="209.5", qty="-3"),
        row(image_src="https://a.test/2.png"),
        first("pillow", title="枕头", published="FALSE"),
    )  # fmt: skip
    assert not reading.bad_rows
    quilt, pillow = reading.drafts
    assert quilt.id == product_id_of(SHOP, "quilt")
    assert quilt.option_names == ("颜色", "尺码")
    assert [(one.option_values, one.price, one.stock) for one in quilt.variants] == [
        (("红", "L"), 19900, 7),
        (("蓝", "L"), 20950, 0),
    ]
    assert quilt.variants[0].id == sku_id_of(SHOP, "quilt", ("红", "L"))
    assert (quilt.variants[0].compare_at, quilt.variants[0].weight_g) == (25900, 1201)
    assert quilt.category_path == ("居家", "被枕")
    assert quilt.tags == ("新", "热")
    assert quilt.pictures == (Picture("https://a.test/1.png"), Picture("https://a.test/2.png"))
    assert (quilt.on_sale, pillow.on_sale) == (True, False)
    assert quilt.complete
    assert quilt.vendor is UNSET  # The file has no such column.


def test_a_product_without_options_is_called_title_and_default_title() -> None:
    for cells in ({}, {"option1_name": "Title", "option1_value": "Default Title"}):
        (draft,) = read(first(**cells)).drafts
        assert draft.option_names == ()
        assert draft.variants[0].option_values == ()
        assert draft.variants[0].id == sku_id_of(SHOP, "quilt", ())


def test_pictures_stand_by_their_positions_once() -> None:
    reading = read(
        first(image_src="https://a.test/2.png", image_position="2"),
        row(image_src="https://a.test/1.png", image_position="1"),
        row(image_src="https://a.test/2.png", image_position="3"),
    )
    assert [one.src[-5:] for one in reading.drafts[0].pictures] == ["1.png", "2.png"]


@pytest.mark.parametrize(
    ("published", "status", "on_sale"),
    [
        ("TRUE", "active", True), ("", "", True), ("true", "", True), ("FALSE", "active", False),
        ("TRUE", "draft", False), ("TRUE", "Archived", False), ("TRUE", "unlisted", False),
    ],
)  # fmt: skip
def test_published_and_active_is_on_sale(published: str, status: str, on_sale: bool) -> None:
    assert read(first(published=published, status=status)).drafts[0].on_sale is on_sale


def test_columns_of_the_new_template_mean_the_same() -> None:
    data = (
        "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,"
        "Option1 value,Price,Compare-at price,Inventory quantity,Weight value (grams),"
        "Product image URL,Color (product.metafields.shopify.color),Variant note\n"
        "羽绒被,quilt,好,TRUE,Active,A-1,颜色,红,199.00,259.00,5,900,https://a.test/1.png,red,n1\n"
    )
    (draft,) = shopify.read(data.encode(), SHOP, "CNY").drafts
    (variant,) = draft.variants
    assert (draft.handle, draft.title, draft.body_html, draft.on_sale) == (
        "quilt",
        "羽绒被",
        "好",
        True,
    )
    assert (variant.code, variant.price, variant.compare_at) == ("A-1", 19900, 25900)
    assert (variant.stock, variant.weight_g) == (5, 900)
    assert draft.extra["Color (product.metafields.shopify.color)"] == "red"
    assert variant.extra["Variant note"] == "n1"


# -- Encodings --------------------------------------------------------------------------------

FILE = text(first(title="轻奢纯棉刺绣水洗四件套"), first("枕", title="羽绒枕"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_usual_encoding_reads_the_same(encoding: str) -> None:
    reading = shopify.read(FILE.encode(encoding), SHOP, "CNY")
    assert [draft.title for draft in reading.drafts] == ["轻奢纯棉刺绣水洗四件套", "羽绒枕"]
    assert not reading.bad_rows


def test_semicolons_and_tabs_divide_as_well() -> None:
    for mark in ";\t":
        data = text(first(), columns=("Handle", "Title", "Variant Price")).replace(",", mark)
        assert shopify.read(data.encode(), SHOP, "CNY").drafts[0].variants[0].price == 19900


def test_a_broken_encoding_is_told_with_the_byte() -> None:
    data = FILE.encode()
    at = data.index("刺".encode())
    broken = data[:at] + b"\xff" + data[at + 1 :]
    assert _unreadable(broken) == (2, "", "not_text", f"byte {at} (utf-8)")
    assert _unreadable(b"\xef\xbb\xbf" + broken)[2] == "not_text"


def test_bytes_that_are_no_text_at_all_are_refused() -> None:
    assert _unreadable(FILE.encode("gb18030") + b"\xff\xff")[2] == "not_text"
    assert _unreadable(b"\xff\xfe\x00")[2] == "not_text"
    assert _unreadable(b"")[1:3] == ("Handle", "column_missing")


@given(st.binary(max_size=400))
def test_no_bytes_are_a_bug(data: bytes) -> None:
    for before in (b"", b"Handle,Title,Variant Price\n"):
        try:
            reading = shopify.read(before + data, SHOP, "CNY")
        except Unreadable as unreadable:
            assert said(unreadable.bad.reason)
        else:
            assert all(said(bad.reason) for bad in reading.bad_rows)


@given(st.lists(st.text('ab,"\n\r\t;羽\x00', max_size=12), max_size=8))
def test_no_quotes_and_commas_are_a_bug(lines: list[str]) -> None:
    data = "\n".join(["Handle,Title,Variant Price,Image Src", *lines, "z,枕,1.00,"])
    reading = shopify.read(data.encode(), SHOP, "CNY")
    if not any('"' in line for line in lines):  # What stands behind broken rows is read.
        assert any(draft.handle == "z" for draft in reading.drafts) or reading.bad_rows


# -- Bad rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"price": ""}, "Variant Price", "text_missing"),
        ({"price": "1,299.00"}, "Variant Price", "money_malformed"),
        ({"price": "¥9"}, "Variant Price", "money_malformed"),
        ({"price": "NaN"}, "Variant Price", "money_malformed"),
        ({"price": "1e5"}, "Variant Price", "money_malformed"),
        ({"price": "１９"}, "Variant Price", "money_malformed"),
        ({"price": "-1.00"}, "Variant Price", "money_negative"),
        ({"price": "0.999"}, "Variant Price", "money_too_fine"),
        ({"price": "99999999999999999999"}, "Variant Price", "number_out_of_range"),
        ({"variant_compare_at_price": "x"}, "Variant Compare At Price", "money_malformed"),
        ({"qty": "3.5"}, "Variant Inventory Qty", "number_malformed"),
        ({"qty": "99999999999"}, "Variant Inventory Qty", "number_out_of_range"),
        ({"variant_grams": "heavy"}, "Variant Grams", "number_malformed"),
        ({"variant_grams": "9999999999"}, "Variant Grams", "number_out_of_range"),
        ({"variant_sku": "x" * 256}, "Variant SKU", "text_too_long"),
        ({"variant_sku": "a\x00b"}, "Variant SKU", "text_unprintable"),
        ({"option1_value": "红"}, "Option1 Value", "variant_twice"),
        ({"option1_value": ""}, "Option1 Value", "options_unmatched"),
        ({"option1_value": "蓝", "option2_value": "L"}, "Option1 Value", "options_unmatched"),
        ({"option1_name": "Colour"}, "Option1 Name", "option_names_differ"),
        ({"title": "枕头"}, "Title", "title_differs"),
        ({"image_src": "javascript:alert(1)"}, "Image Src", "picture_address"),
        ({"image_src": "/pictures/../../etc/passwd"}, "Image Src", "picture_address"),
        ({"image_src": "https://a.test/1.png", "image_position": "x"}, "Image Position",
         "number_malformed"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_the_good_ones_go_in(
    cells: dict[str, Any], column: str, reason: str
) -> None:
    reading = read(
        first(option1_name="颜色", option1_value="红"),
        row(**{"price": "1.00", "option1_value": "绿", **cells}),
        row(option1_value="黄", price="1.00"),
        first("other"),
    )
    assert told(reading) == [(3, column, reason)]
    quilt, other = reading.drafts
    assert [one.option_values for one in quilt.variants] == [("红",), ("黄",)]
    assert not quilt.complete  # What was bad here must not take an older variant away.
    assert other.complete


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"title": ""}, "Title", "first_row_missing"),
        ({"title": "长" * 256}, "Title", "text_too_long"),
        ({"body": "长" * 100_001}, "Body (HTML)", "text_too_long"),
        ({"published": "maybe"}, "Published", "not_true_or_false"),
        ({"status": "sold"}, "Status", "status_unknown"),
        ({"type": "a>b>c>d>e>f"}, "Type", "category_too_deep"),
        ({"tags": ",".join(map(str, range(251)))}, "Tags", "too_many_tags"),
        ({"option1_name": "颜色", "option2_name": "颜色"}, "Option1 Name", "option_twice"),
    ],
)
def test_without_its_first_row_none_of_a_product_goes_in(
    cells: dict[str, Any], column: str, reason: str
) -> None:
    names = {
        "option1_name": "颜色",
        "option1_value": "红",
        "option2_name": "尺码",
        "option2_value": "L",
    }
    reading = read(
        first(**{**names, **cells}),
        row(option1_value="蓝", option2_value="L", price="1"),
        first("other"),
    )
    assert told(reading) == [(2, column, reason), (3, "Handle", "first_row_bad")]
    assert [draft.handle for draft in reading.drafts] == ["other"]


def test_a_handle_is_needed() -> None:
    assert told(read(first(""), first("b"))) == [(2, "Handle", "text_missing")]


def test_the_only_row_bad_is_told_once() -> None:
    reading = read(first(price="free"))
    assert told(reading) == [(2, "Variant Price", "money_malformed")]
    assert not reading.drafts


def test_lines_inside_quotes_count() -> None:
    reading = read(first(body="<p>a</p>\n<p>b</p>\r\n<p>c</p>"), first("b", price="x"))
    assert told(reading) == [(5, "Variant Price", "money_malformed")]


def test_miscounted_columns_are_told() -> None:
    data = "Handle,Title,Variant Price\na,A\nb,B,1,2\nc,C,1,,\n\n,,\nd,D,2\n"
    reading = shopify.read(data.encode(), SHOP, "CNY")
    assert told(reading) == [(2, "", "columns_miscounted"), (3, "", "columns_miscounted")]
    assert [draft.handle for draft in reading.drafts] == ["c", "d"]


def test_reading_goes_on_behind_a_broken_quote() -> None:
    data = 'Handle,Title,Variant Price\na,"A"x,1\nb,"B,1\nc,C,1\nd,"D",1\n'
    reading = shopify.read(data.encode(), SHOP, "CNY")
    assert told(reading) == [(2, "", "quotes_broken"), (3, "", "quotes_broken")]
    assert [draft.handle for draft in reading.drafts] == ["c", "d"]


def test_a_huge_field_is_told() -> None:
    data = f"Handle,Title,Variant Price\na,{'x' * 200_000},1\nb,B,1\n"
    reading = shopify.read(data.encode(), SHOP, "CNY")
    assert told(reading) == [(2, "", "field_too_large")]
    assert [draft.handle for draft in reading.drafts] == ["b"]


def test_the_header_must_be_one_of_products() -> None:
    assert _unreadable(b"a,b\n1,2\n")[:3] == (1, "Handle", "column_missing")
    assert _unreadable(b"Handle,Title\na,b\n")[:3] == (1, "Variant Price", "column_missing")
    header = b"Handle,Title,Variant Price,Price\n"
    assert _unreadable(header)[:3] == (1, "Variant Price", "column_twice")


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontline.shop.catalog.shopify.csv_rows.FILE_BYTES_MAX", 10)
    assert _unreadable(FILE.encode())[2] == "file_too_large"


def test_every_reason_is_said_in_both_languages() -> None:
    assert set(TEXTS) == set(CsvFault)
    assert all(said(fault).zh and said(fault).en for fault in CsvFault)


# -- Money ----------------------------------------------------------------------------------


@given(st.integers(0, PRICE_MAX), st.sampled_from([("JPY", 0), ("CNY", 2), ("KWD", 3)]))
def test_money_is_exact(amount: int, currency: tuple[str, int]) -> None:
    written = str(Decimal(amount).scaleb(-currency[1]))
    if "E" in written:
        written = f"{Decimal(written):f}"
    reading = read(first(price=written), currency=currency[0])
    assert reading.drafts[0].variants[0].price == amount


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [("100.00", "JPY", 100), (".5", "CNY", 50), ("5.", "CNY", None), ("1.5", "JPY", None),
     ("1.2340", "KWD", 1234), ("007", "CNY", 700)],
)  # fmt: skip
def test_digits_beyond_the_smallest_unit_must_be_nought(
    written: str, currency: str, amount: int | None
) -> None:
    drafts = read(first(price=written), currency=currency).drafts
    assert [one.price for draft in drafts for one in draft.variants] == (
        [] if amount is None else [amount]
    )
