#!/usr/bin/env python3
"""Texts in mails that would do something in a browser if anybody believed them: at the desk they are only text."""
import json, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples", f"{HERE}/../browser"]
from browser import Browser
from desk import Office
from pages import PAGES, api, check_layout, log_in, show
from servers import wait_for
from tap import build, case, run
import sample

NAME, PASSWORD = "fang", "a-password-of-the-desk"

# What came from mails must be text: no element, no attribute, no style of theirs, and nothing ran.
HARM = """
const bad = [];
if (window.__x !== undefined) bad.push('a script ran: ' + window.__x);
if (document.querySelector('.pwned')) bad.push('an element of theirs: ' + document.querySelector('.pwned').outerHTML.slice(0, 80));
for (const e of document.querySelectorAll('script, iframe, img, link, style, base, meta, object, embed, form, video, template, math, a')) {
    const kind = e.tagName.toLowerCase(), src = e.getAttribute('src') || e.getAttribute('href') || '';
    if (['style', 'base', 'object', 'embed', 'video', 'template', 'math'].includes(kind)) bad.push('a ' + kind);
    if (kind === 'script' && src !== 'app.js' || kind === 'iframe' && (e.getAttribute('sandbox') !== '' || !src.startsWith('/api/v1/')) || kind === 'img' && !src.startsWith('/api/v1/') ||
        kind === 'a' && !/^(#|\\/api\\/v1\\/|mailto:)/.test(src) || kind === 'form' && e.hasAttribute('action')) bad.push(e.outerHTML.slice(0, 100));
}
for (const e of document.querySelectorAll('*')) for (const a of e.attributes) if (/^on/i.test(a.name) || a.name === 'srcdoc') bad.push(a.name + ' on ' + e.tagName);
return bad;
"""

@case
def injection(folder):
    """50 texts that would do something, in names, subjects, bodies, file names and fields: on every page they are only text"""
    texts = [json.loads(line) for line in open(f"{HERE}/../browser/payloads.txt", encoding="utf-8")]
    assert len(texts) == 50
    office = Office(f"{folder}/office", [sample.hostile(n, text) for n, text in enumerate(texts)] + [sample.plain(n) for n in range(12)], users=False)
    office("user", "add", NAME, "--role", "administrator", "--shown", texts[0], stdin=PASSWORD + "\n")
    office.start()
    browser = None
    try:
        browser = Browser(f"{folder}/browser")
        browser.go(f"http://localhost:{office.port}/")
        log_in(browser, NAME, PASSWORD)
        browser.js("window.__violations = []; document.addEventListener('securitypolicyviolation', (e) => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));")
        entries = api(browser, "/queue?state=all&limit=200")["entries"]
        assert len(entries) > 55, len(entries)
        # More than one page of the list: the rest comes when it is scrolled to.
        show(browser, "#/queue?state=all")
        browser.js("scrollTo(0, document.body.scrollHeight)")
        wait_for(lambda: len(browser.all(".queue tbody tr")) == len(entries), 20, "the second page of the queue")
        letters = api(browser, "/letters?limit=200")["letters"]
        for hash in PAGES + [f"#/entry/{entry['id']}" for entry in entries if not entry["subject"].startswith("普通来信")] + [f"#/letters/{letter['id']}" for letter in letters[:5]] + \
                [f"#/search?q={word}" for word in ("script", "onerror", "window")]:
            show(browser, hash)
            bad = browser.js(HARM)
            assert not bad, f"{hash}: {bad}"
        # A subject stands in the title, in the heading and in the queue as what it is.
        entry = next(one for one in entries if one["subject"] == texts[0])
        show(browser, f"#/entry/{entry['id']}")
        assert texts[0] in browser.title() and texts[0] in browser.js("return document.querySelector('h1').textContent")
        os.makedirs(f"{build()}/screens", exist_ok=True)
        browser.screenshot(f"{build()}/screens/injection.png")
        for hash in ("#/queue?state=all", f"#/entry/{entry['id']}"):
            for width in (1280, 390):
                browser.size(width, 860)
                show(browser, hash)
                check_layout(browser, f"{hash} with hostile texts at {width} px")
        browser.size(1280, 860)
        assert browser.js("return window.__violations") == []
        # What is shown in frames was made plain before it came: scripts and handlers are not in it at all.
        look = """const bad = []; for (const path of args[0]) { const page = new DOMParser().parseFromString(await (await fetch('/api/v1' + path)).text(), 'text/html');
            for (const e of page.querySelectorAll('*')) { if (/^(script|iframe|object|embed|base|form|link|svg|math|video|template)$/i.test(e.tagName)) bad.push(path + ' ' + e.tagName);
                for (const a of e.attributes) if (/^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value)) bad.push(path + ' ' + a.name); } } return bad;"""
        documents = [d for entry in entries[:50] for d in api(browser, f"/entries/{entry['id']}")["document_list"]]
        paths = [f"/documents/{d['id']}/view" for d in documents if d["preview"] == "view"] + [f"/messages/{m}/view" for m in sorted({d["message"] for d in documents})]
        bad = browser.js_later(look, paths[:80])
        assert not bad and len(paths) > 50, (bad, len(paths))
    finally:
        if browser:
            browser.stop()
        office.stop()

run()
