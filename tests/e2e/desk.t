#!/usr/bin/env python3
"""The desk's API as browsers and attackers see it: rights, sessions, forgeries, hostile texts, limits, live updates, two clerks at once."""
import csv, email, email.policy, hashlib, io, json, os, re, socket, sqlite3, sys, threading, time, urllib.parse, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from desk import Browser, Office, PASSWORD, ROLES, SHOUWEN
from servers import certificate, wait_for
from sheets import read_xlsx
from tap import case, run
from locked import locked_zip
import make as samples

SAMPLES = dict(samples.samples())
OPENAPI = json.load(open(f"{HERE}/../../src/desk/web/openapi.json", encoding="utf-8"))
ROUTES = [(method.upper(), path, o) for path, methods in OPENAPI["paths"].items() for method, o in methods.items()]

# Texts that would do something if anybody believed them: in HTML, CSV, terminals, headers, names of files.
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "'-alert(1)-'", "javascript:alert(1)",
    "<iframe srcdoc='<script>1</script>'>", "</title><script>1</script>", "{{7*7}}", "${7*7}", "<a href=javascript:alert(1)>x</a>",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "=HYPERLINK(\"http://evil.example\")", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07",
    "\u202egpj.exe", "\u2066hidden\u2069", "\u200bzero", "a\r\nSet-Cookie: x=1", "a\r\nBcc: evil@evil.example", "x\"; filename=\"evil.html",
    "../../../etc/passwd", "..\\..\\windows\\x", "CON", "nul.txt", "a/b/c", "%2e%2e%2f", "%00", "' OR 1=1 --", "\"; DROP TABLE users; --",
    "<!--", "]]>", "&lt;b&gt;", "&#60;script&#62;", "\ufeffbom", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "A" * 4000, "<math><mtext></mtext></math>",
    "<style>*{display:none}</style>", "<base href=//evil.example>", "<form action=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<object data=x>", "<embed src=x>", "<link rel=import href=x>", "data:text/html,<script>1</script>", "file:///etc/passwd",
]

def mail_of(n, text):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    line = re.sub(r"[\r\n]+", " ", text)
    message["From"] = email.headerregistry.Address(line[:200], "sender", f"s{n}.example.org")
    message["To"], message["Message-ID"], message["Date"] = "office@committee.example", f"<hostile{n}@example.org>", "Mon, 02 Mar 2026 09:00:00 +0800"
    message["Subject"] = line[:500]
    message.set_content(text)
    message.add_alternative(f"<html><body>{text}<script>alert(2)</script></body></html>", subtype="html")
    message.add_attachment(samples.application(line[:100].replace("\x1b", "").replace("\x07", "").replace("\x00", "") or "x", "X", "某单位", "13800000000", "a@example.org", ["WG1"], "说明" * 60),
                           maintype="application", subtype="octet-stream", filename=line[:150] + ".docx")
    return message.as_bytes()

def set_up(folder):
    office = Office(f"{folder}/office", SAMPLES.values()).start()
    office.browsers = {role: office.browser(role) for role in ROLES}
    return office

def fill(path):
    return re.sub(r"\{(\w+)\}", lambda m: {"reference": "SC27-2026-9999", "what": "queue", "format": "json"}.get(m[1], "999999"), path)

@case
def matrix(folder, office):
    """every route with every role: what openapi.json says, and nothing more"""
    rank = {role: n for n, role in enumerate(ROLES)}
    wrong = []
    for method, path, o in ROUTES:
        if o["operationId"] in ("events", "session_close"):
            continue # tried by the cases of their own
        for role in ROLES:
            browser = office.browsers[role]
            if o["operationId"] in ("session_open", "setup"):
                browser = Browser(office.port)
            more = {"raw": b""} if o["operationId"] == "upload" else {"body": {}} if "requestBody" in o else {}
            status = browser(method, fill(path), **more).status
            allowed = rank[role] >= rank[o["x-role"]]
            if allowed and status in (401, 405) or status >= 500 or (allowed and status == 403) or (not allowed and status != (401 if role == "anonymous" else 403)):
                wrong.append(f"{method} {path} as {role}: {status}")
    assert not wrong, "\n".join(wrong)

@case
def default_deny(folder, office):
    """what has no row is refused, whoever asks"""
    admin = office.browsers["administrator"]
    for method, path, status in (("GET", "/nothing", 404), ("POST", "/queue", 405), ("DELETE", "/entries/1", 405), ("GET", "/entries/1/accept", 405),
                                 ("OPTIONS", "/queue", 405), ("PUT", "/users/1", 405), ("GET", "/entries/1e1", 404), ("HEAD", "/queue", 405)):
        assert admin(method, path).status == status, (method, path)
    assert admin("GET", "/api/v2/queue", api=False).status == 404
    assert admin("GET", "/api", api=False).status == 404
    assert admin("POST", "/index.html", {}, api=False).status == 405

@case
def sessions(folder, office):
    """a session's cookie is closed to scripts and other sites; after logging out it is worth nothing"""
    browser = Browser(office.port)
    answer = browser.login("clerk")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie and "Secure" not in cookie, cookie
    assert browser.get("/session")["user"]["role"] == "clerk"
    kept = browser.cookie
    browser("DELETE", "/session", status=204)
    browser.cookie = kept
    assert browser("GET", "/queue").status == 401
    assert browser.get("/session")["user"] is None
    for name, password in (("clerk", "wrong password"), ("nobody", PASSWORD), ("", PASSWORD), ("clerk", "")):
        answer = Browser(office.port)("POST", "/session", {"name": name, "password": password})
        assert answer.status in (400, 403) and "Set-Cookie" not in answer.headers
    ledger = open(f"{office.spool}/ledger.db", "rb").read() + open(f"{office.spool}/ledger.db-wal", "rb").read()
    assert kept.encode() not in ledger and PASSWORD.encode() not in ledger, "a secret stands in the ledger"

