#!/usr/bin/env python3
"""The fetch stage against a real Dovecot, with this script in the supervisor's place on the bus.

    imap_stage.py BUILD      the folder that holds the program `shouwen`
"""
import os, re, signal, socket, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import imap_fake
from servers import Dovecot, free_port, wait_for

PROGRAM = os.path.join(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build"), "shouwen")
MESSAGE = b"From: e@x.example\r\nSubject: m%d\r\nMessage-ID: <%d@x.example>\r\n\r\n%s\r\n"
done = 0


def check(condition, what):
    global done
    done += 1
    print(f"{'ok' if condition else 'not ok'} {done} - {what}", flush=True)
    if not condition:
        sys.exit(1)


class Stage:
    """`shouwen stage fetch` as the supervisor starts it: descriptor 3 is the bus."""

    def __init__(self, config, *options):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.bus, self.heard, self.log = ours, [], []

        number = theirs.fileno()
        put_in_place = f'[ {number} = 3 ] || exec 3<&{number} {number}<&-; exec "$0" "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", put_in_place, PROGRAM, "stage", "fetch", "--config", config, "--mailbox", "m", *options],
            pass_fds=[number], env={**os.environ, "SHOUWEN_BUS": "1"}, stderr=subprocess.PIPE, text=True)
        theirs.close()
        threading.Thread(target=self.listen, daemon=True).start()
        threading.Thread(target=self.read_log, daemon=True).start()

    def listen(self):
        while packet := self.bus.recv(32768):
            self.heard.append(packet.decode())

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line.rstrip())

    def hears(self, text, seconds=20, times=1):
        return wait_for(lambda: self.heard.count(text) >= times, seconds, f"{text!r} on the bus; log {self.log}")

    def says(self, pattern, seconds=20):
        return wait_for(lambda: any(re.search(pattern, line) for line in self.log), seconds, f"{pattern!r} in the log")

    def tell(self, text):
        self.bus.send(text.encode())

    def peak_memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024

    def stop(self):
        self.tell("supervise stop")
        return self.process.wait(20)


def write_config(folder, dovecot, name, min_free="1M", **settings):
    with open(f"{folder}/password", "w") as f:
        f.write(settings.pop("password", Dovecot.PASSWORD) + "\n")
    os.chmod(f"{folder}/password", 0o600)
    known = {"type": "imap", "host": "localhost", "port": dovecot.tls, "ca_file": dovecot.cert, "user": "u",
             "password_file": f"{folder}/password", "since": "2020-01-01", "poll": "600s", "timeout": "10s", **settings}
    path = f"{folder}/{name}.conf"
    with open(path, "w") as f:
        f.write(f"[general]\nspool={folder}/{name}\nmin_free={min_free}\n[office]\naddress=office@x.example\n[mailbox m]\n"
                + "".join(f"{key}={value}\n" for key, value in known.items()))
    os.makedirs(f"{folder}/{name}", exist_ok=True)
    return path


def segment_text(folder, name):
    text = b""
    for top, _, files in os.walk(f"{folder}/{name}/segments"):
        for file in sorted(files):
            with open(f"{top}/{file}", "rb") as f:
                text += f.read()
    return text


def cursor(folder, name):
    with open(f"{folder}/{name}/cursors/m") as f:
        return f.read()


def test_once_and_marks(folder, dovecot):
    dovecot.deliver("u", [MESSAGE % (i, i, b"x" * 100) for i in range(20)])
    stage = Stage(write_config(folder, dovecot, "once", action="move:已处理", watch="垃圾邮件"), "--once")
    stage.hears("supervise fetched")
    check(stage.heard[0] == "intake arrived", "frames are announced before the end is")
    check(all(b"Subject: m%d\r\n" % i in segment_text(folder, "once") for i in range(20)), "all messages are in the spool")
    stage.says("垃圾邮件")
    validity = re.search(r"uidvalidity=(\d+)", cursor(folder, "once"))[1]
    marks = f"INBOX\t{validity}\t1,2,3"
    stage.tell(f"intake mark {marks}")
    stage.hears(f"intake marked {marks}")
    moved = f"{dovecot.folder}/home/u/Maildir/.&XfJZBHQG-"
    count = lambda: sum(len(os.listdir(f"{moved}/{sub}")) for sub in ("new", "cur"))
    check(count() == 3, "marked messages are moved into the folder 已处理, which was made")
    stage.tell(f"intake mark {marks}")
    stage.hears(f"intake marked {marks}", times=2)
    check(count() == 3, "marking again changes nothing")
    check(stage.stop() == 0, "stop ends the stage well")
    again = Stage(write_config(folder, dovecot, "once"), "--once")
    again.hears("supervise fetched")
    check("intake arrived" not in again.heard, "a second run fetches nothing again")
    again.stop()


