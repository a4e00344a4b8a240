"""What differs between servers of different years, as one table.

Seen from real servers: xivo-confd 15.18 (November 2015), xivo-confd and xivo-auth 16.15 (November
2016), wazo-confd and wazo-auth of the main branch. The code asks the era, never its name.
"""

from __future__ import annotations

from dataclasses import dataclass

# Roots of the routes that refuse inexact headers in 15.18 (lines had become lenient by 15.17).
_STRICT = ("users", "devices", "extensions", "voicemails", "infos", "configuration",
           "cti_profiles", "funckeys", "queues")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Era:
    """One row of the table of differences.

    Attributes
    ----------
    name
        What it is started by.
    confd, auth
        Prefix of the paths of the two services.
    one_port
        Both services behind one address (nginx).
    strict
        Roots of routes where Accept and Content-Type must be exact (406, 415).
    one_acl
        The one ACL that opens everything, where there are none per route; else empty.
    digest
        Whether HTTP Digest works, and a 401 is a page with a challenge.
    u
        How a text begins in a message: Python 2 writes ``u'…'``.
    refuses_unknown
        Unknown fields of a body are 400, not dropped.
    old_messages
        The wording of missing and wrong fields before marshmallow.
    bad_json
        Status for a body that is no JSON.
    needs_json_type
        A body of another content type is 400 by itself (in between it is just not read).
    embeds
        Items show what they are associated with.
    total_first, rel_first
        Order of keys of a list, of a link.
    method_page
        405 is ``"page"`` (HTML), ``"list"`` or ``"dict"``.
    newline_after_errors
        Error bodies end with a line feed.
    limit_by_schema
        Wrong limits and offsets are worded by the schema.
    unaccents
        Search finds "Lefèvre" by "lefevre".
    live_spec
        Whether ``/api/api.yml`` is there.
    server
        The Server header.
    tenants
        Items belong to tenants; there is a Wazo-Tenant header.
    """

    name: str
    confd: str = "/1.1"
    auth: str = "/0.1"
    one_port: bool = False
    strict: tuple[str, ...] = ()
    one_acl: str = ""
    digest: bool = True
    u: str = "u"
    refuses_unknown: bool = False
    old_messages: bool = False
    bad_json: int = 400
    needs_json_type: bool = False
    embeds: bool = True
    total_first: bool = False
    rel_first: bool = False
    method_page: str = "list"
    newline_after_errors: bool = False
    limit_by_schema: bool = False
    unaccents: bool = False
    live_spec: bool = True
    server: str = "xivo"
    tenants: bool = False


ERAS = {
    era.name: era
    for era in (
        Era(
            "15.18",
            strict=_STRICT,
            one_acl="acl:confd",
            refuses_unknown=True,
            old_messages=True,
            bad_json=500,
            embeds=False,
            total_first=True,
            method_page="page",
            live_spec=False,
        ),
        Era("16.15"),
        Era(
            "wazo",
            confd="/api/confd/1.1",
            auth="/api/auth/0.1",
            one_port=True,
            digest=False,
            u="",
            needs_json_type=True,
            total_first=True,
            rel_first=True,
            method_page="dict",
            newline_after_errors=True,
            limit_by_schema=True,
            unaccents=True,
            server="Cheroot/9.0.0",
            tenants=True,
        ),
    )
}


def find_era(name: str) -> Era:
    """The era of this name; ValueError names those there are."""
    if name not in ERAS:
        raise ValueError(f"no era {name!r}: it must be one of {', '.join(ERAS)}")
    return ERAS[name]
