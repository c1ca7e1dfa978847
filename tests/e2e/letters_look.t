#!/usr/bin/env python3
"""How letters look: in a browser, as wide as a telephone and as a desk. LOOK=folder keeps the pictures."""
import os, re, shutil, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from tap import case, run, build, Skip
import letters

SHOUWEN = f"{build()}/shouwen"
MEASURE = """<script>document.title = [...document.querySelectorAll('.screen')].filter(e => e.scrollWidth > e.clientWidth)
.map(e => e.id).join(' ') || 'fits'</script>"""

def page(folder, width):
    """All letters beside each other, each in a box of WIDTH pixels."""
    boxes = ""
    for kind in letters.KINDS:
        subprocess.run([SHOUWEN, "letters", "preview", kind, "--language", "both", "--html", f"{folder}/{kind}.html", "-c", f"{folder}/shouwen.conf"],
                       check=True, capture_output=True, timeout=60)
        body = re.search(r"<body style=\"([^\"]*)\">(.*)</body>", open(f"{folder}/{kind}.html", encoding="utf-8").read(), re.S)
        boxes += f'<div class="screen" id="{kind}" style="display:inline-block;vertical-align:top;overflow:auto;width:{width}px;border-right:1px solid #999"><div style="{body[1]}">{body[2]}</div></div>'
    with open(f"{folder}/all.html", "w", encoding="utf-8") as f:
        f.write(f'<!DOCTYPE html><meta charset="utf-8"><body style="margin:0;white-space:nowrap"><div style="white-space:nowrap">'
                f'<style>.screen{{white-space:normal}}</style>{boxes}</div>{MEASURE}')

def browse(folder, *options):
    return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/browser", *options,
                           f"file://{folder}/all.html"], check=True, capture_output=True, timeout=60).stdout.decode()

@case
def nothing_sticks_out(folder):
    """no letter is wider than a telephone, nor than a desk"""
    if not shutil.which("chromium"):
        raise Skip("no chromium")
    with open(f"{folder}/shouwen.conf", "w") as f:
        f.write(f"[general]\nspool = {folder}/spool\n[office]\naddress = office@committee.example\n")
    for width in (360, 800):
        page(folder, width)
        title = re.search("<title>(.*)</title>", browse(folder, "--dump-dom"))
        assert title and title[1] == "fits", f"{width} pixels are too few for: {title and title[1]}"
        if "LOOK" in os.environ:
            browse(folder, f"--screenshot={os.environ['LOOK']}/letters-{width}.png", f"--window-size={len(letters.KINDS) * (width + 1)},2200")

run()
