"""The declared columns of each resource: names, kinds, and what is nested in them.

As xivo-confd 16.15 answers (its own specification, and answers of a running one). What a newer
server adds becomes a further column; a value of another kind than the declared one is kept.
"""

from __future__ import annotations

from toolkit.services.base.models import EMPTY as EMPTY, Field as Field, Model as Model, read_models

_TEXT = """
users  id:i uuid firstname lastname email timezone language description caller_id
    outgoing_caller_id mobile_phone_number username password* music_on_hold preprocess_subroutine
    userfield call_transfer_enabled:b dtmf_hangup_enabled:b call_record_enabled:b
    online_call_record_enabled:b supervision_enabled:b ring_seconds:i simultaneous_calls:i
    call_permission_password* enabled:b links[href] groups[id] incalls[id] lines[id]
    forwards{busy.enabled:b busy.destination noanswer.enabled:b noanswer.destination
    unconditional.enabled:b unconditional.destination}
    services{dnd.enabled:b incallfilter.enabled:b} voicemail{id:i name}
users_summary  id:i uuid firstname lastname email extension context provisioning_code entity
    protocol=sip|sccp|custom enabled:b
users_directory  id:i uuid line_id:i agent_id:i firstname lastname email exten mobile_phone_number
    voicemail_number userfield description context
lines  id:i name protocol=sip|sccp|custom device_id device_slot:i provisioning_extension context
    provisioning_code position:i caller_id_name caller_id_num registrar links[href]
    endpoint_sip{id:i username} endpoint_sccp{id:i} endpoint_custom{id:i interface}
    extensions[id] users[uuid]
lines_sip  id:i username secret* callerid context device_slot:i provisioning_extension links[href]
extensions  id:i exten context commented:b links[href] group{id:i name} incall{id:i} lines[id]
    outcall{id:i name}
voicemails  id:i name number context password* email language timezone pager max_messages:i
    attach_audio:b delete_messages:b ask_password:b enabled:b options[] links[href] users[uuid]
devices  id status=autoprov|configured|not_configured ip mac sn plugin vendor model version
    description template_id options{switchboard:b} links[href]
contexts  id:i name label type=internal|incall|outcall|services|others user_ranges[start]
    group_ranges[start] queue_ranges[start] conference_room_ranges[start] incall_ranges[start]
    description enabled:b links[href]
groups  id:i name preprocess_subroutine ring_strategy caller_id_mode caller_id_name timeout:i
    user_timeout:i retry_delay:i music_on_hold ring_in_use:b enabled:b links[href] extensions[id]
    incalls[id] members{users}
incalls  id:i preprocess_subroutine caller_id_mode caller_id_name description destination{type}
    links[href] extensions[id]
outcalls  id:i name internal_caller_id:b preprocess_subroutine ring_time:i description enabled:b
    links[href] trunks[id] extensions[id]
trunks  id:i context links[href] endpoint_sip{id:i username} endpoint_custom{id:i interface}
    outcalls[id]
ivr  id:i name description greeting_sound menu_sound invalid_sound abort_sound timeout:i
    max_tries:i invalid_destination{type} timeout_destination{type} abort_destination{type}
    choices[exten] links[href] incalls[id]
callpermissions  id:i name password* mode=deny|allow extensions[] enabled:b description links[href]
entities  id:i name display_name links[href]
endpoints_sip  id:i username secret* type=friend|peer|user host options[] links[href] trunk{id:i}
    line{id:i}
endpoints_sccp  id:i options[] links[href] line{id:i}
endpoints_custom  id:i interface enabled:b links[href] trunk{id:i} line{id:i}
cti_profiles  id:i name links[href]
switchboards  id display_name links[href]
templates  id:i name keys{} links[href]
funckey_destinations  type parameters[name]

user_agents  user_id:i agent_id:i links[href]
user_callpermissions  user_id:i call_permission_id:i links[href]
user_cti  user_id:i enabled:b cti_profile_id:i links[href]
user_entities  user_id:i entity_id:i links[href]
user_lines  user_id:i line_id:i main_user:b main_line:b links[href]
user_templates  user_id:i template_id:i links[href]
user_voicemails  user_id:i voicemail_id:i links[href]
line_devices  line_id:i device_id links[href]
line_endpoints  line_id:i endpoint=sip|sccp|custom endpoint_id:i links[href]
line_extensions  line_id:i extension_id:i links[href]
trunk_endpoints  trunk_id:i endpoint=sip|custom endpoint_id:i links[href]
queue_agents  queue_id:i agent_id:i penalty:i links[href]
forwards  forward=busy|noanswer|unconditional enabled:b destination
services  service=dnd|incallfilter enabled:b
funckeys  position:i id:i label blf:b inherited:b destination{type} links[href]

sip_general  options{} ordered_options[]
live_reload  enabled:b
infos  uuid
wizard  configured:b
wizard_discover  domain hostname timezone interfaces[interface] gateways[interface] nameservers[]

call_logs  call_date:t caller called period:i user_field
switchboard_stats  date entered:i answered:i transferred:i abandoned:i forwarded:i
    waiting_time_average
csv_users  uuid entity_id:i firstname lastname email mobile_phone_number outgoing_caller_id
    language call_permission_password* enabled:b ring_seconds:i simultaneous_calls:i
    supervision_enabled:b call_transfer_enabled:b dtmf_hangup_enabled:b call_record_enabled:b
    online_call_record_enabled:b userfield username password* cti_profile_name
    cti_profile_enabled:b voicemail_name voicemail_number voicemail_context voicemail_password*
    voicemail_email voicemail_attach_audio:b voicemail_delete_messages:b voicemail_ask_password:b
    line_protocol=sip|sccp provisioning_code context sip_username sip_secret* exten incall_exten
    incall_context call_permissions
csv_created  row_number:i user_id:i user_uuid line_id:i sip_id:i sccp_id:i extension_id:i
    incall_extension_id:i voicemail_id:i cti_profile_id:i call_permission_ids[]

tokens  token* auth_id xivo_user_uuid issued_at expires_at utc_issued_at:t utc_expires_at:t acls[]
backends  backend
agent_statuses  id:i number logged:b paused:b extension context state_interface origin_uuid
calls  call_id user_uuid status caller_id_name caller_id_number bridges[] talking_to{} on_hold:b
    creation_time
transfers  id transferred_call initiator_call recipient_call status flow initiator_uuid
presences  user_uuid line_id:i xivo_uuid presence
voicemail_boxes  id:i number name folders[id]
voicemail_folders  id:i name type=new|old|urgent|other messages[id]
voicemail_messages  id caller_id_name caller_id_num duration:i timestamp:i folder{id:i name type}
contacts  id firstname lastname number source relations{}
directory_headers  column_headers[] column_types[]
phonebooks  id:i name description
cdr  id:i start:t end:t source_name source_extension destination_name destination_extension
    duration:n answered:b
"""

_RENAMED = {"call_logs": {"Call Date": "call_date", "Caller": "caller", "Called": "called",
                          "Period": "period", "user Field": "user_field"}}  # fmt: skip
"""What a CSV calls its columns, where we call them otherwise."""

_KEYED = {"forwards": "forward", "services": "service", "funckeys": "position"}
"""The column that an object's keys go to."""

MODELS = read_models(_TEXT, _RENAMED, _KEYED)


def model(name: str) -> Model:
    """The declared fields of a resource; none for one that is not known."""
    return MODELS.get(name, EMPTY)
