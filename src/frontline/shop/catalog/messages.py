"""The catalogue: what may be asked, what is answered."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from frontline.kernel.authority import Held
from frontline.kernel.ids import named
from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Fen, NoEffect, ProductId, ShopId, SkuId, StaffId

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not; of an imported row as well."""

    PRODUCT_UNKNOWN = "product_unknown"
    FREIGHT_UNKNOWN = "freight_unknown"
    CATEGORY_UNKNOWN = "category_unknown"
    CATEGORY_TWICE = "category_twice"
    CATEGORY_IN_ITSELF = "category_in_itself"
    CATEGORY_TOO_DEEP = "category_too_deep"
    TOO_MANY_CATEGORIES = "too_many_categories"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_UNPRINTABLE = "text_unprintable"
    TEXT_UNTRIMMED = "text_untrimmed"
    TEXT_DIVIDED = "text_divided"
    TOO_MANY_TAGS = "too_many_tags"
    TOO_MANY_OPTIONS = "too_many_options"
    OPTION_TWICE = "option_twice"
    OPTIONS_UNMATCHED = "options_unmatched"
    VARIANT_TWICE = "variant_twice"
    NO_VARIANTS = "no_variants"
    TOO_MANY_VARIANTS = "too_many_variants"
    TOO_MANY_PICTURES = "too_many_pictures"
    PICTURE_ADDRESS = "picture_address"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"


TEXTS: Texts = {
    Refusal.PRODUCT_UNKNOWN: Text("商品不存在或已删除", "There is no such product", 404),
    Refusal.FREIGHT_UNKNOWN: Text(
        "运费模板不存在，请重新选择", "There is no such freight template; choose another", 404
    ),
    Refusal.CATEGORY_UNKNOWN: Text(
        "分类不存在，请重新选择", "There is no such category; choose another", 404
    ),
    Refusal.CATEGORY_TWICE: Text(
        "同级已有同名分类，请换个名称", "There is one of this name beside it; choose another name"
    ),
    Refusal.CATEGORY_IN_ITSELF: Text(
        "不能移动到自己或自己的下级分类", "A category cannot be moved into itself"
    ),
    Refusal.CATEGORY_TOO_DEEP: Text("分类最多五级", "Categories go five levels deep at most", 400),
    Refusal.TOO_MANY_CATEGORIES: Text(
        "分类数量已达上限，请先整理现有分类", "There are too many categories; use those there are"
    ),
    Refusal.TEXT_MISSING: Text("此项不能为空，请填写", "It may not be empty", 400),
    Refusal.TEXT_TOO_LONG: Text("内容太长，请缩短", "It is too long; shorten it", 400),
    Refusal.TEXT_UNPRINTABLE: Text(
        "含有无法显示的控制字符，请删除", "It holds control characters; take them out", 400
    ),
    Refusal.TEXT_UNTRIMMED: Text(
        "首尾不能有空格", "There is a space before or behind it; take it out", 400
    ),
    Refusal.TEXT_DIVIDED: Text(
        "标签中不能有逗号，分类名称中不能有大于号",
        "A tag may hold no comma, the name of a category no `>`",
        400,
    ),
    Refusal.TOO_MANY_TAGS: Text("标签太多，最多 250 个", "At most 250 tags", 400),
    Refusal.TOO_MANY_OPTIONS: Text("规格最多三项", "A product has three options at most", 400),
    Refusal.OPTION_TWICE: Text("规格名称重复", "Two options have the same name", 400),
    Refusal.OPTIONS_UNMATCHED: Text(
        "规格值与规格名称不对应，每个规格名称都要有一个值",
        "There must be one value for each option of the product",
        400,
    ),
    Refusal.VARIANT_TWICE: Text("规格组合重复", "This combination of options is there twice", 400),
    Refusal.NO_VARIANTS: Text("至少要有一个规格", "A product needs one variant at least", 400),
    Refusal.TOO_MANY_VARIANTS: Text(
        "规格太多，一件商品最多 2000 个", "At most 2,000 variants of one product", 400
    ),
    Refusal.TOO_MANY_PICTURES: Text(
        "图片太多，一件商品最多 250 张", "At most 250 pictures of one product", 400
    ),
    Refusal.PICTURE_ADDRESS: Text(
        "图片地址应以 http:// 或 https:// 开头，或是本店上传的图片",
        "A picture is at http:// or https://, or was uploaded to this shop",
        400,
    ),
    Refusal.NUMBER_OUT_OF_RANGE: Text("数字超出允许范围", "The number is out of range", 400),
}


class Refused(NoEffect, frozen=True, tag=True):
    """All of the command is refused."""

    refusal: Refusal
    handle: str | None = None  # Of which product,
    field: str | None = None  # which part of it,
    variant: int | None = None  # of which variant, counted from 0.


