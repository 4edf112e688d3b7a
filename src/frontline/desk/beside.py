"""What features say on top of each other's pages: a page says what it is about, they the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace

from frontline.engine.feature import Feature
from frontline.store.database import Fault
from frontline.web.pages import About, Beside, DeskVisit, View

SAY_S_MAX = 3.0

_log = logging.getLogger(__name__)


class Besides:
    def __init__(self, features: Iterable[Feature]) -> None:
        self._saying = [feature for feature in features if feature.beside is not None]

    async def beside(self, view: View, visit: DeskVisit) -> View:
        """The page with what there is to say to it.

        Whoever may open the page may read that: what may be done about it is for the feature to
        know.
        """
        assert view.about is not None
        said = [await _asked(one, visit, view.about) for one in self._saying]
        return replace(view, beside=tuple(one for one in said if one is not None))


async def _asked(feature: Feature, visit: DeskVisit, about: About) -> Beside | None:
    """Nothing if it fails or takes too long: the page itself has more to show."""
    assert feature.beside is not None
    try:
        async with asyncio.timeout(SAY_S_MAX):
            said: Beside = await feature.beside(visit, about)
            return replace(said, feature=feature.name)
    except Fault:
        raise
    except Exception:  # noqa: BLE001 - the page is there without it
        _log.exception("%s says nothing beside %s", feature.name, visit.own_url)
        return None
