"""The signs of the pages: each stands beside its word, never alone."""

from typing import Final

_OPEN = '<svg viewBox="0 0 24 24" aria-hidden="true">'
_LINE = 'fill="none" stroke="currentColor" stroke-width="2"'
_ROUND = 'stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"'


def _svg(inner: str) -> str:
    return f"{_OPEN}{inner}</svg>"


_CIRCLE = f'<circle cx="12" cy="12" r="10" {_LINE}/>'
ICONS: Final = {
    "brand": '<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 7h10v8h8v10h8" fill="none" stroke="currentColor" '
    'stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/><circle cx="8" cy="22" r="4.6" fill="none" '
    'stroke="currentColor" stroke-width="3"/></svg>',
    "people": '<svg class="place" viewBox="0 0 24 24" aria-hidden="true"><circle cx="8" cy="8" r="4" '
    'fill="currentColor"/><path d="M1 21c0-5 3-8 7-8s7 3 7 8z" fill="currentColor"/><circle cx="17.5" cy="9" r="3.2" '
    'fill="currentColor"/><path d="M16.5 21c0-3-.8-5.2-2-6.8 4.5-2 8.5 1.3 8.5 6.8z" fill="currentColor"/></svg>',
    "met": _svg('<circle cx="12" cy="12" r="11" fill="currentColor"/><path class="k" d="M6.5 12.4l3.7 3.7 7.3-8"/>'),
    "not": _svg(
        '<rect x="1.5" y="1.5" width="21" height="21" rx="3" fill="currentColor"/>'
        '<path class="k" d="M7.5 7.5l9 9m0-9l-9 9"/>'
    ),
    "unk": _svg(
        '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3.4 2.9"/>'
        f'<path d="M9 9.6a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2" fill="none" stroke="currentColor" {_ROUND}/>'
        '<circle cx="12" cy="17.4" r="1.4" fill="currentColor"/>'
    ),
    "na": _svg(f'{_CIRCLE}<path d="M7.5 12h9" stroke="currentColor" {_ROUND}/>'),
    "due": _svg(f'{_CIRCLE}<path d="M12 6.5V12l3.6 2.4" fill="none" stroke="currentColor" {_ROUND}/>'),
    "over": _svg(
        '<path d="M12 1.8L23 21.5H1z" fill="currentColor"/><path class="k" d="M12 9v5.5"/>'
        '<circle class="kf" cx="12" cy="18" r="1.5"/>'
    ),
    "stop": _svg(
        f'{_CIRCLE}<path d="M9.2 7.8v8.4M14.8 7.8v8.4" stroke="currentColor" stroke-width="2.8" '
        'stroke-linecap="round"/>'
    ),
    "flag": _svg(
        '<path d="M5 22V3" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>'
        '<path d="M6 3.5c4-2.5 7 2.5 13 0v9.5c-6 2.5-9-2.5-13 0z" fill="currentColor"/>'
    ),
    "sign": _svg(
        f'<path d="M3 20.5c4-1 4-6 6.5-6s1 5 3.5 5 2-2.5 4-2.5 2 1.5 4 1.5" {_LINE} stroke-linecap="round"/>'
        '<path d="M8.5 12.5L17.5 3.5l3 3-9 8-3.5.8z" fill="currentColor"/>'
    ),
    "arrow": _svg(f'<path d="M4 12h15m-6-6l6 6-6 6" fill="none" stroke="currentColor" {_ROUND}/>'),
    "drop": _svg('<path d="M12 1.8C8 8 4.5 11 4.5 15a7.5 7.5 0 0 0 15 0c0-4-3.5-7-7.5-13.2z" fill="currentColor"/>'),
    "scan": _svg(
        f'<path d="M3 7V3h4M17 3h4v4M21 17v4h-4M7 21H3v-4" fill="none" stroke="currentColor" {_ROUND}/>'
        '<path d="M7 7.5v9M10 7.5v9M12.5 7.5v9M17 7.5v9M14.8 7.5v9" stroke="currentColor" stroke-width="1.5"/>'
    ),
    "print": _svg(f'<path d="M7 8V3h10v5M7 17H3.5V8.5h17V17H17" {_LINE}/><path d="M7 13.5h10V21H7z" {_LINE}/>'),
    "done": _svg('<circle class="f-acc" cx="12" cy="12" r="7"/>'),
    "to-do": _svg('<circle class="s-acc" cx="12" cy="12" r="7"/>'),
    "place-followed": _svg(
        '<rect class="pl" x="1" y="1" width="22" height="22" rx="4"/>'
        '<path class="pl-on" d="M6.8 12.4l3.5 3.5 6.9-7.6"/>'
    ),
    "place-window": _svg(
        '<rect class="pl-w" x="2" y="2" width="20" height="20" rx="4"/><path class="pl-ac" d="M12 7v5l3.4 2.2"/>'
    ),
    "place-relapsed": _svg(
        '<rect class="pl-r" x="1.8" y="1.8" width="20.4" height="20.4" rx="4"/>'
        '<path class="pl-tri" d="M12 5.5l6.5 11.5h-13z"/>'
    ),
    "place-died": _svg(
        '<rect class="pl-x" x="1.8" y="1.8" width="20.4" height="20.4" rx="4"/>'
        '<path class="pl-ink" d="M8 8l8 8m0-8l-8 8"/>'
    ),
    "place-left": _svg(
        '<rect class="pl-x" x="1.8" y="1.8" width="20.4" height="20.4" rx="4"/><path class="pl-ink" d="M7 12h10"/>'
    ),
    "place-free": _svg('<rect class="pl-free" x="2" y="2" width="20" height="20" rx="4"/>'),
}
