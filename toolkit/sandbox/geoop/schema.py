"""The collections, their fields, and which verbs they take.

The fields of ``users`` are those of the vendor's page of the item user, with its oddities. Of the
other items only the associations that a job is made with are public; all else here is ours.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from toolkit.sandbox.geoop.fields import Field

ALL = ("GET", "POST", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection.

    Attributes
    ----------
    first_id
        The id of its first item.
    verbs
        The verbs it takes (the item endpoint never takes POST).
    actions
        Names of its actions.
    """

    name: str
    fields: tuple[Field, ...]
    first_id: int = 1
    verbs: tuple[str, ...] = ALL
    actions: tuple[str, ...] = ()
    by_name: dict[str, Field] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {field.name: field for field in self.fields})

    def has(self, name: str) -> bool:
        """Whether its items have a field."""
        return name in self.by_name


_ID = Field("id", "int")
_ACCOUNT = Field("account", "item", "RWFC", to="accounts", required=True)
_OWN_ACCOUNT = Field("account", "item", "RF", to="accounts")
_JOB = Field("job", "item", "RWFC", to="jobs", required=True)
_DELETED = Field("deleted", "bool", "RWFC", default=False)
_MADE_BY = (
    Field("createdBy", "item", "RWFC", visible=False, to="users"),
    Field("modifiedBy", "item", "RWFC", visible=False, to="users"),
)
_MADE = (Field("created", "date", "RFS"), Field("modified", "date", "RFS"))

_USER = (
    _ID,
    Field("login", "string", "RWC", visible=False, required=True, longest=64),
    Field("firstName", required=True, longest=64),
    Field("lastName", required=True, longest=64),
    Field("companyName", access="RWC"),
    Field("email", "email", "RWC", required=True),
    Field("phone", "phone", "RWC"),
    Field("mobile", "phone", "RWC", required=True),
    Field("mobileCountryCode", "float", "RWC"),
    Field("fullMobileNumber", access="R", visible=False),
    Field("hourlyRate", "float", "RWC", default=0),
    Field("active", "flag", "RWFC", default=1),
    _DELETED,
    Field("colour", "colour", "RWC"),
    Field("isAssignable", "bool", "RWC", default=True),
    Field("status", "object", "R"),
    Field("role", "item", to="roles"),
    _ACCOUNT,
    *_MADE_BY,
    Field("locations", "items", "R", visible=False, to="locations"),
    Field("workgroups", "items", "RWFC", visible=False, to="workgroups"),
)
_JOB_FIELDS = (
    _ID,
    Field("reference", access="RFS"),
    Field("title", required=True),
    Field("description", access="RWFC", longest=4000),
    Field("orderNumber", longest=64),
    Field("startDate", "date"),
    Field("endDate", "date"),
    _DELETED,
    Field("client", "item", to="clients", required=True),
    Field("status", "item", to="statuses", required=True),
    _ACCOUNT,
    Field("assignee", "item", to="users"),
    *_MADE,
    *_MADE_BY,
)
_CLIENT = (
    _ID,
    Field("firstName", required=True, longest=64),
    Field("lastName", longest=64),
    Field("companyName"),
    Field("email", "email"),
    Field("phone", "phone"),
    Field("mobile", "phone"),
    _DELETED,
    _ACCOUNT,
    *_MADE,
    *_MADE_BY,
)
_NAME = Field("name", required=True)

COLLECTIONS: dict[str, Collection] = {
    found.name: found
    for found in (
        Collection("jobs", _JOB_FIELDS, 1001),
        Collection("clients", _CLIENT, 318),
        Collection("users", _USER, 12),
        Collection(
            "accounts",
            (
                _ID,
                _NAME,
                Field("active", "flag", "RWFC", default=1),
                Field("parent", "item", "RF", to="accounts"),
                _DELETED,
            ),
            22,
            verbs=("GET", "PATCH"),
        ),
        Collection(
            "files",
            (
                _ID,
                Field("name", access="RFSC", required=True),
                Field("size", "int", "RFS"),
                Field("mimeType", access="RF"),
                Field("job", "item", "RWFC", to="jobs"),
                _OWN_ACCOUNT,
                _MADE[0],
                _MADE_BY[0],
            ),
            verbs=("GET", "PATCH", "DELETE"),
            actions=("upload",),
        ),
        Collection("statuses", (_ID, _NAME, Field("order", "int", "RFS")), verbs=("GET",)),
        Collection("roles", (_ID, _NAME), 16, verbs=("GET",)),
        Collection("workgroups", (_ID, _NAME, _ACCOUNT)),
        Collection(
            "locations",
            (
                _ID,
                Field("user", "item", "RF", to="users"),
                Field("latitude", "float", "R"),
                Field("longitude", "float", "R"),
                Field("timestamp", "date", "RFS"),
                _OWN_ACCOUNT,
            ),
            verbs=("GET",),
        ),
        Collection(
            "notes",
            (
                _ID,
                Field("description", required=True, longest=4000),
                _JOB,
                _OWN_ACCOUNT,
                *_MADE,
                *_MADE_BY,
            ),
        ),
        Collection(
            "visits",
            (
                _ID,
                _JOB,
                Field("user", "item", to="users", required=True),
                Field("startDate", "date", required=True),
                Field("endDate", "date"),
                _OWN_ACCOUNT,
                *_MADE_BY,
            ),
        ),
        Collection(
            "charges",
            (
                _ID,
                _JOB,
                Field("description", required=True),
                Field("quantity", "float", default=1),
                Field("price", "float", default=0),
                _OWN_ACCOUNT,
                *_MADE_BY,
            ),
        ),
    )
}
# Collections whose items go with their job.
OF_JOBS = ("notes", "visits", "charges", "files")
