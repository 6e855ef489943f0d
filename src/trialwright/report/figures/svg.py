"""From matplotlib's SVG to ours: classes for the style sheet, attributes for print, a title that says the finding.

The result carries no style attribute, no script, no metadata and no outside reference. Every shape keeps its colour
as a presentation attribute, which typst draws, and which any rule of a style sheet overrides, so that the HTML
follows dark mode and print.
"""

import io
import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_MARK: Final = "k."  # a gid "k.curve" becomes the class `curve`
_NUMBER: Final = re.compile(r"-?[0-9]+\.[0-9]{3,}")
_REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")
_SHAPES: Final = ("path", "text", "use", "rect", "circle")


def marked(classes: str) -> str:
    """The gid that gives an artist these classes."""
    return _MARK + classes


def finished_svg(figure: "Figure", id: str, finding: str, description: str) -> str:
    """The figure as one `<svg>` element, the same text for the same figure; ids begin with `id`.

    finding      becomes the SVG's title, description its desc; both are plain text.
    """
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(drawn.getvalue())
    _drop_rules(root)
    _strip(root)
    _uncolour_signs(root)
    _classes(root)
    _renumber(root, id)
    return finished(root, id, finding, description)


def finished(root: ET.Element, id: str, finding: str, description: str) -> str:
    """Any drawing of ours as text, with its role, its title and its description."""
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{id}-t {id}-d")
    for at, (tag, words) in enumerate((("title", finding), ("desc", description))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{id}-{tag[0]}"})
        element.text = words
        root.insert(at, element)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode")


def _drop_rules(root: ET.Element) -> None:
    """Matplotlib's one style rule becomes two attributes of the root; metadata goes."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}style", f"{{{SVG}}}metadata"):
                parent.remove(child)
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")


def _strip(root: ET.Element) -> None:
    """Style attributes become presentation attributes; numbers keep two decimals; whitespace goes."""
    for element in root.iter():
        style = element.attrib.pop("style", None)
        if style:
            for rule in style.split(";"):
                name, _, value = rule.partition(":")
                element.set(name.strip(), value.strip().removesuffix("px") if "size" in name else value.strip())
        if _XLINK in element.attrib:
            element.set("href", element.attrib.pop(_XLINK))
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        for name in ("d", "x", "y", "width", "height", "transform"):
            if name in element.attrib:
                element.set(name, " ".join(_NUMBER.sub(_two_decimals, element.attrib[name]).split()))
        if element.tag != f"{{{SVG}}}text":
            element.text = None
        element.tail = None


def _two_decimals(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _uncolour_signs(root: ET.Element) -> None:
    """A sign drawn once and used often takes its colours from each use, so that a class there can change them."""
    used = {element.get("href", "")[1:] for element in root.iter(f"{{{SVG}}}use")}
    for path in root.iter(f"{{{SVG}}}path"):
        if path.get("id") in used:
            path.attrib.pop("fill", None)
            path.attrib.pop("stroke", None)


def _classes(root: ET.Element) -> None:
    """A group marked `k.curve` hands the class to its shapes; a hatch's own parts get theirs."""
    for group in root.iter(f"{{{SVG}}}g"):
        mark = group.attrib.pop("id", "")
        if not mark.startswith(_MARK):
            continue
        classes = mark.removeprefix(_MARK).partition("#")[0]
        for shape in group.iter():
            if shape.tag.removeprefix(f"{{{SVG}}}") not in _SHAPES:
                continue
            hatch = _REFERENCE.search(shape.get("fill", ""))
            if hatch is None:
                shape.set("class", classes)
            else:
                _class_hatch(root, hatch.group(1), classes)
    for text in root.iter(f"{{{SVG}}}text"):
        if "class" not in text.attrib and text.get("fill") == "#172124":
            text.set("class", "t-ink")
    for path in root.iter(f"{{{SVG}}}path"):
        kind = {"#e6e3da": "gr", "#838177": "ax"}.get(path.get("stroke", ""))
        if kind and "class" not in path.attrib:
            path.set("class", kind)


def _class_hatch(root: ET.Element, id: str, classes: str) -> None:
    """Inside a pattern the ground takes the area's class, and the strokes `h-line`."""
    for pattern in root.iter(f"{{{SVG}}}pattern"):
        if pattern.get("id") == id:
            for part in pattern:
                part.set("class", classes if part.tag == f"{{{SVG}}}rect" else "h-line")


def _renumber(root: ET.Element, prefix: str) -> None:
    """Ids that something refers to become `prefix-1`, `prefix-2` …; all others go."""
    used: dict[str, str] = {}
    for element in root.iter():
        for value in element.attrib.values():
            for old in _REFERENCE.findall(value) + ([value[1:]] if element.get("href") == value else []):
                used.setdefault(old, f"{prefix}-{len(used) + 1}")
    for element in root.iter():
        if "id" in element.attrib:
            new = used.get(element.attrib.pop("id"))
            if new:
                element.set("id", new)
        for name, value in list(element.attrib.items()):
            if name == "href":
                element.set(name, "#" + used[value[1:]])
            elif "url(#" in value:
                element.set(name, _REFERENCE.sub(lambda m: f"url(#{used[m.group(1)]})", value))
