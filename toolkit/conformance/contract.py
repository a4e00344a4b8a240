"""The contract as a whole."""

from __future__ import annotations

from toolkit.conformance.awaiting import Awaiting
from toolkit.conformance.broken import BrokenAnswers
from toolkit.conformance.calling import Calling
from toolkit.conformance.decoding import Decoding
from toolkit.conformance.failures import Failures
from toolkit.conformance.forms import Forms
from toolkit.conformance.framing import Frames
from toolkit.conformance.recording import Recording
from toolkit.conformance.repeats import Repeats
from toolkit.conformance.secrets import Secrets
from toolkit.conformance.showing import Showing
from toolkit.conformance.tables import Tables


class Contract(
    Tables,
    Calling,
    Frames,
    Failures,
    BrokenAnswers,
    Repeats,
    Recording,
    Secrets,
    Decoding,
    Forms,
    Showing,
    Awaiting,
):
    """Everything that holds for every service; derive a class of tests and name its subject.

    Attributes
    ----------
    subject : Subject
    """
