"""The rows of the other services of a 16.15: auth, agentd, ctid-ng, dird; and call-logd.

As in ``functions_confd.py``. Those of auth were seen on a server; the others are taken from public
sources as far as there are any, and were tried on no server: a refusal of one of them may mean that
its path or its ACL is another one there. ``discover()`` asks the server itself. ``call-logd`` came
later than 16.15.
"""

from __future__ import annotations

AUTH = """
POST /token  auth.tokens.create
    item tokens json acl=: Make a token (HTTP Basic, backend, expiration in seconds).
GET /token/{token}  auth.tokens.get
    item tokens acl= has=scope: What a token may do; with scope whether it may do that.
HEAD /token/{token}  auth.tokens.check
    done acl= has=scope: Whether a token is valid.
DELETE /token/{token}  auth.tokens.delete
    done acl=: Revoke a token; it is no error when it is unknown.
GET /backends  auth.backends.list
    item backends acl=: The backends that check passwords.
"""

AGENTD = """
GET /agents  agentd.agents.list
    items agent_statuses: The state of all agents.
POST /agents/logoff  agentd.agents.logoff_all
    done: Log all agents off.
POST /agents/relog  agentd.agents.relog
    done: Log all agents that are logged in on again.
GET /agents/by-id/{agent_id}  agentd.agents.get
    item agent_statuses: The state of an agent.
POST /agents/by-id/{agent_id}/login  agentd.agents.login
    done json: Log an agent in (extension, context).
POST /agents/by-id/{agent_id}/logoff  agentd.agents.logoff
    done: Log an agent off.
POST /agents/by-id/{agent_id}/add  agentd.agents.add
    done json: Add an agent to a queue (queue_id).
POST /agents/by-id/{agent_id}/remove  agentd.agents.remove
    done json: Remove an agent from a queue (queue_id).
GET /agents/by-number/{agent_number}  agentd.by_number.get
    item agent_statuses: The state of an agent.
POST /agents/by-number/{agent_number}/login  agentd.by_number.login
    done json: Log an agent in (extension, context).
POST /agents/by-number/{agent_number}/logoff  agentd.by_number.logoff
    done: Log an agent off.
POST /agents/by-number/{agent_number}/pause  agentd.by_number.pause
    done json: Pause an agent (reason, which may be left out).
POST /agents/by-number/{agent_number}/unpause  agentd.by_number.unpause
    done: End the pause of an agent.
"""

CTID_NG = """
GET /calls  ctid_ng.calls.list
    items calls has=application,application_instance: The calls of now.
POST /calls  ctid_ng.calls.create
    item calls json: Make a call (source, destination).
GET /calls/{call_id}  ctid_ng.calls.get
    item calls: One call.
DELETE /calls/{call_id}  ctid_ng.calls.delete
    done: Hang up.
PUT /calls/{call_id}/user/{user_uuid}  ctid_ng.calls.connect_user
    item calls: Connect a call to a user.
GET /users/me/calls  ctid_ng.me.calls.list
    items calls has=application,application_instance: The calls of the token's user.
POST /users/me/calls  ctid_ng.me.calls.create
    item calls json: Call from the token's user (extension).
DELETE /users/me/calls/{call_id}  ctid_ng.me.calls.delete
    done: Hang up a call of the token's user.
POST /transfers  ctid_ng.transfers.create
    item transfers json: Begin a transfer.
GET /transfers/{transfer_id}  ctid_ng.transfers.get
    item transfers: One transfer.
DELETE /transfers/{transfer_id}  ctid_ng.transfers.delete
    done: Cancel a transfer.
PUT /transfers/{transfer_id}/complete  ctid_ng.transfers.complete
    done: Complete a transfer.
GET /users/me/transfers  ctid_ng.me.transfers.list
    items transfers: The transfers of the token's user.
POST /users/me/transfers  ctid_ng.me.transfers.create
    item transfers json: Begin a transfer of the token's user.
DELETE /users/me/transfers/{transfer_id}  ctid_ng.me.transfers.delete
    done: Cancel a transfer of the token's user.
PUT /users/me/transfers/{transfer_id}/complete  ctid_ng.me.transfers.complete
    done: Complete a transfer of the token's user.
POST /chats  ctid_ng.chats.create
    done json: Send a message from one user to another.
POST /users/me/chats  ctid_ng.me.chats.create
    done json: Send a message from the token's user.
GET /users/{user_uuid}/presences  ctid_ng.presences.get
    item presences: The presence of a user.
PUT /users/{user_uuid}/presences  ctid_ng.presences.update
    done json: Change the presence of a user (presence).
GET /users/me/presences  ctid_ng.me.presences.get
    item presences: The presence of the token's user.
PUT /users/me/presences  ctid_ng.me.presences.update
    done json: Change the presence of the token's user (presence).
GET /lines/{line_id}/presences  ctid_ng.presences.line
    item presences: The state of a line.
GET /voicemails/{voicemail_id}  ctid_ng.voicemails.get
    item voicemail_boxes: A voicemail with its folders.
GET /voicemails/{voicemail_id}/folders/{folder_id}  ctid_ng.voicemails.folder
    item voicemail_folders: A folder of a voicemail with its messages.
GET /voicemails/{voicemail_id}/messages/{message_id}  ctid_ng.voicemails.message
    item voicemail_messages: A message of a voicemail.
PUT /voicemails/{voicemail_id}/messages/{message_id}  ctid_ng.voicemails.update_message
    done json: Move a message to another folder (folder_id).
DELETE /voicemails/{voicemail_id}/messages/{message_id}  ctid_ng.voicemails.delete_message
    done: Delete a message.
GET /users/me/voicemails  ctid_ng.me.voicemails.get
    item voicemail_boxes: The voicemail of the token's user with its folders.
GET /users/me/voicemails/folders/{folder_id}  ctid_ng.me.voicemails.folder
    item voicemail_folders: A folder of the token's user with its messages.
GET /users/me/voicemails/messages/{message_id}  ctid_ng.me.voicemails.message
    item voicemail_messages: A message of the token's user.
PUT /users/me/voicemails/messages/{message_id}  ctid_ng.me.voicemails.update_message
    done json: Move a message of the token's user to another folder (folder_id).
DELETE /users/me/voicemails/messages/{message_id}  ctid_ng.me.voicemails.delete_message
    done: Delete a message of the token's user.
"""

