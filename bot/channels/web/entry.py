"""Who sits at the page: anyone as anyone in the sample, otherwise whoever came in by a one-time link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response

    from bot.channels.web.shapes import Access, Sample, WebPerson

COOKIE = "zhibu_session"
_LASTS = 90 * 24 * 3600


class Entry:
    """Finds the person behind a request or a socket. `access` may be None where there is a sample."""

    def __init__(self, sample: Sample | None, access: Access | None, *, secure: bool) -> None:
        if sample is None and access is None:
            raise ValueError("the web door needs a sample or an access")
        self._sample = sample
        self._access = access
        self._secure = secure
        self._people: dict[str, WebPerson] = {}

    @property
    def is_sample(self) -> bool:
        """Anyone may be anyone here."""
        return self._sample is not None

    def people(self) -> Sequence[WebPerson]:
        """Return the sample's people; none outside the sample."""
        people = self._sample.people() if self._sample else ()
        self._people = {person.account: person for person in people}
        return people

    async def person(self, account: str) -> WebPerson:
        """Return who an account is.

        Raises:
            Refused: nobody is bound to it.
        """
        found = self._people.get(account)
        if found is None and self._sample:
            self.people()
            found = self._people.get(account)
        elif self._access and not self._sample:
            found = await self._access.person(account)
        if found is None:
            raise Refused("unknown_person", 403)
        return found

    async def at_socket(self, connection: HTTPConnection) -> WebPerson | None:
        """Return who a session's cookie names, or None; in the sample always None."""
        token = connection.cookies.get(COOKIE)
        if self._sample or self._access is None or not token:
            return None
        account = await self._access.account_of_session(token)
        return None if account is None else await self._access.person(account)

    async def at_request(self, request: Request, account: object = None) -> WebPerson:
        """Return who asks: by the cookie, in the sample by the account that the request names.

        Raises:
            Refused: nobody is signed in, or nobody has that account.
        """
        if self._sample:
            if not isinstance(account, str) or not account:
                raise Refused("unknown_person", 403)
            return await self.person(account)
        person = await self.at_socket(request)
        if person is None:
            raise Refused("signed_out", 401)
        return person

    async def come_in(self, code: str, response: Response) -> bool:
        """Use up a one-time code and put the session's cookie on the response; False where the code is no good."""
        if self._access is None:
            return False
        account = await self._access.account_of_code(code)
        if account is None:
            return False
        token = await self._access.open_session(account)
        response.set_cookie(COOKIE, token, max_age=_LASTS, httponly=True, samesite="strict", secure=self._secure)
        return True
