"""Small pictures, honest and hostile, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

GPS_IFD = 0x8825
SCRIPT = b"<script>alert(document.domain)</script>"


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A gradient in one of Pillow's forms."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **options)
    return out.getvalue()


def jpeg_with_gps_and_turn(size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG that says where it was taken and that it is to be turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Wei's house"
    exif[GPS_IFD] = {1: "N", 2: (24.0, 46.0, 41.0), 3: "E", 4: (110.0, 29.0, 48.0)}
    return picture("JPEG", size, exif=exif)


def polyglot() -> bytes:
    """A JPEG that is also a page with a script: in a comment and behind its end."""
    return picture("JPEG", comment=SCRIPT) + SCRIPT


def png_bomb(edge: int = 13_000) -> bytes:
    """A valid PNG of a few hundred kilobytes at most that unpacks to edge x edge grey pixels."""
    header = struct.pack(">IIBBBBB", edge, edge, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(edge + 1)
    packed = b"".join(packer.compress(row) for _ in range(edge)) + packer.flush()
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
