"""What others may know of authority. No locks."""

from frontline.company.authority.views.company import (
    Company,
    Decider,
    Department,
    OwnLimit,
    Person,
    Position,
    deciders,
    departments,
    limits_of,
    people,
    person,
    read,
    reviewers,
)
from frontline.company.authority.views.findings import (
    Finding,
    FindingKind,
    amount_words,
    gaps,
    gaps_of,
    overlaps,
    overlaps_of,
)
from frontline.company.authority.views.history import Edit, Edits, history

__all__ = [
    "Company",
    "Decider",
    "Department",
    "Edit",
    "Edits",
    "Finding",
    "FindingKind",
    "OwnLimit",
    "Person",
    "Position",
    "amount_words",
    "deciders",
    "departments",
    "gaps",
    "gaps_of",
    "history",
    "limits_of",
    "overlaps",
    "overlaps_of",
    "people",
    "person",
    "read",
    "reviewers",
]
