"""The resources of confd as a table: paths, fields, columns to order by, what must be unique."""

from __future__ import annotations

from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import Field
from toolkit.sandbox.xivo.resource import Resource

_LANGUAGES = ("de_DE", "en_US", "es_ES", "fr_FR", "fr_CA", "it_IT", "nl_NL")
_CALLER_ID_MODES = ("prepend", "overwrite", "append")
_CONTEXT_TYPES = ("internal", "incall", "outcall", "services", "others")
_STRATEGIES = ("all", "random", "least_recent", "linear", "fewest_calls", "memorized_round_robin",
               "weight_random")  # fmt: skip


def _flags(*names: str, era: str = "", default: bool = False) -> tuple[Field, ...]:
    return tuple(Field(name, "bool", default, null=False, era=era) for name in names)


_USER = (
    Field("firstname", required=True, null=False, length=(1, 128)),
    Field("lastname", length=(0, 128)),
    Field("email", length=(0, 254)),
    Field("timezone", length=(0, 254)),
    Field("country", era="wazo", length=(0, 2)),
    Field("language", pattern=r"[a-z]{2}_[A-Z]{2}"),
    Field("description"),
    Field("caller_id", pattern=r'"(.*)"( <\+?\d+>)?', length=(0, 160)),
    Field("outgoing_caller_id", length=(0, 80)),
    Field("mobile_phone_number", pattern=r"\+?[0-9\*#]+", length=(0, 80)),
    *_flags("mobile_fallback_enabled", era="wazo"),
    Field("username", length=(2, 254)),
    Field("password", length=(4, 64)),
    Field("music_on_hold", length=(0, 128)),
    Field("preprocess_subroutine", length=(0, 39)),
    Field("userfield", length=(0, 128)),
    *_flags("call_transfer_enabled", "dtmf_hangup_enabled"),
    *_flags("call_record_enabled", era="xivo"),
    *_flags(
        "call_record_outgoing_external_enabled", "call_record_outgoing_internal_enabled",
        "call_record_incoming_internal_enabled", "call_record_incoming_external_enabled",
        era="wazo",
    ),
    *_flags("online_call_record_enabled"),
    *_flags("supervision_enabled", default=True),
    Field("ring_seconds", "int", 30, null=False, span=(0, 60)),
    Field("simultaneous_calls", "int", 5, null=False, span=(1, 20)),
    Field("call_permission_password", pattern=r"[0-9#\*]{1,16}"),
    Field("subscription_type", "int", 0, null=False, span=(0, 10), era="wazo"),
    *_flags("enabled", default=True),
)  # fmt: skip
_SIP_OPTIONS = (("call-limit", "10"), ("subscribemwi", "no"), ("amaflags", "default"),
                ("regseconds", "0"))  # fmt: skip
_SIP_SECTIONS = tuple(
    Field(f"{name}_section_options", "options", ())
    for name in ("aor", "auth", "endpoint", "identify", "registration",
                 "registration_outbound_auth", "outbound_auth")
)  # fmt: skip
_NAME = Field("name", required=True, null=False, length=(1, 128))
_DESCRIPTION = Field("description")
_ENABLED = Field("enabled", "bool", default=True, null=False)
_SUBROUTINE = Field("preprocess_subroutine", length=(0, 39))
_CALLER = (
    Field("caller_id_mode", choices=_CALLER_ID_MODES),
    Field("caller_id_name", length=(0, 80)),
)

