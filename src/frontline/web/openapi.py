"""The OpenAPI document of the JSON doors, made of the very types they decode and encode."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, get_args

import msgspec

from frontline.kernel.authority import Action, Held
from frontline.web.door import Door, Who

_REFUSED = {
    "type": "object",
    "required": ["refusal", "text"],
    "properties": {
        "refusal": {"type": "string", "description": "For programs; stable."},
        "text": {"type": "string", "description": "For people, in the language asked for."},
    },
}
_HELD = {
    "type": "object",
    "required": ["held", "action", "amount", "limit", "text"],
    "properties": {
        "held": {"type": "string", "format": "uuid", "description": "The proposal it became."},
        "action": {"type": "string", "enum": [*Action]},
        "amount": {"type": ["integer", "null"], "description": "None: without bound."},
        "limit": {"type": ["integer", "null"], "description": "What one may do alone."},
        "text": {"type": "string", "description": "For people, in the language asked for."},
    },
}


def document(doors: Sequence[Door]) -> dict[str, Any]:
    """An OpenAPI 3.1 document."""
    forms = [door.form for door in doors]
    answers = [_done(door) for door in doors]
    schemas, components = msgspec.json.schema_components(
        [*forms, *answers], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for place, door in enumerate(doors):
        form, answer = schemas[place], schemas[len(doors) + place]
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(
            door, form, answer, components
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Frontline", "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**components, "RefusalReply": _REFUSED, "HeldReply": _HELD},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _may_be_held(door: Door) -> bool:
    return Held in get_args(door.answers)


def _done(door: Door) -> Any:
    """What it answers with 200: a command that is held is answered otherwise."""
    if not _may_be_held(door):
        return door.answers
    return reduce(or_, [one for one in get_args(door.answers) if one is not Held])


def _operation(
    door: Door, form: dict[str, Any], answer: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/RefusalReply"}}}
    operation: dict[str, Any] = {
        "summary": " ".join(door.summary.split()),
        "tags": [door.who],
        "operationId": f"{door.method.lower()}{door.path.replace('/', '_')}",
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": {"description": "Refused, or busy (503)", "content": refused},
        },
    }
    if _may_be_held(door):
        held = {"application/json": {"schema": {"$ref": "#/components/schemas/HeldReply"}}}
        operation["responses"]["202"] = {
            "description": "Beyond what one may do alone: it waits as a proposal",
            "content": held,
        }
    if door.who is not Who.ANYONE:
        operation["security"] = [{"bearer": []}]
    if door.method == "GET":
        schema = components[form["$ref"].rpartition("/")[2]]
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": of, "required": name in schema["required"]}
            for name, of in schema["properties"].items()
        ]
    else:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": form}},
        }
    return operation
