"""The rows of xivo-confd 1.1: 108 paths, 196 operations of version 16.15.

A row is two lines: the verb, the path and the client's method; then how the answer is read, what
else is to know, and a sentence. ``functions.py`` reads them.

========= ============================================================================
word      meaning
========= ============================================================================
items X   a list ``{"items": [...], "total": n}`` with the columns of X
item X    one object with the columns of X
keys X    an object whose keys name the rows, with the columns of X
rows X    a CSV with the columns of X
done      nothing but the status
by=X      the list is paged, and X is a column of unique values (``by=`` when none is)
json csv  it takes a body
old       deprecated
acts      a GET that changes state
acl=X     another permission than the rule gives (``acl=`` when none is needed)
has=X,Y   arguments of its query
========= ============================================================================

Paths, verbs and permissions are those of a running 16.15; what its specification and its code
say differently is as the code has it (``asterisk.sip.general.get``, ``queues.*.members.create``).
"""

from __future__ import annotations

CRUD = """
users             user_id            id     Users
lines             line_id            provisioning_code  Lines
extensions        extension_id       -      Extensions
voicemails        voicemail_id       -      Voicemails
devices           device_id          id     Devices
contexts          context_id         id     Contexts
groups            group_id           id     Groups
incalls           incall_id          id     Incoming calls
outcalls          outcall_id         id     Outgoing calls
trunks            trunk_id           id     Trunks
ivr               ivr_id             id     Voice menus
callpermissions   callpermission_id  id     Call permissions
endpoints/sip     sip_id             username  SIP endpoints
endpoints/sccp    sccp_id            id     SCCP endpoints
endpoints/custom  custom_id          id     Custom endpoints
"""
"""Collection, name of the id, column to page by, what it holds: five operations each."""

ASSOCIATED = """
lines    line_id     devices           device_id      item   line_devices
lines    line_id     endpoints/sip     sip_id         item   line_endpoints
lines    line_id     endpoints/sccp    sccp_id        item   line_endpoints
lines    line_id     endpoints/custom  custom_id      item   line_endpoints
lines    line_id     extensions        extension_id   items  line_extensions
trunks   trunk_id    endpoints/sip     sip_id         item   trunk_endpoints
trunks   trunk_id    endpoints/custom  custom_id      item   trunk_endpoints
"""
"""What may be listed at, given to and taken from what: three operations each."""

