"""An office with its desk, and browsers without a screen that use it."""
import http.client, json, os, shutil, signal, socket, sqlite3, ssl, subprocess, urllib.parse
from servers import free_port, wait_for
from tap import build

SHOUWEN = f"{build()}/shouwen"
PASSWORD = "一个足够长的密码 12"
ROLES = ["anonymous", "reader", "clerk", "reviewer", "administrator"]

class Answer:
    def __init__(self, answer):
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    @property
    def json(self):
        return json.loads(self.body)

class Browser:
    """Keeps the cookie and the token, and sends what a browser would."""

    def __init__(self, port, tls=None, host=None, address="127.0.0.1"):
        self.port, self.tls, self.cookie, self.csrf = port, tls, None, None
        self.host, self.address = host or f"localhost:{port}", address

    def __call__(self, method, path, body=None, raw=None, headers=None, api=True, status=None):
        context = ssl.create_default_context(cafile=self.tls) if self.tls else None
        line = http.client.HTTPSConnection("localhost", self.port, timeout=60, context=context) if self.tls else http.client.HTTPConnection(self.address, self.port, timeout=60)
        sent = {"Host": self.host}
        if self.cookie:
            sent["Cookie"] = f"shouwen={self.cookie}"
        if self.csrf and method != "GET":
            sent["X-CSRF-Token"] = self.csrf
        if body is not None:
            raw = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        elif raw is not None:
            sent["Content-Type"] = "application/octet-stream"
        sent.update(headers or {})
        try:
            line.request(method, ("/api/v1" if api else "") + path, raw, {k: v for k, v in sent.items() if v is not None})
            answer = Answer(line.getresponse())
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0].split("=", 1)[1]
        if (answer.headers.get("Content-Type") or "").startswith("application/json") and path in ("/session", "/setup") and answer.status < 300:
            self.csrf = answer.json["csrf"]
        assert status is None or answer.status == status, f"{method} {path}: {answer.status}, wanted {status}: {answer.body[:300]}"
        return answer

    def get(self, path):
        return self("GET", path, status=200).json

    def login(self, name, password=PASSWORD, status=200):
        return self("POST", "/session", {"name": name, "password": password}, status=status)

class Office:
    """Mails in a folder, their entries in a ledger, and `shouwen run` with a desk on a port of its own."""

    def __init__(self, folder, mails, settings="", desk="", users=True):
        self.folder, self.spool, self.conf, self.port = folder, f"{folder}/spool", f"{folder}/shouwen.conf", free_port()
        os.makedirs(f"{folder}/mail", exist_ok=True)
        for n, mail in enumerate(mails):
            with open(f"{folder}/mail/{n:03}.eml", "wb") as f:
                f.write(mail)
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\naddress = office@committee.example\n"
                    f"[mailbox box]\ntype = eml\npath = {folder}/mail\nsince = 2020-01-01\nhistory = answer\n"
                    f"[filter]\nauthserv_id = mx.committee.example\n[desk]\nport = {self.port}\n{desk}\n{settings}")
        os.chmod(self.conf, 0o600)
        self("run", "--once")
        if users:
            for role in ROLES[1:]:
                self("user", "add", role, "--role", role, "--shown", f"某{role}", stdin=PASSWORD + "\n")
        self.log, self.process = None, None

    def __call__(self, *words, code=0, stdin=""):
        done = subprocess.run([SHOUWEN, *words], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), input=stdin, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, f"shouwen {' '.join(words)}: exit {done.returncode}, wanted {code}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, query):
        db = sqlite3.connect(f"file:{self.spool}/ledger.db?mode=ro", uri=True, timeout=20)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def start(self, tls=None):
        self.log = open(f"{self.folder}/log", "ab")
        self.process = subprocess.Popen([SHOUWEN, "run"], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        def up():
            assert self.process.poll() is None, open(f"{self.folder}/log").read()
            try:
                return Browser(self.port, tls)("GET", "/session").status == 200
            except OSError:
                return False
        wait_for(up, 20, "the desk")
        return self

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(40)
            self.process = None
            self.log.close()
            assert code == 0, open(f"{self.folder}/log").read()

    def browser(self, role=None, **more):
        browser = Browser(self.port, **more)
        if role and role != "anonymous":
            browser.login(role)
        return browser
