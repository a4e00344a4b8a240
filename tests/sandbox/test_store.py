"""What the stores of the sandboxes share: all or nothing, kept in a file of one sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.sandbox.geoop.store import Store as GeoopStore
from toolkit.sandbox.store import KeptStore
from toolkit.sandbox.uptivity.store import Store as UptivityStore
from toolkit.sandbox.xivo.store import Store as XivoStore

STORES = [GeoopStore, UptivityStore, XivoStore]


@pytest.mark.parametrize("other", STORES)
@pytest.mark.parametrize("store", STORES)
def test_file_of_another_sandbox_is_refused(
    tmp_path: Path,
    store: type[KeptStore | UptivityStore],
    other: type[KeptStore | UptivityStore],
) -> None:
    """A file opens again in the sandbox that made it, with what it holds, and in no other."""
    kept = store(tmp_path / "state.db")
    kept.set("greeting", "hello")
    kept.close()
    kept.close()
    if store is other:
        again = other(tmp_path / "state.db")
        assert again.get("greeting") == "hello"
        again.close()
    else:
        with pytest.raises(ValueError, match="it is the database of another sandbox"):
            other(tmp_path / "state.db")


def _change_and_fail(store: GeoopStore) -> None:
    with store.transaction():
        store.put("jobs", {"id": 1, "title": "after"})
        store.remove("jobs", 1)
        store.put("jobs", {"id": 2})
        store.set("place", "shed")
        raise ValueError("no disk")


def test_failed_transaction_changes_nothing(tmp_path: Path) -> None:
    """What a transaction did before it failed is undone in memory and never written."""
    store = GeoopStore(tmp_path / "state.db")
    store.put("jobs", {"id": 1, "title": "before"})
    with pytest.raises(ValueError, match="disk"):
        _change_and_fail(store)
    for _ in range(2):
        assert store.items["jobs"] == {1: {"id": 1, "title": "before"}}
        assert store.get("place", "none") == "none"
        store.close()
        store = GeoopStore(tmp_path / "state.db")
    store.close()


def test_no_key_is_given_twice(tmp_path: Path) -> None:
    """Numbers go on after the file was opened again, whatever was removed meanwhile."""
    store = XivoStore(tmp_path / "state.db")
    key = store.next_key("users")
    store.put("users", key, {"uuid": "u"})
    store.remove("users", key)
    store.close()
    store = XivoStore(tmp_path / "state.db")
    assert store.next_key("users") == key + 1
    assert not store.items["users"]
    store.close()
