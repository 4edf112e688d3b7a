"""A walk along all pages of the desk that need no id: what every one of them must be like."""

from __future__ import annotations

from typing import Any

import msgspec
from desks import Desk
from playwright.sync_api import Error

from frontline.desk.desk import Desk as Served
from frontline.house import assembled
from frontline.web.pages import Page


def all_pages() -> list[Page]:
    built = assembled()
    return list(Served(built.features, built.pages, None, lambda: None).pages)  # type: ignore[arg-type]


def walked() -> list[str]:
    """Those that can be opened by their path alone, but for files and pieces."""
    return sorted(
        one.path
        for one in all_pages()
        if one.method == "GET"
        and not one.path.endswith("/export")
        and not any(field.required for field in msgspec.structs.fields(one.form))
    )


_SAID = """language => {
  const chinese = /[\\u4e00-\\u9fff]/, latin = /[A-Za-z]{3,}/
  const fine = /^(CSV|Excel \\(XLSX\\)|[\\d\\s.,:%¥$()+-]|CNY|EMS|HTML|PDF|SKU)*$/
  const wrong = []
  const labels = 'th, label, button, h1, h2, h3, legend, summary, dt, .form-hint, .empty-title, .empty-subtitle, .nav-link, .btn'
  for (const it of document.querySelectorAll(labels)) {
    if (it.closest('[lang]:not(html), th[scope=row], .desk-data, script, [hidden]')) continue
    const text = it.innerText.trim()
    if (!text || fine.test(text)) continue
    if (language === 'en' ? chinese.test(text) : latin.test(text) && !chinese.test(text)) wrong.push(`<${it.tagName.toLowerCase()}> ${text}`)
  }
  return [...new Set(wrong)]
}"""


def walk(desk: Desk, *, look_for_barriers: bool) -> dict[str, list[Any]]:
    """What is wrong, by page; the desk is signed in."""
    wrong: dict[str, list[Any]] = {}
    for path in walked():
        try:
            desk.open(path)
        except Error as error:
            assert "Download is starting" in str(error), (path, error)
            continue
        desk.settle()
        found: list[Any] = desk.judged()
        desk.problems.clear()
        if not found and not desk.page.locator("#main").count():
            continue  # A piece of another page.
        status = desk.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        if status != 200:
            found.append(f"status {status}")
        else:
            if desk.wide():
                found.append("something stands out on the right")
            found += [f"untranslated: {one}" for one in desk.page.evaluate(_SAID, desk.language)]
            if look_for_barriers:
                found += desk.barriers()
        if found:
            wrong[path] = found
    return wrong