def test_idle_and_reconnection(folder, dovecot):
    stage = Stage(write_config(folder, dovecot, "idle"))
    stage.hears("intake arrived")
    wait_for(lambda: b"next=" in cursor(folder, "idle").encode(), 10, "the cursor")
    time_before = time.monotonic()
    dovecot.deliver("u", [MESSAGE % (100, 100, b"by IDLE")])
    stage.hears("intake arrived", times=2)
    check(time.monotonic() - time_before < 15, "IDLE brings new mail long before the poll interval")
    dovecot.process.send_signal(signal.SIGTERM)
    dovecot.process.wait(20)
    stage.says("again in")
    dovecot.deliver("u", [MESSAGE % (101, 101, b"while away")])
    dovecot.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", f"{dovecot.folder}/dovecot.conf"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stage.hears("intake arrived", seconds=60, times=3)
    stage.says("works again")
    check(b"while away" in segment_text(folder, "idle"), "mail that came while the server was away is fetched")
    began = time.monotonic()
    stage.process.send_signal(signal.SIGTERM)
    check(stage.process.wait(20) == 0 and time.monotonic() - began < 5, "SIGTERM ends the wait at once, exit 0")


def test_faults(folder, dovecot):
    stage = Stage(write_config(folder, dovecot, "denied", password="geheim"), "--once")
    code = stage.process.wait(30)
    check(code == 77, "a refused password ends --once with 77")
    check(not any("geheim" in line for line in stage.log), "no log line holds the password")
    stage = Stage(write_config(folder, dovecot, "full", min_free="900000G"))
    stage.says("setting min_free")
    check(not os.listdir(f"{folder}/full/segments"), "nothing is fetched while the disk is full")
    check(stage.stop() == 0, "stop ends the wait for room")
    stage = Stage(write_config(folder, dovecot, "absent", port=free_port()))
    stage.says("cannot be reached")
    check(stage.stop() == 0, "stop ends the wait before a reconnection")


def test_token(folder, dovecot):
    """The jail lets the stage execute nothing, and yet each connection has a token of its own."""
    place = f"{folder}/oauth"
    os.makedirs(place)
    with open(f"{place}/command", "w") as f:
        f.write(f"#!/bin/sh\necho asked >> {place}/asked\necho token-$(wc -l < {place}/asked)\n")
    os.chmod(f"{place}/command", 0o755)
    server = imap_fake.xoauth2(place)  # takes token-N on connection N, and hangs up on NOOP
    stage = Stage(write_config(folder, dovecot, "token", auth="xoauth2", token_command=f"{place}/command",
                               host="127.0.0.1", port=server.serve(), security="plain", user="u@x.example", poll="1s"))
    stage.hears("intake arrived")
    stage.says("works again")
    check(server.connections >= 2, "a token is asked for anew at every connection")
    check(stage.stop() == 0, "the stage and its helper end")


def test_large(folder, dovecot):
    dovecot.deliver("big", [MESSAGE % (1, 1, b"0123456789abcde\n" * (50 << 16))])
    stage = Stage(write_config(folder, dovecot, "large", user="big"), "--once")
    stage.hears("supervise fetched", seconds=60)
    peak = stage.peak_memory()
    stage.stop()
    print(f"# peak memory with a message of 50 MB: {peak} MB")
    check(peak < 60, "a message of 50 MB is streamed, not held")


def test_speed(folder, dovecot):
    body = b"abcdefgh ijklmnop qrstuvwx yz012345 678901234567890 abcdefghijk\r\n" * 60
    dovecot.deliver("fast", [MESSAGE % (i, i, body) for i in range(10000)])
    for turn in ("cold", "warm"):
        stage = Stage(write_config(folder, dovecot, f"speed-{turn}", user="fast"), "--once")
        began = time.monotonic()
        stage.hears("supervise fetched", seconds=120)
        took = time.monotonic() - began
        stage.stop()
        print(f"# 10,000 messages of 4 KB over TLS into segments, {turn}: {10000 / took:.0f} a second, start included")


def main():
    with tempfile.TemporaryDirectory(prefix="imap-stage-") as folder:
        os.chmod(folder, 0o755)
        dovecot = Dovecot(f"{folder}/dovecot")
        try:
            for test in (test_once_and_marks, test_idle_and_reconnection, test_faults, test_token, test_large, test_speed):
                print(f"# {test.__name__}", flush=True)
                test(folder, dovecot)
        finally:
            dovecot.stop()
    print(f"1..{done}")


if __name__ == "__main__":
    main()
