"""The laws that every feature keeps. What breaks one fails with the chapter it broke in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.engine.handler import Handler
from frontline.engine.records import Reacting
from frontline.kernel.words import NoEffect, Notes, ShopId
from frontline.store.database import Database, Transaction
from frontline.testing.memory import Content, Simulator
from frontline.testing.story import Cast, Chapter, Story


def combining(simulator: Simulator, chapter: Chapter) -> None:
    """A batch means its commands one by one; so it may be cut anywhere."""
    world, notes = chapter.before, Notes()
    outcomes: list[Any] = []
    for command in chapter.batch:
        decision, world = simulator.run(chapter.command_set, world, [command], chapter.moment)
        outcomes += decision.outcomes
        notes.events += decision.notes.events
        notes.timers += decision.notes.timers
        notes.edits += decision.notes.edits
    assert tuple(outcomes) == chapter.decision.outcomes, str(chapter)
    assert notes == chapter.decision.notes, str(chapter)
    assert world.content() == chapter.after.content(), str(chapter)


def refusing(simulator: Simulator, chapter: Chapter) -> int:
    """What had no effect left every book and every note as it was; how many times it had none."""
    world, count = chapter.before, 0
    for command in chapter.batch:
        decision, after = simulator.run(chapter.command_set, world, [command], chapter.moment)
        if isinstance(decision.outcomes[0], NoEffect):
            count += 1
            assert after.content() == world.content(), (command, decision)
            assert decision.notes == Notes(), (command, decision)
        world = after
    return count


def conserving(cast: Cast, story: Story, name: str) -> None:
    """Nothing is made or lost: what the part says is always true is true after every chapter."""
    part = next(part for part in cast.parts if part.name == name)
    assert part.conserved is not None
    start = story.start.content()
    for chapter in story.chapters:
        try:
            part.conserved(start, chapter.after.content())
        except AssertionError as error:
            error.add_note(str(chapter))
            raise


# -- On PostgreSQL ------------------------------------------------------------------------


async def storing(
    cast: Cast, story: Story, database: Database, shop_id: ShopId, reacting: Reacting
) -> None:
    """The story told through the handler ends in the same rows, outcomes and notes.

    The shop's tables hold the story's beginning. Every command is given twice in its batch, and
    those that had an effect once more in a batch of their own: the answers are the same, and
    nothing else happens.
    """
    noted = await _noted(database, shop_id)
    edited = await _edited(database, shop_id)
    for chapter in story.chapters:

        def handler(chapter: Chapter = chapter) -> Handler:
            return Handler(
                database,
                cast.library,
                chapter.command_set,
                shop_id,
                lambda: chapter.moment.now,
                seed=lambda: chapter.moment.seed,
                reacting=reacting,
            )

        outcomes = chapter.decision.outcomes
        answers = await handler()([*chapter.batch, *chapter.batch])
        assert tuple(answers) == outcomes * 2, f"{chapter}\nanswered {answers}"
        noted += _notes(chapter.decision.notes, reacting)
        assert await _noted(database, shop_id) == noted, str(chapter)
        at = chapter.moment.now
        edited |= {id_: (by, at) for id_, by in chapter.decision.notes.edits}
        assert await _edited(database, shop_id) == edited, str(chapter)
        done = [
            (command, outcome)
            for command, outcome in zip(chapter.batch, outcomes, strict=True)
            if not isinstance(outcome, NoEffect)
        ]
        if done:
            again = await handler()([command for command, _ in done])
            assert list(again) == [outcome for _, outcome in done], str(chapter)
    assert await _noted(database, shop_id) == noted, str(story)
    assert await _edited(database, shop_id) == edited, str(story)
    async with database.transaction(shop_id) as transaction:
        stored = await read(cast, transaction)
    assert not (found := differences(stored, story.end.content())), f"{found}\n{story}"


async def read(cast: Cast, transaction: Transaction) -> Content:
    """Everything that the parts keep in tables."""
    stored: Content = {}
    for part in cast.parts:
        if part.read is not None:
            stored |= await part.read(transaction)
    return stored


def differences(stored: Content, decided: Content) -> str:
    """Where rows and books differ; logs may be in any order."""
    told = []
    for name in sorted(stored.keys() | decided.keys()):
        was, should = _counted_rows(stored.get(name)), _counted_rows(decided.get(name))
        told += [
            f"{name} {key}:\n  stored  {was.get(key)}\n  decided {should.get(key)}"
            for key in {*was, *should}
            if was.get(key) != should.get(key)
        ]
    return "\n".join(told)


def _counted_rows(rows: Any) -> Mapping[Any, Any]:
    return Counter(rows) if isinstance(rows, tuple) else rows or {}


_EVENTS = text("SELECT done, events FROM outbox WHERE shop_id = :shop_id")
_TIMERS = text("SELECT due_at, commands FROM timer WHERE shop_id = :shop_id")
_EDITS = text("SELECT thing_id, staff_id, at FROM edit WHERE shop_id = :shop_id")
_encode = msgspec.json.Encoder().encode


async def _noted(database: Database, shop_id: ShopId) -> Counter[Any]:
    """Events and timers as they stand in their tables."""
    async with database.transaction(shop_id) as transaction:
        pages = await transaction.read(_EVENTS)
        timers = await transaction.read(_TIMERS)
    found: Counter[Any] = Counter()
    for page in pages:
        found.update((page.done, bytes(one)) for one in _parts(page.events))
    for timer in timers:
        found.update((timer.due_at, bytes(one)) for one in _parts(timer.commands))
    return found


async def _edited(database: Database, shop_id: ShopId) -> dict[Any, Any]:
    """By thing, who changed it last, and when."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_EDITS)
    return {row.thing_id: (row.staff_id, row.at) for row in rows}


def _parts(encoded: str) -> list[msgspec.Raw]:
    return msgspec.json.decode(encoded, type=list[msgspec.Raw])


def _notes(notes: Notes, reacting: Reacting) -> Counter[Any]:
    """The same of what a batch wanted remembered."""
    done = not any(type(event) in reacting for event in notes.events)
    wanted: Counter[Any] = Counter((done, _encode(event)) for event in notes.events)
    wanted.update((due, _encode([type(one).__name__, one])) for due, one in notes.timers)
    return wanted
