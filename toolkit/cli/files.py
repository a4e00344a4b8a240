"""``toolkit check`` and ``toolkit convert``: before a cassette is shared."""

from __future__ import annotations

import argparse

from toolkit.cassettes import check, convert


def run(options: argparse.Namespace) -> int:
    """Look for secrets (1 when there are any), or write a cassette in another format."""
    if options.command == "check":
        return check.main(options.cassette)
    count = convert.convert(
        options.source,
        options.target,
        to=options.to,
        redact=options.redact,
        aside=options.aside,
    )
    print(f"{options.target}: {count:,} interactions")
    return 0
