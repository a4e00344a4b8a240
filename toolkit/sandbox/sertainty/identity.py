"""Machine fingerprints and the IDs made of them. All of it is invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from xml.sax.saxutils import escape

from toolkit.sandbox.sertainty.envelope import quote_attribute

# Not the real format, which is not public: bytes that no text reader takes for text.
_HEAD = b"IIC\x00\xff\xfe\x01\r\n"

_DEVICE = {
    "Architecture": "x86_64", "CpuModel": "Example 2400", "CpuVendor": "Example", "CpuSN": "",
    "DeviceType": "Server", "MachineModel": "Rack 1", "MachineName": "{name}",
    "MachineVendor": "Example & Sons", "MachineUUID": "{uuid}", "OsName": "Linux",
    "OsType": "Unix", "OsVersion": "6.1", "Ram": "16384", "TimeZone": "UTC",
}  # fmt: skip
_LOCATION = {
    "City": "Example City", "Country": "Nowhere", "IpAddress": "192.0.2.{number}",
    "Latitude": "0.0", "Longitude": "0.0", "Timestamp": "1772438400000", "Zipcode": "00000",
}  # fmt: skip


def fingerprint(seed: int, name: str = "host1") -> bytes:
    """The fingerprint of a machine: the sheet's default document, drawn from the seed."""
    draw = random.Random(f"{seed}/{name}/machine")  # noqa: S311
    words = {
        "name": name,
        "number": draw.randrange(1, 255),
        "uuid": f"{draw.getrandbits(128):032x}",
    }

    def leaves(values: dict[str, str]) -> str:
        return "".join(
            f'<{tag} type="string">{escape(text.format(**words))}</{tag}>'
            for tag, text in values.items()
        )

    one, two, three = (draw.randrange(10**9, 2**32) for _ in range(3))
    return (
        f'<Configuration id="{one}" name={quote_attribute("Lab-" + name)}>'
        '<Enabled type="bool">true</Enabled>'
        f'<Device id="{two}" name={quote_attribute(name)}>{leaves(_DEVICE)}</Device>'
        f'<Location id="{three}" name="Lab">{leaves(_LOCATION)}</Location>'
        "</Configuration>"
    ).encode()


def machine_id(name: str, fingerprints: Sequence[bytes]) -> bytes:
    """A machine ID that holds exactly these fingerprints, each byte for byte."""
    head = f"<ID name={quote_attribute(name)}><Machines>".encode()
    return _HEAD + head + b"".join(fingerprints) + b"</Machines></ID>"
