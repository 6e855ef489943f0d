"""The report's labels in Chinese, keyed by the English they stand for."""

from typing import Final

CHINESE: Final[dict[str, str]] = {
    "At risk": "风险人数",
}
