"""Pictures of strangers drawn again: their pixels counted before, of a size that a screen shows.

Only the reading process may come: decoders are native code.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageSequence

from lgc.errors import UnreadableInput
from lgc.reading import limits
from lgc.reading.jobs import PICTURE, Answer

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
TOO_LARGE = "Cette image est trop grande pour être montrée."
Image.init()
# Ours are counted below, with what all the pictures of a document may take.
Image.MAX_IMAGE_PIXELS = None


def shown(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """A JPEG or a PNG of ``most`` pixels at most, its ``media_type``, the ``pixels`` it had.

    ``room`` is how many pixels may still be decoded.
    """
    most = int(asked["most"])
    with _opened(blobs[0], int(asked["room"])) as picture:
        pixels, photo = picture.width * picture.height, picture.format == "JPEG"
        if photo and pixels > 4 * most:
            picture.draft("RGB", _within(picture.size, most))
        drawn: Image.Image = picture.convert(_mode(picture))
    size = _within(drawn.size, most)
    if size != drawn.size:
        drawn = drawn.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    out = io.BytesIO()
    if photo:
        drawn.convert("RGB").save(out, "JPEG", quality=93)
    else:
        drawn.save(out, "PNG", compress_level=1)
    return Answer({"media_type": "image/jpeg" if photo else "image/png", "pixels": pixels},
                  [out.getvalue()])  # fmt: skip


def scan(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """A PDF of the pages of a TIFF, ``whole`` when none was left out."""
    out, pixels, whole = io.BytesIO(), 0, True
    pages: list[Image.Image] = []
    with Image.open(io.BytesIO(blobs[0]), formats=("TIFF",)) as picture:
        for page in ImageSequence.Iterator(picture):
            pixels += page.width * page.height
            if pixels > limits.SCAN_PIXELS or len(pages) >= limits.SCAN_PAGES:
                whole = False
                break
            pages.append(page.convert("RGB"))
        resolution = float(picture.info.get("dpi", (150, 150))[0]) or 150.0
    if not pages:
        raise UnreadableInput(PICTURE if whole else TOO_LARGE)
    first, *others = pages
    first.save(out, "PDF", save_all=True, append_images=others, resolution=resolution)
    return Answer({"whole": whole}, [out.getvalue()])


def paper(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """A JPEG on white: a sheet of paper is white under what is transparent."""
    with _opened(blobs[0], limits.PICTURE_PIXELS) as picture:
        layer = picture.convert("RGBA")
    size = _within(layer.size, int(asked["most"]))
    sheet = Image.new("RGB", layer.size, "white")
    sheet.paste(layer, mask=layer)
    out = io.BytesIO()
    sheet.resize(size).save(out, "JPEG", quality=92)
    return Answer({"width": size[0], "height": size[1]}, [out.getvalue()])


def _opened(content: bytes, room: int) -> Image.Image:
    """Raises UnreadableInput before anything of it is decoded."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > min(limits.PICTURE_PIXELS, room):
        raise UnreadableInput(TOO_LARGE)
    return picture


def _mode(picture: Image.Image) -> str:
    if picture.mode in ("1", "L", "RGB", "RGBA"):
        return picture.mode
    transparent = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBa", "La")
    return "RGBA" if transparent else "RGB"


def _within(size: tuple[int, int], most: int) -> tuple[int, int]:
    """The same shape, of ``most`` pixels at most."""
    scale = min(1.0, (most / max(size[0] * size[1], 1)) ** 0.5)
    return max(int(size[0] * scale), 1), max(int(size[1] * scale), 1)
