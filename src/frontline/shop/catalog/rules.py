"""Products, categories, and whether they are on sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from msgspec import UNSET

from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys, Held
from frontline.kernel.ids import named
from frontline.kernel.load import Load
from frontline.kernel.seen import ChangedSince, changed_since
from frontline.kernel.words import Decision, Moment, Notes, ProductId, SkuId, StaffId
from frontline.shop.catalog.book import (
    CatalogKeys,
    Category,
    CategoryBook,
    CategoryKeys,
    Product,
    ProductBook,
    ProductKeys,
)
from frontline.shop.catalog.drafts import (
    DEPTH_MAX,
    category_name,
    faults,
    merged,
    price_change,
    switched,
)
from frontline.shop.catalog.messages import (
    AddCategory,
    CategoryPut,
    ChangeCategory,
    NothingPut,
    NothingSwitched,
    Outcome,
    ProductDraft,
    ProductsPut,
    PutProducts,
    Refusal,
    Refused,
    Request,
    SalesSwitched,
    SwitchSale,
)
from frontline.shop.catalog.seen import category_facts, product_facts
from frontline.shop.freight.book import FreightBook, FreightKeys
from frontline.shop.stock.book import Movement, MovementKind, StockBook, StockKeys

CATEGORIES_MAX = 2_000
OPENING = "opening"
"""The reason of the movement that a new SKU's stock begins with."""


@dataclass(frozen=True, slots=True)
class Desk:
    freight: FreightBook
    authority: Authority
    stock: StockBook
    products: ProductBook
    categories: CategoryBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    drafts = [draft for one in batch if isinstance(one, PutProducts) for draft in one.products]
    switched = [id_ for one in batch if isinstance(one, SwitchSale) for id_ in one.product_ids]
    opening = {one.id for draft in drafts for one in draft.variants if one.stock}
    # Who is there already keeps its count, so the stock of what sells is not locked for nothing.
    known = await load(CatalogKeys(opening))
    freight = await load(
        FreightKeys({draft.freight_id for draft in drafts if isinstance(draft.freight_id, UUID)})
    )
    authority = await load(AuthorityKeys(_may_ask(batch)))
    stock = await load(StockKeys({id_ for id_ in opening if known.get(id_) is None}))
    products = await load(ProductKeys({*(draft.id for draft in drafts), *switched}))
    in_categories = any(
        isinstance(draft.category_id, UUID) or draft.category_path is not UNSET for draft in drafts
    )
    alone = all(isinstance(one, SwitchSale | PutProducts) for one in batch)
    categories = await load(CategoryKeys(in_categories or not alone))
    return Desk(freight, authority, stock, products, categories)


def _may_ask(batch: Sequence[Request]) -> list[tuple[UUID, StaffId]]:
    """Who puts products at the desk. What the house itself puts is nobody's to allow."""
    puts = [one for one in batch if isinstance(one, PutProducts)]
    return [(one.id, one.staff_id) for one in puts if one.staff_id is not None]


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_decide(desk, command, moment, notes) for command in batch), notes)


