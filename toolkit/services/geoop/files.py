"""The collection of files, with its upload."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import Flow
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.collections import Collection
from toolkit.services.geoop.functions import UPLOAD


class Files(Collection[Frame]):
    """The collection of files, with its upload."""

    def upload(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        kind: str | None = None,
        **parts: Any,
    ) -> Frame:
        """Upload one file.

        The action is in the page "API Requests"; its body is not: a form with a part ``file``.

        Parameters
        ----------
        name : str, optional
            Of the file at the server; without, its own.
        kind : str, optional
            Its media type; without, by its name.
        **parts
            Further parts of the form, such as ``job=1001``.

        Returns
        -------
        DataFrame
            The file's item, one row.
        """
        return self._client.drive(self._upload(path, name, kind, parts))

    def _upload(
        self,
        path: str | os.PathLike[str],
        name: str | None,
        kind: str | None,
        parts: dict[str, Any],
    ) -> Flow[pd.DataFrame]:
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise InvalidArgument(f"the file cannot be read: {error}") from None
        word = name or Path(path).name
        part = (word, content) if kind is None else (word, content, kind)
        # A boundary of its own content: the same upload is the same request in a replay.
        boundary = f"geoop-{hashlib.sha256(content).hexdigest()[:32]}"
        form = httpx.Request(
            "POST",
            self._client.url,
            files={"file": part},
            data={key: str(value) for key, value in parts.items()},
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        plan = Plan(
            UPLOAD,
            UPLOAD.path,
            body=form.read(),
            content_type=form.headers["content-type"],
            target=word,
        )
        return (yield from self._operations.act(plan))
