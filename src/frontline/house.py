"""The features of this shop put together. They are found by walking the folders."""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from frontline.engine.feature import CommandSet, Feature, GatheredReaction, Outside, Reaction
from frontline.engine.library import Library
from frontline.kernel.text import Text
from frontline.kernel.words import Event, ShopId
from frontline.web import counts
from frontline.web.door import Door
from frontline.web.pages import Page
from frontline.web.replies import Replies

FLOORS = ("shop", "games", "company")


GATHERED_FOR = timedelta(minutes=2)
"""What is told together waits so long for more of it: counting is done when a rush is over."""


@dataclass(frozen=True, slots=True)
class House:
    features: tuple[Feature, ...]
    library: Library
    command_sets: tuple[CommandSet[Any, Any], ...]
    reactions: Mapping[type[Event], Reaction]
    gathered: Mapping[type[Event], GatheredReaction]
    doors: tuple[Door, ...]
    pages: tuple[Page, ...]
    replies: Replies

    @property
    def reacting(self) -> Mapping[type[Event], timedelta]:
        """The events that somebody waits for, and how long those may wait for each other."""
        return dict.fromkeys(self.gathered, GATHERED_FOR) | dict.fromkeys(
            self.reactions, timedelta(0)
        )


def _found() -> Iterator[Feature]:
    for floor in FLOORS:
        package = import_module(f"frontline.{floor}")
        for folder in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
            name = f"{package.__name__}.{folder.name}"
            inside = {one.name for one in pkgutil.iter_modules(import_module(name).__path__)}
            if "feature" in inside:
                yield import_module(f"{name}.feature").FEATURE


@cache
def assembled() -> House:
    """Every feature, proved to fit: no command, text or door said twice."""
    features = tuple(_found())
    texts: list[tuple[StrEnum, Text]] = []  # Refusals of two features may be equal strings.
    reactions: defaultdict[type[Event], list[Reaction]] = defaultdict(list)
    gathered: dict[type[Event], GatheredReaction] = {}
    grounds: dict[str, Any] = {}
    for feature in features:
        texts += feature.texts.items()
        for event, react in feature.reactions.items():
            reactions[event].append(react)
        assert not gathered.keys() & feature.gathered.keys(), "two gathered reactions to one event"
        gathered |= feature.gathered
        grounds |= feature.grounds
    library = Library([shelf for feature in features for shelf in feature.shelves], grounds=grounds)
    return House(
        features,
        library,
        tuple(one for feature in features for one in feature.command_sets),
        {event: _all(those) for event, those in reactions.items()},
        gathered,
        (*counts.DOORS, *(_within(feature, one) for feature in features for one in feature.doors)),
        tuple(_within(feature, one) for feature in features for one in feature.pages),
        Replies(texts),
    )


DoorT = TypeVar("DoorT", Door, Page)


def _within(feature: Feature, one: DoorT) -> DoorT:
    """What says no area belongs to its feature's own."""
    return one if one.area else replace(one, area=feature.name)


def _all(reactions: Sequence[Reaction]) -> Reaction:
    """Those of several features to one event: each is tried, and all again if one of them failed.

    They are safe to do again, and what keeps one of them waiting keeps no other.
    """
    if len(reactions) == 1:
        return reactions[0]

    async def react(outside: Outside, shop_id: ShopId, event: Event) -> None:
        failed: list[Exception] = []
        for one in reactions:
            try:
                await one(outside, shop_id, event)
            except Exception as error:  # noqa: BLE001 - told below, once all were tried
                failed.append(error)
        if failed:
            raise failed[0]

    return react
