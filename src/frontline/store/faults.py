"""Why the shop cannot start, each in one sentence for its owner, in both languages.

CannotStart
|-- DatabaseAway        nobody answers at the address, or the login is refused
|-- AddressUnreadable   DATABASE_URL is not an address
|-- RoleRefused         the application's role cannot log in
|-- DatabaseAhead       the database was written by a newer Frontline
|-- DatabaseBehind      the database waits for `frontline migrate`
|-- NoShopYet           the data folder holds no database
|-- TablesBusy          a migration could not get its lock in time
|-- DiskFull            no space left where the data lives
|-- HomeInUse           another Frontline runs on this data folder
|-- HomeUnusable        the data folder cannot be used
|-- HomeClosed          PostgreSQL, which refuses to be root, cannot enter the folder
|-- PortTaken           another program listens there
|-- ServerBroken        PostgreSQL did not start, or ended
`-- PartEnded           a part of the shop ended by itself
"""

from __future__ import annotations

from pathlib import Path


class CannotStart(Exception):
    """One clear sentence in English and one in Chinese; shown without a traceback."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


class DatabaseAway(CannotStart):
    def __init__(self, why: object) -> None:
        super().__init__(f"The database does not answer: {why}.", f"无法连接数据库：{why}。")


class AddressUnreadable(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL must look like postgresql://user:password@host:5432/database.",
            "DATABASE_URL 的格式应为 postgresql://用户:密码@主机:5432/数据库。",
        )


class RoleRefused(CannotStart):
    def __init__(self, role: str, why: object) -> None:
        super().__init__(
            f"The application's role {role} cannot log in: {why}.", f"角色 {role} 无法登录：{why}。"
        )


class DatabaseAhead(CannotStart):
    def __init__(self, unknown: tuple[str, ...]) -> None:
        names = ", ".join(unknown)
        super().__init__(
            f"The database is ahead of this Frontline (it has {names}): use the newer version.",
            f"数据库比当前程序新（其中有 {names}）：请使用更新版本的程序。",
        )


class DatabaseBehind(CannotStart):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"The database is {count} revisions behind this Frontline: run `frontline migrate`.",
            f"数据库落后于当前程序 {count} 个版本：请运行 frontline migrate。",
        )


class NoShopYet(CannotStart):
    def __init__(self, home: Path) -> None:
        super().__init__(
            f"There is no shop in {home} yet: start it once with `make run`.",
            f"{home} 中还没有商城：请先运行一次 make run。",
        )


class TablesBusy(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "A migration waited too long for a table in use: start again in a quieter moment.",
            "数据表正忙，升级等待超时：请在空闲时重新启动。",
        )


class DiskFull(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "The disk is full: make room where the data folder lives, then start again.",
            "磁盘已满：请在数据文件夹所在的磁盘上腾出空间，然后重新启动。",
        )


class HomeInUse(CannotStart):
    def __init__(self, home: Path) -> None:
        super().__init__(
            f"Another Frontline runs on {home}: stop it, or name another FRONTLINE_HOME.",
            f"另一个 Frontline 正在使用 {home}：请先停止它，或用 FRONTLINE_HOME 另指一处。",
        )


class HomeUnusable(CannotStart):
    def __init__(self, why: object) -> None:
        super().__init__(f"The data folder cannot be used: {why}.", f"无法使用数据文件夹：{why}。")


class HomeClosed(CannotStart):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"PostgreSQL does not run as root, and no other user may enter {path}: "
            "move it elsewhere, or start as an ordinary user.",
            f"PostgreSQL 不能以 root 运行，而其他用户无法进入 {path}：请移到别处，或改用普通用户。",
        )


class PortTaken(CannotStart):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use by another program: stop it, or name another FRONTLINE_PORT.",
            f"端口 {port} 已被其他程序占用：请先停止它，或用 FRONTLINE_PORT 指定其他端口。",
        )


class ServerBroken(CannotStart):
    def __init__(self, why: str) -> None:
        super().__init__(f"PostgreSQL does not run: {why}", f"PostgreSQL 未能运行：{why}")


class PartEnded(CannotStart):
    def __init__(self, part_en: str, part_zh: str, why: str) -> None:
        super().__init__(
            f"{part_en} ended by itself, so everything was stopped: {why}",
            f"{part_zh}意外退出，已全部停止：{why}",
        )


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code for an error, whichever library raised it."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state if isinstance(state, str) else None
