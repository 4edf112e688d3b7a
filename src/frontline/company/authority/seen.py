"""What the forms of the matrix replace: `kernel.seen` keeps it from being lost."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import asdict

from frontline.company.authority.book import Limit, MatrixBook, Policy, SeenAuthorityBook
from frontline.company.authority.messages import PositionId, PutPerson, SetLimit, SetPolicy
from frontline.kernel.authority import Action
from frontline.kernel.ids import named
from frontline.kernel.seen import Facts
from frontline.kernel.words import StaffId

Edit = PutPerson | SetLimit | SetPolicy
Matrix = MatrixBook | SeenAuthorityBook
"""As it is changed, and as it is looked at."""


def facts(book: Matrix, command: Edit) -> Facts:
    match command:
        case PutPerson():
            return person_facts(book, command.person_id)
        case SetLimit():
            return limit_facts(book, command.position_id, command.action)
        case SetPolicy():
            return policy_facts(book, command.action)


def thing(command: Edit) -> UUID:
    match command:
        case PutPerson():
            return command.person_id
        case SetLimit():
            return limit_id(command.position_id, command.action)
        case SetPolicy():
            return policy_id(command.action)


def limit_id(position_id: PositionId, action: Action) -> UUID:
    return named("authority", f"limit {position_id} {action}")


def policy_id(action: Action) -> UUID:
    return named("authority", f"policy {action}")


def person_facts(book: Matrix, person_id: StaffId) -> Facts:
    clerk = book.clerks.get(person_id)
    if clerk is None:
        return {}
    return {"position_id": clerk.position_id, "deputy_id": clerk.deputy_id}


def limit_facts(book: Matrix, position_id: PositionId, action: Action) -> Facts:
    return asdict(book.limits.get((position_id, action)) or Limit(0))


def policy_facts(book: Matrix, action: Action) -> Facts:
    return asdict(book.policies.get(action) or Policy())
