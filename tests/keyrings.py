"""A keyring for one test."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class Memory(keyring.backend.KeyringBackend):
    """A keyring that forgets everything at the end of a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.read: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.read.append(username)
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.held[service, username]
