"""What a new gateway holds: invented users, configurations, tasks and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.sertainty.identity import fingerprint, machine_id

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Gateway

DEMO_USER = "ada"
"""A user who is challenged twice, with two prompts each time."""

DEMO_ROUNDS = (
    (("Name of your first ship?", "Nautilus"), ("Favourite prime below 20?", "seventeen")),
    (('Say "A & B" <twice>', "A & B A & B"), ("City of the lighthouse?", "Alexandria")),
)
"""The demo user's rounds: (prompt, answer) pairs."""

DEMO_ANSWERS = {prompt: answer for one in DEMO_ROUNDS for prompt, answer in one}
"""Every prompt of the demo user with its answer."""

OPEN_USER = "charles"
"""A user who is let in without a challenge."""

USERS = {
    DEMO_USER: DEMO_ROUNDS,
    OPEN_USER: (),
    "grace": ((("Which moth?", "A real one"),),),
}
"""Every demo user with the rounds of challenges."""

ACTIVE_CONFIG = "Nightly"
"""The configuration that is active at the start."""

_TASKS = {
    "Nightly": """
      <Task name="ingest" kind="Change"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">ingest.uxl</Script>
        <Folders><Folder name="Source" type="string">/in</Folder>
        <Folder name="Target" type="string">/store</Folder></Folders>
        <Parameters><Parameter name="Pattern" type="string">*.pdf</Parameter></Parameters>
        <Schedule><Every type="int">12</Every></Schedule></Task>
      <Task name="protect-inbox" kind="Change"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">autoprotect.uxl</Script>
        <Folders><Folder name="Source" type="string">/inbox</Folder></Folders>
        <Schedule><Every type="int">25</Every></Schedule></Task>
      <Task name="unprotect-outbox" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">ops.iic</ID><Script type="string">autounprotect.uxl</Script>
        <Folders><Folder name="Source" type="string">/outbox</Folder></Folders>
        <Schedule><Every type="int">30</Every></Schedule></Task>
      <Task name="index" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">index.uxl</Script>
        <Schedule><Every type="int">15</Every></Schedule></Task>
      <Task name="replicate" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">replicate.uxl</Script>
        <Folders><Folder name="Source" type="string">/store</Folder></Folders>
        <Schedule><StartMinute type="int">5</StartMinute><Every type="int">60</Every></Schedule>
      </Task>
      <Task name="verify" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">verify.uxl</Script>
        <Schedule><StartMinute type="int">20</StartMinute><Every type="int">120</Every></Schedule>
      </Task>
      <Task name="backup" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">ops.iic</ID><Script type="string">backup.uxl</Script>
        <Schedule><StartHour type="int">3</StartHour></Schedule></Task>
      <Task name="report" kind="Time"><Enabled type="bool">true</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">report.uxl</Script>
        <Schedule>
        <DaySaturday type="bool">false</DaySaturday><DaySunday type="bool">false</DaySunday>
        <DayMonday type="bool">true</DayMonday><DayTuesday type="bool">true</DayTuesday>
        <DayWednesday type="bool">true</DayWednesday><DayThursday type="bool">true</DayThursday>
        <DayFriday type="bool">true</DayFriday><StartHour type="int">6</StartHour></Schedule></Task>
      <Task name="legacy-import" kind="Time"><Enabled type="bool">false</Enabled>
        <ID type="string">machine.iic</ID><Script type="string">import.uxl</Script>
        <Schedule><Every type="int">60</Every></Schedule></Task>""",
    "Daytime": """
      <Task name="mail-in" kind="Change"><ID type="string">machine.iic</ID>
        <Script type="string">autoprotect.uxl</Script></Task>
      <Task name="R&amp;D &lt;intake&gt;" kind="Time"><ID type="string">machine.iic</ID>
        <Script type="string">autoprotect.uxl</Script>
        <Schedule><Every type="int">30</Every></Schedule></Task>""",
    "Archive": """
      <Task name="sweep" kind="Time"><ID type="string">machine.iic</ID>
        <Script type="string">sweep.uxl</Script>
        <Schedule><StartHour type="int">1</StartHour></Schedule></Task>""",
    "Zürich": "",
}

_SCRIPTS = {
    "": ("common.uxl", "autoprotect.uxl"),
    "Nightly": ("ingest.uxl", "autoprotect.uxl", "autounprotect.uxl", "index.uxl", "replicate.uxl",
                "verify.uxl", "backup.uxl", "report.uxl"),
    "Daytime": ("autoprotect.uxl",),
    "Archive": ("sweep.uxl",),
}  # fmt: skip

_IDS = {"": ("gateway.iic", "machine.iic"), "Nightly": ("machine.iic", "ops.iic"),
        "Daytime": ("machine.iic",), "Archive": ("machine.iic",)}  # fmt: skip

_PRESETS = {
    "Standard": '<EveryAuthentication><Prompts type="int">2</Prompts></EveryAuthentication>',
    "Strict": '<EveryAuthentication><Prompts type="int">5</Prompts></EveryAuthentication>'
    '<Location><Deny type="bool">true</Deny></Location>',
    "Field": '<Movement><Prompts type="int">3</Prompts></Movement>',
}

_TEMPLATES = {
    "folder-protect": '<Task name="folder-protect" kind="Change"><ID type="string">machine.iic</ID>'
    '<Script type="string">autoprotect.uxl</Script></Task>',
    "nightly-backup": '<Task name="nightly-backup" kind="Time"><ID type="string">ops.iic</ID>'
    '<Script type="string">backup.uxl</Script>'
    '<Schedule><StartHour type="int">2</StartHour></Schedule></Task>',
}

# Usual seconds of a run and share of runs that fail, so that the demo's numbers look like a
# place and not like dice.
_TEMPER = {
    "ingest": (22.0, 0.02), "protect-inbox": (35.0, 0.02), "unprotect-outbox": (15.0, 0.03),
    "index": (8.0, 0.01), "replicate": (120.0, 0.02), "verify": (240.0, 0.03),
    "backup": (1500.0, 0.01), "report": (60.0, 0.0),
}  # fmt: skip


def fill(gateway: Gateway, now: float) -> None:
    """Put the demo data into a new gateway."""
    store = gateway.store
    for user, rounds in USERS.items():
        gateway.auth.add_user(user, rounds)
    for config, tasks in _TASKS.items():
        document = f'<Tasks config="{config}">{tasks}\n</Tasks>'
        gateway.add_config(config, document.encode(), now)
    for task, (duration, failure_rate) in _TEMPER.items():
        store.execute(
            "UPDATE task SET duration = ?, failure_rate = ? WHERE config = ? AND name = ?",
            duration, failure_rate, ACTIVE_CONFIG, task,
        )  # fmt: skip
    store.set("active", ACTIVE_CONFIG)
    for area, names in _SCRIPTS.items():
        for name in names:
            text = f"// {name}: invented for the sandbox, never run\nprint('{name}');\n"
            store.insert("file", area=area, kind="script", name=name, contents=text.encode())
    for area, names in _IDS.items():
        for name in names:
            machine = fingerprint(gateway.seed, f"{area.lower() or 'host'}1")
            contents = machine_id(name, [machine])
            store.insert("file", area=area, kind="ID", name=name, contents=contents)
    for name, rules in _PRESETS.items():
        text = f'<Preset name="{name}"><Rules><Rule name="RestrictionsSetup">{rules}'
        gateway.add_preset(name, f"{text}</Rule></Rules></Preset>".encode())
    for name, text in _TEMPLATES.items():
        gateway.add_template(name, text.encode())
