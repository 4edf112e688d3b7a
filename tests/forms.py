"""A form of a page, as a browser would send it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_OWN = frozenset({"csrf", "id"})  # What `AtDesk.post` sends by itself.


@dataclass
class _Reader(HTMLParser):
    action: str
    found: list[dict[str, list[str]]] = field(default_factory=list)
    inside: bool = False
    name: str = ""  # Of the textarea or select that is open.
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("action") == self.action
            if self.inside:
                self.found.append({})
        if not self.inside:
            return
        if tag in {"textarea", "select"}:
            self.name, self.text = said.get("name", ""), ""
        if (
            tag == "option"
            and self.name
            and ("selected" in said or self.name not in self.found[-1])
        ):
            self.found[-1][self.name] = [said.get("value", "")]
        ticked = said.get("type") not in {"checkbox", "radio"} or "checked" in said
        if tag == "input" and said.get("type") != "file" and ticked:
            self._add(said.get("name", ""), said.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.inside:
            self._add(self.name, self.text.removeprefix("\n"))
        if tag in {"textarea", "select"}:
            self.name = ""
        self.inside = self.inside and tag != "form"

    def handle_data(self, data: str) -> None:
        self.text += data

    def _add(self, name: str, value: str) -> None:
        if name and name not in _OWN:
            self.found[-1].setdefault(name, []).append(value)


def form_of(page: str, action: str, **like: str) -> dict[str, list[str]]:
    """The fields of the one form with this action, and these values; all as they stand."""
    reader = _Reader(action)
    reader.feed(page)
    wanted = {name: [value] for name, value in like.items()}
    found = [one for one in reader.found if wanted.items() <= one.items()]
    assert len(found) == 1, f"{len(found)} forms go to {action}"
    return found[0]
