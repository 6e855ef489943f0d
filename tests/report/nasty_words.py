"""What people may type that must stay text: markup of the page, of a drawing, of a style sheet and of typst."""

NASTY = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onmouseover='x",
    "]]><svg onload=alert(1)>",
    "<!-- ",
    "&lt;script&gt;&amp;",
    "{{ 7*7 }}{% raw %}",
    "${7*7} {lang} {0}",
    '#typst() #eval("1") #read("/etc/passwd")',
    "*bold* _emph_ $x^2$ @label <label> `raw` \\u{41} //c /* c",
    "\u202eesrever\u2066\u200b\u0000\x1b[31m",
    "=SUM(A1) \t\r\n# heading",
    "url(javascript:alert(1)) } body { display: none } @import 'x'",
    "模拟 ≤ ≥ × 10⁹/L 𪛖 😀",
    "x" * 300,
)
