"""Windows of platforms, and what was done about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from frontline.company.window.messages import Facts, SignUp, State, WindowId
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.states import Transitions, move, proved
from frontline.kernel.words import Fen, StaffId

TRANSITIONS: Transitions[State] = proved(
    {
        State.OPEN: frozenset({State.SIGNED_UP, State.MISSED, State.SKIPPED}),
        State.SKIPPED: frozenset({State.OPEN}),
        State.SIGNED_UP: frozenset(),
        State.MISSED: frozenset(),
    },
    start=State.OPEN,
)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    id: WindowId
    facts: Facts
    put_by: StaffId
    put_at: datetime
    state: State = State.OPEN
    discount_bp: int = 0  # As it was signed up.
    stock_units: int = 0
    cost: Fen = Fen(0)


class Step(msgspec.Struct, frozen=True):
    """What became of a window: only ever added to."""

    window_id: WindowId
    deed: str  # "put", "import", "sign_up", "skip", "reopen", "miss".
    said: str
    staff_id: StaffId | None  # None: time.
    at: datetime


@dataclass(slots=True)
class WindowBook(Book):
    windows: Page[WindowId, Window]
    steps: list[Step] = field(default_factory=list)

    def put(self, window: Window, deed: str, staff_id: StaffId, at: datetime) -> None:
        """A new one, or an open one with other facts."""
        assert window.state is State.OPEN
        self.windows[window.id] = window
        self.steps.append(Step(window.id, deed, "", staff_id, at))

    def sign_up(self, window: Window, command: SignUp, at: datetime) -> None:
        self.windows[window.id] = msgspec.structs.replace(
            window,
            state=move(TRANSITIONS, window.state, State.SIGNED_UP),
            discount_bp=command.discount_bp,
            stock_units=command.stock_units,
            cost=command.cost,
        )
        self.steps.append(Step(window.id, "sign_up", command.note, command.staff_id, at))

    def become(self, window: Window, state: State, said: Step) -> None:
        self.windows[window.id] = msgspec.structs.replace(
            window, state=move(TRANSITIONS, window.state, state)
        )
        self.steps.append(said)

    def check(self) -> None:
        for window in self.windows.rows().values():
            facts = window.facts
            assert facts.opens_at is None or facts.opens_at <= facts.closes_at
            assert facts.expected_margin is None or facts.margin_how
            assert 0 <= window.discount_bp <= BASIS_POINTS
            assert min(window.stock_units, window.cost) >= 0
            taken = window.discount_bp or window.stock_units or window.cost
            assert window.state is State.SIGNED_UP or not taken


@dataclass(frozen=True, slots=True)
class WindowKeys(Keys[WindowBook]):
    window_ids: Iterable[WindowId]


def retold(before: Facts, told: Facts) -> Facts:
    """What a calendar tells anew, beside what people know: its silence takes nothing away."""
    opens_at = before.opens_at if told.opens_at is None else told.opens_at
    if opens_at is not None and opens_at > told.closes_at:
        opens_at = told.opens_at
    return msgspec.structs.replace(
        told,
        opens_at=opens_at,
        conditions=told.conditions or before.conditions,
        url=told.url or before.url,
        places=before.places if told.places is None else told.places,
        starts_on=told.starts_on or before.starts_on,
        ends_on=told.ends_on or before.ends_on,
        expected_margin=before.expected_margin,
        margin_how=before.margin_how,
    )
