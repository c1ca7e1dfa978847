"""A test script's frame: cases are functions registered with @case; each gets a folder of its own, removed afterwards."""
import os, shutil, sys, tempfile, traceback

CASES = []

class Skip(Exception):
    pass

def case(function):
    CASES.append(function)
    return function

def build():
    return os.path.abspath(os.environ.get("SHOUWEN_BUILD", "build"))

def run(set_up=None, tear_down=None):
    """Runs every case as TAP. SET_UP(folder) makes what they share; it is the second argument of those that take one."""
    only = sys.argv[1:]
    cases = [c for c in CASES if not only or c.__name__ in only]
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    top = tempfile.mkdtemp(prefix="shouwen-test-")
    os.chmod(top, 0o755)
    shared = set_up(top) if set_up else None
    try:
        for n, function in enumerate(cases, 1):
            folder = f"{top}/{function.__name__}"
            os.makedirs(folder)
            name = (function.__doc__ or function.__name__).strip().split("\n")[0]
            try:
                function(folder, shared) if set_up and function.__code__.co_argcount > 1 else function(folder)
                print(f"ok {n} - {name}", flush=True)
            except Skip as why:
                print(f"ok {n} - {name} # SKIP {why}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {n} - {name}")
                print("".join("# " + line + "\n" for line in traceback.format_exc().split("\n")), end="", flush=True)
    finally:
        if tear_down:
            tear_down(shared)
        shutil.rmtree(top, ignore_errors=True)
    sys.exit(1 if failed else 0)
