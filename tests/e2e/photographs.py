"""Pictures as cameras, phones and drawing programs write them, made by the tests."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

LEFT_COLOUR, RIGHT_COLOUR = (200, 40, 40), (40, 60, 200)

TURNED_RIGHT = 6
"""EXIF orientation of a camera held upright: the picture has to be turned clockwise by 90 degrees."""

ORIENTATION = 0x0112


def scene(width_px: int = 800, height_px: int = 600, *, mode: str = "RGB") -> Image.Image:
    """Draw a thing before a plain ground: its left half red, its right half blue."""
    image = Image.new(mode, (width_px, height_px), "#d8d8d0" if mode == "RGB" else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = width_px // 6, height_px // 6, width_px * 5 // 6, height_px * 5 // 6
    draw.rectangle((left, top, width_px // 2, bottom), fill=LEFT_COLOUR)
    draw.rectangle((width_px // 2, top, right, bottom), fill=RIGHT_COLOUR)
    draw.ellipse((width_px // 3, height_px // 3, width_px * 2 // 3, height_px * 2 // 3), fill="#e8c060")
    return image


def camera_jpeg(path: Path) -> Path:
    """Write the scene as a phone held upright does: pixels lying down, and EXIF that says which way is up."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif[0x010F] = "A camera maker"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}  # GPS
    scene(1600, 1200).transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", exif=exif, quality=90)
    return path


def cut_out_png(path: Path) -> Path:
    """Write the scene without its ground."""
    scene(mode="RGBA").save(path, "PNG")
    return path


def web_picture(path: Path) -> Path:
    """Write the scene as web sites have it."""
    scene().save(path, "WEBP", quality=85)
    return path