class ProductsPut(msgspec.Struct, frozen=True, tag=True):
    """How many are new or changed, and how many had been so before."""

    products: int
    variants: int
    unchanged: int  # Products.


class NothingPut(NoEffect, frozen=True, tag=True):
    unchanged: int


class SalesSwitched(msgspec.Struct, frozen=True, tag=True):
    product_ids: tuple[ProductId, ...]  # Those that changed.


class NothingSwitched(NoEffect, frozen=True, tag=True):
    """All of them were so already."""


class CategoryPut(msgspec.Struct, frozen=True, tag=True):
    category_id: UUID


Ungoverned = (
    ProductsPut
    | NothingPut
    | SalesSwitched
    | NothingSwitched
    | CategoryPut
    | Refused
    | ChangedSince
)
"""Of commands that ask nobody's authority."""
Outcome = Ungoverned | Held
STATUS = "Status"
"""In `extra` of a product: why it is off sale, if an imported file said why."""

# -- Asked ----------------------------------------------------------------------------


class Picture(msgspec.Struct, frozen=True):
    src: str  # Our own `/pictures/...` or `/demo/...`, or an address elsewhere.
    alt: str = ""


class VariantDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU as it shall be. What is unset stays as it is."""

    id: SkuId  # `sku_id_of` its shop, product and values.
    option_values: tuple[str, ...]
    price: Fen
    code: str | UnsetType = UNSET
    compare_at: Fen | UnsetType | None = UNSET
    cost: Fen | UnsetType | None = UNSET
    per_member_max: int | UnsetType | None = UNSET
    weight_g: int | UnsetType = UNSET
    barcode: str | UnsetType = UNSET
    needs_shipping: bool | UnsetType = UNSET
    picture_src: str | UnsetType = UNSET
    extra: dict[str, str] = {}  # Added to what there is; an empty text takes away.
    stock: int = 0  # To open with. What is there already keeps its own count.


class ProductDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A product as it shall be. What is unset stays as it is."""

    id: ProductId  # `product_id_of` its shop and handle.
    handle: str
    title: str
    option_names: tuple[str, ...]
    variants: tuple[VariantDraft, ...]
    body_html: str | UnsetType = UNSET
    vendor: str | UnsetType = UNSET
    category_id: UUID | UnsetType | None = UNSET
    category_path: tuple[str, ...] | UnsetType = UNSET  # Instead: names from the root; made if new.
    tags: tuple[str, ...] | UnsetType = UNSET
    on_sale: bool | UnsetType = UNSET
    freight_id: UUID | UnsetType | None = UNSET
    extra: dict[str, str] = {}
    pictures: tuple[Picture, ...] | UnsetType = UNSET
    complete: bool = True  # Variants that are not named are removed.
    seen: str = ""  # `kernel.seen`; "": whatever it is now.


class PutProducts(
    Command[ProductsPut | NothingPut | Refused | ChangedSince | Held], frozen=True, tag=True
):
    """New products, or known ones made so. All of them or none."""

    products: tuple[ProductDraft, ...]
    staff_id: StaffId | None


class SwitchSale(Command[SalesSwitched | NothingSwitched | Refused], frozen=True, tag=True):
    """Put products on sale, or take them off."""

    product_ids: tuple[ProductId, ...]
    on_sale: bool
    staff_id: StaffId


class AddCategory(Command[CategoryPut | Refused], frozen=True, tag=True):
    """The category takes the command's id."""

    name: str
    parent_id: UUID | None
    position: int
    staff_id: StaffId


class ChangeCategory(Command[CategoryPut | Refused | ChangedSince], frozen=True, tag=True):
    """Rename or move it, with all that is below it."""

    category_id: UUID
    name: str
    parent_id: UUID | None
    position: int
    staff_id: StaffId
    seen: str = ""


Request = PutProducts | SwitchSale | AddCategory | ChangeCategory


def product_id_of(shop_id: ShopId, handle: str) -> ProductId:
    """The one id of the product that the world knows by its handle."""
    return ProductId(named("product", f"{shop_id}/{handle}"))


def sku_id_of(shop_id: ShopId, handle: str, option_values: tuple[str, ...]) -> SkuId:
    return SkuId(named("sku", "\0".join((f"{shop_id}/{handle}", *option_values))))


PLAIN = ("Title", "Default Title")
"""What Shopify calls the one option, and its value, of a product that has none."""


def plain_options(draft: ProductDraft, shop_id: ShopId) -> ProductDraft:
    """The same, without the option that Shopify gives to products that have none."""
    if draft.option_names not in ((), PLAIN[:1]) or any(
        one.option_values not in ((), PLAIN[1:]) for one in draft.variants
    ):
        return draft
    plain = sku_id_of(shop_id, draft.handle, ())
    variants = tuple(
        msgspec.structs.replace(one, id=plain, option_values=()) for one in draft.variants
    )
    return msgspec.structs.replace(draft, option_names=(), variants=variants)