@case
def leaving_it_open(folder, office):
    """a page that stands open and asks by itself does not keep its session; whoever uses it does"""
    browser = office.browser("clerk")
    token = hashlib.sha256(browser.cookie.encode()).hexdigest()
    row = f"FROM sessions WHERE hex(token) = '{token.upper()}'"
    def age(minutes):
        db = sqlite3.connect(f"{office.spool}/ledger.db", timeout=20)
        assert db.execute(f"UPDATE sessions SET seen = seen - {minutes} * 60000000 WHERE hex(token) = '{token.upper()}'").rowcount == 1
        db.commit()
        db.close()
    age(40)
    before = office.ask(f"SELECT seen {row}")
    browser("GET", "/queue", headers={"X-Unattended": "1"}, status=200)
    with socket.create_connection(("127.0.0.1", office.port), timeout=20) as s:
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost:{office.port}\r\nCookie: shouwen={browser.cookie}\r\n\r\n".encode())
        assert b"event-stream" in s.recv(4096)
    assert office.ask(f"SELECT seen {row}") == before
    browser("GET", "/queue", status=200)
    assert office.ask(f"SELECT seen {row}") > before
    age(61)
    assert browser("GET", "/queue").status == 401

@case
def forgeries(folder, office):
    """without our token, from another origin, under another name or type nothing is done"""
    clerk = office.browsers["clerk"]
    before = clerk.get("/entries/1")["version"]
    body = {"version": before, "text": "forged"}
    for headers in ({"X-CSRF-Token": None}, {"X-CSRF-Token": "x" * 43}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}, {"Host": f"localhost.evil.example:{office.port}"}):
        assert clerk("POST", "/entries/1/comment", body, headers=headers).status == 403, headers
    assert clerk("POST", "/entries/1/comment", raw=json.dumps(body).encode(), headers={"Content-Type": "text/plain"}).status == 400
    assert Browser(office.port)("POST", "/session", raw=json.dumps({"name": "clerk", "password": PASSWORD}).encode(), headers={"Content-Type": "text/plain"}).status == 400
    assert Browser(office.port)("POST", "/session", {"name": "clerk", "password": PASSWORD}, headers={"Origin": "https://evil.example"}).status == 403
    assert Browser(office.port, host="evil.example")("GET", "/session").status == 403
    assert clerk.get("/entries/1")["version"] == before
    # The header of the reverse proxy is believed of nobody here.
    assert Browser(office.port)("GET", "/queue", headers={"X-Remote-User": "administrator", "Remote-User": "administrator", "X-Forwarded-For": "127.0.0.1"}).status == 401

@case
def headers(folder, office):
    """every answer carries what keeps browsers from guessing and framing"""
    for answer in (office.browsers["clerk"]("GET", "/queue"), Browser(office.port)("GET", "/queue"), Browser(office.port)("GET", "/openapi.json", api=False)):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin" and "Access-Control-Allow-Origin" not in answer.headers
    assert office.browsers["clerk"]("GET", "/queue").headers["Cache-Control"] == "no-store"
    page = Browser(office.port)("GET", "/openapi.json", api=False)
    assert Browser(office.port)("GET", "/openapi.json", api=False, headers={"If-None-Match": page.headers["ETag"]}).status == 304
    for path in ("/../shouwen.conf", "/%2e%2e/%2e%2e/etc/passwd", "/.git/config", "//etc/passwd", "/..%2f..%2fetc/passwd"):
        assert Browser(office.port)("GET", path, api=False).status in (400, 404), path

