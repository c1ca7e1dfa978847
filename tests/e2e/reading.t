#!/usr/bin/env python3
"""The tools that measure reading: what they count, and what they say of a folder whose files are known."""
import os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from tap import case, run, build
import make as samples
import reading

def write(folder, **files):
    os.makedirs(folder, exist_ok=True)
    for name, data in files.items():
        with open(f"{folder}/{name.replace('_', '.')}", "wb") as f:
            f.write(data)

def known_files(folder):
    form = samples.application("温若岚", "Wen Ruolan", "南屏密码技术研究所", "0571-55501234", "wen@nanping-crypto.example.cn", ["WG2"], samples.LONG)
    write(folder, form_docx=form, cut_docx=form[:len(form) // 2], page_html=samples.summary_html("邬晚舟", "工作组会议", "2026年3月9日", "新加坡", "2026年3月20日"),
          letter_pdf=samples.pdf_of_lines("承诺书", [("承诺单位", "南屏密码技术研究所")]), both_zip=samples.zip_of([("a.docx", form), ("b.txt", "乙".encode())]), none_xyz=b"?")

@case
def words(_folder):
    """pairs of Chinese characters, whole words of others, as often as they stand there"""
    assert reading.words("承诺书 承诺") == {"承诺": 2, "诺书": 1}
    assert reading.words("1,000,000 1,2") == {"1000000": 1, "1": 1, "2": 1}
    assert reading.words("ＷＧ1, wg1; 第3号 x") == {"wg1": 2, "第": 1, "3": 1, "号": 1, "x": 1}
    assert reading.words("2026-03-02 007") == reading.words("2026/3/2 7")
    assert reading.is_noise("<p>a</p>") and reading.is_noise("\ufffd\ufffd a") and not reading.is_noise("正文\t\n" * 50)

@case
def statuses(folder):
    """each file of a folder has the status of its bytes, and its text"""
    known_files(folder)
    found = {os.path.basename(r.path): r for r in reading.inspect_all(build(), reading.document_files(folder), 2)}
    assert {name: r.status for name, r in found.items()} == {"form.docx": "read", "cut.docx": "damaged", "page.html": "read", "letter.pdf": "read", "both.zip": "read"}, found
    for name in ("form.docx", "letter.pdf"):
        assert "南屏密码技术研究所" in found[name].text, name
    assert len(found["both.zip"].documents) == 2 and "温若岚" in found["both.zip"].text

@case
def table(folder):
    """the table counts them, and nothing died"""
    known_files(folder)
    done = subprocess.run([f"{HERE}/../corpus/run", folder, "--build", build(), "--formats", "docx,html,zip"], capture_output=True, text=True, check=True, cwd=folder)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["docx", "2", "1", "1"] in [line[:4] for line in lines], done.stdout
    assert "no record" not in done.stdout

run()
