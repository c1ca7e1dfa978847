"""The desk's pages in a browser (browser.py): going to one, asking its API with its session, and what must hold on each."""
import base64, re
from servers import wait_for

PAGES = ["#/queue", "#/queue?state=all", "#/duties", "#/duties?show=calendar", "#/duties?show=calendar&month=2026-10", "#/letters", "#/experts", "#/meetings", "#/search?q=%E6%B8%A9%E8%8B%A5", "#/statistics", "#/system",
         "#/users", "#/password"]

def log_in(browser, name, password):
    browser.type("input[name=name]", name)
    browser.type("input[name=password]", password)
    browser.click("form.card button[type=submit]")
    browser.wait(".head-nav")
    browser.wait("main:not([aria-busy]) h1")

def show(browser, hash, ready="main:not([aria-busy]) h1"):
    """Goes to a page of the desk and waits until it stands there."""
    browser.js("window.__old = document.querySelector('main h1'); if (location.hash === arguments[0]) location.hash = '#/password'; location.hash = arguments[0];", hash)
    wait_for(lambda: browser.js("const h = document.querySelector('main:not([aria-busy]) h1'); return h && h !== window.__old && location.hash.split('?')[0] === arguments[0].split('?')[0];", hash),
             20, f"the page {hash}")
    browser.wait(ready)

def api(browser, path):
    return browser.js_later("const answer = await fetch('/api/v1' + args[0]); return answer.json();", path)

def raw(browser, path):
    return base64.b64decode(browser.js_later("const bytes = new Uint8Array(await (await fetch('/api/v1' + args[0])).arrayBuffer()); let text = ''; "
                                             "for (const b of bytes) text += String.fromCharCode(b); return btoa(text);", path))

def entry_of(browser, subject):
    rows = [row for row in api(browser, "/queue?state=all&limit=200")["entries"] if row["subject"] == subject]
    assert len(rows) == 1, f"{len(rows)} entries with the subject {subject}"
    return rows[0]

def quiet(browser):
    """Nothing went wrong in the console but what was wrong on purpose: a token, a password."""
    bad = [line["message"] for line in browser.log() if line["level"] == "SEVERE" and not re.search(r"/(setup|session) - .* 403 ", line["message"])]
    assert not bad, bad

# What is wider than the page, is cut off, or lies over a neighbour that is worked with.
LAYOUT = """
const wrong = [], wide = innerWidth + 1, name = (e) => e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '') + ' "' + e.textContent.trim().slice(0, 30) + '"';
if (document.documentElement.scrollWidth > wide) wrong.push('the page scrolls sideways: ' + document.documentElement.scrollWidth);
const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(p).overflowX) && p !== document.body) return true; return false; };
const seen = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('.hidden, svg, thead') && e.getClientRects().length);
for (const e of seen) {
    const box = e.getBoundingClientRect();
    if ((box.right > wide || box.left < -1) && !scrolls(e) && getComputedStyle(e).position !== 'absolute') wrong.push('outside: ' + name(e));
    if (e.matches('button, .button, .badge, .chip, th, h1, h2, label, a') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).display !== 'inline') wrong.push('cut off: ' + name(e));
}
const worked = seen.filter((e) => e.matches('button, a, input, select, textarea, summary') && !e.closest('header') && e.getBoundingClientRect().width);
for (let i = 0; i < worked.length; i++)
    for (let j = i + 1; j < worked.length; j++) {
        const a = worked[i].getBoundingClientRect(), b = worked[j].getBoundingClientRect();
        if (worked[i].contains(worked[j]) || worked[j].contains(worked[i])) continue;
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2 && !scrolls(worked[i])) wrong.push('overlap: ' + name(worked[i]) + ' / ' + name(worked[j]));
    }
return [...new Set(wrong)].slice(0, 10);
"""

def check_layout(browser, where):
    wrong = browser.js(LAYOUT)
    assert not wrong, f"{where}: " + "; ".join(wrong)
