#!/usr/bin/env python3
"""A scripted SMTP server for hostile and odd answers. Writes down all that it receives.

    smtp_fake.py SCENARIO FOLDER     prints the port, serves until standard input ends; FOLDER/received has every byte that
                                     came (after TLS: the plain text), FOLDER/mail/N.eml the letters that were taken, with
                                     dots undone; FOLDER/ca/cert.pem is the authority that a client may trust
"""
import base64, os, socket, ssl, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servers import certificate


class Hangup(Exception):
    pass


class Session:
    """One connection. Scenarios override what answers a command: a method named after the SMTP word."""

    def __init__(self, connection, fake, number):
        self.socket, self.fake, self.number, self.buffer = connection, fake, number, b""
        self.recipients = []

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else (text + "\r\n").encode())

    def line(self):
        while b"\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise Hangup
            self.fake.record(data)
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def secure(self):
        self.socket = self.fake.context.wrap_socket(self.socket, server_side=True)


class Fake:
    """What an honest little server does; scenarios are subclasses that do one thing otherwise."""
    security = "plain"  # plain, tls, starttls
    greeting = "220 fake.example ready"
    offers = ["8BITMIME", "SIZE 1000000"]
    auth = ""  # what AUTH offers, once secure
    certificate_name, certificate_days, own_authority = "localhost", 30, False

    def __init__(self, folder):
        self.folder, self.lock, self.connections, self.letters = folder, threading.Lock(), 0, 0
        self.log = open(f"{folder}/received", "ab", buffering=0)
        os.makedirs(f"{folder}/mail")
        if self.security != "plain":
            certificate(f"{folder}/ca", "ca.example")
            key, cert = certificate(f"{folder}/tls", self.certificate_name, self.certificate_days,
                                    None if self.own_authority else f"{folder}/ca")
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(cert, key)

    def record(self, data):
        with self.lock:
            self.log.write(data)

    def serve(self):
        server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, args=(server,), daemon=True).start()
        return server.getsockname()[1]

    def accept(self, server):
        while True:
            connection, _ = server.accept()
            self.connections += 1
            session = Session(connection, self, self.connections)
            threading.Thread(target=self.handle, args=(session,), daemon=True).start()

    def handle(self, session):
        try:
            session.is_secure = self.security == "tls"
            if session.is_secure:
                session.secure()
            session.send(self.greeting)
            while True:
                line = session.line()
                getattr(self, line[:4].strip().upper() or "EMPTY", self.unknown)(session, line)
        except (Hangup, OSError, ssl.SSLError):
            pass
        finally:
            session.socket.close()

    def unknown(self, session, line):
        session.send("500 unknown")

    def EHLO(self, session, line):
        offers = list(self.offers)
        if self.security == "starttls" and not session.is_secure:
            offers.append("STARTTLS")
        elif self.auth:
            offers.append(f"AUTH {self.auth}")
        session.send("\r\n".join(["250-fake.example"] + [f"250-{o}" for o in offers[:-1]] + [f"250 {offers[-1]}"]))

    def STAR(self, session, line):
        session.send("220 go on")
        session.secure()
        session.is_secure = True

    def AUTH(self, session, line):
        words = line.split(" ", 2)
        if words[1] == "LOGIN":
            session.send("334 VXNlcm5hbWU6")
            user = session.line()
            session.send("334 UGFzc3dvcmQ6")
            self.verdict(session, [base64.b64decode(user), base64.b64decode(session.line())])
        else:
            self.verdict(session, base64.b64decode(words[2]).split(b"\0")[1:])

    def verdict(self, session, login):
        good = login == [b"office", "geheim 密".encode()]
        session.send("235 welcome" if good else "535 5.7.8 bad login")

    def MAIL(self, session, line):
        session.recipients = []
        session.send("250 ok")

    def RCPT(self, session, line):
        session.recipients.append(line.split("<", 1)[1].split(">")[0])
        session.send("250 ok")

    def RSET(self, session, line):
        session.send("250 ok")

    def DATA(self, session, line):
        session.send("354 go on")
        self.take(session)

    def take(self, session):
        """Reads to the end of data; answers yes."""
        while b"\r\n.\r\n" not in session.buffer:
            data = session.socket.recv(65536)
            if not data:
                raise Hangup
            self.record(data)
            session.buffer += data
        text, session.buffer = session.buffer.split(b"\r\n.\r\n", 1)
        lines = (text + b"\r\n").split(b"\r\n")
        with self.lock:
            self.letters += 1
            with open(f"{self.folder}/mail/{self.letters}.eml", "wb") as f:
                f.write(b"\r\n".join(l[1:] if l.startswith(b".") else l for l in lines))
        session.send(f"250 2.0.0 taken as {self.letters}")

    def QUIT(self, session, line):
        session.send("221 bye")
        raise Hangup


