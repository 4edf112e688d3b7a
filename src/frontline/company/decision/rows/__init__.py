"""Rows of decisions, and of what the company was bound to."""

from frontline.company.decision.book import CommitmentKeys, DecisionKeys
from frontline.company.decision.rows import commitments, loading, storing
from frontline.engine.shelf import Shelf
from frontline.kernel.locks import Lock

SHELVES = (
    Shelf(keys=CommitmentKeys, load=commitments.load, store=commitments.store, lock=Lock.COMPANY),
    Shelf(keys=DecisionKeys, load=loading.load, store=storing.store, lock=Lock.COMPANY),
)
