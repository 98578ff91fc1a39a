"""Key decoder: the bytes that a terminal sends become names of keys.

It knows the grammar of ECMA-48 and of xterm. Only a key is a key: the answers of a terminal, mouse reports, focus
events, pasted text and the keys that nothing is bound to are consumed whole.
"""

import re

KEY_NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    "\x1b[5~": "page up", "\x1b[6~": "page down", " ": "space", "\n": "enter", "\r": "enter", "\t": "tab",
}  # fmt: skip
# Enter is "\n" or "\r": Python 3.12.0 and 3.12.1 clear ICRNL in cbreak mode.

SEQUENCE_TIMEOUT_S = 0.5
"""An escape sequence that is not finished after this time was the Escape key, or Alt and a key."""
STRING_TIMEOUT_S = 1.0
"""A control string or a paste ends when nothing came for this long: its end was lost."""
ANSWER_TIMEOUT_S = 3.0
"""The same for any sequence while answers of the terminal are awaited, which may come in pieces."""
MAX_PENDING_S = 10.0
"""Nothing stays unfinished for longer, so that no stream of bytes locks the keyboard."""
MAX_PENDING = 512
"""Bytes of an unfinished sequence that are kept."""

# A second Escape in front of a sequence is the Alt key of some terminals. Bytes of C1 may come as UTF-8.
_CSI = rb"(?:\x1b+\[|\xc2?\x9b)"
_CANCEL = rb"\x18|\x1a|(?=\x1b)"
# The numbers of a mouse report are single bytes or UTF-8 characters of two bytes.
_UNIT = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xc2-\xdf](?![\x80-\xbf])|[\x20-\xc1\xe0-\xff])"
_PASTE = _CSI + rb"200~"
_STRING = rb"(?:\x1b+[]P_^X]|\xc2[\x90\x98\x9d-\x9f])"
_RAW_STRING = rb"[\x90\x98\x9d-\x9f]"
_STRING_END = rb"\x07|\x18|\x1a|\x1b\\|(?=\x1b[^\\])"
_TOKEN = re.compile(
    b"|".join(
        (
            _PASTE + rb".*?" + _CSI + rb"201~",
            _CSI + rb"M(?:%s{3}|%s{0,2}(?=[\x00-\x1f]))" % (_UNIT, _UNIT),
            _CSI + rb"\[(?:[\x20-\xff]|(?=[\x00-\x1f]))",  # function keys of the Linux console
            _CSI + rb"[0-9]{1,2}\$",  # keys of rxvt with Shift end in an intermediate byte
            _CSI + rb"(?!200~|[M[])[\x00-\x17\x19\x1c-\x3f\x7f]*(?:[\x40-\x7e\x80-\xff]|%s)" % _CANCEL,
            rb"(?:\x1b+[NO]|\xc2?[\x8e\x8f])[0-;]*(?:[\x20-\x2f\x3c-\xff]|(?=[\x00-\x1f]))",
            _STRING + rb"[^\x07\x18\x1a\x1b]*?(?:\xc2\x9c|%s)" % _STRING_END,
            _RAW_STRING + rb"[^\x07\x18\x1a\x1b\x9c]*(?:\x9c|%s)" % _STRING_END,
            rb"\x1b+[\x20-\x2f]+(?:[\x30-\xff]|(?=[\x00-\x1f]))",
            rb"\x1b+[^\x1b\x20-\x2fNOPX[\]^_]",
            rb"\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
            rb"[\x00-\x1a\x1c-\x7f]",
        )
    ),
    re.DOTALL,
)
_ANSWERS = ("\x1b]", "\x1b[?", "\x1bP", "\x1b_")
_LONG = re.compile(rb"%s|%s|%s" % (_PASTE, _STRING, _RAW_STRING))
_UNFINISHED = re.compile(
    rb"\x1b|\xc2?[\x8e-\x90\x98\x9b\x9d-\x9f]|[\xc2-\xdf]\Z|[\xe0-\xef][\x80-\xbf]?\Z|[\xf0-\xf4][\x80-\xbf]{0,2}\Z"
)


class KeyDecoder:
    """Decodes reads of any size, at times in seconds that never go back.

    `answers` are the sequences that may answer a query; who wants them takes them out.
    """

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.answers_until = 0.0
        """The time until which answers are awaited."""
        self._pending = b""
        self._pending_since = self._last_byte = 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """Return the names of the keys in *data*; an unfinished sequence waits for the next call."""
        timeout = STRING_TIMEOUT_S if _LONG.match(self._pending) else SEQUENCE_TIMEOUT_S
        # A single Escape goes on as an answer only with one of these.
        if self._last_byte < self.answers_until and (self._pending != b"\x1b" or data[:1] in (b"[", b"]", b"P", b"_")):
            timeout = ANSWER_TIMEOUT_S
        if now - self._last_byte >= timeout or now - self._pending_since >= MAX_PENDING_S:
            self._pending = b""
        data, self._last_byte = self._pending + data, now
        keys, at = [], 0
        while at < len(data):
            if found := _TOKEN.match(data, at):
                text = found.group().decode("utf-8", "ignore")
                keys.append(KEY_NAMES.get(text, text))
                if text.startswith(_ANSWERS):
                    self.answers.append(text)
                at = found.end()
            elif _UNFINISHED.match(data, at):
                break
            else:
                at += 1
        if at or not self._pending:
            self._pending_since = now
        self._pending = data[at:]
        if len(self._pending) > MAX_PENDING:
            # Only the beginning and the end matter; the byte between them keeps them from making a sequence.
            self._pending = self._pending[:8] + b"\0" + self._pending[-8:]
        return [key for key in keys if len(key) == 1 or key in KEY_NAMES.values() if key.isprintable()]
