"""What can be set on a running sandbox beside its era."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.sandbox.switches import Held


@dataclass(slots=True)
class Switches(Held):
    """How the two servers behave; to be changed while they run.

    Attributes
    ----------
    auth_down
        xivo-auth answers nobody (it drops connections), and confd, which cannot ask it, 401.
    trusted_hosts
        Addresses that need no authentication: those of web services accounts with a host.
    losing_pages
        Rows that are equal in the column a list is ordered by come in another order on each page,
        as on a real server: paging without a unique column loses some and doubles others.
    wizard
        The server has not been set up yet: ``/wizard`` is there.
    """

    auth_down: bool = False
    trusted_hosts: tuple[str, ...] = ()
    losing_pages: bool = True
    wizard: bool = False

    def __post_init__(self) -> None:
        self.trusted_hosts = tuple(self.trusted_hosts)
        for name in ("auth_down", "losing_pages", "wizard"):
            value = getattr(self, name)
            if not isinstance(value, bool):
                raise ValueError(  # noqa: TRY004 - as for the other switches
                    f"switch {name} must be True or False, not {value!r}"
                )
