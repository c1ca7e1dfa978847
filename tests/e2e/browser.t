#!/usr/bin/env python3
"""The desk in a real browser: the main paths of a clerk, a phone, the dark, two at once."""
import email, email.policy, json, os, re, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples", f"{HERE}/../browser"]
from browser import Browser
from desk import Office
from pages import PAGES, api, check_layout, entry_of, log_in, quiet, raw, show
from servers import wait_for
from tap import Skip, build, case, run
import make as samples
import sample

WEB = f"{HERE}/../../src/desk/web"
SCREENS = f"{build()}/screens"
NAME, PASSWORD = "fang", "a-password-of-the-desk"

# --- an office and its browser -----------------------------------------------------------------------------------------------
class Desk:
    def __init__(self, folder):
        os.makedirs(SCREENS, exist_ok=True)
        self.office = Office(f"{folder}/office", [*dict(samples.samples()).values(), sample.proposal(), sample.uncertain(), sample.encrypted(), *sample.versions()], settings="[office]\nname_zh = 示例标准委员会秘书处\n", users=False)
        sample.calendar(self.office)
        self.office.start()
        self.url = f"http://localhost:{self.office.port}/"
        try:
            self.browser = Browser(f"{folder}/browser")
        except Exception as why:
            self.browser = None
            self.why = why

    def stop(self):
        if self.browser:
            self.browser.stop()
        self.office.stop()

    def shot(self, name, browser=None):
        (browser or self.browser).screenshot(f"{SCREENS}/{name}.png")

def needs(desk):
    if not desk.browser:
        raise desk.why
    return desk.browser

# --- cases -----------------------------------------------------------------------------------------------------------------------
@case
def words(folder, desk):
    """both languages say the same things, and everything that is said is in the tables"""
    tables = [re.findall(r'"([^"]+)": "', open(f"{WEB}/words.{language}.js", encoding="utf-8").read()) for language in ("zh", "en")]
    assert tables[0] == tables[1] and len(set(tables[0])) == len(tables[0])
    code = {name: open(f"{WEB}/{name}", encoding="utf-8").read() for name in os.listdir(WEB) if name.endswith(".js")}
    for name, text in code.items():
        for key in re.findall(r'\bt\(\s*"([^"]+)"', text):
            assert key in tables[0], f"{name}: no words for {key}"
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"style", text), name
        said = re.findall(r"[\u4e00-\u9fff]+", re.sub(r"^\s*//.*$|/\*\*?.*?\*/", "", text, flags=re.M | re.S)) if not name.startswith("words.") else []
        assert set(said) <= {"收"}, f"{name} says {said}"

@case
def first_run(folder, desk):
    """the first administrator is made with the token; then one logs out and in"""
    browser = needs(desk)
    browser.go(desk.url)
    browser.wait("input[name=token]")
    desk.shot("setup")
    token = re.search(r"^\s*([A-Za-z0-9_-]{43})$", desk.office("user", "setup"), re.M)[1]
    for field, text in (("token", "wrong" + token[5:]), ("name", NAME), ("shown", "方文静"), ("password", PASSWORD), ("repeat", PASSWORD)):
        browser.type(f"input[name={field}]", text)
    browser.click("form.card button[type=submit]")
    browser.wait_text("口令", ".error")
    browser.type("input[name=token]", token)
    browser.click("form.card button[type=submit]")
    browser.wait(".queue tbody tr")
    assert "收文队列" in browser.title()
    browser.click(".head-end .menu summary")
    browser.click(".head-end .menu-list button")
    browser.wait("input[name=name]")
    desk.shot("login")
    browser.type("input[name=name]", NAME)
    browser.type("input[name=password]", "not the password")
    browser.click("form.card button[type=submit]")
    browser.wait_text("不正确", ".error")
    browser.type("input[name=password]", PASSWORD)
    browser.click("form.card button[type=submit]")
    browser.wait(".queue tbody tr")
    browser.wait(".live.on")

