"""Photos as a phone takes them: large JPEGs with a position in their EXIF data."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, TiffImagePlugin

_GPS_IFD = 0x8825


def jpeg(seed: int, size: tuple[int, int] = (3000, 2000)) -> bytes:
    """A JPEG with a place of its own in EXIF (24°46′41″ N 110°29′48″ E)."""
    picture = Image.effect_noise((size[0] // 8, size[1] // 8), 40).convert("RGB").resize(size)
    draw, dice = ImageDraw.Draw(picture), random.Random(seed)
    for _ in range(40):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        draw.rectangle((x, y, x + size[0] // 6, y + size[1] // 8), fill=colour)
    exif = Image.Exif()
    exif[_GPS_IFD] = {1: "N", 2: _degrees(24, 46, 41), 3: "E", 4: _degrees(110, 29, 48)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def _degrees(*parts: int) -> tuple[TiffImagePlugin.IFDRational, ...]:
    return tuple(TiffImagePlugin.IFDRational(part, 1) for part in parts)


def write_jpegs(folder: Path, count: int) -> list[Path]:
    """So many different photos as files."""
    paths = [folder / f"photo-{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(jpeg(number))
    return paths