DIRD = """
GET /directories/lookup/{profile}  dird.directories.lookup
    items contacts has=term: Search the directories of a profile.
GET /directories/lookup/{profile}/headers  dird.directories.headers
    item directory_headers: The columns of a profile.
GET /directories/reverse/{profile}/{xivo_user_uuid}  dird.directories.reverse
    item contacts has=exten: Whose number it is.
GET /directories/favorites/{profile}  dird.favorites.list
    items contacts: The favourites of the token's user.
PUT /directories/favorites/{directory}/{contact}  dird.favorites.add
    done: Make a contact a favourite.
DELETE /directories/favorites/{directory}/{contact}  dird.favorites.remove
    done: Take a contact from the favourites.
GET /directories/personal/{profile}  dird.directories.personal
    items contacts: The personal contacts, with the columns of a profile.
GET /personal  dird.personal.list
    items contacts: The personal contacts of the token's user.
POST /personal  dird.personal.create
    item contacts json: Make a personal contact.
DELETE /personal  dird.personal.delete_all
    done: Delete all personal contacts of the token's user.
POST /personal/import  dird.personal.import_csv
    items contacts csv: Make personal contacts from a CSV.
GET /personal/{contact_id}  dird.personal.get
    item contacts: One personal contact.
PUT /personal/{contact_id}  dird.personal.update
    item contacts json: Replace a personal contact.
DELETE /personal/{contact_id}  dird.personal.delete
    done: Delete a personal contact.
GET /tenants/{tenant}/phonebooks  dird.phonebooks.list
    items phonebooks by=id has=search: The phonebooks of a tenant.
POST /tenants/{tenant}/phonebooks  dird.phonebooks.create
    item phonebooks json: Make a phonebook.
GET /tenants/{tenant}/phonebooks/{phonebook_id}  dird.phonebooks.get
    item phonebooks: One phonebook.
PUT /tenants/{tenant}/phonebooks/{phonebook_id}  dird.phonebooks.update
    item phonebooks json: Change a phonebook.
DELETE /tenants/{tenant}/phonebooks/{phonebook_id}  dird.phonebooks.delete
    done: Delete a phonebook.
GET /tenants/{tenant}/phonebooks/{phonebook_id}/contacts  dird.phonebooks.contacts.list
    items contacts by=id has=search: The contacts of a phonebook.
POST /tenants/{tenant}/phonebooks/{phonebook_id}/contacts  dird.phonebooks.contacts.create
    item contacts json: Make a contact in a phonebook.
POST /tenants/{tenant}/phonebooks/{phonebook_id}/contacts/import  dird.phonebooks.contacts.import_csv
    items contacts csv: Make contacts in a phonebook from a CSV.
GET /tenants/{tenant}/phonebooks/{phonebook_id}/contacts/{contact_uuid}  dird.phonebooks.contacts.get
    item contacts: One contact of a phonebook.
PUT /tenants/{tenant}/phonebooks/{phonebook_id}/contacts/{contact_uuid}  dird.phonebooks.contacts.update
    item contacts json: Change a contact of a phonebook.
DELETE /tenants/{tenant}/phonebooks/{phonebook_id}/contacts/{contact_uuid}  dird.phonebooks.contacts.delete
    done: Delete a contact of a phonebook.
"""  # noqa: E501 (a row's first line is not cut)

CALL_LOGD = """
GET /cdr  call_logd.cdr.list
    items cdr by= has=from,until,search: The calls that were, as JSON.
"""
