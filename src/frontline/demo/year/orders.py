"""An order while it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frontline.demo.year.people import Person
from frontline.demo.year.sheets import NULL

if TYPE_CHECKING:
    from frontline.demo.year.cases import Case

Step = tuple[int, str, str, str]
"""Second, state, who, and the actor's id or NULL."""
Refund = tuple[int, int, str, int]
"""Id, second, reason and amount."""


@dataclass(slots=True)
class Line:
    number: int
    goods: int  # Its place.
    quantity: int
    price: int
    paid: int
    shipped: int = 0
    returned: int = 0


@dataclass(slots=True)
class Seat:
    """Why an order costs less: its place in a team."""

    team_id: str
    paid_s: int | None  # None: it never is.
    let_go_s: int | None  # When the team was complete; None: not yet, or never.
    let_go_by: str
    expired_s: int | None  # When it was not, and all goes back.


@dataclass(slots=True)
class Order:
    id: int
    person: Person
    placed_s: int
    lines: list[Line]
    freight: int
    total: int
    claim_id: str = NULL
    note: str = ""
    seat: Seat | None = None
    unpaid: bool = False
    hex: str = ""
    buyer: str = ""
    state: str = "created"
    reason: str = NULL
    freight_refunded: int = 0
    received_s: int | None = None
    steps: list[Step] = field(default_factory=list)
    parcels: list[tuple[int, list[Line]]] = field(default_factory=list)
    case: Case | None = None
