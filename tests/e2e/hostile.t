#!/usr/bin/env python3
"""Archives and mails that are made to hurt: each ends in time and memory with the status it deserves, and what is whole is read."""
import gzip, io, json, lzma, os, resource, struct, subprocess, sys, tarfile, time, warnings, zipfile, zlib
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from tap import case, run, build

SECONDS = 30           # far below the deadline of 60 a message has; each takes under 3 on an idle machine
MEMORY = 900 * 1024    # KB, of any one process: a child's address space ends at 768 MB
ZEROS = b"\0" * (10 << 20)
warnings.simplefilter("ignore") # zipfile's, of names that stand twice

def inspect(folder, name, content):
    """The documents that are found in a file of that name: [(path, status)]."""
    path = f"{folder}/{name}"
    with open(path, "wb") as f:
        f.write(content)
    start = time.monotonic()
    done = subprocess.run([f"{build()}/shouwen", "inspect", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    took = time.monotonic() - start
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    assert took < SECONDS, f"{took:.1f} s"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEMORY
    record = json.loads(done.stdout)
    for document in record["documents"]:
        assert document["status"] == "read" or [f["rule"] for f in document["findings"]] == ["unreadable"], document
    return [(d["path"], d["status"]) for d in record["documents"]]

def zip_of(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in members:
            z.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return out.getvalue()

def rar5_block(head):
    block = bytes([len(head)]) + head
    return struct.pack("<I", zlib.crc32(block)) + block

def vint(n):
    out = b""
    while True:
        out += bytes([n & 127 | (128 if n > 127 else 0)])
        n >>= 7
        if not n:
            return out

def rar5_of(name, data, size, info, extra=b"", flags=0):
    head = vint(2) + vint(3 if extra else 2) + (vint(len(extra)) if extra else b"") + vint(len(data)) + vint(4) + vint(size) + vint(0x20)
    head += struct.pack("<I", zlib.crc32(data)) + vint(info) + vint(0) + vint(len(name)) + name + extra
    return b"Rar!\x1a\7\1\0" + rar5_block(vint(1) + vint(0) + vint(flags)) + rar5_block(head) + data + rar5_block(vint(5) + vint(0) + vint(0))

def sevenzip_of(coder, packed, unpacked, name="a.bin"):
    """A 7z of one member by one CODER (its id and properties as they stand in a folder)."""
    def number(n):
        return bytes([n]) if n < 128 else b"\xf0" + struct.pack("<I", n)
    names = b"\0" + name.encode("utf-16le") + b"\0\0"
    header = b"\1\4\6\0\1\x09" + number(len(packed)) + b"\0" + b"\7\x0b\1\0\1" + coder + b"\x0c" + number(unpacked) + b"\0" + b"\x08\0\0"
    header += b"\5\1\x11" + number(len(names)) + names + b"\0\0"
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header

def mail(body, content_type="text/plain"):
    return f"From: a@sender.example\nTo: office@committee.example\nSubject: s\nDate: Mon, 5 Jan 2026 10:00:00 +0800\nMIME-Version: 1.0\nContent-Type: {content_type}\n\n".encode() + body

@case
def many_members(folder):
    """2,001 members: 2,000 are read, then the archive is too large"""
    found = inspect(folder, "a.zip", zip_of(*[(f"{n}.txt", b"x") for n in range(2001)]))
    assert len(found) == 2001 and found[-1] == ("a.zip", "too-large") and found[0] == ("0.txt", "read"), found[-3:]

@case
def very_many_members(folder):
    """a hundred thousand members, and as many of one name"""
    for same in (False, True):
        local, directory = io.BytesIO(), io.BytesIO()
        for n in range(100_000):
            name = b"same.txt" if same else b"%d.txt" % n
            common = struct.pack("<HHHIIIIHH", 20, 0, 0, 0, 0, 0, 0, len(name), 0)
            directory.write(b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, local.tell()) + name)
            local.write(b"PK\3\4" + common + name)
        start = local.tell()
        local.write(directory.getvalue() + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xffff, 0xffff, directory.tell(), start, 0))
        found = inspect(folder, f"a{same}.zip", local.getvalue())
        assert len(found) <= 2001 and found[-1] == (f"a{same}.zip", "too-large"), (len(found), found[-1])

@case
def nested(folder):
    """archives in archives: the fifth is not opened"""
    content = zip_of(("a.txt", b"x"))
    for n in range(6):
        content = zip_of((f"{n}.zip", content))
    assert inspect(folder, "a.zip", content) == [("5.zip/4.zip/3.zip/2.zip", "too-deep")]
    content = b"plain"
    for n in range(30):
        content = gzip.compress(content)
    found = inspect(folder, "a.gz", content)
    assert len(found) == 1 and found[0][1] == "too-deep", found

@case
def nested_mails(folder):
    """mails in mails: not without end"""
    content = mail(b"innermost\n")
    for _ in range(40):
        content = mail(content, "message/rfc822")
    found = inspect(folder, "a.eml", content)
    assert found == [("1/1/1/1/1", "too-deep")], found

@case
def bombs(folder):
    """a thousand to one: what stands before is kept, the archive is too large"""
    found = inspect(folder, "a.zip", zip_of(("whole.txt", b"whole"), ("zeros.bin", ZEROS)))
    assert found == [("whole.txt", "read"), ("a.zip", "too-large")], found
    found = inspect(folder, "b.zip", zip_of(*[(f"{n}.bin", ZEROS) for n in range(100)]))
    assert found[-1] == ("b.zip", "too-large") and len(found) < 30, found
    assert inspect(folder, "a.gz", gzip.compress(ZEROS) * 100) == [("a.gz", "too-large")]
    assert inspect(folder, "a.xz", lzma.compress(ZEROS)) == [("a.xz", "too-large")]

@case
def bombs_within_the_ratio(folder):
    """many archives that each keep the ratio add up"""
    inner = zip_of(("n.bin", os.urandom(200_000) + ZEROS))
    found = inspect(folder, "a.zip", zip_of(*[(f"{n}.zip", inner) for n in range(40)], method=zipfile.ZIP_STORED))
    assert found[-1] == ("a.zip", "too-large"), found

@case
def sparse(folder):
    """a tar with a file of eight terabytes that is one hole"""
    head = bytearray(512)
    head[0:5], head[100:107], head[124:135] = b"a.bin", b"0000644", b"00000000000"
    head[156:157], head[257:265] = b"S", b"ustar  \0"
    huge = b"\x80\0\0\0" + struct.pack(">Q", 8 << 40)
    head[386:398], head[398:410], head[483:495] = huge, b"00000000000\0", huge
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    found = inspect(folder, "a.tar", bytes(head) + b"\0" * 1024)
    assert found == [("a.tar", "too-large")], found

@case
def windows(folder):
    """dictionaries of gigabytes are not allocated"""
    huge_lzma = b"\x23\3\1\1\5\x5d\xff\xff\xff\xff"    # LZMA, 4 GB
    huge_lzma2 = b"\x21\x21\1\x28"                     # LZMA2, 4 GB
    for n, coder in enumerate((huge_lzma, huge_lzma2, b"\x21\x21\1\x23")): # the last: 1 GB
        found = inspect(folder, f"{n}.7z", sevenzip_of(coder, b"\1\0\3data\0" + b"\0" * 20, 4))
        assert len(found) == 1 and found[0][1] in ("too-large", "damaged"), found
    found = inspect(folder, "a.rar", rar5_of(b"a.bin", b"x" * 50, 100, 15 << 10 | 3 << 7))
    assert len(found) == 1 and found[0][1] == "too-large", found
    good = bytearray(lzma.compress(b"x" * 100))
    at = good.index(b"\x21\x01", 12) + 2
    good[at] = 39 # 3 GB; the header's own checksum follows its padding
    size = (good[12] + 1) * 4
    good[12 + size - 4:12 + size] = struct.pack("<I", zlib.crc32(bytes(good[12:12 + size - 4])))
    found = inspect(folder, "a.xz", bytes(good))
    assert len(found) == 1 and found[0][1] == "too-large", found

@case
def neighbours(folder):
    """a damaged member does not take the others with it; a cut archive gives what is whole"""
    content = bytearray(zip_of(("a.txt", b"first"), ("b.txt", b"second"), ("c.txt", b"third"), method=zipfile.ZIP_STORED))
    content[content.index(b"second")] ^= 1
    assert inspect(folder, "a.zip", bytes(content)) == [("a.txt", "read"), ("b.txt", "damaged"), ("c.txt", "read")]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name in ("a.txt", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 2000
            t.addfile(info, io.BytesIO(b"x" * 2000))
    found = inspect(folder, "a.tar", out.getvalue()[:512 + 2048 + 512 + 1000])
    assert found[0] == ("a.txt", "read") and found[-1] == ("a.tar", "damaged"), found

@case
def names(folder):
    """names that lead outside, deceive, are too long or stand twice"""
    long = "长" * 300 + ".txt"
    found = inspect(folder, "a.zip", zip_of(("../../etc/passwd", b"x"), ("C:\\Windows\\win.ini", b"x"), ("/abs.txt", b"x"), ("same.txt", b"1"),
                                            ("same.txt", b"2"), ("exe\u202etxt.doc", b"x"), (long, b"x"), ("d/" * 2000 + "deep.txt", b"x")))
    paths = [p for p, _ in found]
    assert paths[:5] == ["etc/passwd", "Windows/win.ini", "abs.txt", "same.txt", "same.txt (2)"], paths
    assert "\u202e" not in "".join(paths) and all(len(p) <= 260 for p in paths), paths
    assert paths[6].endswith("….txt") and paths[7].startswith("…/d/") and paths[7].endswith("/deep.txt"), paths
    assert {s for _, s in found} == {"read"}, found

@case
def locked(folder):
    """encrypted archives are one document: themselves"""
    content = bytearray(zip_of(("a.txt", b"open"), ("b.txt", b"secret"), method=zipfile.ZIP_STORED))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.rindex(mark) + place] |= 1
    assert inspect(folder, "a.zip", bytes(content)) == [("a.zip", "encrypted")]
    assert inspect(folder, "a.rar", rar5_of(b"a.txt", b"secret", 6, 0, extra=b"\4\1\0\0\x0f")) == [("a.rar", "encrypted")]
    aes = b"\x24\6\xf1\7\1\2\x13\0"
    assert inspect(folder, "a.7z", sevenzip_of(aes, b"\0" * 16, 16)) == [("a.7z", "encrypted")]

@case
def parts_of_sets(folder):
    """one part of an archive in parts is unsupported, not damaged"""
    whole = sevenzip_of(b"\1\0", b"data", 4)
    assert inspect(folder, "a.7z", whole) == [("a.bin", "read")]
    assert inspect(folder, "a.7z.001", whole[:-5]) == [("a.7z.001", "unsupported")]
    assert inspect(folder, "a.part1.rar", rar5_of(b"a.txt", b"half", 4, 0, flags=1)) == [("a.part1.rar", "unsupported")]
    assert inspect(folder, "a.z01", b"PK\7\10" + zip_of(("a.txt", b"x"))[:-30]) == [("a.z01", "unsupported")]

run()
