"""The child process that opens a photo: whatever a hostile file does, it does it here, under limits.

Run as a script, ``decode.py ORIGINAL FULL THUMB``. Writes two fresh JPEGs without any metadata and prints one
line of JSON: ``{"width", "height", "likeness"}`` (pixels of the full picture, what it looks like) or
``{"reason"}``. Ends with EX_TEMPFAIL when the disk and not the picture is at fault. Imports nothing of the
server.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
FULL_EDGE, THUMB_EDGE = 2048, 320
SCENE = 0.72  # below it lies the watermark with time and place, which differs in copies of one picture
FLAT = 96  # a wall, a night: so little difference in all that another wall looks the same
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10


def limit_resources() -> None:
    """Bound memory, processor time and file size of this process, and leave no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024 * 1024, 16 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def reencode(original: Path, full: Path, thumb: Path) -> dict[str, int | str | None]:
    """Decode every pixel; write the picture anew, upright, within 2048 pixels, and a thumbnail within 320."""
    with Image.open(original, formats=FORMATS) as opened:
        opened.load()
        picture = _flatten(ImageOps.exif_transpose(opened))
    picture.thumbnail((FULL_EDGE, FULL_EDGE))
    found = {"width": picture.width, "height": picture.height}
    _save(picture, full, 82)
    picture.thumbnail((THUMB_EDGE, THUMB_EDGE))
    _save(picture, thumb, 75)
    return found | {"likeness": likeness(picture)}


def likeness(picture: Image.Image) -> str | None:
    """64 bits as hexadecimal text that differ little for pictures that look the same; None for a flat one.

    Each bit says whether a patch of the scene, the watermark left out, is brighter than the one to its right.
    """
    scene = picture.crop((0, 0, picture.width, max(1, round(picture.height * SCENE))))
    small = scene.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    steps = [small[row * 9 + n] - small[row * 9 + n + 1] for row in range(8) for n in range(8)]
    if sum(map(abs, steps)) < FLAT:
        return None
    return f"{int(''.join('1' if step > 0 else '0' for step in steps), 2):016x}"


def _flatten(picture: Image.Image) -> Image.Image:
    """Plain RGB; what was transparent becomes white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    sheet = Image.new("RGB", layered.size, "white")
    sheet.paste(layered, mask=layered.getchannel("A"))
    return sheet


def _save(picture: Image.Image, path: Path, quality: int) -> None:
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())  # carries pixels over, and nothing else
    with path.open("wb") as file:
        clean.save(file, "JPEG", quality=quality, optimize=True)
        file.flush()
        os.fsync(file.fileno())


def judge(original: Path, full: Path, thumb: Path) -> dict[str, int | str | None]:
    """What ``reencode`` says, or the reason why the file is no photo to keep."""
    try:
        return {**reencode(original, full, thumb)}
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
        return {"reason": "bomb"}
    except UnidentifiedImageError:
        return {"reason": "not_an_image"}
    except OSError as error:
        if error.errno is not None:  # the operating system's, not the decoder's
            raise
        return {"reason": "truncated"}
    except (ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError, OverflowError):
        return {"reason": "damaged"}


def main() -> int:
    """Run as a script; the exit code tells a bad disk (75) from a verdict (0)."""
    limit_resources()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        verdict = judge(*(Path(name) for name in sys.argv[1:4]))
    except OSError:
        return os.EX_TEMPFAIL
    sys.stdout.write(json.dumps(verdict) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
