"""The frame around every page: templates of all features, and the menu made of their pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from markupsafe import Markup, escape

import frontline
from frontline.desk import words
from frontline.desk.assets import Assets
from frontline.engine.engine import new_id
from frontline.kernel.text import Words
from frontline.web.door import MAY
from frontline.web.pages import DeskVisit, Group, Menu, Page, View
from frontline.web.session import Caller, Role

BADGES_FOR = timedelta(seconds=5)
"""So long numbers in the menu may be behind."""
BADGE_MAX = 99

_GROUPS: Mapping[Group, Words] = {
    Group.FRONT: Words("一线", "Front line"),
    Group.TRADE: Words("交易", "Trade"),
    Group.GOODS: Words("商品", "Goods"),
    Group.PLAY: Words("营销", "Marketing"),
    Group.MEMBERS: Words("客户", "Customers"),
    Group.COMPANY: Words("公司", "Company"),
    Group.SHOP: Words("店铺", "Shop"),
}

_SHARED = ("visit", "t", "lang", "csrf", "new_id")
"""What every template sees."""

START = "/desk"
_OWNERS = (START, "/desk/decisions", "/desk/orders", "/desk/plans")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    page: Page
    menu: Menu


class Said(msgspec.Struct, frozen=True):
    """What a toast tells: `undo` is the action that takes it back, with its fields."""

    text: str
    undo: str = ""
    fields: dict[str, str] = {}


def entries_of(pages: Iterable[Page]) -> list[Entry]:
    """What the menu is made of, in its order."""
    order = list(Group)
    entries = [Entry(page, page.menu) for page in pages if page.menu is not None]
    return sorted(entries, key=lambda it: (order.index(it.menu.group), it.menu.place, it.page.path))


def may(caller: Caller, page: Page) -> bool:
    """Whether they may open or do this."""
    return caller.role in MAY[page.who] and caller.may(page.area, act=page.method != "GET")


class Frame:
    def __init__(self, pages: Iterable[Page], assets: Assets) -> None:
        self.assets = assets
        self._entries = entries_of(pages)
        self._badges: dict[UUID, tuple[Any, dict[str, int]]] = {}
        self._templates = _environment(assets)

        @pass_context
        def piece(context: Context, view: View) -> Markup | None:
            return self._piece(context, view)

        self._templates.globals["piece"] = piece

    def page(  # noqa: PLR0913 - a page has this many sides
        self,
        view: View,
        visit: DeskVisit,
        csrf: str,
        *,
        theme: str,
        dense: bool = False,
        urged: bool = False,
        said: Said | None = None,
    ) -> str:
        """The page as HTML; of a bare view only itself."""
        self.assets.refresh()
        values: dict[str, Any] = {
            "visit": visit,
            "t": visit.t,
            "lang": visit.language,
            "csrf": csrf,
            "new_id": new_id,
            "title": view.title.in_(visit.language),
            "dense": dense,
        }
        if not view.bare:
            menu = self.menu(visit)
            entries = [one for _, those in menu for one in those]
            values |= {
                "menu": menu,
                "bar": _bar(entries, visit),
                "keys": _keys(entries),
                "theme": theme,
                "urged": urged,
                "said": said,
                "complete": self.assets.complete,
                "hears": " ".join(one.feature for one in view.beside),
                "beside": [one.view for one in view.beside if one.view is not None],
                "marks": {id_: said for one in view.beside for id_, said in one.marks.items()},
            }
        template = self._templates.get_template(view.template)
        return template.render({**values, **view.values})

    def _piece(self, context: Context, view: View) -> Markup | None:
        """In templates: a bare view within the page; None, told in the log, where it fails."""
        shared = {name: context[name] for name in _SHARED}
        shared["title"] = view.title.in_(shared["lang"])
        try:
            template = self._templates.get_template(view.template)
            return Markup(template.render({**shared, **view.values}))  # noqa: S704 - a template's
        except Exception:  # noqa: BLE001 - one piece is no reason to show nothing
            _log.exception("no piece of %s", view.template)
            return None

    def plain(self, template: str, values: Mapping[str, Any]) -> str:
        """A page for who is not signed in."""
        self.assets.refresh()
        return self._templates.get_template(template).render(values)

    def menu(self, visit: DeskVisit) -> Sequence[tuple[str, Sequence[dict[str, Any]]]]:
        """Headings with what stands below them, for this member of staff."""
        _, badges = self._badges.get(visit.known.actor_id, (None, {}))
        path = visit.own_url.partition("?")[0]
        allowed = [one for one in self._entries if may(visit.known, one.page)]
        here = max(
            (it.page.path for it in allowed if _within(path, it.page.path)),
            key=len,
            default="",
        )
        found: dict[Group, list[dict[str, Any]]] = {}
        for one in allowed:
            found.setdefault(one.menu.group, []).append(
                {
                    "path": one.page.path,
                    "label": one.menu.label.in_(visit.language),
                    "icon": one.menu.icon,
                    "badge": badges.get(one.page.path, 0),
                    "here": one.page.path == here,
                }
            )
        return [(_GROUPS[group].in_(visit.language), those) for group, those in found.items()]

    async def badges(self, visit: DeskVisit) -> dict[str, int]:
        """How many wait behind each entry of the menu; a few seconds old at most."""
        now, whose = visit.opened.now(), visit.known.actor_id
        known = self._badges.get(whose)
        if known is not None and timedelta(0) <= now - known[0] < BADGES_FOR:
            return known[1]
        counted: dict[str, int] = {}
        for one in self._entries:
            if one.menu.badge is not None and may(visit.known, one.page):
                try:
                    counted[one.page.path] = await one.menu.badge(visit)
                except asyncio.CancelledError:
                    raise
                except Exception:  # noqa: BLE001 - one feature's number is no reason to hide all
                    _log.exception("no badge for %s", one.page.path)
        if len(self._badges) > 1_000:  # noqa: PLR2004 - people, of all shops
            self._badges.clear()
        self._badges[whose] = now, counted
        return counted


def _within(path: str, entry: str) -> bool:
    """Whether the page belongs to this entry of the menu; below the start page lies everything."""
    return path == entry or (entry != START and path.startswith(f"{entry}/"))


def _bar(entries: Sequence[Mapping[str, Any]], visit: DeskVisit) -> Sequence[Mapping[str, Any]]:
    """What stands at the bottom of an owner's phone."""
    if visit.known.role is not Role.OWNER:
        return ()
    by_path = {one["path"]: one for one in entries}
    return [by_path[path] for path in _OWNERS if path in by_path]


def _keys(entries: Sequence[Mapping[str, Any]]) -> Sequence[tuple[str, str, str]]:
    """A letter after `g` leads there: the first of the path that no entry before has."""
    found: dict[str, tuple[str, str, str]] = {}
    for one in entries:
        letters = one["path"].rpartition("/")[2] if one["path"] != START else "h"
        for letter in letters:
            if letter.isalpha() and letter not in found:
                found[letter] = letter, one["path"], one["label"]
                break
    return tuple(found.values())


def _environment(assets: Assets) -> Environment:
    """Templates of all features, each in a folder of its own name."""
    root = Path(frontline.__file__).parent
    folders = [root / "web" / "templates", *sorted(root.glob("*/templates"))]
    folders += sorted(root.glob("*/*/templates"))
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    words.furnish(made)

    def icon(name: str, label: str = "") -> Markup:
        said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
        inside = assets.icon(name)
        return Markup(  # noqa: S704 - of Tabler's own file, and an escaped label
            f'<svg class="icon" viewBox="0 0 24 24" {said}>{inside}</svg>'
        )

    made.globals |= {"asset": assets.address, "icon": icon}
    return made
