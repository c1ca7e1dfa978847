"""Encrypted files for tests: a zip by PKWARE's traditional cipher (APPNOTE 6.1) and a PDF by RC4 (ISO 32000-1, 7.6, revision 2)."""
import hashlib, struct, zlib

TABLE = [0] * 256
for n in range(256):
    c = n
    for _ in range(8):
        c = (c >> 1) ^ (0xEDB88320 if c & 1 else 0)
    TABLE[n] = c

class Keys:
    def __init__(self, password):
        self.k = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self.update(byte)

    def update(self, byte):
        crc = lambda old, b: (old >> 8) ^ TABLE[(old ^ b) & 0xFF]
        self.k[0] = crc(self.k[0], byte)
        self.k[1] = ((self.k[1] + (self.k[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self.k[2] = crc(self.k[2], self.k[1] >> 24)

    def encrypt(self, data):
        out = bytearray()
        for byte in data:
            t = (self.k[2] | 2) & 0xFFFF
            out.append(byte ^ (((t * (t ^ 1)) >> 8) & 0xFF))
            self.update(byte)
        return bytes(out)

def locked_zip(members, password):
    """MEMBERS: name -> bytes."""
    body, directory = b"", b""
    for name, data in members.items():
        crc, raw = zlib.crc32(data), name.encode()
        packed = Keys(password.encode()).encrypt(bytes(range(11)) + bytes([crc >> 24]) + data)
        facts = struct.pack("<HHHHHIIIHH", 20, 0x801, 0, 0, 0x5C21, crc, len(packed), len(data), len(raw), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\x03\x04" + facts + raw + packed
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)

PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 0xFF
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for byte in data:
        i = (i + 1) & 0xFF
        j = (j + s[i]) & 0xFF
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) & 0xFF])
    return bytes(out)

def locked_pdf(text, password):
    """One page that says TEXT (ASCII) in Helvetica."""
    padded = (password.encode() + PAD)[:32]
    ident, rights = b"0123456789abcdef", -44
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + struct.pack("<i", rights) + ident).digest()[:5]
    page = f"BT /F 14 Tf 60 760 Td ({text}) Tj ET".encode()
    page = rc4(hashlib.md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[:10], page)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n" % len(page) + page + b"\nendstream",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
               b"<< /Filter /Standard /V 1 /R 2 /O <" + owner.hex().encode() + b"> /U <" + rc4(key, PAD).hex().encode() +
               b"> /P %d >>" % rights]
    out, offsets = b"%PDF-1.4\n", []
    for n, what in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % n + what + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Encrypt 6 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, ident.hex().encode(), ident.hex().encode(), start)
