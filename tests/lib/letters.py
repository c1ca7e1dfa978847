"""Letters read as a receiver reads them, by Python's parser and not ours."""
import email, email.policy, re, subprocess
from html.parser import HTMLParser

KINDS = "acknowledgement completion return rejection status reminder escalation digest reply notice".split()

def parse(raw):
    """The message, every part without a defect."""
    message = email.message_from_bytes(raw, policy=email.policy.strict)
    for part in message.walk():
        assert not part.defects, part.defects
    return message

class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.depth = [], 0
    def handle_data(self, data):
        self.words.append(data)

def words_of_html(html):
    reader = Text()
    reader.feed(html[html.index("<body"):])
    return squeeze("".join(reader.words))

def squeeze(text):
    return re.sub(r"[\s\u3000]+", "", text)

def text_of(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")

def html_of(message):
    return message.get_body(("html",)).get_content()
