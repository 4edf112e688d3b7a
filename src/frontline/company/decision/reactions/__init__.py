"""What is done after proposals: opened, told, executed."""

from frontline.company.decision.reactions.executing import execute
from frontline.company.decision.reactions.opening import open_proposal
from frontline.company.decision.reactions.telling import (
    tell_answered,
    tell_asked,
    tell_closed,
    tell_executed,
)

__all__ = [
    "execute",
    "open_proposal",
    "tell_answered",
    "tell_asked",
    "tell_closed",
    "tell_executed",
]
