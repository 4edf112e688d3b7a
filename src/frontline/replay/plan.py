"""What is to be done: which orders, and which of their lines go back, in the order of the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from frontline.replay.file import Line, Skip, unfit

Ware = tuple[str, int]
"""A stock code at a price in pence: the shop sells each as a variant of its own."""


@dataclass(slots=True)
class Sale:
    invoice: str
    buyer: str
    country: str
    wares: list[tuple[Ware, int]] = field(default_factory=list)  # Units; the n-th is line n.
    left: list[int] = field(default_factory=list)  # Units of each line not cancelled yet.

    @property
    def total(self) -> int:
        return sum(pence * units for (_, pence), units in self.wares)


@dataclass(slots=True)
class Cancellation:
    """What one cancelling invoice takes back from one sale."""

    invoice: str
    sale: Sale
    units: dict[int, int] = field(default_factory=dict)  # By line number of the sale, from 1.


@dataclass(slots=True)
class Plan:
    buyers: dict[str, list[Sale | Cancellation]] = field(default_factory=dict)
    """What each buyer does, in the order of the file."""
    wares: dict[Ware, int] = field(default_factory=Counter)  # Units sold of each.
    titles: dict[str, str] = field(default_factory=dict)  # By stock code: the first one said.
    skipped: Counter[str] = field(default_factory=Counter)  # Lines, by `Skip`.

    @property
    def sales(self) -> list[Sale]:
        return [deed for deeds in self.buyers.values() for deed in deeds if isinstance(deed, Sale)]

    @property
    def cancellations(self) -> list[Cancellation]:
        deeds = (deed for deeds in self.buyers.values() for deed in deeds)
        return [deed for deed in deeds if isinstance(deed, Cancellation)]


def planned(lines: Iterable[Line | Skip]) -> Plan:
    """Sales become orders; a cancellation takes from the buyer's latest matching lines first."""
    plan = Plan()
    open_sales: dict[str, Sale] = {}
    bought: defaultdict[tuple[str, Ware], list[tuple[Sale, int]]] = defaultdict(list)
    cancelling: dict[tuple[str, str], Cancellation] = {}
    for line in lines:
        skip = line if isinstance(line, Skip) else unfit(line)
        if skip is not None:
            plan.skipped[skip] += 1
            continue
        assert isinstance(line, Line)
        if line.cancels:
            _cancel(plan, line, bought, cancelling)
        else:
            _sell(plan, line, open_sales, bought)
    return plan


def buyer_of(line: Line) -> str:
    """Somebody unknown buys once: nobody can tell one guest from another."""
    return line.customer or f"guest {line.invoice}"


def _sell(
    plan: Plan,
    line: Line,
    open_sales: dict[str, Sale],
    bought: defaultdict[tuple[str, Ware], list[tuple[Sale, int]]],
) -> None:
    sale = open_sales.get(line.invoice)
    if sale is None:
        sale = open_sales[line.invoice] = Sale(line.invoice, buyer_of(line), line.country)
        plan.buyers.setdefault(sale.buyer, []).append(sale)
    ware = line.code, line.pence
    sale.wares.append((ware, line.quantity))
    sale.left.append(line.quantity)
    bought[sale.buyer, ware].append((sale, len(sale.wares)))
    plan.wares[ware] += line.quantity
    if line.description:
        plan.titles.setdefault(line.code, line.description)


def _cancel(
    plan: Plan,
    line: Line,
    bought: defaultdict[tuple[str, Ware], list[tuple[Sale, int]]],
    cancelling: dict[tuple[str, str], Cancellation],
) -> None:
    to_cancel = -line.quantity
    for sale, number in reversed(bought.get((buyer_of(line), (line.code, line.pence)), [])):
        taken = min(to_cancel, sale.left[number - 1])
        if taken:
            sale.left[number - 1] -= taken
            to_cancel -= taken
            key = line.invoice, sale.invoice
            if key not in cancelling:
                cancelling[key] = Cancellation(line.invoice, sale)
                plan.buyers[sale.buyer].append(cancelling[key])
            units = cancelling[key].units
            units[number] = units.get(number, 0) + taken
    if to_cancel == -line.quantity:
        plan.skipped[Skip.NO_MATCH] += 1
    elif to_cancel:
        plan.skipped[Skip.PART_MATCH] += 1
