"""What kind of place a folder is: SQLite must not be kept on a network file system."""

from __future__ import annotations

from pathlib import Path

import psutil

NETWORK_FILE_SYSTEMS = frozenset({
    "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs",
    "nfs4", "smb3", "smbfs",
})  # fmt: skip
"""Their locks and shared memory are not those that SQLite's write-ahead log relies on
(https://www.sqlite.org/wal.html, "All processes using a database must be on the same host")."""


def network_file_system(path: Path) -> str | None:
    """The type of the network file system that holds the path; None for a local one."""
    kind = file_system(
        path, [(each.mountpoint, each.fstype) for each in psutil.disk_partitions(all=True)]
    )
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def file_system(path: Path, mounts: list[tuple[str, str]]) -> str:
    """The type of the deepest mount, given as (place, type), that the path lies in."""
    resolved = path.resolve()
    holding = [
        (len(Path(place).parts), kind) for place, kind in mounts if resolved.is_relative_to(place)
    ]
    return max(holding, default=(0, ""))[1]