def _decide(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case PutProducts():
            return _put(desk, command, moment, notes)
        case SwitchSale():
            return _switch(desk.products, command, moment, notes)
        case AddCategory():
            new = Category(command.id, command.parent_id, command.name, command.position)
            return _put_category(desk.categories, new, command, notes)
        case ChangeCategory():
            new = Category(command.category_id, command.parent_id, command.name, command.position)
            facts = category_facts(desk.categories.categories.get(command.category_id))
            if (changed := changed_since(command.seen, facts)) is not None:
                return changed
            return _put_category(desk.categories, new, command, notes)


# -- Products -----------------------------------------------------------------------------


def _put(
    desk: Desk, command: PutProducts, moment: Moment, notes: Notes
) -> ProductsPut | NothingPut | Refused | ChangedSince | Held:
    if (refused := _refused(desk, command)) is not None:
        return refused
    for draft in command.products:
        facts = product_facts(desk.products.products.get(draft.id))
        if (changed := changed_since(draft.seen, facts)) is not None:
            return changed
    if (held := _held(desk, command, moment, notes)) is not None:
        return held
    products = variants = unchanged = 0
    shelves = _Shelves(desk.categories, command.id)
    for draft in command.products:
        old = desk.products.products.get(draft.id)
        category_id = shelves.of(draft, None if old is None else old.category_id)
        new = merged(old, draft, category_id, moment.now)
        if new is old:
            unchanged += 1
            continue
        desk.products.products[draft.id] = new
        notes.edited(draft.id, command.staff_id)
        _open_stock(desk.stock, draft, old, command, moment)
        products += 1
        variants += _written(old, new)
    if not products:
        return NothingPut(unchanged)
    return ProductsPut(products, variants, unchanged)


def _held(desk: Desk, command: PutProducts, moment: Moment, notes: Notes) -> Held | None:
    """Asked for the largest change of a price among all drafts."""
    if command.staff_id is None:
        return None
    changes = {
        draft.id: price_change(old, draft)
        for draft in command.products
        if (old := desk.products.products.get(draft.id)) is not None
    }
    unbounded = [id_ for id_, change in changes.items() if change is None]
    largest = max(changes, key=lambda id_: changes[id_] or 0, default=None)
    subject = unbounded[0] if unbounded else largest
    if subject is None or changes[subject] == 0:
        return None
    ask = Ask(Action.PRICE_CHANGE, changes[subject], command.staff_id, subject)
    return desk.authority.held(ask, command, moment, notes)


def _written(old: Product | None, new: Product) -> int:
    before = {} if old is None else {one.id: one for one in old.variants}
    return sum(before.get(one.id) != one for one in new.variants)


def _open_stock(
    stock: StockBook, draft: ProductDraft, old: Product | None, command: PutProducts, moment: Moment
) -> None:
    known: set[SkuId] = set() if old is None else {one.id for one in old.variants}
    for one in draft.variants:
        if one.stock and one.id not in known:
            entry = partial(Movement, one.id, moment.now, MovementKind.ADJUSTMENT, one.stock)
            stock.adjust(entry(command.id, OPENING, command.staff_id))


def _refused(desk: Desk, command: PutProducts) -> Refused | None:
    """Asked of all drafts before any of them is put."""
    new_paths: set[tuple[str, ...]] = set()
    for draft in command.products:
        for fault in faults(draft):
            return Refused(fault.refusal, draft.handle, fault.field, fault.variant)
        freight_id = draft.freight_id
        if isinstance(freight_id, UUID) and desk.freight.templates.get(freight_id) is None:
            return Refused(Refusal.FREIGHT_UNKNOWN, draft.handle, "freight_id")
        category_id = draft.category_id
        if isinstance(category_id, UUID) and desk.categories.categories.get(category_id) is None:
            return Refused(Refusal.CATEGORY_UNKNOWN, draft.handle, "category_id")
        if draft.category_path is not UNSET:
            path = draft.category_path
            new_paths.update(path[: end + 1] for end in range(len(path)))
    if len(new_paths) + len(desk.categories.categories.rows()) > CATEGORIES_MAX:
        return _too_many(desk.categories, new_paths)
    return None


def _too_many(book: CategoryBook, paths: set[tuple[str, ...]]) -> Refused | None:
    """Which of the paths are new: asked only when it is near."""
    by_name = book.by_name()
    known: dict[tuple[str, ...], UUID | None] = {(): None}
    for path in sorted(paths, key=len):
        if path[:-1] in known and (found := by_name.get((known[path[:-1]], path[-1]))):
            known[path] = found.id
    new = len(paths) - (len(known) - 1)
    if new + len(book.categories.rows()) > CATEGORIES_MAX:
        return Refused(Refusal.TOO_MANY_CATEGORIES)
    return None


class _Shelves:
    """Where the products of one command stand; a path that is new is made on the way."""

    def __init__(self, book: CategoryBook, command_id: UUID) -> None:
        self._book = book
        self._command_id = command_id
        self._by_name = book.by_name()

    def of(self, draft: ProductDraft, before: UUID | None) -> UUID | None:
        if draft.category_path is UNSET:
            return before if draft.category_id is UNSET else draft.category_id
        parent_id: UUID | None = None
        for name in draft.category_path:
            found = self._by_name.get((parent_id, name))
            if found is None:
                id_ = named("category", f"{self._command_id}/{parent_id}/{name}")
                found = Category(id_, parent_id, name, len(self._by_name))
                self._by_name[parent_id, name] = self._book.categories[id_] = found
            parent_id = found.id
        return parent_id


def _switch(
    book: ProductBook, command: SwitchSale, moment: Moment, notes: Notes
) -> SalesSwitched | NothingSwitched | Refused:
    found: dict[ProductId, Product] = {}
    for product_id in command.product_ids:
        product = book.products.get(product_id)
        if product is None:
            return Refused(Refusal.PRODUCT_UNKNOWN)
        if product.on_sale is not command.on_sale:
            found[product_id] = product
    for product_id, product in found.items():
        book.products[product_id] = switched(product, moment.now, on_sale=command.on_sale)
        notes.edited(product_id, command.staff_id)
    return SalesSwitched(tuple(found)) if found else NothingSwitched()


# -- Categories -----------------------------------------------------------------------------


def _put_category(
    book: CategoryBook, new: Category, command: AddCategory | ChangeCategory, notes: Notes
) -> CategoryPut | Refused:
    for fault in category_name(new.name):
        return Refused(fault.refusal, field="name")
    if (refusal := _unfit(book, new, is_new=isinstance(command, AddCategory))) is not None:
        return Refused(refusal)
    book.categories[new.id] = new
    notes.edited(new.id, command.staff_id)
    return CategoryPut(new.id)


def _unfit(book: CategoryBook, new: Category, *, is_new: bool) -> Refusal | None:
    """Why it cannot stand there under this name."""
    known = book.categories
    needed = [new.parent_id, None if is_new else new.id]
    if any(id_ is not None and known.get(id_) is None for id_ in needed):
        return Refusal.CATEGORY_UNKNOWN
    if not is_new and book.is_within(new.parent_id, new.id):
        return Refusal.CATEGORY_IN_ITSELF
    sister = book.named(new.parent_id, new.name)
    if sister is not None and sister.id != new.id:
        return Refusal.CATEGORY_TWICE
    if book.depth(new.parent_id) + (1 if is_new else book.height(new.id)) > DEPTH_MAX:
        return Refusal.CATEGORY_TOO_DEEP
    if is_new and len(known.rows()) >= CATEGORIES_MAX:
        return Refusal.TOO_MANY_CATEGORIES
    return None
