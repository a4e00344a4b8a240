"""The scripted server of the conformance suite, which other tests use too."""

from toolkit.conformance.loopback import (
    Act as Act,
    Scripted as Scripted,
    drip as drip,
    drop as drop,
    hold as hold,
    raw as raw,
    reply as reply,
    scripted as scripted,
)