RESOURCES = (
    Resource(
        "users", "users", "user_id", "User", _USER, default_order="lastname", uuid="both",
        order=("id", "uuid", "firstname", "lastname", "fullname", "caller_id", "description",
               "userfield", "email", "mobile_phone_number", "music_on_hold", "outgoing_caller_id",
               "preprocess_subroutine", "entity", "voicemail_number", "provisioning_code",
               "exten", "extension", "context", "enabled"),
        search=("fullname", "caller_id", "description", "userfield", "email",
                "mobile_phone_number", "music_on_hold", "outgoing_caller_id",
                "preprocess_subroutine", "exten", "voicemail_number",
                "provisioning_code"),
        unique=(("username",), ("email",)),
    ),
    Resource(
        "lines", "lines", "line_id", "Line",
        (
            Field("context", required=True, null=False),
            Field("provisioning_code", pattern=r"[0-9]{6}"),
            Field("position", "int", 1, null=False, span=(1, 99)),
            Field("caller_id_name", length=(0, 80)),
            Field("caller_id_num", pattern=r"[0-9]+"),
            Field("registrar", default="default", length=(0, 128)),
        ),
        order=("name", "context", "device_id", "device_slot", "position", "protocol",
               "provisioning_code", "provisioning_extension"),
        search=("name", "context", "provisioning_code", "protocol"),
        unique=(("provisioning_code",),),
    ),
    Resource(
        "extensions", "extensions", "extension_id", "Extension",
        (
            Field("exten", required=True, null=False, length=(1, 40)),
            Field("context", required=True, null=False),
            Field("commented", "bool", default=False, null=False),
            Field("enabled", "bool", default=True, null=False, era="wazo"),
        ),
        order=("exten", "context"), default_order="exten", search=("exten", "context"),
        unique=(("exten", "context"),),
    ),
    Resource(
        "voicemails", "voicemails", "voicemail_id", "Voicemail",
        (
            Field("name", required=True, null=False, length=(1, 80)),
            Field("number", required=True, null=False, pattern=r"[0-9]{1,40}"),
            Field("context", required=True, null=False),
            Field("password", pattern=r"[0-9]{1,80}"),
            Field("email", length=(0, 80)),
            Field("language", choices=_LANGUAGES),
            Field("timezone"),
            Field("pager", length=(0, 80)),
            Field("max_messages", "int"),
            Field("attach_audio", "bool"),
            Field("delete_messages", "bool", default=False, null=False),
            Field("ask_password", "bool", default=True, null=False),
            _ENABLED,
            Field("options", "options", ()),
        ),
        order=("name", "number", "context", "email", "language", "pager", "timezone"),
        default_order="number", search=("name", "number", "email", "pager"),
        unique=(("number", "context"),),
    ),
    Resource(
        "sip", "endpoints/sip", "sip_id", "SIPEndpoint",
        (
            Field("username", pattern=r"[a-zA-Z0-9_+.-]+", length=(0, 40), era="xivo"),
            Field("secret", length=(0, 80), era="xivo"),
            Field("type", default="friend", choices=("friend", "peer", "user"), era="xivo"),
            Field("host", default="dynamic", length=(0, 255), era="xivo"),
            Field("options", "options", _SIP_OPTIONS, era="xivo"),
            *(Field(one.name, one.kind, one.default, era="wazo") for one in (
                Field("name"), Field("label"), *_SIP_SECTIONS, Field("templates", "list", ()),
                Field("transport", "dict"), Field("asterisk_id"))),
        ),
        rel="endpoint_sip", order=("username", "host", "type", "name"), default_order="username",
        search=("username", "host", "name"), unique=(("username",), ("name",)),
        uuid="wazo", by_uuid=True, hidden=("id",),
    ),
    Resource(
        "sccp", "endpoints/sccp", "sccp_id", "SCCPEndpoint", (Field("options", "options", ()),),
        rel="endpoint_sccp", order=("id",), default_order="id", search=("id",),
    ),
    Resource(
        "custom", "endpoints/custom", "custom_id", "CustomEndpoint",
        (
            Field("interface", required=True, null=False, pattern=r"[a-zA-Z0-9/@:._-]{1,128}"),
            _ENABLED,
        ),
        rel="endpoint_custom", order=("id", "interface", "context"), default_order="interface",
        search=("interface",), unique=(("interface",),),
    ),
    Resource(
        "devices", "devices", "device_id", "Device",
        (
            Field("ip", pattern=r"(\d{1,3}\.){3}\d{1,3}"),
            Field("mac", pattern=r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"),
            Field("sn"), Field("plugin"), Field("vendor"), Field("model"), Field("version"),
            _DESCRIPTION, Field("template_id"), Field("options", "dict"),
        ),
        order=("id", "ip", "mac", "sn", "plugin", "vendor", "model", "version", "description"),
        default_order="id", unique=(("mac",),),
        search=("id", "ip", "mac", "sn", "plugin", "vendor", "model", "version", "description"),
    ),
    Resource(
        "contexts", "contexts", "context_id", "Context",
        (
            Field("name", required=True, null=False, pattern=r"[a-zA-Z0-9_-]{1,79}", fixed=True,
                  era="xivo"),
            Field("name", fixed=True, era="wazo"),
            Field("label", length=(0, 128)),
            Field("type", default="internal", null=False, choices=_CONTEXT_TYPES),
            *(Field(f"{name}_ranges", "ranges", ())
              for name in ("user", "group", "queue", "conference_room", "incall")),
            _DESCRIPTION, _ENABLED,
        ),
        order=("id", "name", "type", "description", "label"), unique=(("name",),), uuid="wazo",
        search=("name", "type", "description", "label"),
    ),
    Resource(
        "groups", "groups", "group_id", "Group",
        (
            Field("name", required=True, null=False, pattern=r"[a-zA-Z0-9_-]{1,128}"),
            Field("label", era="wazo"),
            _SUBROUTINE, Field("ring_strategy", default="all", choices=_STRATEGIES), *_CALLER,
            Field("timeout", "int"), Field("user_timeout", "int", 15),
            Field("retry_delay", "int", 5), Field("music_on_hold", length=(0, 128)),
            Field("ring_in_use", "bool", default=True, null=False), _ENABLED,
        ),
        order=("id", "name", "preprocess_subroutine"), unique=(("name",),), uuid="wazo",
        by_uuid=True, search=("name", "preprocess_subroutine"),
    ),
    Resource(
        "incalls", "incalls", "incall_id", "Incall",
        (
            _SUBROUTINE, *_CALLER, _DESCRIPTION,
            Field("destination", "destination", required=True, null=False),
        ),
        order=("id", "description", "preprocess_subroutine", "user_id"), default_order="id",
        search=("description", "preprocess_subroutine"),
    ),
    Resource(
        "outcalls", "outcalls", "outcall_id", "Outcall",
        (
            _NAME, Field("internal_caller_id", "bool", default=False, null=False), _SUBROUTINE,
            Field("ring_time", "int"), _DESCRIPTION, _ENABLED,
        ),
        order=("id", "name", "description", "preprocess_subroutine"), unique=(("name",),),
        search=("name", "description", "preprocess_subroutine"),
    ),
    Resource(
        "trunks", "trunks", "trunk_id", "Trunk", (Field("context"),),
        order=("id", "context", "description"), default_order="id", search=("context",),
    ),
    Resource(
        "ivr", "ivr", "ivr_id", "IVR",
        (
            _NAME, _DESCRIPTION, Field("greeting_sound"),
            Field("menu_sound", required=True, null=False), Field("invalid_sound"),
            Field("abort_sound"), Field("timeout", "int", 5), Field("max_tries", "int", 3),
            *(Field(f"{name}_destination", "destination")
              for name in ("invalid", "timeout", "abort")),
            Field("choices", "list", ()),
        ),
        search=("name", "description"),
    ),
    Resource(
        "entities", "entities", "entity_id", "Entity",
        (Field("name", required=True, null=False, pattern=r"[a-z0-9_.-]{3,64}"),
         Field("display_name", length=(0, 128))),
        order=("id", "name", "display_name", "description"), unique=(("name",),),
        search=("name", "display_name"), verbs="CLRD", era="xivo",
    ),
    Resource(
        "callpermissions", "callpermissions", "callpermission_id", "CallPermission",
        (
            _NAME, Field("password", pattern=r"[0-9#\*]{1,40}"),
            Field("mode", default="deny", null=False, choices=("allow", "deny")),
            Field("extensions", "strings", ()), _ENABLED, _DESCRIPTION,
        ),
        order=("id", "name", "description", "mode", "enabled"), unique=(("name",),),
        search=("name", "description", "mode"),
    ),
    Resource(
        "templates", "funckeys/templates", "template_id", "FuncKeyTemplate",
        (Field("name", length=(0, 128)), Field("keys", "dict")), rel="func_keys",
        order=("name",), search=("name",), verbs="CLRD",
    ),
    Resource(
        "profiles", "cti_profiles", "cti_profile_id", "CtiProfile", (Field("name"),),
        rel="cti_profiles", default_order="id", verbs="LR", era="xivo",
    ),
    Resource(
        "switchboards", "switchboards", "switchboard_id", "Switchboard",
        (Field("display_name"),), order=("id", "display_name"), default_order="display_name",
        verbs="L", era="xivo",
    ),
)  # fmt: skip

# What only Wazo has beside them: (path, hole, title, has a uuid in its path).
_MORE = (
    ("access_features", "access_feature_id", "AccessFeatures", False),
    ("agents", "agent_id", "Agent", False),
    ("agents/skills", "skill_id", "Skill", False),
    ("applications", "application_uuid", "Application", True),
    ("callfilters", "callfilter_id", "CallFilter", False),
    ("callpickups", "callpickup_id", "CallPickup", False),
    ("conferences", "conference_id", "Conference", False),
    ("endpoints/iax", "iax_id", "IAXEndpoint", False),
    ("endpoints/sip/templates", "template_uuid", "SIPEndpointTemplate", True),
    ("ingresses/http", "http_ingress_uuid", "IngressHTTP", True),
    ("meetings", "meeting_uuid", "Meeting", True),
    ("moh", "moh_uuid", "MOH", True),
    ("pagings", "paging_id", "Paging", False),
    ("parkinglots", "parking_lot_id", "ParkingLot", False),
    ("phone-numbers", "phone_number_uuid", "PhoneNumber", True),
    ("queues", "queue_id", "Queue", False),
    ("queues/skillrules", "skillrule_id", "SkillRule", False),
    ("registers/iax", "register_iax_id", "IAXRegister", False),
    ("registrars", "registrar_id", "Registrar", False),
    ("schedules", "schedule_id", "Schedule", False),
    ("sip/transports", "transport_uuid", "SipTransport", True),
    ("switchboards", "switchboard_uuid", "Switchboard", True),
)
WAZO_RESOURCES = tuple(
    Resource(
        path.replace("/", "_").replace("-", "_") + ("_" if path == "switchboards" else ""),
        path, hole, title,
        (Field("name", length=(0, 128)), _DESCRIPTION, _ENABLED), search=("name", "description"),
        uuid="wazo" if by_uuid else "", by_uuid=by_uuid, era="wazo",
        hidden=("id",) if by_uuid else (),
    )
    for path, hole, title, by_uuid in _MORE
)  # fmt: skip

BY_KIND = {resource.kind: resource for resource in (*RESOURCES, *WAZO_RESOURCES)}


def resources(era: Era) -> list[Resource]:
    """The resources of an era."""
    return [resource for resource in BY_KIND.values() if resource.there(era)]
