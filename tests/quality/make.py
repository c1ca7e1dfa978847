#!/usr/bin/env python3
"""Makes the labelled set of the quality bench: make.py FOLDER [SEED]. Documents of every kind, in every main format, in layouts
unlike each other, with truth.jsonl. The same seed gives the same bytes. The figures recorded beside this were taken with seed 7;
another seed shows whether something was tuned to that one."""
import json, os, random, shutil, subprocess, sys, tempfile

import forms, writers
from invent import Invent

SHARES = ["docx"] * 7 + ["pdf"] * 4 + ["odt"] * 2 + ["html"] * 2 + ["txt", "rtf", "rtf", "xlsx", "ofd", "scan", "scan", "scan"]

def scan(blocks, n):
    """A page of pixels in a PDF: drawn from a slightly crooked PDF, as a copier would send it."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/p.pdf", "wb") as f:
            f.write(writers.pdf(blocks, skew=(n % 5 - 2) * .006))
        subprocess.run(["pdftoppm", "-gray", "-r", "200", "-jpeg", "-jpegopt", "quality=70", f"{folder}/p.pdf", f"{folder}/p"], check=True)
        pictures = [open(f"{folder}/{name}", "rb").read() for name in sorted(os.listdir(folder)) if name.endswith(".jpg")]
    objects, kids = [b"<</Type/Catalog/Pages 2 0 R>>", b""], []
    for data in pictures:
        start = data.index(b"\xff\xc0") + 5
        height, width, colours = int.from_bytes(data[start:start + 2], "big"), int.from_bytes(data[start + 2:start + 4], "big"), data[start + 4]
        space = b"DeviceGray" if colours == 1 else b"DeviceRGB"
        objects.append(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n" % (width, height, space, len(data)) + data + b"\nendstream")
        objects.append(b"<</Length 31>>stream\nq 595 0 0 842 0 0 cm /I Do Q   \nendstream")
        k = len(objects)
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>" % (k, k - 1))
        kids.append(b"%d 0 R" % (k + 1))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return writers.finish_pdf(objects)

def can_scan():
    """Whether pages can be drawn here: the tool, and a font with Chinese in it."""
    fonts = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True).stdout if shutil.which("fc-list") else ""
    return bool(shutil.which("pdftoppm") and fonts.strip())

def truth_of(document, name, style):
    fields, findings = dict(document.fields), list(document.findings)
    truth = {"filename": name, "status": "read", "kind": document.kind, "fields": fields, "findings": findings, "format": style,
             "maybe_fields": document.maybe, "maybe_findings": document.maybe_findings}
    if style in ("pdf", "ofd", "scan") and "seal" in fields:
        # Nothing red stands on these pages; a copy without any colour cannot tell.
        fields["seal"] = "absent" if style != "scan" else "unknown"
        truth["accept"] = {"seal": ["absent", "unknown"]}
        truth["findings"] = [f for f in findings if f != "seal-unknown"]
        truth["maybe_findings"] = document.maybe_findings + ["seal-absent", "seal-unknown"]
    if style == "scan":
        truth["scan"] = True
    return truth

def make(folder, seed=7):
    invent = Invent(random.Random(seed))
    os.makedirs(folder, exist_ok=True)
    scans, number = can_scan(), 0
    with open(f"{folder}/truth.jsonl", "w", encoding="utf-8") as truths:
        for form, count in forms.ALL:
            for n in range(count):
                document, style = form(invent, n), invent.of(SHARES)
                if style == "scan" and not scans or style == "txt" and document.kind == "contribution":
                    style = "docx"
                number += 1
                name = f"{number:03}-{document.name}.{'pdf' if style == 'scan' else style}"
                data = scan(document.blocks, n) if style == "scan" else writers.DIGITAL[style](document.blocks)
                with open(f"{folder}/{name}", "wb") as f:
                    f.write(data)
                truths.write(json.dumps({"file": name, "type": "document", "documents": [truth_of(document, name, style)], "findings": []}, ensure_ascii=False) + "\n")
    return number, scans

if __name__ == "__main__":
    made, scans = make(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7)
    print(f"{made} documents in {sys.argv[1]}" + ("" if scans else "; no scans: pdftoppm or a Chinese font is missing"))
