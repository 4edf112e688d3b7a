"""What others see of decisions: reads in a transaction of theirs, no locks."""

from frontline.company.decision.views.waiting import (
    OfWindow,
    Stuck,
    Waiting,
    decided_by,
    for_window,
    stuck,
    waiting,
    waiting_count,
)

__all__ = [
    "OfWindow",
    "Stuck",
    "Waiting",
    "decided_by",
    "for_window",
    "stuck",
    "waiting",
    "waiting_count",
]
