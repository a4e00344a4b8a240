"""What is below ``xivo.users``: lines, voicemails, forwards, function keys, the CSV of users."""

from __future__ import annotations

from typing import Any, Literal

from toolkit.services.base.client import Frame
from toolkit.services.base.decoding import Nested
from toolkit.services.xivo.csvusers import import_users
from toolkit.services.xivo.paging import PAGE, Tell
from toolkit.services.xivo.planning import CsvBody
from toolkit.services.xivo.verbs import (
    Adds,
    Association,
    Creates,
    Crud,
    Deletes,
    Gets,
    Id,
    Part,
    Replaces,
    Shown,
    Updates,
)


class UserLines(Association[Frame], Creates[Frame]):
    """The lines of a user."""

    def endpoint_sip(self, *ids: Id, nested: Nested = "json", secrets: bool = False) -> Frame:
        """The SIP endpoint of a line; the user is given by uuid."""
        return self._run("endpoint_sip", ids, nested=nested, secrets=secrets)

    def main_endpoint_sip(self, *ids: Id, nested: Nested = "json", secrets: bool = False) -> Frame:
        """The SIP endpoint of the main line; the user is given by uuid."""
        return self._run("main_endpoint_sip", ids, nested=nested, secrets=secrets)


class UserEntities(Shown[Frame], Adds[Frame]):
    """The entity of a user; ``add`` changes it."""


class UserCti(Gets[Frame], Updates[Frame]):
    """The CTI profile of a user: ``update(enabled=True, cti_profile_id=3)``."""


class UserForwards(Shown[Frame], Gets[Frame], Updates[Frame], Replaces[Frame]):
    """The forwards of a user: ``update("busy", enabled=True, destination="123")``."""


class UserServices(Shown[Frame], Gets[Frame], Updates[Frame]):
    """The services of a user: ``update("dnd", enabled=True)``."""


class UserFuncKeys(Shown[Frame], Gets[Frame], Updates[Frame], Deletes[Frame], Replaces[Frame]):
    """The function keys of a user, by their position; ``update`` sets one."""

    templates: Part[Association[Frame]] = Part(Association)


class UserVoicemail(Gets[Frame], Creates[Frame], Deletes[Frame]):
    """The voicemail of a user in its deprecated form; ``voicemails`` is the new one."""


class Users(Crud[Frame]):
    """The users."""

    agents: Part[Association[Frame]] = Part(Association)
    callpermissions: Part[Association[Frame]] = Part(Association)
    cti: Part[UserCti[Frame]] = Part(UserCti)
    entities: Part[UserEntities[Frame]] = Part(UserEntities)
    forwards: Part[UserForwards[Frame]] = Part(UserForwards)
    funckeys: Part[UserFuncKeys[Frame]] = Part(UserFuncKeys)
    lines: Part[UserLines[Frame]] = Part(UserLines)
    services: Part[UserServices[Frame]] = Part(UserServices)
    voicemail: Part[UserVoicemail[Frame]] = Part(UserVoicemail)
    voicemails: Part[Association[Frame]] = Part(Association)

    def list(
        self,
        *ids: Id,
        search: str | None = None,
        view: Literal["summary", "directory"] | None = None,
        order: str | None = None,
        direction: Literal["asc", "desc"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        nested: Nested = "json",
        secrets: bool = False,
        page: int = PAGE,
        progress: Tell | None = None,
        **columns: Any,
    ) -> Frame:
        """All users that match, or one page with ``limit`` or ``offset``.

        ``view="summary"`` and ``view="directory"`` have fewer columns and are many times faster
        on a large server. The rest as in every list, see ``verbs.Lists.list``.
        """
        return super().list(
            *ids,
            search=search,
            order=order,
            direction=direction,
            limit=limit,
            offset=offset,
            nested=nested,
            secrets=secrets,
            page=page,
            progress=progress,
            **({"view": view} if view is not None else {}),
            **columns,
        )

    def import_csv(self, users: CsvBody) -> Frame:
        """Make users, with their lines, extensions and voicemails, from a CSV: all or none.

        Parameters
        ----------
        users : DataFrame, str, bytes or path
            With a header row; ``firstname`` is needed (and ``entity_id`` on some servers).

        Returns
        -------
        DataFrame
            One row a user: ``row_number`` Int64 (from 1), ``outcome`` category (created, failed,
            not done), ``message`` str, and the ids of what was made. The index of a DataFrame
            that was given is kept.
        """
        return self._drive(import_users(self._server.state, self._function("import_csv"), users))

    def import_update(self, users: CsvBody) -> Frame:
        """Change users from a CSV with their ``uuid``; an empty cell sets its field to null.

        As :meth:`import_csv`; ``outcome`` is updated. Gone from Wazo 19.06 on.
        """
        return self._drive(import_users(self._server.state, self._function("import_update"), users))

    def export_csv(self, *, secrets: bool = False) -> Frame:
        """All users with what belongs to them, one row a user; the columns of the import.

        The CSV itself is in ``xivo.last.text``.
        """
        return self._run("export_csv", secrets=secrets)