@case
def keyboard(folder, desk):
    """the queue is used by keys alone"""
    browser = needs(desk)
    browser.keys("j")
    first = browser.js("return document.activeElement.textContent")
    browser.keys("j")
    second = browser.js("return document.activeElement.textContent")
    assert first != second and re.match(r"SC27-\d{4}-\d{4}$", second), (first, second)
    browser.keys("x")
    browser.wait_text("已选 1 件", ".bulk")
    browser.keys("x")
    browser.keys("?")
    browser.wait("dialog .keys")
    desk.shot("keys")
    browser.keys("\ue00c")
    browser.wait_gone("dialog")
    browser.keys("k\ue007")
    browser.wait(".entry")
    browser.keys("gl")
    browser.wait_text("信函", "main h1")
    browser.keys("gq")
    browser.wait(".queue")
    browser.keys("/")
    assert browser.js("return document.activeElement.type") == "search"
    themes = []
    for _ in range(3):
        browser.click(".head-end button[aria-label^=主题]")
        themes.append(browser.js("return document.documentElement.dataset.theme || 'auto'"))
    assert themes == ["light", "dark", "auto"], themes

@case
def triage(folder, desk):
    """a document that was not recognised gets its kind from a person and is accepted"""
    browser = needs(desk)
    row = entry_of(browser, "一份材料")
    assert row["state"] == "review" and row["kinds"] == ["unknown"], row
    show(browser, f"#/entry/{row['id']}", "form.kind")
    browser.choose("form.kind select", "research-report")
    browser.click("form.kind button")
    browser.wait_text("研究报告", "#doc-name")
    browser.keys("a")
    browser.wait("dialog .do-decide")
    wait_for(lambda: browser.js("return document.querySelector('.letter-text').value"), 20, "the letter's preview")
    desk.shot("accept")
    browser.click("dialog .do-decide")
    browser.wait_gone("dialog")
    browser.wait(".entry-title .badge.accepted")
    done = api(browser, f"/entries/{row['id']}")
    assert done["state"] == "accepted" and {"kind", "accepted"} <= {{"accept": "accepted"}.get(e["verb"], e["verb"]) for e in done["events"]}, [e["verb"] for e in done["events"]]

@case
def correct(folder, desk):
    """a field is shown where it stood, and set right; what was lacking is filled in"""
    browser = needs(desk)
    row = entry_of(browser, "国际标准提案承诺书")
    show(browser, f"#/entry/{row['id']}", ".fields")
    wait_for(lambda: browser.js("const i = document.querySelector('img.page'); return i && i.complete && i.naturalWidth > 300"), 20, "the page's picture")
    browser.click("tr[data-field=leader] .field-tools button:not(.do-edit)")
    browser.wait(".mark")
    box = browser.js("const m = document.querySelector('.mark').getBoundingClientRect(), p = document.querySelector('img.page').getBoundingClientRect(); "
                     "return [(m.left - p.left) / p.width, (m.top - p.top) / p.height, m.width / p.width, m.height / p.height]")
    field = next(f for d in api(browser, f"/entries/{row['id']}")["document_list"] for f in d["fields"] if f["id"] == "leader")
    assert abs(box[0] - field["box"][1]) < 0.02 and abs(box[1] - field["box"][2]) < 0.02 and box[2] > 0.01, (box, field["box"])
    desk.shot("box")
    browser.click("tr[data-field=leader] .do-edit")
    browser.type("tr[data-field=leader] .editor input", "温若兰")
    browser.click("tr[data-field=leader] .editor button.primary")
    browser.wait_text("温若兰", "tr[data-field=leader] .field-value")
    browser.wait("tr[data-field=leader] .confidence.person")
    row = entry_of(browser, "提交申请表")
    show(browser, f"#/entry/{row['id']}", "tr[data-field=phone]")
    browser.click("tr[data-field=phone] .do-edit")
    browser.type("tr[data-field=phone] .editor input", "0571-55507777")
    browser.click("tr[data-field=phone] .editor button.primary")
    browser.wait_text("55507777", "tr[data-field=phone] .field-value")

