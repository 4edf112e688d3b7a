"""Authority in stories: who acts has limits, and an owner edits them now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from scenery import STAFF, UNKNOWN, lay, some, uid
from sqlalchemy import text

from frontline.company.authority.book import (
    COUNTED,
    Absence,
    Allowance,
    AuthorityBook,
    Change,
    Clerk,
    Department,
    How,
    Limit,
    MatrixBook,
    MatrixKeys,
    Policy,
    Position,
    SeenAuthorityBook,
    SeenAuthorityKeys,
    Use,
    Waiting,
    Warrant,
    WarrantKeys,
)
from frontline.company.authority.feature import EDITING
from frontline.company.authority.messages import (
    AbsenceId,
    DepartmentId,
    DepartmentKind,
    EndAbsence,
    OnDeadline,
    PositionId,
    PutAbsence,
    PutDepartment,
    PutPerson,
    PutPosition,
    ReviewKind,
    SetLimit,
    SetPolicy,
    SetReviewer,
)
from frontline.company.authority.rows import gate, matrix
from frontline.kernel.authority import Action, AuthorityKeys
from frontline.kernel.book import Page
from frontline.company.authority.seen import limit_facts, person_facts, policy_facts
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.words import Command, ShopId, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World, turned
from frontline.testing.story import BEGIN, Part

ZONE = "Asia/Shanghai"
OWNER, CLERK, CHIEF = StaffId(uid(3, 90)), StaffId(STAFF), StaffId(uid(3, 91))
PEOPLE = [OWNER, CLERK, CHIEF]
FRONT, BACK = DepartmentId(uid(33, 0)), DepartmentId(uid(33, 1))
SELLER, LEADER = PositionId(uid(34, 0)), PositionId(uid(34, 1))

LIMITS = {
    Action.REFUND: Limit(4_000, 20_000, 400_000),
    Action.DISCOUNT: Limit(1_000, 3_000),
    Action.COMPENSATION: Limit(600, 1_500),
    Action.CAMPAIGN: Limit(2_000),
    Action.STOCK_CLAIM: Limit(4, 9),
    Action.PRICE_CHANGE: Limit(3_000, None, 90_000),
    Action.AD_SPEND: Limit(1_000, 2_500),
    Action.PURCHASE: Limit(2_000),
}
CAPS = [
    Warrant(
        id=uid(36, number),
        proposal_id=uid(37, number),
        wish=None,
        action=action,
        amount_max=amount_max,
        staff_id=CLERK,
        expires_at=BEGIN + timedelta(days=number + 1),
    )
    for number, (action, amount_max) in enumerate(
        [(Action.REFUND, 9_000), (Action.STOCK_CLAIM, 9), (Action.DISCOUNT, 1_500)]
    )
]


def world(limits: dict[Action, Limit], warrants: Sequence[Warrant] = CAPS) -> World:
    """A company of three: an owner, a clerk with these limits, and a chief with ten times those."""
    people = {
        OWNER: Clerk(owner=True, timezone=ZONE),
        CLERK: Clerk(owner=False, position_id=SELLER, timezone=ZONE),
        CHIEF: Clerk(owner=False, position_id=LEADER, timezone=ZONE),
    }
    may = {(SELLER, action): limit for action, limit in limits.items()}
    may |= {(LEADER, action): Limit(limit.alone_max * 10) for action, limit in limits.items()}
    clerks_page, absences, limits_page = Page(people), Page({}), Page(may)
    authority = AuthorityBook(
        clerks_page, absences, limits_page, Page({}), Page({one.id: one for one in warrants}), []
    )
    whole = MatrixBook(
        edits=Page({}),
        departments=Page({FRONT: Department("电商部", DepartmentKind.ECOMMERCE)}),
        positions=Page({SELLER: Position(FRONT, "运营"), LEADER: Position(FRONT, "主管")}),
        clerks=clerks_page,
        absences=absences,
        limits=limits_page,
        policies=Page({}),
        reviewers=Page({}),
        changes=[],
    )
    logs = {"AuthorityBook.uses": (), "MatrixBook.changes": ()}
    return World({AuthorityKeys: authority, MatrixKeys: whole}, logs)


def _with_deciders() -> World:
    """The same company, joined by those whom the stories of decisions are about."""
    from company.decision import story as decision

    joined = world(LIMITS, warrants=())
    whole = joined.book(MatrixKeys)
    for page, rows in (
        (whole.clerks, decision.CLERKS),
        (whole.limits, decision.LIMITS),
        (whole.policies, decision.POLICIES),
        (whole.reviewers, decision.REVIEWERS),
        (whole.departments, {decision.DEPARTMENT: Department("公司", DepartmentKind.ECOMMERCE)}),
        (
            whole.positions,
            {
                id_: Position(decision.DEPARTMENT, str(n))
                for n, id_ in enumerate(decision.POSITIONS)
            },
        ),
    ):
        for key, row in rows.items():
            page[key] = row
    return turned(joined)


def owners(*staff_ids: StaffId) -> AuthorityBook:
    """All of them may everything."""
    clerks = {id_: Clerk(owner=True, timezone=ZONE) for id_ in staff_ids}
    return AuthorityBook(Page(clerks), Page({}), Page({}), Page({}), Page({}), [])


def seen(world: World) -> SeenAuthorityBook:
    whole, used = world.book(MatrixKeys), world.book(AuthorityKeys).allowances
    names = ("departments", "positions", "clerks", "absences", "limits", "policies", "reviewers")
    return SeenAuthorityBook(
        *(Page(getattr(whole, one).rows()) for one in names), Page(used.rows())
    )


def edit(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    book = world.book(MatrixKeys)
    by = some(chance, [OWNER] * 9, [CLERK, StaffId(UNKNOWN)])
    positions = [*book.positions.rows()]
    position_id = some(chance, positions, [PositionId(UNKNOWN)])
    departments = [*book.departments.rows()]
    person = some(chance, [CLERK, CHIEF], [OWNER, StaffId(UNKNOWN)])
    match chance.choice(("department", "position", "person", "away", "back", "limit", "policy",
                         "reviewer")):  # fmt: skip
        case "department":
            return PutDepartment(
                id=id_,
                department_id=chance.choice([None, None, *departments, DepartmentId(UNKNOWN)]),
                name=f"部门{chance.randrange(4)}",
                kind=chance.choice([*DepartmentKind]),
                staff_id=by,
            )
        case "position":
            return PutPosition(
                id=id_,
                position_id=chance.choice([None, None, position_id]),
                department_id=some(chance, departments, [DepartmentId(UNKNOWN)]),
                name=f"岗位{chance.randrange(4)}",
                staff_id=by,
            )
        case "person":
            # The clerk keeps a position with limits: without it little would ever be done.
            keeps = [SELLER, SELLER, LEADER] if person == CLERK else [None, position_id]
            return PutPerson(
                id=id_,
                person_id=person,
                position_id=chance.choice(keeps),
                deputy_id=chance.choice([None, *PEOPLE]),
                staff_id=by,
                seen=_seen(chance, person_facts(book, person)),
            )
        case "away":
            starts_at = now + chance.choice((-1, 0, 2)) * timedelta(hours=1)
            return PutAbsence(
                id=id_,
                person_id=person,
                starts_at=starts_at,
                ends_at=starts_at + chance.choice((0, 1, 5, 90)) * timedelta(hours=1),
                substitute_id=chance.choice([None, CLERK, CLERK, CHIEF]),
                staff_id=by,
            )
        case "back":
            absences = [*book.absences.rows()]
            absence_id = some(chance, absences, [AbsenceId(UNKNOWN)])
            return EndAbsence(id=id_, absence_id=absence_id, staff_id=by)
        case "limit":
            action = chance.choice([*Action])
            usual = LIMITS.get(action, Limit(1))
            return SetLimit(
                id=id_,
                position_id=position_id,
                action=action,
                alone_max=some(chance, [usual.alone_max], [0, 1]),
                day_max=some(chance, [usual.day_max], [None, 2]),
                month_max=some(chance, [usual.month_max], [None, 1]),
                staff_id=by,
                seen=_seen(chance, limit_facts(book, position_id, action)),
            )
        case "policy":
            action = chance.choice([*Action])
            return SetPolicy(
                id=id_,
                action=action,
                seen=_seen(chance, policy_facts(book, action)),
                reviews=tuple(chance.choices([*ReviewKind], k=chance.randrange(3))),
                parallel=chance.random() < 0.5,
                delegated=chance.random() < 0.5,
                decider_id=chance.choice([None, position_id]),
                reserve_hours=chance.choice((2, 4)),
                answer_hours=chance.choice((4, 48)),
                owner_above=chance.choice((None, 10**9, 1)),
                on_deadline=chance.choice([*OnDeadline]),
                staff_id=by,
            )
        case _:
            return SetReviewer(
                id=id_, kind=chance.choice([*ReviewKind]), position_id=position_id, staff_id=by
            )


def _seen(chance: Random, now: Facts) -> str:
    """Of a form made now or long ago; most say nothing."""
    return chance.choice(["", "", "", seen_of(now), seen_of(now), seen_of({"once": 1})])


def conserved(before: Content, after: Content) -> None:
    """What counts against an allowance is the sum of what was done with it."""
    days: Counter[Any] = Counter()
    months: Counter[Any] = Counter()
    for use in after["AuthorityBook.uses"]:
        if use.how in COUNTED:
            days[use.whose_id, use.action, use.day] += use.amount
            months[use.whose_id, use.action, use.day.year, use.day.month] += use.amount
        else:
            assert use.whose_id == use.by_id
    for (who, action), used in after["AuthorityBook.allowances"].items():
        assert used.day_used == days[who, action, used.day]
        assert used.month_used == months[who, action, used.day.year, used.day.month]
    assert {(who, action) for who, action, _ in days} == set(after["AuthorityBook.allowances"])
    used_by = [one.used_by for one in after["AuthorityBook.warrants"].values() if one.used_by]
    approved = [
        one.id for one in after["AuthorityBook.uses"] if one.how in {How.APPROVED, How.WITHIN_CAP}
    ]
    assert sorted(used_by) == sorted(approved)
    assert len(after["MatrixBook.changes"]) == after["MatrixBook.edits"].get(0, 0)


# -- Rows ---------------------------------------------------------------------------------


async def fill(sql: Any, shop_id: ShopId, rows: Content) -> None:
    await lay(
        sql, "staff", "shop_id, id, name, password_hash, role, active",
        [
            (shop_id, id_, f"staff {id_.int & 0xFFFFFF} {id_.int >> 64}", "-", "owner" if one.owner else "staff", True)
            for id_, one in rows["AuthorityBook.clerks"].items()
        ],
    )  # fmt: skip
    await lay(
        sql, "authority_department", "shop_id, id, name, kind",
        [(shop_id, id_, one.name, one.kind) for id_, one in rows["MatrixBook.departments"].items()],
    )  # fmt: skip
    await lay(
        sql, "authority_position", "shop_id, id, department_id, name",
        [
            (shop_id, id_, one.department_id, one.name)
            for id_, one in rows["MatrixBook.positions"].items()
        ],
    )  # fmt: skip
    await lay(
        sql, "authority_person", "shop_id, staff_id, position_id, deputy_id",
        [
            (shop_id, id_, one.position_id, one.deputy_id)
            for id_, one in rows["AuthorityBook.clerks"].items()
            if one.position_id is not None
        ],
    )  # fmt: skip
    await lay(
        sql, "authority_absence", "shop_id, id, staff_id, starts_at, ends_at, substitute_id",
        [
            (shop_id, id_, one.staff_id, one.starts_at, one.ends_at, one.substitute_id)
            for id_, one in rows["AuthorityBook.absences"].items()
        ],
    )  # fmt: skip
    await lay(
        sql, "authority_limit", "shop_id, position_id, action, alone_max, day_max, month_max",
        [
            (shop_id, *key, one.alone_max, one.day_max, one.month_max)
            for key, one in rows["AuthorityBook.limits"].items()
        ],
    )  # fmt: skip
    names = Policy.__struct_fields__
    await lay(
        sql, "authority_policy", f"shop_id, action, {', '.join(names)}",
        [
            (shop_id, action, *(_cell(getattr(one, name)) for name in names))
            for action, one in rows["MatrixBook.policies"].items()
        ],
    )  # fmt: skip
    await lay(
        sql, "authority_reviewer", "shop_id, kind, position_id",
        [(shop_id, *one) for one in rows["MatrixBook.reviewers"].items()],
    )  # fmt: skip
    names = Warrant.__struct_fields__
    await lay(
        sql, "authority_warrant", f"shop_id, {', '.join(names)}",
        [
            (shop_id, *(getattr(one, name) for name in names))
            for one in rows["AuthorityBook.warrants"].values()
        ],
    )  # fmt: skip


def _cell(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, tuple) else value


_USES = text("""
    SELECT id, by_id, whose_id, how, action, amount, subject_id, at, day FROM authority_use
    WHERE shop_id = :shop_id
