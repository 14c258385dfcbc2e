#!/usr/bin/env python3
"""Packs a folder into `OUT/NAME.tar.gz`, or `OUT/NAME.zip` for Windows: the same files give the same bytes, on every machine.

    tools/release/archive.py FOLDER OUT
"""

import gzip
import io
import pathlib
import sys
import tarfile
import zipfile

# 1 January 2000, for every file: the time of a build must not change an archive. ZIP knows no time before 1980.
TIME = 946_684_800
ZIP_TIME = (2000, 1, 1, 0, 0, 0)


def mode(path: pathlib.Path) -> int:
    """Windows keeps no executable bit, so that the name decides."""
    is_program = path.is_dir() or path.stem == "inkproof" and path.suffix in ("", ".exe")
    return 0o755 if is_program else 0o644


def members(folder: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    paths = [folder, *sorted(folder.rglob("*"))]
    return [(path.relative_to(folder.parent).as_posix(), path) for path in paths]


def pack_tar(folder: pathlib.Path, archive: pathlib.Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, path in members(folder):
            entry = tarfile.TarInfo(name)
            entry.mtime, entry.mode = TIME, mode(path)
            if path.is_dir():
                entry.type = tarfile.DIRTYPE
                tar.addfile(entry)
            else:
                content = path.read_bytes()
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    with archive.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(plain.getvalue())


def pack_zip(folder: pathlib.Path, archive: pathlib.Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, path in members(folder):
            if path.is_file():
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.create_system, entry.external_attr = 3, (0o100000 | mode(path)) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


def main() -> None:
    folder, out = map(pathlib.Path, sys.argv[1:])
    if "-windows-" in folder.name:
        archive = out / f"{folder.name}.zip"
        pack_zip(folder, archive)
    else:
        archive = out / f"{folder.name}.tar.gz"
        pack_tar(folder, archive)
    print(archive)


if __name__ == "__main__":
    main()
