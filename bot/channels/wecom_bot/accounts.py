"""Whose account a bot names: encrypted ids are turned into the corporation's own, where its app can be asked."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.door import Receive
    from vocabulary.messages import Incoming, Shown

log = logging.getLogger(__name__)

ENCRYPTED = re.compile(r"wo[\w-]{20,}", re.ASCII)
"""The form of an id that is good for one bot alone (WeCom developer page 101521)."""
KEPT = 5000


@dataclass(slots=True)
class PlainAccounts:
    """An ear before the house's: hands a message on under the account that the roster has.

    `behind` asks the corporation's app (None: it does not know the id); where it cannot be asked now, the id stays as
    it is, and is asked about again with the next message.
    """

    receive: Receive
    behind: Callable[[str], Awaitable[str | None]]
    _known: OrderedDict[str, str] = field(default_factory=OrderedDict, init=False, repr=False)

    async def __call__(self, incoming: Incoming) -> tuple[Shown, ...]:
        """Take one message, as `Receive`."""
        account = incoming.account
        if ENCRYPTED.fullmatch(account):
            account = await self._plain(account)
        return await self.receive(replace(incoming, account=account))

    def named(self, account: str) -> str:
        """Return the id by which the bot knows an account: an encrypted one where it has named it so."""
        return next((known for known, plain in self._known.items() if plain == account), account)

    async def _plain(self, account: str) -> str:
        known = self._known.get(account)
        if known is not None:
            return known
        try:
            plain = await self.behind(account) or account
        except Undelivered as failure:
            log.info("wecom_bot: an encrypted account stays so: %s", failure)
            return account
        self._known[account] = plain
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return plain
