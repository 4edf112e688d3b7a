"""What must be true of a feature's rows, asked of the database itself.

A feature keeps its audits in `audit.py`, as `AUDITS = {name: (claim, how_many, broken)}`. They
know nothing of the rules that wrote the rows: they are the second way to the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import TextClause

Audit = tuple[str, TextClause, TextClause]
"""What is claimed; how many rows it is claimed of (`n`); and which are not so (`id`, as text).

`:now` is the moment of the audit less some grace: what was due before it is overdue.
"""

Audits = Mapping[str, Audit]
