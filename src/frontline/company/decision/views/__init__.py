"""What others see of decisions: reads in a transaction of theirs, no locks."""

from frontline.company.decision.views.waiting import (
    OfWindow,
    Reviewed,
    Stuck,
    Waiting,
    decided_by,
    for_window,
    reviewed,
    stuck,
    waiting,
    waiting_count,
)

__all__ = [
    "OfWindow",
    "Reviewed",
    "Stuck",
    "Waiting",
    "decided_by",
    "for_window",
    "reviewed",
    "stuck",
    "waiting",
    "waiting_count",
]
