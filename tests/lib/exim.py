"""A real mail server (Debian's exim4-daemon-light) with a configuration of its own, as root and as an ordinary user. Takes mail
from who is logged in, over TLS only, and delivers all of it into one Maildir."""
import os, pwd, signal, smtplib, subprocess
from servers import certificate, free_port, listening, wait_for

CONFIGURATION = """
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
{rights}
primary_hostname = mx.example
qualify_domain = mx.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {starttls} : {tls}
tls_on_connect_ports = {tls}
tls_advertise_hosts = *
tls_certificate = {folder}/tls/cert.pem
tls_privatekey = {folder}/tls/key.pem
dsn_advertise_hosts = *
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
deliver_drop_privilege = true
queue_run_in_order = true
keep_environment =
add_environment =
host_lookup =
smtp_accept_max = 50
message_size_limit = 1M
acl_smtp_rcpt = check_rcpt
begin acl
check_rcpt:
  deny !authenticated = *
       message = 530 5.7.0 log in first
  defer local_parts = later
       message = come back later
  defer local_parts = grey
       condition = ${{if exists{{{folder}/known}}{{no}}{{yes}}}}
       message = greylisted
  deny local_parts = gone
       message = no such mailbox
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/Maildir
  return_path_add
  envelope_to_add
begin authenticators
PLAIN:
  driver = plaintext
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
LOGIN:
  driver = plaintext
  server_prompts = <| Username: | Password:
  server_condition = ${{if and{{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
"""


class Exim:
    PROGRAM = "/usr/sbin/exim4"
    USER, PASSWORD = "office", "secret"

    def __init__(self, folder):
        self.folder, self.tls, self.starttls = folder, free_port(), free_port()
        for sub in ("spool", "log", "Maildir/new", "Maildir/cur", "Maildir/tmp"):
            os.makedirs(f"{folder}/{sub}", exist_ok=True)
        os.chmod(folder, 0o755)
        self.ca = certificate(f"{folder}/ca", "ca.example")[1]
        certificate(f"{folder}/tls", "localhost", ca=f"{folder}/ca")
        self.conf = f"{folder}/exim.conf"
        # An ordinary user must be told to be who may run it, and whom it becomes.
        rights = "" if os.geteuid() == 0 else f"admin_groups = {os.getegid()}\nexim_user = {os.geteuid()}\nexim_group = {os.getegid()}"
        with open(self.conf, "w") as f:
            f.write(CONFIGURATION.format(folder=folder, tls=self.tls, starttls=self.starttls, user=self.USER, password=self.PASSWORD,
                                         rights=rights))
        if os.geteuid() == 0:
            self._give_away()
        self.process = subprocess.Popen([self.PROGRAM, "-C", self.conf, "-bdf", "-q1m"], stdin=subprocess.DEVNULL,
                                        stdout=open(f"{folder}/out", "wb"), stderr=subprocess.STDOUT, start_new_session=True)
        wait_for(lambda: listening(self.tls) and listening(self.starttls), 20, "exim")

    def _give_away(self):
        """exim gives up root before it touches these."""
        own = pwd.getpwnam("Debian-exim")
        for top in ("spool", "log", "Maildir", "tls"):
            for path, _, files in os.walk(f"{self.folder}/{top}"):
                for name in [path] + [f"{path}/{x}" for x in files]:
                    os.chown(name, own.pw_uid, own.pw_gid)

    def know(self):
        """From now on grey@anywhere is taken."""
        open(f"{self.folder}/known", "w").close()

    def mails(self):
        """What was delivered, as bytes."""
        box = f"{self.folder}/Maildir/new"
        return [open(f"{box}/{n}", "rb").read() for n in os.listdir(box)]

    def log(self):
        with open(f"{self.folder}/log/mainlog") as f:
            return f.read()

    def stop(self):
        """Ends it and what it started: a session of their own."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(20)


LOCAL = """
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
{rights}
primary_hostname = mx.example
qualify_domain = mx.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
dsn_advertise_hosts = *
deliver_drop_privilege = true
queue_only
delay_warning =
keep_environment =
add_environment =
host_lookup =
smtp_accept_max = 50
acl_smtp_rcpt = take
begin acl
take:
  accept
begin routers
gone:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: no such person here
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/box/${{lookup{{${{lc:$local_part@$domain}}}}dsearch{{{folder}/box}}{{$value}}{{others}}}}
  create_directory
  return_path_add
begin retry
* * F,1h,1m
"""


class Post:
    """A real mail server (exim) for everybody's mail: who has a box gets it there (FOLDER/box/ADDRESS); gone@anywhere is told not to
    exist after the letter was taken, so that a report goes back. It delivers when deliver() is called, and not before."""

    def __init__(self, folder):
        self.folder, self.port, self.conf = folder, free_port(), f"{folder}/exim.conf"
        for sub in ("spool", "log", "box"):
            os.makedirs(f"{folder}/{sub}", exist_ok=True)
        os.chmod(folder, 0o755)
        root = os.geteuid() == 0
        rights = "" if root else f"admin_groups = {os.getegid()}\nexim_user = {os.geteuid()}\nexim_group = {os.getegid()}"
        with open(self.conf, "w") as f:
            f.write(LOCAL.format(folder=folder, port=self.port, rights=rights))
        if root:
            own = pwd.getpwnam("Debian-exim")
            for sub in ("spool", "log", "box"):
                os.chown(f"{folder}/{sub}", own.pw_uid, own.pw_gid)
        self.process = subprocess.Popen([Exim.PROGRAM, "-C", self.conf, "-bdf"], stdin=subprocess.DEVNULL,
                                        stdout=open(f"{folder}/out", "wb"), stderr=subprocess.STDOUT, start_new_session=True)
        wait_for(lambda: listening(self.port), 20, "exim")

    def box(self, address):
        """Its Maildir, made when there is none yet."""
        path = f"{self.folder}/box/{address}"
        for sub in ("new", "cur", "tmp"):
            os.makedirs(f"{path}/{sub}", exist_ok=True)
        if os.geteuid() == 0:
            own = pwd.getpwnam("Debian-exim")
            for name in (path, f"{path}/new", f"{path}/cur", f"{path}/tmp"):
                os.chown(name, own.pw_uid, own.pw_gid)
        return path

    def send(self, sender, recipient, message):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as smtp:
            smtp.sendmail(sender, [recipient], message)

    def deliver(self):
        """Tries everything that waits, and what comes of that; returns when it is done."""
        for _ in range(3):
            subprocess.run([Exim.PROGRAM, "-C", self.conf, "-qff"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=60)
        count = subprocess.run([Exim.PROGRAM, "-C", self.conf, "-bpc"], capture_output=True, check=True, timeout=20)
        return int(count.stdout)

    def mails(self, address):
        """What was delivered to ADDRESS, by file name."""
        box = self.box(address)
        found = {}
        for sub in ("new", "cur"):
            for name in os.listdir(f"{box}/{sub}"):
                with open(f"{box}/{sub}/{name}", "rb") as f:
                    found[name.split(":")[0]] = f.read()
        return found

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(20)
