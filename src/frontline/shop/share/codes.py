"""What a share's code looks like: `kk` + `iiiiiiiiiiii` + `ssssssssssss`, 26 letters.

The key that signed it, the share it names, and the first 72 bits of an HMAC-SHA256 over both, with
a key that only this shop has. All letters are among those that WeChat takes in a `scene`, and that
need no escaping in an address. Pure: whoever has the key finds the same code.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b, sha256
from typing import NamedTuple
from uuid import UUID

from frontline.shop.share.messages import Channel, CodeId, Kind

KEY_BYTES = 32
KEYS_MAX = 4_096  # Two letters.

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PART_BYTES = 9  # 72 bits, twelve letters.
_CODE = re.compile(r"([A-Za-z0-9_-]{2})([A-Za-z0-9_-]{12})([A-Za-z0-9_-]{12})")


class Parts(NamedTuple):
    key_id: int
    code_id: CodeId
    signature: str


def id_of(sharer: UUID, kind: Kind, target: str, channel: Channel) -> CodeId:
    """The one share for this wish. `sharer` is a member, or a visitor who is not one."""
    told = f"{sharer.hex} {kind} {channel} {target}"
    return CodeId(_letters(blake2b(told.encode(), digest_size=_PART_BYTES).digest()))


def new_key(chance: int, id_: UUID, before: bytes) -> bytes:
    """A key for a shop, of the chance that a batch has (63 bits) and that in an id nobody saw."""
    return blake2b(chance.to_bytes(8, "big") + id_.bytes + before, digest_size=KEY_BYTES).digest()


def code(shop_key: bytes, key_id: int, code_id: CodeId) -> str:
    return f"{_key_letters(key_id)}{code_id}{_signature(shop_key, key_id, code_id)}"


def parts(of: str) -> Parts | None:
    """None: no code of ours looks like this."""
    found = _CODE.fullmatch(of)
    if found is None:
        return None
    high, low = (_ALPHABET.index(letter) for letter in found[1])
    return Parts(high * len(_ALPHABET) + low, CodeId(found[2]), found[3])


def proved(of: str, keys: Mapping[int, bytes]) -> CodeId | None:
    """The share that a code names, if one of these keys signed it."""
    told = parts(of)
    if told is None or (key := keys.get(told.key_id)) is None:
        return None
    signature = _signature(key, told.key_id, told.code_id)
    return told.code_id if hmac.compare_digest(signature, told.signature) else None


def _key_letters(key_id: int) -> str:
    assert 0 <= key_id < KEYS_MAX
    high, low = divmod(key_id, len(_ALPHABET))
    return _ALPHABET[high] + _ALPHABET[low]


def _signature(key: bytes, key_id: int, code_id: CodeId) -> str:
    digest = hmac.digest(key, f"{_key_letters(key_id)}{code_id}".encode(), sha256)
    return _letters(digest[:_PART_BYTES])


def _letters(of: bytes) -> str:
    return urlsafe_b64encode(of).decode()