# --- who may see the password ---------------------------------------------------------------------------------------

class honest(Fake):
    pass


class good_tls(Fake):
    security = "tls"
    auth = "PLAIN LOGIN"


class good_starttls(Fake):
    security = "starttls"
    auth = "LOGIN"


class plain_login(Fake):
    auth = "PLAIN"


class self_signed(good_tls):
    own_authority = True


class self_signed_starttls(good_starttls):
    own_authority = True


class wrong_host(good_tls):
    certificate_name = "other.example"


class expired(good_tls):
    certificate_days = -1


class stripped(Fake):
    auth = "PLAIN LOGIN"


class injected(good_starttls):
    def STAR(self, session, line):
        session.send(b"220 go on\r\n250-fake.example\r\n250 AUTH PLAIN\r\n")
        session.secure()
        session.is_secure = True


class refused_starttls(good_starttls):
    def STAR(self, session, line):
        session.send("554 no")


class bad_login(good_tls):
    def verdict(self, session, login):
        session.send("535 5.7.8 bad login")


class no_login(good_tls):
    auth = "GSSAPI"


class login_later(good_tls):
    def verdict(self, session, login):
        session.send("454 4.7.0 try later")


class token(good_tls):
    auth = "PLAIN XOAUTH2"

    def AUTH(self, session, line):
        given = base64.b64decode(line.split(" ")[2])
        if given == b"user=office\1auth=Bearer " + b"t" * 3000 + b"\1\1":
            session.send("235 welcome")
        else:
            session.send("334 eyJzdGF0dXMiOiI0MDAifQ==")
            assert session.line() == ""
            session.send("535 5.7.8 bad token")


# --- odd answers ----------------------------------------------------------------------------------------------------

class greets_later(Fake):
    greeting = "421 too busy"


class greets_no(Fake):
    greeting = "554 no mail here"


class multi_line(Fake):
    greeting = "220-fake.example\r\n220-welcome\r\n220 ready"


class sender_refused(Fake):
    def MAIL(self, session, line):
        session.send("553 5.7.1 mail from must equal authorized user")


class recipients(Fake):
    def RCPT(self, session, line):
        name = line.split("<", 1)[1].split("@")[0]
        answers = {"later": "450 4.2.1 greylisted", "never": "550 5.1.1 no such user", "busy": "421 4.3.2 closing",
                   "many": "452-4.5.3 too\r\n452 4.5.3 many"}
        if name not in answers:
            return super().RCPT(session, line)
        session.send(answers[name])
        if name == "busy":
            raise Hangup


class data_no(Fake):
    def DATA(self, session, line):
        session.send("354 go on")
        while session.line() != ".":
            pass
        session.send("554 5.6.0 looks like spam")


class drops_first_data(Fake):
    def DATA(self, session, line):
        if session.number > 1:
            return super().DATA(session, line)
        session.send("354 go on")
        session.line()
        raise Hangup


class drops_after_dot(Fake):
    """Takes the letter and goes away before it says so: what nobody can tell from a letter that was lost."""

    def take(self, session):
        if session.number > 1:
            return super().take(session)
        while session.line() != ".":
            pass
        raise Hangup


class closes_between(Fake):
    def take(self, session):
        super().take(session)
        raise Hangup


class says_421_between(Fake):
    """An idle connection is closed with a word that nobody asked for."""

    def take(self, session):
        super().take(session)
        session.send("421 idle too long")
        raise Hangup


class garbage(Fake):
    greeting = "HTTP/1.1 400 Bad Request"


class endless(Fake):
    def EHLO(self, session, line):
        while True:
            session.send("250-X" + "y" * 1000)


class endless_line(Fake):
    def handle(self, session):
        try:
            while True:
                session.socket.sendall(b"220" + b"-" * 65536)
        except OSError:
            pass


class silent(Fake):
    def EHLO(self, session, line):
        session.line()


class answers_twice(Fake):
    """Answers that nobody asked for would be taken for answers to what comes next."""

    def MAIL(self, session, line):
        session.send(b"250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n")


class utf8(Fake):
    offers = ["8BITMIME", "SMTPUTF8"]


class reports(Fake):
    offers = ["8BITMIME", "SMTPUTF8", "DSN"]


class small(Fake):
    offers = ["SIZE 20"]


def main():
    scenario, folder = sys.argv[1:3]
    print(globals()[scenario](folder).serve(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
