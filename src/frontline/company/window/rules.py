"""Entering windows, taking part in them or not, and noticing that one was missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import asdict

from frontline.company.window.book import Step, Window, WindowBook, WindowKeys, retold
from frontline.company.window.messages import (
    Facts,
    ImportWindows,
    MissWindow,
    Outcome,
    PutWindow,
    Refusal,
    Refused,
    ReopenWindow,
    Request,
    SignedUp,
    SignUp,
    SkipWindow,
    State,
    StillOpen,
    WindowId,
    WindowMarkedMissed,
    WindowMissed,
    WindowPut,
    WindowReopened,
    WindowSignedUp,
    WindowsImported,
    WindowSkipped,
)
from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys, Held
from frontline.kernel.ids import named
from frontline.kernel.load import Load
from frontline.kernel.seen import ChangedSince, changed_since
from frontline.kernel.words import Decision, Moment, Notes


@dataclass(frozen=True, slots=True)
class Desk:
    window: WindowBook
    authority: Authority


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    window = await load(WindowKeys({id_ for command in batch for id_ in _meant(command)}))
    asking = [(one.id, one.staff_id) for one in batch if isinstance(one, SignUp)]
    return Desk(window, await load(AuthorityKeys(asking)))


def _meant(command: Request) -> Iterator[WindowId]:
    match command:
        case PutWindow():
            yield command.window_id or WindowId(command.id)
        case ImportWindows():
            yield from (item.window_id for item in command.items)
        case _:
            yield command.window_id


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(desk, one, moment, notes) for one in batch), notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case PutWindow():
            return _put(desk.window, command, moment, notes)
        case ImportWindows():
            return _import(desk.window, command, moment, notes)
        case MissWindow():
            return _miss(desk.window, command, moment, notes)
        case _:
            return _of_window(desk, command, moment, notes)


# -- Entering -----------------------------------------------------------------------------


def _put(
    book: WindowBook, command: PutWindow, moment: Moment, notes: Notes
) -> WindowPut | Refused | ChangedSince:
    facts, id_ = command.facts, command.window_id or WindowId(command.id)
    before = book.windows.get(id_)
    if before is None and command.window_id is not None:
        return Refused(Refusal.WINDOW_UNKNOWN)
    if before is not None and before.state is not State.OPEN:
        return Refused(Refusal.WINDOW_DECIDED)
    there = {} if before is None else asdict(before.facts)
    if (stale := changed_since(command.seen, there)) is not None:
        return stale
    if (refusal := _wrong(facts)) is not None:
        return Refused(refusal)
    if facts.closes_at <= moment.now:
        return Refused(Refusal.WINDOW_CLOSED)
    _keep(book, _window(before, id_, command, facts, moment), "put", command, moment, notes)
    return WindowPut(id_)


def _import(
    book: WindowBook, command: ImportWindows, moment: Moment, notes: Notes
) -> WindowsImported:
    added = changed = same = left = 0
    for item in {item.window_id: item for item in command.items}.values():
        before = book.windows.get(item.window_id)
        facts = item.facts if before is None else retold(before.facts, item.facts)
        if before is not None and facts == before.facts:
            same += 1
        elif (
            (before is not None and before.state is not State.OPEN)
            or facts.closes_at <= moment.now
            or _wrong(facts) is not None
        ):
            left += 1
        else:
            added, changed = added + (before is None), changed + (before is not None)
            window = _window(before, item.window_id, command, facts, moment)
            _keep(book, window, "import", command, moment, notes)
    return WindowsImported(added, changed, same, left)


def _wrong(facts: Facts) -> Refusal | None:
    opens, starts, ends = facts.opens_at, facts.starts_on, facts.ends_on
    if (opens is not None and opens > facts.closes_at) or (starts and ends and starts > ends):
        return Refusal.WINDOW_DAYS_WRONG
    if facts.expected_margin is not None and not facts.margin_how:
        return Refusal.MARGIN_UNEXPLAINED
    return None


def _window(
    before: Window | None,
    id_: WindowId,
    command: PutWindow | ImportWindows,
    facts: Facts,
    moment: Moment,
) -> Window:
    if before is not None:
        return msgspec.structs.replace(before, facts=facts)
    return Window(id=id_, facts=facts, put_by=command.staff_id, put_at=moment.now)


def _keep(  # noqa: PLR0913, PLR0917 - all of it is what is kept
    book: WindowBook,
    window: Window,
    deed: str,
    command: PutWindow | ImportWindows,
    moment: Moment,
    notes: Notes,
) -> None:
    before, closes_at = book.windows.get(window.id), window.facts.closes_at
    book.put(window, deed, command.staff_id, moment.now)
    notes.edited(window.id, command.staff_id)
    if before is None or before.facts.closes_at != closes_at:
        miss_id = named(f"miss {window.id}", str(command.id))
        notes.wake(closes_at, MissWindow(id=miss_id, window_id=window.id))


# -- Deciding -----------------------------------------------------------------------------


def _of_window(
    desk: Desk, command: SignUp | SkipWindow | ReopenWindow, moment: Moment, notes: Notes
) -> Outcome:
    window = desk.window.windows.get(command.window_id)
    if window is None:
        return Refused(Refusal.WINDOW_UNKNOWN)
    if moment.now >= window.facts.closes_at:
        return Refused(Refusal.WINDOW_CLOSED)
    if isinstance(command, ReopenWindow):
        if window.state is not State.SKIPPED:
            return Refused(Refusal.WINDOW_NOT_SKIPPED)
        said = Step(window.id, "reopen", "", command.staff_id, moment.now)
        desk.window.become(window, State.OPEN, said)
        return WindowReopened(window.id)
    if window.state is not State.OPEN:
        return Refused(Refusal.WINDOW_DECIDED)
    if isinstance(command, SkipWindow):
        said = Step(window.id, "skip", command.reason, command.staff_id, moment.now)
        desk.window.become(window, State.SKIPPED, said)
        return WindowSkipped(window.id)
    return _sign_up(desk, window, command, moment, notes)


def _sign_up(
    desk: Desk, window: Window, command: SignUp, moment: Moment, notes: Notes
) -> SignedUp | Held:
    ask = Ask(Action.CAMPAIGN, command.cost, command.staff_id, window.id)
    if (held := desk.authority.held(ask, command, moment, notes)) is not None:
        return held
    desk.window.sign_up(window, command, moment.now)
    notes.announce(WindowSignedUp(window_id=window.id, staff_id=command.staff_id))
    return SignedUp(window.id)


def _miss(
    book: WindowBook, command: MissWindow, moment: Moment, notes: Notes
) -> WindowMarkedMissed | StillOpen:
    window = book.windows.get(command.window_id)
    if window is None or window.state is not State.OPEN or moment.now < window.facts.closes_at:
        return StillOpen()
    book.become(window, State.MISSED, Step(window.id, "miss", "", None, moment.now))
    notes.announce(
        WindowMissed(
            window_id=window.id,
            closed_at=window.facts.closes_at,
            expected_margin=window.facts.expected_margin,
        )
    )
    return WindowMarkedMissed(window.id)
