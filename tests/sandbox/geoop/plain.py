"""httpx without certificates: loading them costs more than a whole test on loopback."""

from __future__ import annotations

import functools
import ssl

import httpx

_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Client = functools.partial(httpx.Client, verify=_NO_CERTIFICATES)
get = functools.partial(httpx.get, verify=_NO_CERTIFICATES)
head = functools.partial(httpx.head, verify=_NO_CERTIFICATES)
post = functools.partial(httpx.post, verify=_NO_CERTIFICATES)
put = functools.partial(httpx.put, verify=_NO_CERTIFICATES)
delete = functools.partial(httpx.delete, verify=_NO_CERTIFICATES)
options = functools.partial(httpx.options, verify=_NO_CERTIFICATES)
