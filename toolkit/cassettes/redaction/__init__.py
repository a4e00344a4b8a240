"""Redaction: no secret reaches a cassette, and what was recorded can still be replayed.

Every secret becomes a placeholder that is the same wherever the secret comes again in this
recording, so that a replayed login hands out a placeholder, the client sends that placeholder
back, and its request is found. :class:`Redactor` is all that the engine uses.
"""

from toolkit.cassettes.redaction.base64text import mask_placeholders
from toolkit.cassettes.redaction.placeholders import MASK, PATTERN, is_placeholder
from toolkit.cassettes.redaction.redactor import Redactor

__all__ = ["MASK", "PATTERN", "Redactor", "is_placeholder", "mask_placeholders"]
