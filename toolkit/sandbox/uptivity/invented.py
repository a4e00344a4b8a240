"""People, phones and workstations that a new server begins with. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.sandbox.uptivity.store import Store

FIRST_NAMES = (
    "Ada", "Alan", "Barbara", "Claire", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Ivan",
    "Jean", "Kathleen", "Leslie", "Margaret", "Niklaus", "Ole", "Peter", "Radia", "Sophie", "Tony",
)  # fmt: skip
LAST_NAMES = (
    "Ashby", "Birch", "Cole", "Dunn", "Ellery", "Fenn", "Garrow", "Holt", "Ives", "Jarrow", "Kerr",
    "Lowe", "Marsh",
)  # fmt: skip
DOMAIN = "CONTACT"
FIRST_DEVICE = 2001
SITES = ("1", "2")
GROUPS = ("SALES", "SERVICE", "BILLING", "INTERNAL")
PERMISSIONS = ("PLAYBACK", "EXPORT", "ADMINISTRATION")

_HIRED = 1_262_563_200.0  # 2010-01-04, a Monday


@dataclass(frozen=True, slots=True)
class Agent:
    """An invented agent at a desk: always the same one for a number, counted from 1."""

    number: int

    @property
    def first_name(self) -> str:
        """The agent's first name."""
        return FIRST_NAMES[(self.number - 1) % len(FIRST_NAMES)]

    @property
    def last_name(self) -> str:
        """The agent's last name; 260 agents have different names."""
        return LAST_NAMES[(self.number - 1) % len(LAST_NAMES)]

    @property
    def username(self) -> str:
        """The name to log in with, which no two agents share."""
        name = f"{self.first_name}.{self.last_name}".lower()
        again = (self.number - 1) // (len(FIRST_NAMES) * len(LAST_NAMES))
        return f"{name}{again + 1}" if again else name

    @property
    def device(self) -> str:
        """DEVICEID of the phone on the desk."""
        return str(FIRST_DEVICE + self.number - 1)

    @property
    def alias(self) -> str:
        """DEVICEALIAS of that phone."""
        return f"EXT{self.device}"

    @property
    def station(self) -> str:
        """COMPUTERNAME of the workstation on the desk."""
        return f"DESK-{self.number:03}"

    @property
    def crm_user(self) -> str:
        """The agent's name in the CRM system."""
        return f"crm-{self.username}"


def begin(store: Store, agents: int) -> None:
    """Give the server so many agents, if it has fewer; those that are there stay as they are."""
    with store.transaction():
        for name in PERMISSIONS:
            store.put("permission", name, {"name": name})
        for number in range(int(store.get("agents", 0)) + 1, agents + 1):
            _hire(store, Agent(number))
        store.set("agents", max(agents, int(store.get("agents", 0))))


def _hire(store: Store, agent: Agent) -> None:
    number = str(store.next_number("user"))
    store.put(
        "user",
        number,
        {
            "user_id": number,
            "username": agent.username,
            "employee_id": f"E{agent.number:05}",
            "first_name": agent.first_name,
            "last_name": agent.last_name,
            "agent": True,
            "status": "A",
            # One in five was never written with a time, as in an old database.
            "added": None if agent.number % 5 == 0 else _HIRED + 86_400.0 * 7 * agent.number,
            "changed": _HIRED + 86_400.0 * (2_600 + agent.number) + 311.0 * agent.number,
            "sys_user": agent.username,
            "sys_domain": DOMAIN,
            "email": f"{agent.username}@contact.example",
            "crm_user": agent.crm_user,
            "site_id": SITES[agent.number % 2] if agent.number % 4 else "-1",
            "phones": [agent.device],
            "roles": [],
        },
    )
    store.put("device", agent.device, {"id": agent.device, "alias": agent.alias, "agent": number})
    store.put("station", agent.station.lower(), {"name": agent.station, "device": agent.device})
