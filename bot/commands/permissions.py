"""Writes `docs/permissions.md` from the code: `python -m bot.commands.permissions > docs/permissions.md`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections import defaultdict

import services
from services.deeds import VERBS
from texts import sentences
from vocabulary.permissions import GRANTS, LEADERS, Permission, Role


def verbs() -> dict[Permission, list[str]]:
    """Every verb by what it needs, in the order of their names; all files of the services are read for it."""
    for module in pkgutil.iter_modules(services.__path__):
        importlib.import_module(f"services.{module.name}")
    found = defaultdict(list)
    for name in sorted(VERBS):
        found[VERBS[name].needs].append(name)
    return dict(found)


def page() -> str:
    """The page: a row a permission in words, a column a role, and the verbs that need it."""
    words = sentences()
    found = verbs()
    heads = [
        words["permissions.deed"],
        *(words[f"permissions.role.{role}"] for role in Role),
        words["permissions.verbs"],
    ]
    rows = [_row(heads), _row("---" if n in {0, len(heads) - 1} else ":-:" for n in range(len(heads)))]
    for permission in Permission:
        cells = [_cell(permission, role) for role in Role]
        names = " ".join(f"`{name}`" for name in found.get(permission, ()))
        rows.append(_row([words[f"permissions.of.{permission}"], *cells, names]))
    return words["permissions.page"].format(table="\n".join(rows))


def _cell(permission: Permission, role: Role) -> str:
    words = sentences()
    if role not in GRANTS[permission]:
        return ""
    limited = role is Role.LEADER and not GRANTS[permission] - LEADERS - {Role.CLOCK}
    return words["permissions.own_group" if limited else "permissions.yes"]


def _row(cells: object) -> str:
    return f"| {' | '.join(cells)} |"  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.stdout.write(page())
