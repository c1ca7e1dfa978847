"""Servers for tests, each in its own folder on a loopback port and stopped by the pid that was started."""
import os, pwd, shutil, signal, socket, socketserver, subprocess, threading, time

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

def wait_for(condition, seconds, what):
    """Polls CONDITION until it is true; fails after SECONDS naming WHAT."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise TimeoutError(f"{what} did not happen within {seconds} s")

def listening(port):
    with socket.socket() as s:
        s.settimeout(0.2)
        return s.connect_ex(("127.0.0.1", port)) == 0

def certificate(folder, name="localhost", days=30, ca=None, start=None):
    """Makes a key and a certificate for NAME, signed by CA (a folder made by this function) or by itself."""
    os.makedirs(folder, exist_ok=True)
    key, crt = f"{folder}/key.pem", f"{folder}/cert.pem"
    run = lambda *a: subprocess.run(a, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if ca is None:
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-days", str(days),
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else ""))
    else:
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", f"{folder}/req.pem", "-subj", f"/CN={name}")
        with open(f"{folder}/ext", "w") as f:
            f.write(f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else ""))
        run("openssl", "x509", "-req", "-in", f"{folder}/req.pem", "-CA", f"{ca}/cert.pem", "-CAkey", f"{ca}/key.pem",
            "-CAcreateserial", "-days", str(days), "-extfile", f"{folder}/ext", "-out", crt)
    return key, crt

class Dovecot:
    """A real Dovecot: any user, password `secret`, mail in FOLDER/home/USER/Maildir. TLS with a certificate of FOLDER/tls."""
    PASSWORD = "secret"

    def __init__(self, folder):
        self.folder, self.plain, self.tls = folder, free_port(), free_port()
        for sub in ("run", "home", "tls"):
            os.makedirs(f"{folder}/{sub}", exist_ok=True)
        os.chmod(folder, 0o755)
        root = os.geteuid() == 0
        self.user = "nobody" if root else pwd.getpwuid(os.geteuid()).pw_name
        self.uid = pwd.getpwnam(self.user)
        self.key, self.cert = certificate(f"{folder}/tls")
        internal = "" if root else f"default_internal_user={self.user}\ndefault_login_user={self.user}\n"
        group = "" if root else f"default_internal_group={__import__('grp').getgrgid(os.getegid()).gr_name}\n"
        chroot = "" if root else "chroot =\n"
        with open(f"{folder}/dovecot.conf", "w") as f:
            f.write(f"""protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
{internal}{group}mail_location = maildir:{folder}/home/%u/Maildir
mail_uid = {self.uid.pw_uid}
mail_gid = {self.uid.pw_gid}
first_valid_uid = 1
last_valid_uid = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{self.cert}
ssl_key = <{self.key}
passdb {{
  driver = static
  args = password={self.PASSWORD}
}}
userdb {{
  driver = static
  args = uid={self.uid.pw_uid} gid={self.uid.pw_gid} home={folder}/home/%u
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {self.plain}
  }}
  inet_listener imaps {{
    port = {self.tls}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
}}
mail_max_userip_connections = 100
""")
        self.start()

    def deliver(self, user, messages, folder=""):
        """Puts MESSAGES (bytes) into USER's Maildir, in their order."""
        base = f"{self.folder}/home/{user}/Maildir" + (f"/.{folder}" if folder else "")
        for sub in ("new", "cur", "tmp"):
            os.makedirs(f"{base}/{sub}", exist_ok=True)
        start = int(time.time()) - 10
        for i, message in enumerate(messages):
            name = f"{start}.M{time.monotonic_ns()}P{i:06d}.test"
            with open(f"{base}/tmp/{name}", "wb") as f:
                f.write(message)
            os.rename(f"{base}/tmp/{name}", f"{base}/new/{name}")
        self._own(f"{self.folder}/home/{user}")

    def _own(self, path):
        if os.geteuid() != 0:
            return
        for top, dirs, files in os.walk(path):
            for name in [top] + [f"{top}/{x}" for x in files]:
                if os.lstat(name).st_uid != self.uid.pw_uid:
                    os.chown(name, self.uid.pw_uid, self.uid.pw_gid)

    def forget(self, user):
        shutil.rmtree(f"{self.folder}/home/{user}", ignore_errors=True)

    def stop(self):
        """Its sessions end with it: left alone they would go on answering."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            children = [int(pid) for pid in f.read().split()]
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", f"{self.folder}/dovecot.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listening(self.plain) and listening(self.tls), 20, "dovecot")

class Cut:
    """A way to PORT that ends after so many bytes from the client, if told to: a connection lost wherever one likes."""

    def __init__(self, port):
        self.port, self.limit, self.passed = port, None, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.here = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            self.passed = 0
            threading.Thread(target=self.carry, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(server, client, False), daemon=True).start()

    def carry(self, come, go, counted):
        try:
            while data := come.recv(512):
                if counted:
                    self.passed += len(data)
                    if self.limit is not None and self.passed > self.limit:
                        break
                go.sendall(data)
        except OSError:
            pass
        for end in (come, go):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self):
        self.socket.close()

class SmtpSink:
    """Takes every mail; `got` holds (recipient, bytes) of those whose end was acknowledged. A script of the faults it shall
    show may be given: a function (verb, line) -> bytes answer or None."""

    def __init__(self, script=None):
        self.got, self.lock, sink = [], threading.Lock(), self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                put = lambda text: self.wfile.write(text.encode() + b"\r\n")
                put("220 sink.example ready")
                recipient = None
                for raw in self.rfile:
                    line = raw.decode("latin-1").strip()
                    verb = line.upper()[:4]
                    answer = script(verb, line) if script else None
                    if answer is not None:
                        self.wfile.write(answer)
                    elif verb == "EHLO":
                        put("250-sink.example\r\n250-8BITMIME\r\n250 SIZE 100000000")
                    elif verb == "RCPT":
                        recipient = line.split("<", 1)[-1].split(">")[0]
                        put("250 ok")
                    elif verb == "DATA":
                        put("354 go on")
                        data = []
                        for raw_line in self.rfile:
                            if raw_line == b".\r\n":
                                break
                            data.append(raw_line[1:] if raw_line.startswith(b"..") else raw_line)
                        else:
                            return
                        with sink.lock:
                            sink.got.append((recipient, b"".join(data)))
                        put("250 taken")
                    elif verb == "QUIT":
                        put("221 bye")
                        return
                    else:
                        put("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = allow_reuse_address = True

            def handle_error(self, request, client_address):
                pass # a client that was killed

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
