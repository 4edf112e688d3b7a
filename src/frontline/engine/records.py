"""Rows the engine writes beside the business rows: answers, outbox, timers, last edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.engine.feature import Answered
from frontline.kernel.ids import following
from frontline.kernel.words import Command, Event, Moment, Notes
from frontline.store.database import Transaction

Reacting = Mapping[type[Event], timedelta]
"""Events that somebody reacts to, and how long each may wait: zero is at once."""
NOTHING: Reacting = {}

_KNOWN = text("""
    SELECT command_id, wish, outcome FROM answer
    WHERE shop_id = :shop_id AND command_id = ANY(CAST(:ids AS uuid[]))
""")
_ANSWER = text("""
    INSERT INTO answer (shop_id, command_id, wish, outcome)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:wishes AS bigint[]), CAST(:outcomes AS text[]))
""")
_ANNOUNCE = text("""
    INSERT INTO outbox (shop_id, at, next_at, done, attempts, events)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:at AS timestamptz[]), CAST(:next_at AS timestamptz[]),
                CAST(:done AS boolean[]), CAST(:attempts AS int[]), CAST(:events AS text[]))
""")
_WAKE = text("""
    INSERT INTO timer (shop_id, id, due_at, commands)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:due_at AS timestamptz[]), CAST(:commands AS text[]))
""")
# Whoever edits a thing holds its lock, so the last one here is the last one there.
_EDITED = text("""
    INSERT INTO edit (shop_id, thing_id, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:thing_ids AS uuid[]), CAST(:staff_ids AS uuid[]),
                CAST(:at AS timestamptz[]))
    ON CONFLICT (shop_id, thing_id) DO UPDATE SET staff_id = EXCLUDED.staff_id, at = EXCLUDED.at
""")

_encode = msgspec.json.Encoder().encode


async def known(
    transaction: Transaction, ids: Sequence[UUID], decoder: msgspec.json.Decoder[Any]
) -> dict[UUID, Answered]:
    """Answers given before."""
    rows = await transaction.rows(_KNOWN, ids=ids)
    return {
        command_id: Answered(wish, _outcome(outcome, decoder)) for command_id, wish, outcome in rows
    }


def _outcome(encoded: str, decoder: msgspec.json.Decoder[Any]) -> Any:
    """None: the id was used by a command of another set, whose wish is another one."""
    try:
        return decoder.decode(encoded)
    except msgspec.ValidationError:
        return None


def remember(transaction: Transaction, answers: Mapping[UUID, Answered]) -> None:
    transaction.write_later(
        _ANSWER,
        ids=answers,
        wishes=[answered.wish for answered in answers.values()],
        outcomes=[_encode(answered.outcome).decode() for answered in answers.values()],
    )


def note(transaction: Transaction, notes: Notes, moment: Moment, reacting: Reacting) -> bool:
    """Events as one page of the outbox, timers as one row per time, edits as one for each thing.

    True: somebody is to react at once.
    """
    waits = [reacting[type(event)] for event in notes.events if type(event) in reacting]
    wait = min(waits, default=None)
    if notes.events:
        next_at = moment.now + (wait or timedelta(0))
        announce(transaction, notes.events, at=moment.now, next_at=next_at, done=wait is None)
    due: defaultdict[datetime, list[Command[Any]]] = defaultdict(list)
    for due_at, command in notes.timers:
        due[due_at].append(command)
    transaction.write_later(
        _WAKE,
        ids=[following(commands[0].id, "timer") for commands in due.values()],
        due_at=list(due),
        commands=[
            _encode([(type(command).__name__, command) for command in commands]).decode()
            for commands in due.values()
        ],
    )
    edits = dict(sorted(dict(notes.edits).items()))
    transaction.write_later(
        _EDITED,
        thing_ids=list(edits),
        staff_ids=list(edits.values()),
        at=[moment.now] * len(edits),
    )
    return wait == timedelta(0)


def announce(  # noqa: PLR0913 - a row has this many columns
    transaction: Transaction,
    events: Sequence[Any],
    *,
    at: datetime,
    next_at: datetime,
    done: bool,
    attempts: int = 0,
) -> None:
    transaction.write_later(
        _ANNOUNCE,
        at=[at],
        next_at=[next_at],
        done=[done],
        attempts=[attempts],
        events=[_encode(events).decode()],
    )
