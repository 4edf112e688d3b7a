"""Every page of the desk that needs no id, 390 points wide: whole, readable, in one language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desks import Desk
from town import Town
from walks import walk, walked

WIDTH = 390


def test_there_is_something_to_walk() -> None:
    assert {"/desk", "/desk/orders", "/desk/me", "/desk/staff", "/desk/search"} <= set(walked())


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_every_page_is_whole(
    desks_of: Callable[..., Desk], town: Town, language: str, theme: str
) -> None:
    desk = desks_of(town, width=WIDTH, language=language)
    desk.sign_in("owner")
    desk.darken(theme)
    wrong = walk(desk, look_for_barriers=True)
    assert not wrong, "\n".join(
        f"{path}\n    " + "\n    ".join(map(str, those)) for path, those in wrong.items()
    )
