"""reading.py: what shouwen reads out of files, and what other programs read out of the same ones.

The other programs are a second opinion, not the truth; they are run on copies in a folder of their own, with a limit of time, and
what they said is kept in BUILD/opinions under the file's hash, so that a second run asks only about what is new."""
import collections, concurrent.futures, glob, hashlib, json, os, re, resource, shutil, signal, subprocess, tempfile, time, unicodedata, zipfile, zlib

FILE_SECONDS = 90
OPINION_SECONDS = 60
WORD, SHEET, PDF, ARCHIVE, HTML = "word", "sheet", "pdf", "archive", "html"
# What a file name's extension promises, and who else reads it.
FORMATS = {**dict.fromkeys("docx docm dotx dotm doc dot wps wpt rtf odt ott fodt".split(), WORD),
           **dict.fromkeys("xls xlsx xlsm xltx xlsb et ods csv".split(), SHEET), "pdf": PDF, "html": HTML, "htm": HTML, "mht": None,
           **dict.fromkeys("zip 7z rar tar gz tgz bz2".split(), ARCHIVE),
           **dict.fromkeys("ofd txt png jpg jpeg tif tiff bmp gif webp heic msg dat tnef p7m p7s ppt pptx ppsx vsd vsdx xml".split())}

def extension(path):
    return os.path.splitext(path)[1][1:].lower()

def document_files(folder, formats=None):
    """Every file below FOLDER whose name promises one of FORMATS (default: all that are known), sorted."""
    wanted = formats or FORMATS
    found = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if extension(path) in wanted and not os.path.islink(path))

# --- shouwen -----------------------------------------------------------------------------------------------------------------

Reading = collections.namedtuple("Reading", "path status mime reader text documents seconds")

def top_status(path, documents):
    """The status of the file itself; of a container whose members stand for it, the best of theirs."""
    own = [d for d in documents if d["path"] == os.path.basename(path)]
    states = [d["status"] for d in own or documents]
    return "read" if "read" in states else states[0] if states else "nothing"

def inspect(build, path):
    began = time.monotonic()
    try:
        done = subprocess.run([f"{build}/shouwen", "inspect", "--text", "--jobs=1", path], capture_output=True, timeout=FILE_SECONDS)
        out, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired:
        out, code = b"", "hangs"
    seconds = time.monotonic() - began
    try:
        record = json.loads(out)
    except ValueError:
        return Reading(path, f"no record ({code})", None, None, "", [], seconds)
    documents = record["documents"]
    own = next((d for d in documents if d["path"] == os.path.basename(path)), documents[0] if documents else {})
    text = "\n".join(d.get("text") or "" for d in documents)
    return Reading(path, top_status(path, documents), own.get("mime"), own.get("reader"), text, documents, seconds)

def inspect_all(build, paths, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda path: inspect(build, path), paths))

# --- others ------------------------------------------------------------------------------------------------------------------

def bounded():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

