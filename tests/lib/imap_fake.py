#!/usr/bin/env python3
"""A scripted IMAP server for hostile and odd answers. Writes down all that it receives.

    imap_fake.py SCENARIO FOLDER     prints the port, serves until standard input ends; FOLDER/received has what came,
                                     FOLDER/ca/cert.pem is the authority that a client may trust
"""
import base64, os, re, socket, ssl, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servers import certificate

MESSAGE = b"Subject: m%d\r\nMessage-ID: <%d@fake.example>\r\n\r\nbody %d\r\n"


class Session:
    """One connection. Scenario functions override commands: NAME of SCENARIO class, upper case of the IMAP word."""

    def __init__(self, connection, fake):
        self.socket, self.fake, self.selected = connection, fake, None
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        while b"\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.fake.record(data)
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def secure(self, context):
        self.socket = context.wrap_socket(self.socket, server_side=True)


def uids_in(text, all_uids):
    """The UIDs of ALL_UIDS that the set TEXT names."""
    top, found = max(all_uids, default=0), set()
    for part in text.split(","):
        ends = [top if end == "*" else int(end) for end in part.split(":")]
        low, high = min(ends), max(ends)
        found |= {uid for uid in all_uids if low <= uid <= high}
    return sorted(found)


class Fake:
    """What an honest little server does; scenarios are subclasses that do one thing otherwise."""
    capabilities = "IMAP4rev1 ID IDLE UIDPLUS MOVE"
    security = "plain"  # plain, tls, starttls
    greeting = "* OK fake ready\r\n"
    uidvalidity = 7
    certificate_name, certificate_days, own_authority = "localhost", 30, False
    permanent = r"(\Flagged \Deleted \*)"

    def __init__(self, folder):
        self.folder, self.lock = folder, threading.Lock()
        self.messages = {uid: MESSAGE % (uid, uid, uid) for uid in (1, 2, 3, 5, 8)}
        self.folders = {"INBOX", "Junk"}
        self.flags = {}
        self.connections = 0
        self.log = open(f"{folder}/received", "ab", buffering=0)
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
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()
        return self.server.getsockname()[1]

    def accept(self):
        while True:
            connection, _ = self.server.accept()
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        self.connections += 1
        session = Session(connection, self)
        session.number = self.connections
        try:
            if self.security == "tls":
                session.secure(self.context)
            session.send(self.greeting)
            while (line := session.line()) is not None:
                self.command(session, line)
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            session.socket.close()

    def command(self, session, line):
        tag, _, rest = line.partition(" ")
        word, _, arguments = rest.partition(" ")
        if word.upper() == "UID":
            word, _, arguments = arguments.partition(" ")
            word = "UID_" + word
        getattr(self, word.upper(), self.unknown)(session, tag, arguments)

    def ok(self, session, tag, text="done"):
        session.send(f"{tag} OK {text}\r\n")

    def no(self, session, tag, text="no"):
        session.send(f"{tag} NO {text}\r\n")

    def unknown(self, session, tag, arguments):
        session.send(f"{tag} BAD unknown\r\n")

    def CAPABILITY(self, session, tag, arguments):
        session.send(f"* CAPABILITY {self.capabilities}\r\n")
        self.ok(session, tag)

    def STARTTLS(self, session, tag, arguments):
        self.ok(session, tag, "begin TLS now")
        session.secure(self.context)

    def LOGIN(self, session, tag, arguments):
        self.ok(session, tag)

    def ID(self, session, tag, arguments):
        session.send('* ID ("name" NIL)\r\n')
        self.ok(session, tag)

    def NOOP(self, session, tag, arguments):
        self.ok(session, tag)

    def LOGOUT(self, session, tag, arguments):
        session.send("* BYE\r\n")
        self.ok(session, tag)

    def SELECT(self, session, tag, arguments):
        name = arguments.strip('"')
        if name not in self.folders:
            return self.no(session, tag, "no such folder")
        session.selected = name
        here = self.here(session)
        session.send(f"* {len(here)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Flagged \\Deleted)\r\n"
                     f"* OK [PERMANENTFLAGS {self.permanent}] x\r\n* OK [UIDVALIDITY {self.uidvalidity}] x\r\n"
                     f"* OK [UIDNEXT {max(here, default=0) + 1}] x\r\n")
        self.ok(session, tag)

    EXAMINE = SELECT

    def here(self, session):
        return self.messages if session.selected == "INBOX" else {}

    def UID_SEARCH(self, session, tag, arguments):
        session.send("* SEARCH" + "".join(f" {uid}" for uid in self.here(session)) + "\r\n")
        self.ok(session, tag)

    def facts(self, uid):
        return f'UID {uid} INTERNALDATE "01-Feb-2026 08:00:00 +0800" RFC822.SIZE {len(self.messages[uid])}'

    def UID_FETCH(self, session, tag, arguments):
        where, _, what = arguments.partition(" ")
        for uid in uids_in(where, self.here(session)):
            self.fetch_one(session, uid, what)
        self.ok(session, tag)

    def fetch_one(self, session, uid, what):
        number = sorted(self.messages).index(uid) + 1
        if "BODY.PEEK" not in what:
            session.send(f"* {number} FETCH ({self.facts(uid)})\r\n")
            return
        section = "HEADER" if "HEADER" in what else ""
        self.body(session, number, uid, section)

    def body(self, session, number, uid, section):
        data = self.messages[uid]
        if section:
            data = data[:data.index(b"\r\n\r\n") + 4]
        session.send(f"* {number} FETCH (UID {uid} BODY[{section}] {{{len(data)}}}\r\n".encode() + data + b")\r\n")

    def UID_STORE(self, session, tag, arguments):
        where, _, what = arguments.partition(" ")
        for uid in uids_in(where, self.messages):
            self.flags.setdefault(uid, []).append(what)
        self.ok(session, tag)

    def CREATE(self, session, tag, arguments):
        self.folders.add(arguments.strip('"'))
        self.ok(session, tag)

    def UID_COPY(self, session, tag, arguments):
        if arguments.split(" ", 1)[1].strip('"') not in self.folders:
            return self.no(session, tag, "[TRYCREATE] no such folder")
        self.ok(session, tag)

    def UID_MOVE(self, session, tag, arguments):
        where, target = arguments.split(" ", 1)
        if target.strip('"') not in self.folders:
            return self.no(session, tag, "[TRYCREATE] no such folder")
        for uid in uids_in(where, self.messages):
            del self.messages[uid]
        self.ok(session, tag)

    def UID_EXPUNGE(self, session, tag, arguments):
        for uid in uids_in(arguments, self.messages):
            del self.messages[uid]
        self.ok(session, tag)

    def IDLE(self, session, tag, arguments):
        session.send("+ idling\r\n")
        if session.line() == "DONE":
            self.ok(session, tag)