@case
def two_clerks(folder, office):
    """the second of two clerks is told who was faster, and overwrites nothing"""
    one, other = office.browsers["clerk"], office.browsers["reviewer"]
    entry = next(e for e in one.get("/queue?state=all&limit=200")["entries"])
    path, version = f"/entries/{entry['id']}", entry["version"]
    done = one("POST", f"{path}/comment", {"version": version, "text": "我先"}, status=200).json
    assert done["version"] > version
    refused = other("POST", f"{path}/comment", {"version": version, "text": "我后"}, status=409).json["error"]
    assert refused["code"] == "conflict" and refused["by"] == "clerk" and refused["version"] == done["version"] and refused["verb"] == "comment" and refused["at"], refused
    comments = [e for e in one.get(path)["events"] if e["verb"] == "comment"]
    assert [c["actor"] for c in comments].count("reviewer") == 0
    results = [None] * 8
    version = one.get(path)["version"]
    def try_it(n):
        results[n] = one("POST", f"{path}/comment", {"version": version, "text": f"{n}"}).status
    threads = [threading.Thread(target=try_it, args=(n,)) for n in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(results) == [200] + [409] * 7, results

@case
def watching(folder, office):
    """a change reaches browsers that watch at once; who reconnects is told what he missed"""
    clerk = office.browsers["clerk"]
    def watch(last=None, query=""):
        s = socket.create_connection(("127.0.0.1", office.port), timeout=20)
        more = f"Last-Event-ID: {last}\r\n" if last else ""
        s.sendall(f"GET /api/v1/events{query} HTTP/1.1\r\nHost: localhost:{office.port}\r\nCookie: shouwen={clerk.cookie}\r\n{more}\r\n".encode())
        return s
    def read_until(s, word):
        got = b""
        while word not in got:
            more = s.recv(4096)
            assert more, got
            got += more
        return got
    with watch() as s:
        head = read_until(s, b"retry:")
        assert b"text/event-stream" in head, head
        version = clerk.get("/entries/2")["version"]
        began = time.monotonic()
        clerk("POST", "/entries/2/comment", {"version": version, "text": "看"}, status=200)
        data = {"entries": []}
        while 2 not in data["entries"]: # the case before may still be told of
            event = read_until(s, b"}\n\n").decode()
            data = json.loads(re.search(r"data: (.*)", event)[1])
            assert data["event"] == int(re.search(r"id: (\d+)", event)[1]), event
        assert time.monotonic() - began < 10, "late"
    with watch(data["event"] - 1) as s:
        assert json.loads(re.search(r"data: (.*)", read_until(s, b"}\n\n").decode())[1])["entries"] == [2]
    with watch() as s:
        here = read_until(s, b"event: here")
        assert f"id: {data['event']}\n" in (here + s.recv(4096)).decode(), here
    with watch(query=f"?after={data['event'] - 1}") as s:
        assert json.loads(re.search(r"data: (.*)", read_until(s, b"}\n\n").decode())[1])["entries"] == [2]
    assert clerk("GET", "/events?after=x").status == 400
    assert Browser(office.port)("GET", "/events").status == 401

@case
def files(folder, office):
    """originals come out byte for byte, attachments as downloads, pictures and text through the jail"""
    reader = office.browsers["reader"]
    for row in reader.get("/queue?state=all&limit=200")["entries"]:
        entry = reader.get(f"/entries/{row['id']}")
        for message in entry["messages"]:
            original = reader("GET", f"/messages/{message['id']}/original", status=200)
            assert original.body in SAMPLES.values() and original.headers["Content-Disposition"].startswith("attachment;"), row
            head = reader("GET", f"/messages/{message['id']}/headers", status=200)
            assert original.body.startswith(head.body) and head.headers["Content-Type"].startswith("text/plain") and "sandbox" in head.headers["Content-Security-Policy"]
            view = reader("GET", f"/messages/{message['id']}/view", status=200)
            assert view.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'") and b"<script" not in view.body
        for document in entry["document_list"]:
            file = reader("GET", f"/documents/{document['id']}/file")
            if file.status == 200:
                assert len(file.body) == document["bytes"] and file.headers["Content-Type"] == "application/octet-stream"
                assert file.headers["Content-Disposition"].startswith("attachment;")
            if document["preview"] == "view":
                assert reader("GET", f"/documents/{document['id']}/view", status=200).headers["Content-Type"].startswith("text/html")
            if document["preview"] == "pages":
                assert reader("GET", f"/documents/{document['id']}/pages/1?dpi=60", status=200).body.startswith(b"\x89PNG")
        packed = zipfile.ZipFile(io.BytesIO(reader("GET", f"/entries/{row['id']}/zip", status=200).body))
        assert packed.testzip() is None and len(packed.namelist()) == len(set(packed.namelist())) >= len(entry["messages"])
    assert any(d["preview"] == "pages" for row in reader.get("/queue?state=all&limit=200")["entries"] for d in reader.get(f"/entries/{row['id']}")["document_list"])

@case
def handing_in(folder, office):
    """a paper becomes an entry with its file; a mail is taken as it is; what is too large is refused"""
    clerk = office.browsers["clerk"]
    form = samples.application("赵纸质", "ZHAO Zhizhi", "纸质单位", "13900000000", "zhao@example.org", ["WG2"], "从事密码标准化工作多年。" * 20)
    query = urllib.parse.urlencode({"name": "申请表\r\nX: y.docx", "from_name": "赵纸质", "subject": "纸质申请", "note": "当面递交"})
    given = clerk("POST", f"/uploads?{query}", raw=form, status=202).json
    def entered():
        hits = [e for e in clerk.get("/queue?state=all&text=" + urllib.parse.quote("纸质申请"))["entries"]]
        return hits and clerk.get(f"/entries/{hits[0]['id']}")
    entry = wait_for(entered, 20, "the entry")
    assert entry["messages"][0]["message_id"].strip("<>") == given["message_id"] and entry["letters"] == []
    document = entry["document_list"][0]
    assert document["kind"] == "expert-application" and clerk("GET", f"/documents/{document['id']}/file").body == form
    clerk("POST", "/uploads?name=mail.eml", raw=SAMPLES["01-application"].replace(b"Message-ID: <", b"Message-ID: <by-hand."), status=202)
    assert office.browsers["reader"]("POST", "/uploads?name=x", raw=b"x").status == 403
    assert clerk("POST", "/uploads?name=x", raw=b"").status == 400
    assert clerk("POST", "/uploads?name=x&from_address=a%0d%0ab@example.org", raw=b"x").status == 422
    try:
        assert clerk("POST", "/uploads?name=x", raw=b"x" * (60 << 20)).status == 413
    except OSError:
        pass # hung up before everything was sent

@case
def limits(folder, office):
    """bodies, headers, depth and odd requests beyond measure end in an error, and the desk goes on"""
    clerk = office.browsers["clerk"]
    def raw(text, more=b""):
        with socket.create_connection(("127.0.0.1", office.port), timeout=20) as s:
            try:
                s.sendall(text.replace(b"HOST", f"localhost:{office.port}".encode()) + more)
                return s.recv(4096)
            except OSError:
                return b""
    post = f"POST /api/v1/entries/1/comment HTTP/1.1\r\nHost: HOST\r\nCookie: shouwen={clerk.cookie}\r\nX-CSRF-Token: {clerk.csrf}\r\nContent-Type: application/json\r\n".encode()
    assert b" 413 " in raw(post + b"Content-Length: 99999999999\r\n\r\n")
    assert b" 413 " in raw(post + b"Content-Length: 2000000\r\n\r\n{")
    assert b" 200 " not in raw(post + b"Transfer-Encoding: chunked\r\n\r\n", b"80000\r\n" + b"x" * 0x80000 + b"\r\n" + b"c0000\r\n" + b"x" * 0xc0000 + b"\r\n")
    assert b" 200 " not in raw(b"GET /api/v1/session HTTP/1.1\r\nHost: HOST\r\nX: " + b"y" * 100000 + b"\r\n\r\n")
    assert b" 200 " not in raw(b"GET /api/v1/session HTTP/1.1\r\n\r\n")
    assert b" 401 " in raw(b"POST /api/v1/uploads?name=x HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/octet-stream\r\nContent-Length: 50000000\r\n\r\n"), "asked who it is before the body"
    for body in (b"[" * 500000, b"{\"version\":" + b"9" * 1000 + b"}", b"\x00", b"{\"version\":1,\"version\":2}", b"{\"text\":\"\\u0000\",\"version\":1}", b"\xff\xfe"):
        assert clerk("POST", "/entries/1/comment", raw=body, headers={"Content-Type": "application/json"}).status == 400, body[:40]
    for query in ("limit=0", "limit=201", "limit=x", "after=x", "order=x", "state=x", "due=x", "since=yesterday", "assignee=x", "limit=99999999999999999999"):
        assert clerk("GET", f"/queue?{query}").status == 400, query
    assert clerk("GET", "/search?q=").status == 400 and clerk("GET", "/calendar?month=2026-13").status == 400
    idle = []
    try:
        for _ in range(300):
            s = socket.create_connection(("127.0.0.1", office.port), timeout=5)
            s.sendall(b"GET /api")
            idle.append(s)
    except OSError:
        pass
    [s.close() for s in idle]
    def recovered():
        try:
            return clerk("GET", "/queue").status == 200
        except OSError:
            return False
    wait_for(recovered, 10, "the desk's recovery")

@case
def users(folder, office):
    """accounts: made, changed and ended by an administrator; the last one stays; a new password ends other sessions"""
    admin = office.browsers["administrator"]
    made = admin("POST", "/users", {"name": "sun", "shown": "孙", "role": "clerk", "password": PASSWORD}, status=201).json
    assert admin("POST", "/users", {"name": "sun", "shown": "孙", "role": "clerk"}).status == 409
    assert admin("POST", "/users", {"name": "Sun 1", "shown": "孙", "role": "clerk"}).status == 422
    assert admin("POST", "/users", {"name": "short", "shown": "孙", "role": "clerk", "password": "short"}).status == 422
    one, other = office.browser("sun"), office.browser("sun")
    assert one("PUT", "/session/password", {"old": "wrong password", "new": PASSWORD + "!"}).status == 403
    one("PUT", "/session/password", {"old": PASSWORD, "new": PASSWORD + "!"}, status=204)
    assert one("GET", "/queue").status == 200 and other("GET", "/queue").status == 401
    admin("PATCH", f"/users/{made['id']}", {"role": "reader"}, status=200)
    assert one.get("/session")["user"]["role"] == "reader"
    admin("PATCH", f"/users/{made['id']}", {"disabled": True}, status=200)
    assert one("GET", "/queue").status == 401
    assert Browser(office.port)("POST", "/session", {"name": "sun", "password": PASSWORD + "!"}).status == 403
    me = admin.get("/session")["user"]["id"]
    assert admin("PATCH", f"/users/{me}", {"role": "clerk"}).status == 422 and admin("PATCH", f"/users/{me}", {"disabled": True}).status == 422
    assert admin.get("/session")["user"]["role"] == "administrator"
    assert all("password" not in u for u in admin.get("/users")["users"])
    office("verify")

@case
def views(folder, office):
    """saved views are one's own"""
    one, other = office.browsers["clerk"], office.browsers["reviewer"]
    made = one("POST", "/views", {"name": "待审", "query": "state=review"}, status=201).json
    assert one.get("/views")["views"] == [made] and other.get("/views")["views"] == []
    assert other("DELETE", f"/views/{made['id']}").status == 404
    one("DELETE", f"/views/{made['id']}", status=204)

@case
def guessing(folder):
    """whoever guesses passwords waits longer and longer; names are not told apart by time or words"""
    office = Office(folder, []).start()
    try:
        browser = Browser(office.port)
        answers = [browser("POST", "/session", {"name": "clerk", "password": f"wrong password {n}"}) for n in range(13)]
        assert [a.status for a in answers][:6] == [403] * 6 and answers[-1].status == 429, [a.status for a in answers]
        assert answers[-1].json["error"]["retry_after"] >= 1 and answers[-1].headers["Retry-After"]
        unknown = Browser(office.port)("POST", "/session", {"name": "reader2", "password": "x"}, headers={"X-Forwarded-For": "192.0.2.77"})
        assert unknown.status == 429, "another name from the same address, and a header that nobody believes"
        wait_for(lambda: browser("POST", "/session", {"name": "clerk", "password": PASSWORD}).status == 200, 150, "logging in after the wait")
        times = {}
        for name in ("reader", "nobody-at-all"):
            began = time.monotonic()
            answer = browser("POST", "/session", {"name": name, "password": "wrong password"})
            times[name] = time.monotonic() - began, answer.json
        assert times["reader"][1] == times["nobody-at-all"][1]
        assert times["nobody-at-all"][0] > 0.02, "no hash was reckoned for a name that does not exist"
    finally:
        office.stop()

@case
def first_run(folder):
    """the first administrator is made once, with the token only"""
    office = Office(folder, [], users=False).start()
    try:
        url, token = office("user", "setup").split()
        assert url == f"http://127.0.0.1:{office.port}/"
        browser = Browser(office.port)
        assert browser.get("/session")["setup"] is True
        person = {"name": "first", "shown": "首位", "password": PASSWORD}
        assert browser("POST", "/setup", {"token": "x" * 43, **person}).status == 403
        stale, token = token, office("user", "setup").split()[1]
        assert browser("POST", "/setup", {"token": stale, **person}).status == 403
        assert browser("POST", "/setup", {"token": token, **person, "password": "short"}).status == 422
        assert browser("POST", "/setup", {"token": token, **person}, status=201).json["user"]["role"] == "administrator"
        assert browser.get("/users")["users"][0]["name"] == "first"
        assert Browser(office.port)("POST", "/setup", {"token": token, **person, "name": "second"}).status == 404
        office("user", "setup", code=64)
        assert token not in open(f"{folder}/log").read()
    finally:
        office.stop()

@case
def proxy(folder):
    """a reverse proxy names users from its own address only"""
    office = Office(folder, [], desk="proxy_address = 127.0.0.1\nproxy_header = X-Remote-User\nhosts = desk.example.cn").start()
    try:
        named = {"X-Remote-User": "clerk", "X-Forwarded-Proto": "https"}
        browser = Browser(office.port, host="desk.example.cn")
        session = browser("GET", "/session", headers=named, status=200).json
        assert session["user"]["name"] == "clerk" and session["proxy"] is True
        assert browser("GET", "/queue").status == 401 and browser("GET", "/queue", headers=named).status == 200
        assert browser("GET", "/queue", headers={"X-Remote-User": "nobody"}).status == 401
        body = {"name": "v", "query": ""}
        assert browser("POST", "/views", body, headers=named, ).status == 201
        assert browser("POST", "/views", body, headers={**named, "X-CSRF-Token": None}).status == 403
        assert "Secure" in Browser(office.port, host="desk.example.cn")("POST", "/session", {"name": "reader", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}, status=200).headers["Set-Cookie"]
    finally:
        office.stop()

@case
def own_tls(folder):
    """with a certificate the desk speaks HTTPS itself; a key that others may read is refused"""
    key, cert = certificate(f"{folder}/tls")
    os.chmod(key, 0o600)
    office = Office(folder, [], desk=f"tls_certificate = {cert}\ntls_key = {key}").start(tls=cert)
    try:
        browser = Browser(office.port, tls=cert)
        assert "; Secure" in browser.login("clerk").headers["Set-Cookie"]
        assert browser("GET", "/queue").status == 200
    finally:
        office.stop()
    os.chmod(key, 0o644)
    office("stage", "desk", code=78)
    with open(office.conf, "a") as f:
        f.write("")
    text = open(office.conf).read()
    with open(office.conf, "w") as f:
        f.write(text.replace("[desk]\n", "[desk]\nlisten = 0.0.0.0\n").replace("tls_certificate", "#").replace("tls_key", "#"))
    office("stage", "desk", code=78)

@case
def deciding(folder):
    """triage from the first look to the letters: correct, kind, assign, preview, return, accept, reject, reopen, split, merge, many at once"""
    office = Office(folder, SAMPLES.values()).start()
    try:
        clerk, reviewer = office.browser("clerk"), office.browser("reviewer")
        rows = reviewer.get("/queue?state=all&limit=200")["entries"]
        def act(browser, entry, action, status=200, **body):
            version = browser.get(f"/entries/{entry}")["version"]
            return browser("POST", f"/entries/{entry}/{action}", {"version": version, **body}, status=status).json
        def entry_with(kind, state=None):
            return next(r["id"] for r in rows if kind in r["kinds"] and (state is None or r["state"] == state))
        waiting = entry_with("expert-application", "waiting")
        document = next(d for d in clerk.get(f"/entries/{waiting}")["document_list"] if d["kind"] == "expert-application")
        act(clerk, waiting, "correct", document=document["id"], field="phone", value="13800138000")
        field = next(f for d in clerk.get(f"/entries/{waiting}")["document_list"] for f in d["fields"] if d["id"] == document["id"] and f["id"] == "phone")
        assert field["origin"] == "person" and field["corrected_by"] == "clerk" and field["shown"] == "13800138000" and field["corrected"], field
        assert act(clerk, waiting, "correct", document=document["id"], field="email", value="no address", status=422)["error"]["code"] == "unprocessable"
        for value in ({"a": 1}, 5, True):
            assert act(clerk, waiting, "correct", document=document["id"], field="name", value=value, status=400)
        act(clerk, waiting, "kind", document=document["id"], kind="no-such-kind", status=422)
        act(clerk, waiting, "kind", document=document["id"], kind="meeting-registration")
        act(clerk, waiting, "kind", document=document["id"], kind="expert-application")
        people = {p["name"]: p["id"] for p in clerk.get("/people")["people"]}
        act(clerk, waiting, "assign", user=people["reviewer"])
        assert [r["id"] for r in reviewer.get("/queue?state=all&assignee=me")["entries"]] == [waiting]
        act(clerk, waiting, "assign", user=None)
        act(clerk, waiting, "assign", user=99999, status=404)
        preview = clerk("POST", f"/entries/{waiting}/preview", {"action": "return", "reason": "照片缺失"}, status=200).json
        assert preview["recipient"] and preview["subject"] and "照片缺失" in preview["text"], preview
        assert clerk.get(f"/entries/{waiting}")["state"] != "rejected" and not [l for l in clerk.get(f"/entries/{waiting}")["letters"] if l["kind"] == "return"]
        act(reviewer, waiting, "return", reason="照片缺失", letter={"text": preview["text"] + "\n另请附照片。", "subject": "请补照片"})
        entry = reviewer.get(f"/entries/{waiting}")
        letter = next(l for l in entry["letters"] if l["kind"] == "return")
        assert letter["subject"] == "请补照片" and entry["state"] == "waiting", letter
        assert "另请附照片" in reviewer("GET", f"/letters/{letter['id']}/view", status=200).body.decode()
        done = next(r["id"] for r in rows if r["state"] == "complete" and r["attention"] is None)
        act(reviewer, done, "accept")
        assert reviewer.get(f"/entries/{done}")["state"] == "accepted"
        act(reviewer, done, "reopen", reason="看错了")
        act(reviewer, done, "reject", reason="不符合要求", letter={"silent": True})
        assert reviewer.get(f"/entries/{done}")["state"] == "rejected"
        several = next(r["id"] for r in rows if r["documents"] > 1 and r["id"] not in (done, waiting))
        parts = reviewer.get(f"/entries/{several}")["document_list"]
        made = act(reviewer, several, "split", documents=[parts[-1]["id"]])
        assert made["entry"] != several and reviewer.get(f"/entries/{made['entry']}")["documents"] == 1
        act(reviewer, made["entry"], "merge", into=several)
        assert len(reviewer.get(f"/entries/{several}")["document_list"]) == len(parts) and reviewer.get(f"/entries/{made['entry']}")["state"] == "closed"
        rows = reviewer.get("/queue?state=open&limit=200")["entries"]
        bulk = {"action": "close", "reason": "清理", "entries": [{"id": rows[0]["id"], "version": rows[0]["version"]}, {"id": rows[1]["id"], "version": rows[1]["version"] - 1}, {"id": 99999, "version": 1}]}
        assert clerk("POST", "/queue/actions", bulk).status == 403, "closing is for reviewers, many at once too"
        results = reviewer("POST", "/queue/actions", bulk, status=200).json["results"]
        assert [r["ok"] for r in results] == [True, False, False] and [r.get("error", {}).get("code") for r in results] == [None, "conflict", "not-found"], results
        foreign = next(d["id"] for r in rows if r["id"] != waiting for d in reviewer.get(f"/entries/{r['id']}")["document_list"])
        for action in ("accept", "return", "reject"):
            assert act(reviewer, waiting, action, status=404, document=foreign, reason="x")["error"]["code"] == "not-found"
        office("verify")
    finally:
        office.stop()

@case
def unlocking(folder):
    """a clerk's password opens what is encrypted; a wrong one changes nothing, and none is kept"""
    form = samples.application("赵密件", "ZHAO Mijian", "密件单位", "13900000000", "zhao@example.org", ["WG2"], "从事密码标准化工作多年。" * 20)
    office = Office(folder, [samples.mail(41, "赵密件", "zhao@example.org", "加密材料", "密码另告。", [("材料.zip", "application/zip", locked_zip({"申请表.docx": form}, " 四海 1234"))])]).start()
    try:
        clerk, reader = office.browser("clerk"), office.browser("reader")
        before = clerk.get("/entries/1")
        document, message = before["document_list"][0], before["messages"][0]["id"]
        assert document["status"] == "encrypted" and document["message"] == message, document
        assert reader("POST", f"/messages/{message}/unlock", {"password": " 四海 1234"}).status == 403
        assert clerk("POST", f"/messages/{message}/unlock", {"password": "四海"}).status == 422 and clerk.get("/entries/1") == before
        for body, status in (({}, 400), ({"password": ""}, 400), ({"password": "x" * 1001}, 400)):
            assert clerk("POST", f"/messages/{message}/unlock", body).status == status, body
        clerk("POST", f"/messages/{message}/unlock", {"password": " 四海 1234"}, status=204)
        after = clerk.get("/entries/1")
        assert [d["kind"] for d in after["document_list"]] == ["expert-application"] and after["version"] > before["version"]
        assert [e["actor"] for e in after["events"] if e["verb"] == "unlocked"] == ["clerk"]
        # The password is gone, so what was in the archive cannot be shown: in a frame a sentence says so, not JSON.
        view = f"/documents/{after['document_list'][0]['id']}/view"
        assert clerk("GET", view, status=404).json["error"]["code"] == "not-found"
        page = clerk("GET", view, headers={"Sec-Fetch-Dest": "iframe"}, status=404)
        assert page.headers["Content-Type"].startswith("text/html") and "无法显示" in page.body.decode() and page.headers["Content-Security-Policy"].startswith("sandbox;"), page.body
        assert "四海".encode() not in b"".join(open(f"{office.spool}/{name}", "rb").read() for name in ("ledger.db", "ledger.db-wal"))
        office("verify")
    finally:
        office.stop()

@case
def attending(folder):
    """who took part is set by a clerk: a state of the list, of people and meetings that there are"""
    office = Office(folder, [SAMPLES["01-application"]])
    with open(f"{folder}/meetings.ics", "w", newline="") as f:
        f.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\nUID:m@t.example\r\nSUMMARY:WG1 meeting\r\n"
                "DTSTART;VALUE=DATE:20260202\r\nDTEND;VALUE=DATE:20260204\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    office("calendar", "import", f"{folder}/meetings.ics")
    office("accept", "1")
    office.start()
    try:
        clerk, reader = office.browser("clerk"), office.browser("reader")
        meeting, expert = clerk.get("/meetings")["meetings"][0]["id"], clerk.get("/experts")["experts"][0]["id"]
        path = f"/meetings/{meeting}/participants/{expert}"
        assert reader("PUT", path, {"state": "attended"}).status == 403
        for state in ("registered", "attended", "attended", "absent", "excused"):
            assert [p["state"] for p in clerk("PUT", path, {"state": state}, status=200).json["participant_list"]] == [state]
        assert clerk.get(f"/experts/{expert}")["figures"]["excused"] == 1
        for where, body, status in ((path, {"state": "asleep"}, 400), (path, {}, 400), (f"/meetings/999/participants/{expert}", {"state": "absent"}, 404),
                                    (f"/meetings/{meeting}/participants/999", {"state": "absent"}, 404)):
            assert clerk("PUT", where, body).status == status, (where, body)
        assert office.ask("SELECT actor, json_extract(payload, '$.state') FROM events e JOIN event_payloads p ON p.event = e.id WHERE verb = 'participant' ORDER BY id") == [("clerk", s) for s in ("registered", "attended", "absent", "excused")]
        office("verify")
    finally:
        office.stop()

@case
def exports(folder, office):
    """a view as xlsx, csv or json: opened by others, and no cell is run"""
    reader = office.browsers["reader"]
    shown = reader.get("/queue?state=all&limit=200")["entries"]
    for what in ("queue", "entries", "documents", "duties", "letters", "experts", "meetings", "statistics", "search"):
        query = "?state=all&q=" + urllib.parse.quote("申请")
        with open(f"{folder}/{what}.xlsx", "wb") as f:
            f.write(reader("GET", f"/export/{what}/xlsx{query}", status=200).body)
        cells = read_xlsx(f"{folder}/{what}.xlsx")
        assert not any(kind == "f" for row in cells for kind, _ in row), "a formula"
        rows = [[value for _, value in row] for row in cells]
        text = reader("GET", f"/export/{what}/csv{query}", status=200)
        assert text.body.startswith(b"\xef\xbb\xbf") and text.headers["Content-Disposition"].startswith("attachment;")
        table = list(csv.reader(io.StringIO(text.body.decode("utf-8-sig"))))
        assert len(table) == len(rows) and len(table) == len(reader("GET", f"/export/{what}/json{query}", status=200).json) + 1, what
        if what == "queue":
            assert len(rows) == len(shown) + 1, (len(rows), len(shown))
            assert {r["reference"] for r in shown} <= {cell for row in rows for cell in row}
        assert not any(cell[:1] in "=+-@\t\r" for row in table for cell in row if cell and not re.fullmatch(r"-?[\d.]+", cell)), what
    assert reader("GET", "/export/users/csv").status == 404 and reader("GET", "/export/queue/exe").status == 404

@case
def duties_and_letters(folder, office):
    """a duty by hand is planned, held, released and met; letters are held and let go; figures add up"""
    clerk, reviewer = office.browsers["clerk"], office.browsers["reviewer"]
    made = clerk("POST", "/duties", {"what": "other", "why": "寄回原件", "due": "2031-03-05", "name": "某人", "address": "someone@example.org"}, status=201).json["id"]
    duty = clerk.get(f"/duties/{made}")
    assert duty["due"].startswith("2031-03-05T23:59") and duty["state"] == "open" and any(r["done"] is None for r in duty["reminders"]), duty
    assert clerk("POST", f"/duties/{made}/hold", {"reason": "等"}, status=200).json["held"] is True
    assert clerk("POST", f"/duties/{made}/release", {"reason": "好"}, status=200).json["held"] is False
    assert clerk("POST", f"/duties/{made}/waive", {"reason": "x"}).status == 403
    assert [d["id"] for d in clerk.get("/duties?text=" + urllib.parse.quote("某人"))["duties"]] == [made]
    assert made in [d["id"] for d in clerk.get("/calendar?month=2031-03")["duties"]]
    assert clerk("POST", f"/duties/{made}/meet", {"reason": "到了"}, status=200).json["state"] == "met"
    assert clerk("POST", f"/duties/{made}/meet", {"reason": "到了"}).status == 422
    for body in ({"what": "other", "why": "x", "due": "gestern"}, {"what": "", "why": "x", "due": "2031-03-05"}, {"why": "x", "due": "2031-03-05"}):
        assert clerk("POST", "/duties", body).status == 400, body
    due = {"what": "other", "why": "x", "due": "2031-03-05"}
    for more, status in (({"party": 999}, 404), ({"entry": 999}, 404), ({"meeting": 999}, 404), ({"address": "a\r\nBcc: b@example.org"}, 400), ({"address": "nobody"}, 400)):
        assert clerk("POST", "/duties", {**due, **more}).status == status, more
    for path in ("/duties", "/experts", "/meetings"):
        assert clerk("GET", f"{path}?after=0_9223372036854775807").status == 400, path
    assert clerk("GET", "/documents/1/compare/999999").status == 404 and clerk("GET", "/documents/999999/compare/1").status == 404
    letters = clerk.get("/letters?limit=3")
    assert len(letters["letters"]) == 3 and letters["next"]
    more = clerk.get("/letters?limit=3&after=" + letters["next"])["letters"]
    assert not {l["id"] for l in more} & {l["id"] for l in letters["letters"]}
    sent = next(l for l in letters["letters"] if l["state"] == "sent")
    assert reviewer("POST", f"/letters/{sent['id']}/release").status == 409 and reviewer("POST", f"/letters/{sent['id']}/hold", {"reason": "x"}).status == 409
    assert email.message_from_bytes(clerk("GET", f"/letters/{sent['id']}/original", status=200).body)["To"]
    figures = clerk.get("/statistics")
    assert sum(w["total"] for w in figures["weeks"]) > 0 and sum(figures["states"].values()) >= 9, figures["states"]
    assert clerk("GET", "/statistics?from=1970-01-01&to=2999-12-31").status == 400, "half a million weeks"
    assert clerk.get("/statistics?from=2026-05-01&to=2026-04-01")["weeks"] == []
    system = clerk.get("/system")
    assert system["mailboxes"][0]["arrivals"] >= len(SAMPLES) and re.fullmatch("[0-9a-f]{64}", system["chain"]["head"])
    assert reviewer.get("/experts") == {"experts": [], "next": None} and reviewer.get("/meetings") == {"meetings": [], "next": None}
    names = clerk.get("/names")
    assert names["kinds"]["expert-application"]["zh"] and names["states"] and names["severities"]["error"]["en"]

@case
def paging(folder, office):
    """pages follow each other without gap or overlap in every order"""
    reader = office.browsers["reader"]
    for order in ("rank", "received", "-received", "reference"):
        seen, after = [], ""
        while after is not None:
            page = reader.get(f"/queue?state=all&limit=4&order={order}" + (f"&after={after}" if after else ""))
            seen += [e["id"] for e in page["entries"]]
            after = page["next"]
        assert len(seen) == len(set(seen)) == reader.get("/queue/counts")["all"], (order, seen)
    hits = reader.get("/search?q=" + urllib.parse.quote("申请"))["hits"]
    assert hits and all(h["ranges"] for h in hits)
    for hit in hits:
        units = hit["snippet"].encode("utf-16-le")
        for start, length in hit["ranges"]:
            assert "申请" in units[2 * start:2 * (start + length)].decode("utf-16-le") or length < 2, hit

@case
def hostile_texts(folder):
    """fifty hostile texts in names, subjects, bodies, file names and fields come out as data everywhere"""
    office = Office(folder, [mail_of(n, text) for n, text in enumerate(HOSTILE)]).start()
    try:
        reader, clerk = office.browser("reader"), office.browser("clerk")
        rows = reader.get("/queue?state=all&limit=200")["entries"]
        assert len(rows) >= 45, len(rows)
        for row in rows:
            answer = reader("GET", f"/entries/{row['id']}", status=200)
            assert answer.headers["Content-Type"].startswith("application/json")
            entry = answer.json
            flat = json.dumps(entry, ensure_ascii=False)
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", entry["subject"] or ""), "a direction that lies"
            assert "\x1b" not in flat and "\\u001b" not in flat
            for document in entry["document_list"]:
                file = reader("GET", f"/documents/{document['id']}/file", status=200)
                assert file.headers["Content-Disposition"].startswith("attachment; filename=\"") and "Set-Cookie" not in file.headers
                name = re.search(r'filename="([^"]*)"', file.headers["Content-Disposition"])[1]
                assert not re.search(r'[/\\:<>|\x00-\x1f]', name) and not name.startswith("."), name
                for view in (f"/documents/{document['id']}/view", f"/messages/{document['message']}/view"):
                    page = reader("GET", view, status=200)
                    assert page.headers["Content-Security-Policy"].startswith("sandbox;")
                    assert not re.search(rb"<(script|iframe|object|embed|svg|math|form|base|link|meta http|a )|\son\w+\s*=\s*|javascript:", re.sub(rb"&[a-z#0-9]+;", b"", re.sub(rb">[^<]*<", b"><", page.body)), re.I), page.body[:600]
            packed = zipfile.ZipFile(io.BytesIO(reader("GET", f"/entries/{row['id']}/zip", status=200).body))
            for name in packed.namelist():
                assert ".." not in name.split("/") and not re.search(r'[/\\:\x00-\x1f\u202a-\u202e]', name) and not name.startswith("."), name
        for n, text in enumerate(HOSTILE[:12]):
            entry = clerk.get(f"/entries/{rows[n]['id']}")
            done = clerk("POST", f"/entries/{entry['id']}/comment", {"version": entry["version"], "text": text}).status
            assert done == 200, (text, done)
            for query in ("q", "text"):
                assert reader("GET", ("/search?q=" if query == "q" else "/queue?text=") + urllib.parse.quote(text)).status in (200, 400)
        done = office("verify")
        assert open(f"{folder}/log", "rb").read().count(b"\x1b") == 0
    finally:
        office.stop()

@case
def leaving(folder):
    """told to stop, the desk ends its streams and answers, within seconds"""
    office = Office(folder, []).start()
    clerk = office.browser("clerk")
    with socket.create_connection(("127.0.0.1", office.port), timeout=20) as s:
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: localhost:{office.port}\r\nCookie: shouwen={clerk.cookie}\r\n\r\n".encode())
        assert b"event-stream" in s.recv(4096)
        began = time.monotonic()
        office.stop()
        assert time.monotonic() - began < 10
    assert "was ended by signal" not in open(f"{folder}/log").read()

def tear_down(office):
    office.stop()

run(set_up, tear_down)
