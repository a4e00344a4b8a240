"""The declared fields of users; every other item is what arrives.

From the vendor's page of the item user and its example. ``active`` is a number and ``deleted`` a
flag there, so they are here; ``mobileCountryCode`` is called a float.
"""

from __future__ import annotations

from toolkit.services.base.models import EMPTY, Model, read_models

MODELS = read_models("""
users  id:i login firstName lastName companyName email phone mobile mobileCountryCode:n
    fullMobileNumber hourlyRate:n active:i deleted:b colour isAssignable:b role{id:i}
    account{id:i} status{message timestamp:t} createdBy{id:i} modifiedBy{id:i} locations[id]
    workgroups[id]
""")

HIDDEN = ("login", "fullMobileNumber", "createdBy", "modifiedBy", "locations", "workgroups")
"""Fields of users that are not visible unless they are asked for."""


def model(name: str) -> Model:
    """The declared fields of a collection's items; none for all but users."""
    return MODELS.get(name, EMPTY)
