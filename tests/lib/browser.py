"""A real browser (Debian's Chromium), driven by ChromeDriver over the W3C WebDriver protocol, spoken here over plain HTTP. Each
browser has a profile of its own below the test's folder, and is stopped by the pid that was started."""
import base64, http.client, json, os, shutil, signal, subprocess
from servers import free_port, listening, wait_for
from tap import Skip

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1"]
WAIT = 20


class DriverError(Exception):
    pass


class Browser:
    def __init__(self, folder, width=1280, height=860, dark=False):
        if not shutil.which("chromedriver") or not shutil.which("chromium"):
            raise Skip("no chromium and chromium-driver here")
        os.makedirs(f"{folder}/profile", exist_ok=True)
        os.makedirs(f"{folder}/downloads", exist_ok=True)
        self.downloads, self.port = f"{folder}/downloads", free_port()
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=dict(os.environ, HOME=folder), start_new_session=True)
        wait_for(lambda: listening(self.port), WAIT, "chromedriver")
        arguments = FLAGS + [f"--user-data-dir={folder}/profile", f"--window-size={width},{height}"]
        options = {"args": arguments + (["--force-dark-mode"] if dark else []), "prefs": {"download.default_directory": self.downloads}}
        try:
            self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}, "unhandledPromptBehavior": "ignore"}}})["sessionId"]
            self.command("POST", "/timeouts", {"script": WAIT * 1000, "pageLoad": WAIT * 1000})
            self.size(width, height)
        except Exception:
            self.stop()
            raise

    def stop(self):
        """The driver ends its browser with the session; what would be left is of its process group, which is ours."""
        try:
            self.call("DELETE", f"/session/{self.session}")
        except (DriverError, OSError, AttributeError):
            pass
        try:
            os.killpg(self.driver.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.driver.wait(10)

    # --- the protocol -----------------------------------------------------------------------------------------------------

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, json.dumps(body) if method == "POST" else None, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if isinstance(answer["value"], dict) and "error" in answer["value"]:
            raise DriverError(f"{answer['value']['error']}: {answer['value']['message'].splitlines()[0]}")
        return answer["value"]

    def command(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", {} if body is None and method == "POST" else body)

    def devtools(self, name, **parameters):
        return self.command("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    # --- pages --------------------------------------------------------------------------------------------------------------

    def go(self, url):
        self.command("POST", "/url", {"url": url})

    def reload(self, ready):
        self.command("POST", "/refresh")
        self.wait(ready)

    def size(self, width, height):
        """Of the page itself. As a phone has it: a window cannot be as narrow."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def colours(self, scheme):
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def js(self, script, *arguments):
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def js_later(self, script, *arguments):
        """SCRIPT is the body of an async function: what it resolves to."""
        wrapped = "const done = arguments[arguments.length - 1]; (async (...args) => {" + script + "})(...arguments)" \
                  ".then((value) => done({value}), (error) => done({error: String(error)}));"
        answer = self.command("POST", "/execute/async", {"script": wrapped, "args": list(arguments)})
        if "error" in answer:
            raise DriverError(answer["error"])
        return answer.get("value")

    def title(self):
        return self.command("GET", "/title")

    def screenshot(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.command("GET", "/screenshot")))

    def log(self):
        """What the console said since it was last asked: dictionaries with level and message."""
        return self.command("POST", "/se/log", {"type": "browser"})

    # --- elements -----------------------------------------------------------------------------------------------------------

    def all(self, selector):
        return [one[ELEMENT] for one in self.command("POST", "/elements", {"using": "css selector", "value": selector})]

    def shown(self, selector):
        """The first that is displayed; None when there is none."""
        for element in self.all(selector):
            try:
                if self.command("GET", f"/element/{element}/displayed"):
                    return element
            except DriverError:
                pass # it was replaced meanwhile
        return None

    def wait(self, selector, seconds=WAIT):
        return wait_for(lambda: self.shown(selector), seconds, f"'{selector}' on the page")

    def wait_text(self, text, selector="body", seconds=WAIT):
        script = "return [...document.querySelectorAll(arguments[0])].some((e) => e.textContent.includes(arguments[1]));"
        wait_for(lambda: self.js(script, selector, text), seconds, f"'{text}' in {selector}")

    def wait_gone(self, selector, seconds=WAIT):
        wait_for(lambda: not self.shown(selector), seconds, f"'{selector}' going away")

    def click(self, selector):
        """Clicks when it can be: what still moves or is replaced is tried again."""
        def once():
            element = self.shown(selector)
            if not element:
                return False
            try:
                self.command("POST", f"/element/{element}/click")
                return True
            except DriverError:
                return False
        wait_for(once, WAIT, f"a click on '{selector}'")

    def text(self, selector):
        return self.command("GET", f"/element/{self.wait(selector)}/text")

    def type(self, selector, text, clear=True):
        element = self.wait(selector)
        if clear:
            self.command("POST", f"/element/{element}/clear")
        self.command("POST", f"/element/{element}/value", {"text": text})

    def keys(self, text):
        """Keys for whatever has the focus."""
        actions = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.command("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def choose(self, selector, value):
        self.wait(selector)
        self.js("const s = document.querySelector(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change', {bubbles: true}));", selector, value)
