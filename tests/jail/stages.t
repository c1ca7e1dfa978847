#!/usr/bin/env python3
"""Every stage of a running office tries to write where it must not, and to reach the network: each is held to its row."""
import os, signal, subprocess, sys, urllib.request
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from servers import free_port, wait_for
from tap import case, run, build
import make as samples

SHOUWEN = f"{build()}/shouwen"

# What each stage may do, of: its own folders, the others', the settings, a folder of everybody's, the network.
ROWS = {
    "fetch": {"segments", "cursors", "mail"},
    "intake": {"ledger.db"},
    "clock": {"ledger.db"},
    "courier": {"ledger.db", "sent", "outgoing"},
    "desk": {"ledger.db", "segments", "desk"},
}

def stages_of(pid):
    """stage -> process, of the children of PID."""
    found = {}
    for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
        words = open(f"/proc/{child}/cmdline").read().split("\0")
        if "stage" in words:
            found[words[words.index("stage") + 1]] = int(child)
    return found

def serves(port):
    """Whether the desk answers: it is confined by then."""
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/session", timeout=5).status == 200
    except OSError:
        return False

@case
def rows(folder):
    """every stage writes in its own places only, and none reaches the network when mail is local"""
    port = free_port()
    spool, mail, out = f"{folder}/spool", f"{folder}/mail", f"{folder}/probe"
    for name in "cur", "new", "tmp":
        os.makedirs(f"{mail}/{name}")
    with open(f"{mail}/new/1.eml", "wb") as f:
        f.write(dict(samples.samples())["01-application"])
    with open(f"{folder}/shouwen.conf", "w") as f:
        f.write(f"[general]\nspool = {spool}\nmin_free = 1M\n[office]\naddress = office@committee.example\n"
                f"[mailbox box]\ntype = maildir\npath = {mail}\nsince = 2020-01-01\nhistory = answer\n[letters]\nsend = folder\n[desk]\nport = {port}\n")
    places = {name: f"{spool}/{name}/probe" for name in ("segments", "cursors", "sent", "outgoing", "desk")}
    places |= {"ledger.db": f"{spool}/ledger.db", "spool": f"{spool}/probe", "mail": f"{mail}/tmp/probe",
               "settings": f"{folder}/shouwen.conf", "anywhere": f"{folder}/anywhere"}
    watched = dict(os.environ, SHOUWEN_CONFIG=f"{folder}/shouwen.conf", LD_PRELOAD=f"{build()}/tests/probe.so", PROBE_OUT=out, PROBE_FILES=":".join(places.values()))
    office = subprocess.Popen([SHOUWEN, "run"], env=watched, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: os.path.isdir(f"{spool}/outgoing") and os.listdir(f"{spool}/outgoing"), 20, "the letter")
        wait_for(lambda: serves(port), 20, "the desk")
        stages = stages_of(office.pid)
        del stages["monitor"] # starts a program of the administrator's, which may need anything
        assert set(stages) == set(ROWS), stages
        for pid in stages.values():
            os.kill(pid, signal.SIGUSR2)
        wait_for(lambda: os.path.exists(out) and open(out).read().count(" end ") == len(stages), 20, "the probes")
        results = {}
        for line in open(out):
            pid, name, result = line.split()
            results[int(pid), name] = result
        for stage, pid in stages.items():
            done = {name for name, path in places.items() if results[pid, path] == "done"}
            assert done == ROWS[stage], f"{stage} could write to {sorted(done)}, its row says {sorted(ROWS[stage])}"
            assert results[pid, "network"] == "refused", f"{stage} reached the network"
    finally:
        office.terminate()
        office.wait(30)

run()
