"""What can be set, where each value came from, and the profile file.

For each setting of the table (:mod:`toolkit.configuration.table`) the first of these wins that
gives it: an argument, the environment, the profile file, the system's keyring (secrets only), the
default. ``toolkit.settings()`` shows which one did.

The rooms above ask for what they need: ``chosen_limits``, ``chosen_verify`` and ``chosen_proxy``
fill in what the caller of ``connect`` left out.
"""

from toolkit.configuration.choosing import chosen, chosen_limits, chosen_proxy, chosen_verify
from toolkit.configuration.layers import Found, Layers, Source, find
from toolkit.configuration.profilefile import Profile, ProfileFile, find_file, read_file
from toolkit.configuration.table import SETTINGS, Setting

__all__ = [
    "SETTINGS",
    "Found",
    "Layers",
    "Profile",
    "ProfileFile",
    "Setting",
    "Source",
    "chosen",
    "chosen_limits",
    "chosen_proxy",
    "chosen_verify",
    "find",
    "find_file",
    "read_file",
]
