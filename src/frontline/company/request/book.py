"""Requests to departments, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from frontline.company.request.messages import DepartmentId, RequestId, State
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.states import Transitions, move, proved
from frontline.kernel.words import StaffId

TRANSITIONS: Transitions[State] = proved(
    {
        State.ASKED: frozenset(
            {State.PROMISED, State.DECLINED, State.KEPT, State.BROKEN, State.WITHDRAWN}
        ),
        State.PROMISED: frozenset({State.PROMISED, State.KEPT, State.BROKEN, State.WITHDRAWN}),
        State.BROKEN: frozenset({State.PROMISED, State.KEPT, State.DECLINED, State.WITHDRAWN}),
        State.KEPT: frozenset({State.ASKED, State.PROMISED, State.BROKEN}),  # Contested.
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
    },
    start=State.ASKED,
)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    id: RequestId
    asked_by: StaffId
    department_id: DepartmentId
    what: str
    asked_at: datetime
    wanted_by: datetime
    state: State = State.ASKED
    promised_by: datetime | None = None  # By when, not by whom.
    promiser: StaffId | None = None
    promises: int = 0  # How often a time was promised.
    breaks: int = 0  # How often a time has passed.
    broken_at: datetime | None = None  # The last time.
    settled_at: datetime | None = None  # When it was kept, declined or withdrawn.
    steps: int = 1

    @property
    def due_at(self) -> datetime:
        """By when there has to be an answer, or a deed."""
        return self.wanted_by if self.promised_by is None else self.promised_by


class Step(msgspec.Struct, frozen=True):
    """What became of a request: only ever added to."""

    request_id: RequestId
    number: int
    state: State
    said: str
    staff_id: StaffId | None  # None: time.
    due_at: datetime  # By when, from now on.
    at: datetime


SETTLED = frozenset({State.KEPT, State.DECLINED, State.WITHDRAWN})


@dataclass(slots=True)
class RequestBook(Book):
    requests: Page[RequestId, Request]
    steps: list[Step] = field(default_factory=list)

    def ask(self, request: Request) -> None:
        assert self.requests.get(request.id) is None
        self._write(request, "", request.asked_by, request.asked_at)

    def promise(
        self, request: Request, staff_id: StaffId, by: datetime, said: str, at: datetime
    ) -> Request:
        promised = msgspec.structs.replace(
            request, promised_by=by, promiser=staff_id, promises=request.promises + 1
        )
        return self.become(promised, State.PROMISED, said, staff_id, at)

    def become(
        self, request: Request, state: State, said: str, staff_id: StaffId | None, at: datetime
    ) -> Request:
        """In another state, with what was said and by whom (None: time)."""
        counted = request.broken_at is not None and request.broken_at >= request.due_at
        breaks = state is State.BROKEN and not counted
        changed = msgspec.structs.replace(
            request,
            state=move(TRANSITIONS, request.state, state),
            breaks=request.breaks + breaks,
            broken_at=at if breaks else request.broken_at,
            settled_at=at if state in SETTLED else None,
            steps=request.steps + 1,
        )
        self._write(changed, said, staff_id, at)
        return changed

    def check(self) -> None:
        for request in self.requests.rows().values():
            assert (request.promises > 0) == (request.promised_by is not None)
            assert (request.promises > 0) == (request.promiser is not None)
            assert (request.breaks > 0) == (request.broken_at is not None)
            assert (request.state in SETTLED) == (request.settled_at is not None)
            assert request.state is not State.BROKEN or request.breaks
            assert request.state is not State.PROMISED or request.promises

    def _write(self, request: Request, said: str, staff_id: StaffId | None, at: datetime) -> None:
        self.requests[request.id] = request
        self.steps.append(
            Step(request.id, request.steps, request.state, said, staff_id, request.due_at, at)
        )


@dataclass(frozen=True, slots=True)
class RequestKeys(Keys[RequestBook]):
    request_ids: Iterable[RequestId]


class Post(msgspec.Struct, frozen=True):
    """Where somebody of the staff works."""

    department_id: DepartmentId | None
    owner: bool


@dataclass(slots=True)
class PostBook(Book):
    """Who works where, and which departments there are. Only read."""

    posts: Page[StaffId, Post]
    departments: Page[DepartmentId, str]  # Their names.

    def may_answer(self, staff_id: StaffId, department_id: DepartmentId) -> bool:
        post = self.posts.get(staff_id)
        return post is not None and (post.owner or post.department_id == department_id)

    def is_owner(self, staff_id: StaffId) -> bool:
        post = self.posts.get(staff_id)
        return post is not None and post.owner

    def check(self) -> None:
        for page in (self.posts, self.departments):
            assert not page.added()
            assert not page.altered()


@dataclass(frozen=True, slots=True)
class PostKeys(Keys[PostBook]):
    staff_ids: Iterable[StaffId]
    department_ids: Iterable[DepartmentId]