def run_bounded(command, seconds, cwd):
    """Standard output, or None when the program fails or is still busy after SECONDS; whatever it started ends with it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=cwd, preexec_fn=bounded)
    try:
        out, _ = process.communicate(timeout=seconds)
        return out if process.returncode == 0 else None
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None

class Opinions:
    """prepare() asks other programs about files, recall() tells what they said."""
    PROGRAMS = {WORD: "soffice", SHEET: "soffice", PDF: "pdftotext", HTML: "pandoc", ARCHIVE: "7zz"}
    OFFICE = {WORD: ("txt", "txt:Text (encoded):UTF8"), SHEET: ("csv", "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,true,false,false,-1")}
    BATCH = 12

    def __init__(self, build):
        self.kept = os.path.abspath(f"{build}/opinions")
        os.makedirs(self.kept, exist_ok=True)

    def keeps(self, path):
        with open(path, "rb") as f:
            key = hashlib.sha256(f.read())
        key.update(self.OFFICE.get(FORMATS[extension(path)], ("", ""))[1].encode()) # asked otherwise, it answers otherwise
        return f"{self.kept}/{key.hexdigest()}.{extension(path)}"

    def store(self, path, text):
        with open(self.keeps(path), "w", encoding="utf-8") as f:
            f.write("-" if text is None else "+" + text)

    def recall(self, path):
        """What another program reads out of PATH; None when it cannot open it or was never asked."""
        if not os.path.exists(self.keeps(path)):
            return None
        with open(self.keeps(path), encoding="utf-8") as f:
            text = f.read()
        return text[1:] if text.startswith("+") else None

    def prepare(self, paths):
        """Asks about all of PATHS that nothing is known of yet, as far as the programs are installed."""
        have = lambda path: shutil.which(self.PROGRAMS.get(FORMATS[extension(path)], "")) is not None
        new = [path for path in paths if have(path) and not os.path.exists(self.keeps(path))]
        for path in new:
            if has_deletions(path) and shutil.which("pandoc"):
                self.store(path, self.ask_pandoc(path))
        for family in (WORD, SHEET):
            some = [path for path in new if FORMATS[extension(path)] == family and not os.path.exists(self.keeps(path))]
            for i in range(0, len(some), self.BATCH):
                self.ask_office(some[i:i + self.BATCH], family)
        for path in new:
            if not os.path.exists(self.keeps(path)):
                self.store(path, self.ask(path))

    def ask_office(self, paths, family):
        """One start of LibreOffice for all of PATHS; when that hangs or dies, one for each that is still unanswered."""
        end, target = self.OFFICE[family]
        with tempfile.TemporaryDirectory() as room:
            names = {path: f"{i}.{extension(path)}" for i, path in enumerate(paths)}
            for path, name in names.items():
                shutil.copyfile(path, f"{room}/{name}")
            run_bounded(["soffice", f"-env:UserInstallation=file://{room}/profile", "--headless", "--convert-to", target, "--outdir", f"{room}/out",
                         *names.values()], OPINION_SECONDS + 5 * len(paths), room)
            left = []
            for path, name in names.items():
                parts = sorted(glob.glob(f"{room}/out/{name.split('.')[0]}.{end}") + glob.glob(f"{room}/out/{name.split('.')[0]}-*.{end}"))
                text = "\n".join(open(part, encoding="utf-8-sig", errors="replace").read() for part in parts)
                if parts:
                    self.store(path, None if is_noise(text) else text)
                else:
                    left.append(path)
        for path in left:
            if len(paths) == 1:
                self.store(path, None)
            else:
                self.ask_office([path], family)

    @staticmethod
    def ask_pandoc(path):
        out = run_bounded(["pandoc", "-f", "docx", "-t", "plain", "--wrap=none", os.path.abspath(path)], OPINION_SECONDS, "/")
        return None if out is None else out.decode(errors="replace")

    @staticmethod
    def ask(path):
        family, full = FORMATS[extension(path)], os.path.abspath(path)
        command = {PDF: ["pdftotext", "-enc", "UTF-8", full, "-"], HTML: ["pandoc", "-f", "html", "-t", "plain", "--wrap=none", full],
                   ARCHIVE: ["7zz", "t", "-p", full]}.get(family)
        if not command:
            return None
        with open(path, "rb") as f:
            if family == HTML and b"\0" in f.read(4096): # UTF-16, which pandoc does not know
                return None
        with tempfile.TemporaryDirectory() as room:
            out = run_bounded(command, OPINION_SECONDS, room)
        return None if out is None else "" if family == ARCHIVE else out.decode(errors="replace")

def has_deletions(path):
    """Whether PATH is a docx with tracked deletions: LibreOffice writes deleted text as if it still stood, pandoc does not."""
    try:
        with zipfile.ZipFile(path) as package:
            return re.search(rb"<w:(del|moveFrom)[ >]", package.read("word/document.xml")) is not None
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        return False

def is_noise(text):
    """Whether TEXT is what comes of opening a broken file, or HTML of another name, as if it were plain text."""
    if len(re.findall(r"</\w+>", text)) * 50 > len(text.split()):
        return True
    odd = sum(1 for c in text if c == "\ufffd" or (ord(c) < 32 and c not in "\t\n\r\f"))
    return odd * 100 > len(text)

# --- words -------------------------------------------------------------------------------------------------------------------

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003ffff"

def words(text):
    """A multiset: words of letters and digits, and pairs of neighbouring characters where a script has no blanks. 1,000 is
    1000, and the 01 of a date is 1: how numbers are shown is left to the reader."""
    bag = collections.Counter()
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text).lower())
    for word in re.findall(rf"[{HAN}]+|[^\W_{HAN}]+", text):
        if re.match(rf"[{HAN}]", word) and len(word) > 1:
            bag.update(word[i:i + 2] for i in range(len(word) - 1))
        else:
            bag[word.lstrip("0") or "0" if word.isdecimal() else word] += 1
    return bag