# --- who may see the password ---------------------------------------------------------------------------------------

class good_tls(Fake):
    security = "tls"


class good_starttls(Fake):
    security = "starttls"
    capabilities = "IMAP4rev1 STARTTLS ID"


class self_signed(good_tls):
    own_authority = True


class self_signed_starttls(good_starttls):
    own_authority = True


class wrong_host(good_tls):
    certificate_name = "other.example"


class expired(good_tls):
    certificate_days = -1


class old_tls(good_tls):
    def __init__(self, folder):
        super().__init__(folder)
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.context.minimum_version = ssl.TLSVersion.TLSv1
        self.context.maximum_version = ssl.TLSVersion.TLSv1_1


class stripped(Fake):
    capabilities = "IMAP4rev1 ID"


class refused_starttls(good_starttls):
    def STARTTLS(self, session, tag, arguments):
        self.no(session, tag, "not today")


class preauth(good_starttls):
    greeting = "* PREAUTH welcome back\r\n"


class injected(good_starttls):
    def STARTTLS(self, session, tag, arguments):
        session.send(f"{tag} OK begin TLS now\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
        session.secure(self.context)


class injected_late(good_starttls):
    """The same in a packet of its own."""
    def STARTTLS(self, session, tag, arguments):
        session.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session.send(f"{tag} OK begin TLS now\r\n")
        session.send("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
        session.secure(self.context)


class not_tls(Fake):
    pass


# --- odd and hostile answers ----------------------------------------------------------------------------------------

class honest(Fake):
    pass


class unsafe_login(Fake):
    """NetEase: no folder for a client that has not said who it is."""
    known = False

    def ID(self, session, tag, arguments):
        self.known = self.known or '"name"' in arguments and '"vendor"' in arguments
        super().ID(session, tag, arguments)

    def SELECT(self, session, tag, arguments):
        if not self.known:
            return self.no(session, tag, "SELECT Unsafe Login. Please contact kefu@188.com for help")
        super().SELECT(session, tag, arguments)

    EXAMINE = SELECT


class unsafe_always(Fake):
    capabilities = "IMAP4rev1"

    def SELECT(self, session, tag, arguments):
        self.no(session, tag, "EXAMINE Unsafe Login. Please contact kefu@188.com for help")

    EXAMINE = SELECT


class partial_no(Fake):
    """One message of several, then NO: libetpan takes that for success."""
    def UID_FETCH(self, session, tag, arguments):
        where, _, what = arguments.partition(" ")
        uids = uids_in(where, self.messages)
        if "BODY" not in what or len(uids) == 1:
            return super().UID_FETCH(session, tag, arguments)
        self.fetch_one(session, uids[0], what)
        self.no(session, tag, "some of the messages are gone")


class uid_last(Fake):
    def body(self, session, number, uid, section):
        data = self.messages[uid]
        session.send(f"* {number} FETCH (BODY[] {{{len(data)}}}\r\n".encode() + data + f" UID {uid})\r\n".encode())


class backwards(Fake):
    def UID_FETCH(self, session, tag, arguments):
        where, _, what = arguments.partition(" ")
        for uid in reversed(uids_in(where, self.messages)):
            session.send("* 2 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n")
            self.fetch_one(session, uid, what)
        self.ok(session, tag)


class quoted(Fake):
    def body(self, session, number, uid, section):
        session.send(f'* {number} FETCH (UID {uid} BODY[] "Subject: quoted {uid}")\r\n')


class poison(Fake):
    """Message 3 breaks every connection."""
    def fetch_one(self, session, uid, what):
        if uid == 3 and "BODY" in what:
            session.send("* 3 FETCH (UID 3 BODY[] {100}\r\nhalf of i")
            session.socket.shutdown(socket.SHUT_RDWR)
            raise OSError
        super().fetch_one(session, uid, what)


class garbage(Fake):
    """Message 3 is answered by what is not IMAP."""
    def fetch_one(self, session, uid, what):
        if uid == 3 and "BODY" in what:
            session.send("* 3 FETCH (UID 3 BODY[] @@@@)\r\n")
        super().fetch_one(session, uid, what)


class empty_body(Fake):
    """The server lists message 3 and gives nothing."""
    def body(self, session, number, uid, section):
        if uid == 3:
            session.send(f"* {number} FETCH (UID 3 BODY[] NIL)\r\n")
        else:
            super().body(session, number, uid, section)


class foreign_uid(Fake):
    """Bodies that nobody asked for come along."""
    def body(self, session, number, uid, section):
        session.send(b"* 77 FETCH (UID 77 BODY[] {3}\r\nabc)\r\n")
        super().body(session, number, uid, section)
        super().body(session, number, uid, section)


class huge_literal(Fake):
    """Message 3 is announced as small, and its literal never ends."""
    def body(self, session, number, uid, section):
        if uid != 3 or section:
            return super().body(session, number, uid, section)
        session.send("* 3 FETCH (UID 3 BODY[] {4000000000}\r\n")
        while True:
            session.send(b"x" * (1 << 20))


class huge_announced(Fake):
    """Message 3 is said to have 3 GB: only its header may be asked for."""
    def facts(self, uid):
        text = super().facts(uid)
        return re.sub(r"SIZE \d+", "SIZE 3000000000", text) if uid == 3 else text


class endless(Fake):
    """Untagged lines without end."""
    def UID_SEARCH(self, session, tag, arguments):
        while True:
            session.send(b"* OK still searching, have patience with me\r\n" * 1000)


class one_line(Fake):
    """A line without end."""
    def UID_SEARCH(self, session, tag, arguments):
        session.send(b"* SEARCH")
        while True:
            session.send(b" 1" * 100000)


class silent(Fake):
    def UID_SEARCH(self, session, tag, arguments):
        time.sleep(3600)


class bye(Fake):
    greeting = "* BYE too many connections\r\n"


class login_disabled(Fake):
    capabilities = "IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR"

    def LOGIN(self, session, tag, arguments):
        self.no(session, tag, "LOGIN is switched off")

    def AUTHENTICATE(self, session, tag, arguments):
        good = arguments == "PLAIN " + base64.b64encode("\0专家@x.example\0geheim 密".encode()).decode()
        self.ok(session, tag) if good else self.no(session, tag, "wrong")


class wrong_password(Fake):
    def LOGIN(self, session, tag, arguments):
        self.no(session, tag, "[AUTHENTICATIONFAILED] Login fail. Authentication failed")


class xoauth2(Fake):
    """Takes the token token-N on connection N only."""
    capabilities = "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"

    def AUTHENTICATE(self, session, tag, arguments):
        said = base64.b64decode(arguments.split(" ")[1])
        if said == b"user=u@x.example\1auth=Bearer token-%d\1\1" % session.number:
            return self.ok(session, tag)
        session.send("+ " + base64.b64encode(b'{"status":"401"}').decode() + "\r\n")
        session.line()
        self.no(session, tag, "token refused")

    def NOOP(self, session, tag, arguments):
        raise OSError  # makes the client come again


class remade(Fake):
    """A new UIDVALIDITY on every connection."""
    def SELECT(self, session, tag, arguments):
        self.uidvalidity = 100 + session.number
        super().SELECT(session, tag, arguments)

    EXAMINE = SELECT

    def NOOP(self, session, tag, arguments):
        raise OSError


class early_exists(Fake):
    """News before the server says that it idles."""
    def IDLE(self, session, tag, arguments):
        session.send("* 6 EXISTS\r\n+ idling\r\n")
        if session.line() == "DONE":
            self.ok(session, tag)


class news(Fake):
    def IDLE(self, session, tag, arguments):
        session.send("+ idling\r\n")
        self.messages[9] = MESSAGE % (9, 9, 9)
        time.sleep(0.05)
        session.send("* 6 EXISTS\r\n* 1 RECENT\r\n")
        if session.line() == "DONE":
            self.ok(session, tag)


class no_idle(Fake):
    def IDLE(self, session, tag, arguments):
        self.no(session, tag, "not now")


class no_move(Fake):
    capabilities = "IMAP4rev1 UIDPLUS"


class no_uidplus(Fake):
    capabilities = "IMAP4rev1"


class no_keywords(Fake):
    permanent = r"(\Flagged \Deleted)"


class no_junk(Fake):
    def __init__(self, folder):
        super().__init__(folder)
        self.folders.discard("Junk")


def main():
    fake = globals()[sys.argv[1]](sys.argv[2])
    print(fake.serve(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
