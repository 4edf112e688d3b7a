"""Becomes another program that lives no longer than its parent, and not as root.

    python -I -S bound.py PARENT SIGNAL UID GID CAPABILITY PROGRAM [ARGUMENT ...]

SIGNAL comes when PARENT ends, however it ends. UID -1 keeps the user; otherwise CAPABILITY, if
not -1, is the only one kept of root's. util-linux' `setpriv` would do, but is not everywhere.
"""

from __future__ import annotations

import ctypes
import os
import sys

_SET_DEATH_SIGNAL, _SET_SECURE_BITS, _SET_NO_NEW_PRIVILEGES, _AMBIENT = 1, 28, 38, 47
_NO_SETUID_FIXUP, _AMBIENT_RAISE = 1 << 2, 2
_CAPABILITY_VERSION_3 = 0x20080522


def main(parent: int, signal: int, uid: int, gid: int, capability: int) -> None:
    if uid != -1:
        _become(uid, gid, capability)
    if sys.platform == "linux":
        _prctl(_SET_DEATH_SIGNAL, signal)  # After the change of user, which would clear it.
    if os.getppid() != parent:
        sys.exit(1)  # It ended before the signal was set.


def _become(uid: int, gid: int, capability: int) -> None:
    kept = capability != -1
    if kept:
        # Capabilities survive the change of user, and count in access(2) too, with which
        # PostgreSQL looks for its own programs. All but one are given up below.
        _prctl(_SET_SECURE_BITS, _NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if kept:
        mask = 1 << capability
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        _checked(_libc.capset(header, (ctypes.c_uint32 * 6)(mask, mask, mask)))
        _prctl(_AMBIENT, _AMBIENT_RAISE, capability)
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)


def _prctl(option: int, *values: int) -> None:
    padded = [*values, 0, 0, 0, 0][:4]
    _checked(_libc.prctl(option, *map(ctypes.c_ulong, padded)))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    _libc = ctypes.CDLL(None, use_errno=True)
    main(*map(int, sys.argv[1:6]))
    os.execv(sys.argv[6], sys.argv[6:])  # noqa: S606 - no shell is wanted
