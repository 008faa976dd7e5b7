"""Files as a phone's camera leaves them: turned by EXIF, with time and place, sharp, dark or taken twice."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, TiffImagePlugin

UPRIGHT = (1500, 2000)
ROOF, GRASS = (200, 40, 40), (40, 160, 60)
TAKEN = "2026:11:20 08:11:07"
_EXIF_IFD, _GPS_IFD, _ORIENTATION, _TAKEN_TAG = 0x8769, 0x8825, 0x0112, 0x9003
_TURN_RIGHT = 6


def house(seed: int) -> Image.Image:
    """An upright picture: red above, green below, and between them a wall with windows of its own."""
    dice = random.Random(seed)
    picture = Image.new("RGB", UPRIGHT, (190, 180, 165))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = dice.randrange(1500), dice.randrange(500, 1400)
        shade = dice.randrange(20, 250)
        draw.rectangle((x, y, x + dice.randrange(60, 400), y + dice.randrange(60, 300)), (shade, shade, 90))
    draw.rectangle((0, 0, 1500, 500), ROOF)
    draw.rectangle((0, 1500, 1500, 2000), GRASS)
    return picture


def as_taken(upright: Image.Image, quality: int = 90) -> bytes:
    """The file of a phone held upright: lying, to be turned right, with time and place."""
    exif = Image.Exif()
    exif[_ORIENTATION] = _TURN_RIGHT
    exif[_EXIF_IFD] = {_TAKEN_TAG: TAKEN}
    exif[_GPS_IFD] = {1: "N", 2: _angle(24, 46, 41), 3: "E", 4: _angle(110, 29, 48), 0x12: "WGS-84"}
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _angle(*parts: int) -> tuple[TiffImagePlugin.IFDRational, ...]:
    return tuple(TiffImagePlugin.IFDRational(part, 1) for part in parts)


def camera_files(folder: Path) -> dict[str, Path]:
    """Houses by day, in the dark, out of focus; one taken once more; and a file that is no picture."""
    front = house(1)
    made = {
        "front": as_taken(front),
        "dark": as_taken(house(2).point(lambda value: value // 9)),
        "again": as_taken(front.resize((1200, 1600)).resize(UPRIGHT), quality=70),
        "blurred": as_taken(house(3).filter(ImageFilter.GaussianBlur(40))),
        "back": as_taken(house(4)),
        "broken": b"\xff\xd8\xff\xe0 not a picture",
    }
    paths = {name: folder / f"{name}.jpg" for name in made}
    for name, path in paths.items():
        path.write_bytes(made[name])
    return paths
