"""The commands as methods, grouped by what they act on.

Written out for completion, type checkers and search; each says what to send and how it is called,
the rest comes from the table. Any further parameter may be given by name: the vendor's lists of
parameters are not public in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal

from toolkit.services.base.client import Frame

if TYPE_CHECKING:
    from toolkit.services.uptivity.baseserver import BaseServer

Text = str | int


class Namespace(Generic[Frame]):
    """A group of commands of one server."""

    def __init__(self, server: BaseServer[Frame]) -> None:
        self._server = server

    def __repr__(self) -> str:
        return f"<uptivity {type(self).__name__.lower()} of {self._server.url}>"


class Calls(Namespace[Frame]):
    """Calls of devices: said to the server by whoever knows the phones, and listed."""

    def start(
        self,
        deviceid: Text | None = None,
        *,
        callinstance: Text | None = None,
        devicealias: str | None = None,
        stationname: str | None = None,
        sys_user: str | None = None,
        crm_user: str | None = None,
        ani: Text | None = None,
        dnis: Text | None = None,
        callid: Text | None = None,
        calldirection: Literal["I", "O"] | None = None,
        keepdays: int | None = None,
        **more: Any,
    ) -> Frame:
        """Say that a call has begun on a device (CALLSTART); the scheduler decides on recording.

        Parameters
        ----------
        deviceid : str or int, optional
            The phone's number. At least one of ``deviceid``, ``devicealias``, ``stationname``,
            ``sys_user``, ``crm_user`` is needed; alias and users only where the device has an
            agent already.
        callinstance : str or int, optional
            Tells calls of one device apart; blank unless given. With it, a call that was lost on
            its way may be sent again.
        stationname : str, optional
            The workstation; beside a ``deviceid`` it becomes that device's station.
        ani, dnis, callid, calldirection, keepdays, **more
            The call's data, ``user1`` to ``user15`` among them.

        Returns
        -------
        DataFrame
            One row: ``function``, ``target`` str, ``code`` Int64, ``label`` str, ``category``
            category, ``message`` str, ``elapsed`` float64 (s), ``at`` datetime64[us, UTC].

        Raises
        ------
        InvalidArgument
            Nothing says whose call it is.
        CallError
            Any of its kinds; Conflict where no schedule wants it recorded (9).
        """
        return self._of_a_call(
            "CALLSTART", deviceid, callinstance=callinstance, devicealias=devicealias,
            stationname=stationname, sys_user=sys_user, crm_user=crm_user, ani=ani, dnis=dnis,
            callid=callid, calldirection=calldirection, keepdays=keepdays, **more,
        )  # fmt: skip

    def stop(
        self,
        deviceid: Text | None = None,
        *,
        callinstance: Text | None = None,
        devicealias: str | None = None,
        stationname: str | None = None,
        sys_user: str | None = None,
        crm_user: str | None = None,
        **more: Any,
    ) -> Frame:
        """Say that the call on a device has ended (CALLSTOP); parameters and rows as ``start``.

        Raises
        ------
        Conflict
            The device has no such call (7).
        """
        return self._of_a_call(
            "CALLSTOP", deviceid, callinstance=callinstance, devicealias=devicealias,
            stationname=stationname, sys_user=sys_user, crm_user=crm_user, **more,
        )  # fmt: skip

    def update(
        self,
        deviceid: Text | None = None,
        *,
        callinstance: Text | None = None,
        devicealias: str | None = None,
        stationname: str | None = None,
        sys_user: str | None = None,
        crm_user: str | None = None,
        keepdays: int | None = None,
        **more: Any,
    ) -> Frame:
        """Change the data of the call on a device (CALLUPDATE); parameters as ``start``.

        ``keepdays`` and ``user1`` ... are documented by example; any other data are sent too.

        Raises
        ------
        Conflict
            The device has no such call (7).
        """
        return self._of_a_call(
            "CALLUPDATE", deviceid, callinstance=callinstance, devicealias=devicealias,
            stationname=stationname, sys_user=sys_user, crm_user=crm_user, keepdays=keepdays,
            **more,
        )  # fmt: skip

    def list(self, **more: Any) -> Frame:
        """The calls that are running (CALLLIST).

        Returns
        -------
        DataFrame
            One row a call: ``deviceid``, ``devicealias``, ``callinstance``, ``callid`` str,
            ``calldirection`` category (I, O), ``ani``, ``dnis``, ``gate``, ``sgroup``,
            ``station`` str, ``keepdays``, ``archiveaction`` Int64, ``user1`` ... ``user15`` str,
            then whatever else the server tells. ``attrs["partial"]`` is True where some cores of
            the system did not answer (46), ``attrs["count"]`` what the server counts.
        """
        return self._server.send("CALLLIST", **more)

    def _of_a_call(self, kind: str, deviceid: Text | None, **given: Any) -> Frame:
        return self._server.about_a_call(kind, {"deviceid": deviceid, **given})


class Users(Namespace[Frame]):
    """Users and agents of the product, administered by one command with actions (IMPORTUSER)."""

    def list(self, **more: Any) -> Frame:
        """All users (IMPORTUSER with ACTION list).

        Returns
        -------
        DataFrame
            One row a user: ``user_id`` Int64, ``username``, ``employee_id``, ``first_name``,
            ``last_name`` str, ``agent`` boolean, ``status`` category, ``add_time``, ``mod_time``
            datetime64[us, UTC] (missing where never set), ``sys_user``, ``sys_domain``, ``email``,
            ``crm_user`` str, ``site_id`` Int64, ``phones`` str, then whatever else comes.
        """
        return self._server.send("IMPORTUSER", action="list", **more)

    def send(self, action: str, **parameters: Any) -> Frame:
        """IMPORTUSER with any action. Only ``list`` is known; the others change something.

        Raises
        ------
        InvalidRequest
            The server has no such action (21).
        """
        return self._server.send("IMPORTUSER", action=action, **parameters)
