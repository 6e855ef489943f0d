"""Cuts Noto Sans CJK down to the characters a Chinese report needs: run by hand, see the fonts' README.md.

    python scripts/subset-font.py NotoSansCJK-Regular.ttc NotoSansSC-Regular.otf

Kept: every character of GB 2312 (6,763 Chinese characters, punctuation, symbols), ASCII, full-width forms and the few
signs of this field. The result is named "Noto Sans SC", so that style sheets find it under the name a machine has.
"""

import argparse

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

FAMILY = "Noto Sans SC"
EXTRA = "·–—‘’“”…‰′″℃→↑↓≤≥≠±×÷μµ²³⁰¹⁴⁵⁶⁷⁸⁹⁻模拟受试者铥镥胞髓浆嗜粒浸润苷胺吡唑嘧啶喹噻霉瘢嗪"


def characters(levels: int) -> set[int]:
    """Code points of GB 2312: rows 1-3 and 6 (signs, Greek), 16-55 (level 1) and, with `levels` 2, 56-87."""
    rows = [1, 2, 3, 6, *range(16, 56), *(range(56, 88) if levels == 2 else ())]
    wanted = {ord(sign) for sign in EXTRA} | set(range(0x20, 0x7F))
    for row in rows:
        for cell in range(1, 95):
            try:
                wanted.add(ord(bytes((row + 0xA0, cell + 0xA0)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return wanted


def simplified_face(collection: str) -> TTFont:
    """The face for mainland China out of the collection."""
    for font in TTCollection(collection).fonts:
        if font["name"].getDebugName(1) == "Noto Sans CJK SC":
            return font
    raise SystemExit(f"{collection}: no face named Noto Sans CJK SC")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection")
    parser.add_argument("out")
    parser.add_argument("--levels", type=int, choices=(1, 2), default=2)
    asked = parser.parse_args()
    font = simplified_face(asked.collection)
    options = subset.Options(hinting=False, desubroutinize=False, layout_features=[], name_IDs=["*"])
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters(asked.levels))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = FAMILY
        elif record.nameID == 4:
            record.string = f"{FAMILY} Regular"
        elif record.nameID == 6:
            record.string = "NotoSansSC-Regular"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(asked.out)


if __name__ == "__main__":
    main()