""")
_WARRANTS = text("SELECT * FROM authority_warrant WHERE shop_id = :shop_id")
_WAITING = text("""
    SELECT staff_id, wish, proposal_id, until FROM authority_waiting WHERE shop_id = :shop_id
""")
_CHANGES = text("""
    SELECT at, staff_id, kind, subject, before, after FROM authority_change
    WHERE shop_id = :shop_id ORDER BY id
""")
_EDITS = text("SELECT edits FROM authority_revision WHERE shop_id = :shop_id")


async def read(transaction: Transaction) -> Content:
    book = await matrix.seen(transaction, SeenAuthorityKeys())
    whole = {
        f"MatrixBook.{name}": getattr(book, name).rows()
        for name in ("departments", "positions", "clerks", "absences", "limits", "policies",
                     "reviewers")
    }  # fmt: skip
    edits = await transaction.read(_EDITS)
    warrants = [gate._warrant(_less(row)) for row in await transaction.read(_WARRANTS)]
    return {
        **whole,
        "MatrixBook.edits": {0: row.edits for row in edits},
        "MatrixBook.changes": tuple(
            Change(**row._asdict()) for row in await transaction.read(_CHANGES)
        ),
        **{
            f"AuthorityBook.{name}": whole[f"MatrixBook.{name}"]
            for name in ("clerks", "absences", "limits")
        },
        "AuthorityBook.allowances": book.allowances.rows(),
        "AuthorityBook.warrants": {one.id: one for one in warrants},
        "AuthorityBook.waiting": {
            (row.staff_id, row.wish): Waiting(row.proposal_id, row.until)
            for row in await transaction.read(_WAITING)
        },
        "AuthorityBook.uses": tuple(
            Use(**{**row._asdict(), "how": How(row.how), "action": Action(row.action)})
            for row in await transaction.read(_USES)
        ),
    }


class _less:
    """A row without its shop."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def _asdict(self) -> dict[str, Any]:
        return {name: value for name, value in self._row.items() if name != "shop_id"}

    @property
    def action(self) -> str:
        return str(self._row["action"])


PART = Part(
    name="authority",
    lay=lambda _: _with_deciders(),
    derived={WarrantKeys: lambda world: world.book(AuthorityKeys), SeenAuthorityKeys: seen},
    wishes=((EDITING, edit),),
    conserved=conserved,
    fill=fill,
    read=read,
    breaks={
        "allowances counted": "UPDATE authority_allowance SET day_used = day_used + 1,"
        " month_used = month_used + 1",
        "deeds allowed": "UPDATE authority_use SET amount = amount + 10000000",
        "approvals used once": "UPDATE authority_warrant SET used_by = id, used_at = expires_at",
        "matrix history": "DELETE FROM authority_change",
    },
)