@case
def returned(folder, desk):
    """a return's letter is edited first, and those words are what is sent"""
    browser = needs(desk)
    row = entry_of(browser, "提交申请表")
    show(browser, f"#/entry/{row['id']}", ".fields")
    browser.keys("r")
    browser.type("dialog .reason", "请补充申请说明。\t") # leaving it brings it into the letter
    wait_for(lambda: "请补充申请说明" in browser.js("return document.querySelector('.letter-text').value"), 20, "the reason in the letter")
    browser.type("dialog .letter-text", "郦景行老师：请把申请说明补到三百字以上，再发一次即可。")
    browser.wait_text("信函已修改", "dialog")
    desk.shot("return")
    browser.click("dialog .do-decide")
    browser.wait_gone("dialog")
    letters = [one for one in api(browser, f"/letters?entry={row['id']}")["letters"] if one["kind"] == "return"]
    assert len(letters) == 1, letters
    message = email.message_from_bytes(raw(browser, f"/letters/{letters[0]['id']}/original"), policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "补到三百字以上" in text and "Yours sincerely" not in text, text
    show(browser, f"#/letters/{letters[0]['id']}", "iframe")

@case
def package(folder, desk):
    """a proposal's parts stand on one board and are accepted together"""
    browser = needs(desk)
    row = entry_of(browser, "国际标准提案材料（全套）")
    show(browser, f"#/entry/{row['id']}", ".package")
    parts = browser.js("return [...document.querySelectorAll('.package .part')].map((p) => p.className)")
    assert len(parts) == 5 and parts.count("part have") >= 4, parts
    desk.shot("package")
    browser.click(".do-accept")
    browser.click("dialog .do-decide")
    browser.wait_gone("dialog")
    browser.wait(".entry-title .badge.accepted")
    assert len(browser.all(".package .part .badge.accepted")) >= 4

@case
def versions(folder, desk):
    """two versions of one form side by side: what differs, and only that"""
    browser = needs(desk)
    row = entry_of(browser, "专家申请（修改稿）")
    show(browser, f"#/entry/{row['id']}", ".fields")
    browser.js("[...document.querySelectorAll('.entry-side button')].find((b) => b.textContent === '与前一版对照').click()")
    browser.wait(".compare")
    rows = browser.js("return [...document.querySelectorAll('.compare:not(.lines) tbody tr')].map((r) => [...r.children].map((c) => c.textContent))")
    assert {row[1] + ">" + row[2] for row in rows} >= {"北岭检测认证有限公司>北岭网络安全实验室", "（未填）>13900001111"} and len(rows) == 3, rows
    lines = browser.js("return [...document.querySelectorAll('.compare.lines tbody tr')].map((r) => [...r.children].map((c) => c.textContent))")
    assert any("北岭检测认证有限公司" in old and "北岭网络安全实验室" in fresh for old, fresh in lines) and len(lines) == 3, lines
    desk.shot("versions")

@case
def unlocked(folder, desk):
    """an encrypted file is opened with the password that a person has"""
    browser = needs(desk)
    row = entry_of(browser, "加密的申请材料")
    show(browser, f"#/entry/{row['id']}", ".do-unlock")
    browser.click(".do-unlock")
    browser.type("dialog input[type=password]", "wrong")
    desk.shot("unlock")
    browser.click("dialog button.primary")
    browser.wait_text("密码不对", ".notices")
    browser.click(".do-unlock")
    browser.type("dialog input[type=password]", "四海 1234")
    browser.click("dialog button.primary")
    browser.wait_text("申请表.docx", ".contents")
    browser.wait_text("柏以诚", ".fields")
    browser.wait_gone(".do-unlock")
    browser.wait_text("用密码打开", ".timeline")
    desk.shot("unlocked")
    browser.log() # the refusal is told there, too

@case
def attended(folder, desk):
    """who came to a meeting is noted on its page"""
    browser = needs(desk)
    row = entry_of(browser, "专家申请（修改稿）")
    desk.office("accept", row["reference"])
    meeting = api(browser, "/meetings")["meetings"][0]["id"]
    show(browser, f"#/meetings/{meeting}", ".newcomer")
    expert = next(one["id"] for one in api(browser, "/experts")["experts"] if one["name"] == "梅以宁")
    browser.choose(".newcomer select", str(expert))
    browser.click(".newcomer button")
    browser.wait_text("梅以宁", ".list")
    browser.choose(".list select", "excused")
    wait_for(lambda: [p["state"] for p in api(browser, f"/meetings/{meeting}")["participant_list"]] == ["excused"], 10, "the excuse")
    wait_for(lambda: browser.js("const s = document.querySelector('main:not([aria-busy]) .list select'); return s && s.value") == "excused", 10, "the page anew")

@case
def many_tabs(folder, desk):
    """eight tabs at once: a browser has six connections for them, and those that nobody looks at hold none"""
    browser = needs(desk)
    row = entry_of(browser, "一份材料")
    first = browser.command("GET", "/window")
    show(browser, f"#/entry/{row['id']}", ".entry")
    opened = []
    for _ in range(7):
        opened.append(browser.command("POST", "/window/new", {"type": "tab"})["handle"])
        browser.command("POST", "/window", {"handle": opened[-1]})
        browser.go(desk.url)
        browser.wait(".queue tbody tr")
        browser.wait(".live.on")
    # What changes meanwhile is told when the tab is looked at again.
    version = desk.office.ask(f"SELECT version FROM entries WHERE id = {row['id']}")
    browser.js_later("await fetch('/api/v1/entries/' + args[0] + '/comment', {method: 'POST', headers: {'Content-Type': 'application/json', 'X-CSRF-Token': (await (await fetch('/api/v1/session')).json()).csrf}, "
                     "body: JSON.stringify({version: args[1], text: '在另一页上'})});", row["id"], version[0][0])
    for handle in opened:
        browser.command("POST", "/window", {"handle": handle})
        browser.command("DELETE", "/window")
    browser.command("POST", "/window", {"handle": first})
    browser.wait(".changed")

@case
def found(folder, desk):
    """a name of two characters is found, and marked"""
    browser = needs(desk)
    show(browser, "#/search")
    browser.type("main input[type=search]", "若岚\ue007")
    browser.wait(".hits mark")
    marks = browser.js("return [...document.querySelectorAll('.hits mark')].map((m) => m.textContent)")
    assert set(marks) == {"若岚"}, marks
    browser.click(".hits a")
    browser.wait(".entry")

def read_xlsx(file):
    """Rows of values, as openpyxl reads them. Debian's package is for Debian's python."""
    script = "import json, openpyxl, sys; print(json.dumps([[c.value for c in row] for row in openpyxl.load_workbook(sys.argv[1]).active.iter_rows()], default=str))"
    for python in (sys.executable, "/usr/bin/python3"):
        done = subprocess.run([python, "-c", script, file], capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise Skip("python3-openpyxl is not installed") if "No module" in done.stderr else AssertionError(done.stderr)

@case
def exported(folder, desk):
    """the queue as a workbook: downloaded by a click, and read by another program"""
    browser = needs(desk)
    browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=browser.downloads)
    show(browser, "#/queue?state=all")
    browser.click(".page-head .tools details:nth-of-type(2) summary")
    browser.click(".menu-list a[href*=xlsx]")
    done = lambda: [name for name in os.listdir(browser.downloads) if name.endswith(".xlsx")]
    wait_for(done, 20, "the download")
    rows = read_xlsx(f"{browser.downloads}/{done()[0]}")
    cells = [value for row in rows for value in row]
    assert "温若岚" in cells and "杜若衡" in cells and len(rows) >= 11, cells[:40]

@case
def forms(folder, desk):
    """the other forms do what they say: many at once, views, duties, users, passwords, a paper handed in, split, write, reopen"""
    browser = needs(desk)
    show(browser, "#/queue?kind=expert-application&state=complete")
    browser.keys("jxa")
    browser.click("dialog button.primary")
    browser.wait_text("1 件已完成", ".notices")
    show(browser, "#/experts")
    browser.wait(".list a")
    show(browser, "#/queue?kind=meeting-summary&state=complete")
    for box in browser.all(".queue tbody input[type=checkbox]"):
        browser.command("POST", f"/element/{box}/click")
    browser.wait_text("已选 2 件", ".bulk")
    browser.click(".bulk button:nth-of-type(3)")
    browser.choose("dialog select", str(next(one["id"] for one in api(browser, "/people")["people"] if one["name"] == NAME)))
    browser.click("dialog button.primary")
    browser.wait_text("方文静", ".queue .col-assignee")
    browser.click(".page-head .tools details:nth-of-type(1) summary")
    browser.click(".menu-list > button")
    browser.type("dialog input", "我的总结")
    browser.click("dialog button.primary")
    browser.wait_gone("dialog")
    wait_for(lambda: [view["name"] for view in api(browser, "/views")["views"]] == ["我的总结"], 10, "the view")

    show(browser, "#/duties")
    browser.click(".page-head .primary")
    browser.type("dialog input[name=name]", "裴知远")
    browser.type("dialog textarea[name=why]", "请补交会议照片")
    browser.js("document.querySelector('dialog input[name=due]').value = '2099-01-15'")
    browser.click("dialog button.primary")
    browser.wait_text("请补交会议照片", ".list")
    duty = next(one for one in api(browser, "/duties?state=all")["duties"] if one["why_zh"] == "请补交会议照片")
    for button, state in (("暂停催交", {"held": True}), ("恢复催交", {"held": False}), ("免除", {"state": "waived"})):
        show(browser, f"#/duties/{duty['id']}")
        browser.js("[...document.querySelectorAll('.tools button')].find((b) => b.textContent === arguments[0]).click()", button)
        browser.type("dialog textarea", "改由秘书处处理")
        browser.click("dialog button.primary")
        wait_for(lambda: all(api(browser, f"/duties/{duty['id']}")[name] == value for name, value in state.items()), 10, button)

    show(browser, "#/users")
    browser.click(".page-head .primary")
    for field, text in (("name", "reader.1"), ("shown", "阅览员"), ("password", PASSWORD)):
        browser.type(f"dialog input[name={field}]", text)
    browser.choose("dialog select", "reader")
    browser.click("dialog button.primary")
    browser.wait_text("阅览员", ".list")
    show(browser, "#/password")
    for field, text in (("old", PASSWORD), ("new", PASSWORD + "2"), ("repeat", PASSWORD + "2")):
        browser.type(f"input[name={field}]", text)
    browser.click("form.card button")
    browser.wait_text("密码已修改", ".notices")

    paper = f"{folder}/扫描件.txt"
    with open(paper, "w") as f:
        f.write("纸质来件一份")
    show(browser, "#/queue")
    browser.click(".page-head .primary")
    browser.type("dialog input[type=file]", paper, clear=False)
    for field, text in (("from_name", "钱一舟"), ("from_address", "qian@paper.example"), ("subject", "纸质来件"), ("note", "当面")):
        browser.type(f"dialog input[name={field}]", text)
    browser.click("dialog button.primary")
    browser.wait_gone("dialog")
    wait_for(lambda: [row for row in api(browser, "/queue?state=all")["entries"] if row["subject"] == "纸质来件"], 20, "the paper in the queue")

    row = entry_of(browser, "申请材料（压缩包）")
    show(browser, f"#/entry/{row['id']}", ".fields")
    act = lambda words: browser.js("[...document.querySelectorAll('.actions .menu-list button')].find((b) => b.textContent === arguments[0]).click()", words)
    act("写信")
    browser.type("dialog input", "补充说明")
    browser.type("dialog textarea", "祝青禾老师：材料已收到。")
    browser.click("dialog button.primary")
    browser.wait_text("补充说明", ".past")
    act("拆分")
    browser.click("dialog label.check input")
    browser.click("dialog button.primary")
    wait_for(lambda: browser.js("return location.hash.split('?')[0]") != f"#/entry/{row['id']}", 20, "the entry that was split off")
    browser.wait(".fields")
    other = int(re.search(r"#/entry/(\d+)", browser.js("return location.hash"))[1])
    browser.wait_text(api(browser, f"/entries/{other}")["reference"], "main h1")
    act("并入他件")
    browser.type("dialog input", row["reference"])
    browser.click("dialog button.primary")
    wait_for(lambda: api(browser, f"/entries/{other}")["state"] == "closed", 10, "the merge")
    wait_for(lambda: browser.js("return location.hash.split('?')[0]") == f"#/entry/{row['id']}", 20, "the entry it was merged into")

@case
def conflict(folder, desk):
    """two browsers on one entry: the second is told live, and what it asks for is not done"""
    browser = needs(desk)
    row = entry_of(browser, "参会总结")
    desk.office("user", "add", "second", "--role", "reviewer", "--shown", "第二人", stdin=PASSWORD + "\n")
    other = Browser(f"{folder}/other")
    try:
        other.go(desk.url)
        log_in(other, "second", PASSWORD)
        show(other, f"#/entry/{row['id']}", ".fields")
        show(browser, f"#/entry/{row['id']}", ".fields")
        browser.keys("c")
        browser.type("dialog textarea", "我来办")
        browser.click("dialog button.primary")
        browser.wait_text("我来办", ".timeline")
        other.wait(".changed")
        other.keys("a")
        other.click("dialog .do-decide")
        other.wait(".conflict")
        desk.shot("conflict", other)
        assert re.search(r"fang|方文静", other.text(".conflict")) and "备注" in other.text(".conflict"), other.text(".conflict")
        assert api(browser, f"/entries/{row['id']}")["state"] == row["state"]
        other.click(".conflict button.primary")
        other.wait_text("我来办", ".timeline")
        # Who may only read is offered nothing else.
        desk.office("user", "add", "third", "--role", "reader", "--shown", "第三人", stdin=PASSWORD + "\n")
        other.click(".head-end .menu summary")
        other.click(".head-end .menu-list button")
        log_in(other, "third", PASSWORD)
        show(other, f"#/entry/{row['id']}", ".fields")
        offered = other.js("return [...document.querySelectorAll('.actions button, .fields .do-edit, form.kind')].map((b) => b.textContent)")
        assert offered == [], offered
        other.js("location.hash = '#/users'")
        other.wait_text("无权", ".alarm")
    finally:
        other.stop()

@case
def looks(folder, desk):
    """every page at 1280 px and 390 px, light and dark, in both languages: nothing is cut off or overlaps"""
    browser = needs(desk)
    entry = entry_of(browser, "国际标准提案承诺书")["id"]
    duty, letter = api(browser, "/duties")["duties"][0]["id"], api(browser, "/letters")["letters"][0]["id"]
    meeting = api(browser, "/meetings")["meetings"][0]["id"]
    expert = (api(browser, "/experts")["experts"] or [None])[0]
    pages = PAGES + [f"#/entry/{entry}", f"#/duties/{duty}", f"#/letters/{letter}", f"#/meetings/{meeting}"] + ([f"#/experts/{expert['id']}"] if expert else [])
    name = lambda hash: re.sub(r"[^a-z0-9]+", "-", hash.split("q=")[0]).strip("-")
    try:
        for width, height, scheme, language in ((1280, 860, "light", "zh"), (390, 844, "light", "zh"), (1280, 860, "dark", "en"), (390, 844, "dark", "en")):
            browser.size(width, height)
            browser.colours(scheme)
            browser.js("localStorage.setItem('shouwen.language', arguments[0]);", language)
            browser.reload(f"html[lang^={language}] main h1")
            for hash in pages:
                show(browser, hash)
                if "entry" in hash:
                    wait_for(lambda: browser.js("const i = document.querySelector('img.page'); return !i || i.complete"), 20, "the picture")
                check_layout(browser, f"{hash} at {width} px, {scheme}, {language}")
                desk.shot(f"{name(hash)}-{width}-{scheme}")
            ground = browser.js("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
            assert (sum(ground) < 150) == (scheme == "dark"), ground
    finally:
        browser.js("localStorage.removeItem('shouwen.language');")
        browser.size(1280, 860)
        browser.colours("light")
        browser.reload("html[lang^=zh] main h1")
    quiet(browser)

@case
def fonts(folder, desk):
    """Chinese is drawn with a Chinese font"""
    browser = needs(desk)
    show(browser, "#/queue?state=all")
    browser.devtools("DOM.enable")
    browser.devtools("CSS.enable")
    root = browser.devtools("DOM.getDocument")["root"]["nodeId"]
    node = browser.devtools("DOM.querySelector", nodeId=root, selector=".queue .subject")["nodeId"]
    used = [font["familyName"] for font in browser.devtools("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]]
    assert any(re.search(r"CJK|SC\b|Han|UMing|PingFang|YaHei|WenQuanYi", font) for font in used), used

@case
def picture(folder, desk):
    """the picture of the README (tests/browser/desk.png is a copy): the queue, and an entry beside its original"""
    browser = needs(desk)
    show(browser, "#/queue")
    browser.js("for (const notice of document.querySelectorAll('.notice')) notice.remove();")
    browser.size(1280, 500)
    queue = browser.command("GET", "/screenshot")
    browser.size(1280, 700)
    show(browser, f"#/entry/{entry_of(browser, '国际标准提案承诺书')['id']}", ".fields")
    wait_for(lambda: browser.js("const i = document.querySelector('img.page'); return i && i.complete && i.naturalWidth > 300"), 20, "the page's picture")
    browser.click("tr[data-field=title_zh] .field-tools button:not(.do-edit)")
    browser.wait(".mark")
    browser.js("for (const notice of document.querySelectorAll('.notice')) notice.remove(); scrollTo(0, 0);")
    entry = browser.command("GET", "/screenshot")
    browser.go("about:blank")
    browser.size(1280, 1200)
    browser.js("document.body.style.margin = 0; for (const data of arguments) { const i = new Image(); i.src = 'data:image/png;base64,' + data; i.style.display = 'block'; document.body.append(i); }", queue, entry)
    wait_for(lambda: browser.js("return [...document.images].every((i) => i.complete)"), 20, "both pictures")
    desk.shot("desk")
    browser.size(1280, 860)
    browser.go(desk.url)
    browser.wait(".queue tbody tr")

@case
def offline(folder, desk):
    """without the server, and without a session, there is a clear word and a way on"""
    browser = needs(desk)
    show(browser, "#/queue")
    browser.devtools("Network.enable")
    browser.devtools("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    browser.js("location.hash = '#/system'")
    browser.wait_text("无法连接服务器", ".alarm")
    desk.shot("offline")
    browser.click(".alarm button:not(.icon)")
    browser.wait_text("无法连接服务器", ".alarm")
    browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    browser.wait_text("系统", "main h1")
    browser.command("DELETE", "/cookie")
    browser.js("location.hash = '#/letters'")
    browser.wait_text("会话已结束", "form.card")

run(Desk, Desk.stop)