ROWS = """
GET /entities  entities.list
    items entities by=id has=search: The entities.
POST /entities  entities.create
    item entities json: Make an entity.
GET /entities/{entity_id}  entities.get
    item entities: One entity.
DELETE /entities/{entity_id}  entities.delete
    done: Delete an entity.

GET /lines_sip  lines_sip.list
    items lines_sip old acl=confd.#: SIP lines of the old form.
POST /lines_sip  lines_sip.create
    item lines_sip json old acl=confd.#: Make a SIP line of the old form.
GET /lines_sip/{line_id}  lines_sip.get
    item lines_sip old acl=confd.#: One SIP line of the old form.
PUT /lines_sip/{line_id}  lines_sip.update
    done json old acl=confd.#: Change a SIP line of the old form.
DELETE /lines_sip/{line_id}  lines_sip.delete
    done old acl=confd.#: Delete a SIP line of the old form.

GET /cti_profiles  cti_profiles.list
    items cti_profiles: The CTI profiles; limit is ignored.
GET /cti_profiles/{cti_profile_id}  cti_profiles.get
    item cti_profiles: One CTI profile.

POST /users/import  users.import_csv
    items csv_created csv: Make users and all that belongs to them from a CSV; all or none.
PUT /users/import  users.import_update
    items csv_created csv: Change users from a CSV with their uuid; an empty cell becomes null.
GET /users/export  users.export_csv
    rows csv_users: All users and what belongs to them, one row a user.
GET /users/{user_id}/agents  users.agents.list
    item user_agents: The agent of a user.
DELETE /users/{user_id}/agents  users.agents.remove
    done: Take the agent from a user.
PUT /users/{user_id}/agents/{agent_id}  users.agents.add
    done: Give a user an agent.
GET /users/{user_id}/callpermissions  users.callpermissions.list
    items user_callpermissions: The call permissions of a user.
PUT /users/{user_id}/callpermissions/{callpermission_id}  users.callpermissions.add
    done: Give a user a call permission.
DELETE /users/{user_id}/callpermissions/{callpermission_id}  users.callpermissions.remove
    done: Take a call permission from a user.
GET /users/{user_id}/cti  users.cti.get
    item user_cti: The CTI profile of a user, and whether it is enabled.
PUT /users/{user_id}/cti  users.cti.update
    done json: Change the CTI profile of a user (cti_profile_id, enabled).
GET /users/{user_id}/entities  users.entities.list
    item user_entities: The entity of a user.
PUT /users/{user_id}/entities/{entity_id}  users.entities.add
    done: Change the entity of a user.
GET /users/{user_id}/forwards  users.forwards.list
    keys forwards: The forwards of a user, one row each.
PUT /users/{user_id}/forwards  users.forwards.replace
    done json: Set the forwards of a user at once.
GET /users/{user_id}/forwards/{forward_name}  users.forwards.get
    item forwards: One forward: busy, noanswer or unconditional.
PUT /users/{user_id}/forwards/{forward_name}  users.forwards.update
    done json: Change one forward (enabled, destination).
GET /users/{user_id}/services  users.services.list
    keys services: The services of a user, one row each.
GET /users/{user_id}/services/{service_name}  users.services.get
    item services: One service: dnd or incallfilter.
PUT /users/{user_id}/services/{service_name}  users.services.update
    done json: Switch one service (enabled).
GET /users/{user_id}/funckeys  users.funckeys.list
    keys funckeys: The function keys of a user, one row each.
PUT /users/{user_id}/funckeys  users.funckeys.replace
    done json: Set all function keys of a user.
GET /users/{user_id}/funckeys/templates  users.funckeys.templates.list
    items user_templates: The templates of function keys that a user has.
PUT /users/{user_id}/funckeys/templates/{template_id}  users.funckeys.templates.add
    done: Give a user a template of function keys.
DELETE /users/{user_id}/funckeys/templates/{template_id}  users.funckeys.templates.remove
    done: Take a template of function keys from a user.
GET /users/{user_id}/funckeys/{position}  users.funckeys.get
    item funckeys: One function key.
PUT /users/{user_id}/funckeys/{position}  users.funckeys.update
    done json: Set one function key (destination, label, blf).
DELETE /users/{user_id}/funckeys/{position}  users.funckeys.delete
    done: Delete one function key.
GET /users/{user_id}/lines  users.lines.list
    items user_lines: The lines of a user.
POST /users/{user_id}/lines  users.lines.create
    item user_lines json old: Give a user a line (line_id).
PUT /users/{user_id}/lines/{line_id}  users.lines.add
    done: Give a user a line.
DELETE /users/{user_id}/lines/{line_id}  users.lines.remove
    done: Take a line from a user.
GET /users/{user_uuid}/lines/main/associated/endpoints/sip  users.lines.main_endpoint_sip
    item endpoints_sip: The SIP endpoint of a user's main line; takes the uuid only.
GET /users/{user_uuid}/lines/{line_id}/associated/endpoints/sip  users.lines.endpoint_sip
    item endpoints_sip: The SIP endpoint of a user's line; takes the uuid only.
GET /users/{user_id}/voicemails  users.voicemails.list
    item user_voicemails: The voicemail of a user.
DELETE /users/{user_id}/voicemails  users.voicemails.remove
    done: Take the voicemail from a user.
PUT /users/{user_id}/voicemails/{voicemail_id}  users.voicemails.add
    done: Give a user a voicemail.
GET /users/{user_id}/voicemail  users.voicemail.get
    item user_voicemails old: The voicemail of a user.
POST /users/{user_id}/voicemail  users.voicemail.create
    item user_voicemails json old: Give a user a voicemail (voicemail_id).
DELETE /users/{user_id}/voicemail  users.voicemail.delete
    done old: Take the voicemail from a user.

POST /lines/{line_id}/extensions  lines.extensions.create
    item line_extensions json old: Give a line an extension (extension_id).
GET /lines/{line_id}/extension  lines.extension.get
    item line_extensions old acl=confd.#: The extension of a line.
POST /lines/{line_id}/extension  lines.extension.create
    item line_extensions json old acl=confd.#: Give a line an extension (extension_id).
DELETE /lines/{line_id}/extension  lines.extension.delete
    done old acl=confd.#: Take the extension from a line.
GET /lines/{line_id}/users  lines.users.list
    items user_lines: The users of a line.

GET /endpoints/sip/{sip_id}/lines  endpoints.sip.lines.list
    item line_endpoints: The line of a SIP endpoint.
GET /endpoints/sip/{sip_id}/trunks  endpoints.sip.trunks.list
    item trunk_endpoints: The trunk of a SIP endpoint.
GET /endpoints/sccp/{sccp_id}/lines  endpoints.sccp.lines.list
    item line_endpoints: The line of a SCCP endpoint.
GET /endpoints/custom/{custom_id}/lines  endpoints.custom.lines.list
    item line_endpoints: The line of a custom endpoint.
GET /endpoints/custom/{custom_id}/trunks  endpoints.custom.trunks.list
    item trunk_endpoints: The trunk of a custom endpoint.

GET /extensions/{extension_id}/lines  extensions.lines.list
    items line_extensions: The lines of an extension.
GET /extensions/{extension_id}/line  extensions.line.get
    item line_extensions old acl=confd.#: The line of an extension.
GET /voicemails/{voicemail_id}/users  voicemails.users.list
    items user_voicemails: The users of a voicemail.
GET /callpermissions/{callpermission_id}/users  callpermissions.users.list
    items user_callpermissions: The users of a call permission.
GET /devices/{device_id}/lines  devices.lines.list
    items line_devices: The lines of a device.
GET /devices/{device_id}/autoprov  devices.autoprov
    done acts: Reset a device to automatic provisioning.
GET /devices/{device_id}/synchronize  devices.synchronize
    done acts: Make a device fetch its configuration (it may restart).

PUT /groups/{group_id}/extensions/{extension_id}  groups.extensions.add
    done: Give a group an extension.
DELETE /groups/{group_id}/extensions/{extension_id}  groups.extensions.remove
    done: Take an extension from a group.
PUT /groups/{group_id}/members/users  groups.members.users.replace
    done json: Set all members of a group (users, each with its uuid).
PUT /incalls/{incall_id}/extensions/{extension_id}  incalls.extensions.add
    done: Give an incoming call an extension.
DELETE /incalls/{incall_id}/extensions/{extension_id}  incalls.extensions.remove
    done: Take an extension from an incoming call.
PUT /outcalls/{outcall_id}/extensions/{extension_id}  outcalls.extensions.add
    done json: Give an outgoing call an extension (prefix, strip_digits, caller_id ...).
DELETE /outcalls/{outcall_id}/extensions/{extension_id}  outcalls.extensions.remove
    done: Take an extension from an outgoing call.
PUT /outcalls/{outcall_id}/trunks  outcalls.trunks.replace
    done json: Set all trunks of an outgoing call (trunks, each with its id), in their order.

POST /queues/{queue_id}/members/agents  queues.members.agents.create
    item queue_agents json acl=confd.queues.{queue_id}.members.create: Add an agent to a queue.
GET /queues/{queue_id}/members/agents/{agent_id}  queues.members.agents.get
    item queue_agents: The place of an agent in a queue.
PUT /queues/{queue_id}/members/agents/{agent_id}  queues.members.agents.update
    done json: Change the place of an agent in a queue (penalty).
DELETE /queues/{queue_id}/members/agents/{agent_id}  queues.members.agents.delete
    done: Take an agent from a queue.
GET /switchboards  switchboards.list
    items switchboards by=id: The switchboards.
GET /switchboards/{switchboard_id}/stats  switchboards.stats
    rows switchboard_stats has=start_date,end_date: The statistics of a switchboard, by day.

GET /funckeys/templates  funckeys.templates.list
    items templates by=: The templates of function keys.
POST /funckeys/templates  funckeys.templates.create
    item templates json: Make a template of function keys (name, keys).
GET /funckeys/templates/{template_id}  funckeys.templates.get
    item templates: One template of function keys.
DELETE /funckeys/templates/{template_id}  funckeys.templates.delete
    done: Delete a template of function keys.
GET /funckeys/templates/{template_id}/users  funckeys.templates.users.list
    items user_templates: The users of a template of function keys.
GET /funckeys/templates/{template_id}/{position}  funckeys.templates.keys.get
    item funckeys: One key of a template.
PUT /funckeys/templates/{template_id}/{position}  funckeys.templates.keys.update
    done json: Set one key of a template (destination, label, blf).
DELETE /funckeys/templates/{template_id}/{position}  funckeys.templates.keys.delete
    done: Delete one key of a template.
GET /funckeys/destinations  funckeys.destinations.list
    items funckey_destinations: What function keys may point at, with their parameters.

GET /asterisk/sip/general  asterisk.sip.general.get
    item sip_general acl=confd.asterisk.sip.general.get: The general options of SIP.
PUT /asterisk/sip/general  asterisk.sip.general.update
    done json: Change the general options of SIP.
GET /call_logs  call_logs.list
    rows call_logs has=start_date,end_date: The call log; give both dates or none.
GET /configuration/live_reload  configuration.live_reload.get
    item live_reload: Whether changes are told to the telephony at once.
PUT /configuration/live_reload  configuration.live_reload.update
    done json: Switch the live reload (enabled).
GET /infos  infos.get
    item infos: The uuid of the server.
GET /wizard  wizard.get
    item wizard acl=: Whether the server is set up.
POST /wizard  wizard.create
    item wizard json acl=: Set the server up.
GET /wizard/discover  wizard.discover
    item wizard_discover acl=: What the server found out about its network.
"""
