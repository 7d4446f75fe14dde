"""Words to token ids, from the vocabulary in a model's folder alone.

    CLIP, OpenCLIP   <|startoftext|> words <|endoftext|>; what follows the end is never seen, so batches are
                     padded to their longest text
    SigLIP           words </s>, padded to 64; its authors drop punctuation and capitals first
    SigLIP 2         words <eos>, padded with <pad> to 64; its authors drop capitals first

SigLIP's towers were trained with their padding in view, and have no mask for it. A text longer than the
model's context is cut, and keeps its end mark. The vocabulary is tokenizer.json, or vocab.json with
merges.txt, or OpenAI's bpe_simple_vocab_16e6.txt.gz; the last also from another model that was fetched, or
from an installed `clip` or `open_clip` package, of which only that file is read.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import BadFile, BadValue, MissingPath
from ..models.store import models_folder
from ..models.table import MODELS, VOCABULARY

if TYPE_CHECKING:
    from tokenizers import Tokenizer

START, END = "<|startoftext|>", "<|endoftext|>"
BPE_FILE = VOCABULARY.name
BPE_MERGES = 49152 - 256 - 2
MAX_BPE_BYTES = 2**24
MAX_CHARACTERS = 10_000
"""No context holds more: tokens are shorter than a hundred characters, and contexts than a hundred tokens."""
_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""What CLIP takes for a word (Radford et al. 2021, its SimpleTokenizer)."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """How a model's texts become ids.

    context: the most ids of a text, all marks counted.
    vocabulary: how many ids the text tower knows; words beyond it, which a tokenizer may add, are left out.
    pad_to_context: whether every text is filled up to the context, as SigLIP's are.
    """

    tokenizer: Tokenizer
    clean: Callable[[str], str]
    start: int | None
    end: int
    pad: int
    context: int
    vocabulary: int
    pad_to_context: bool

    def ids(self, text: str) -> list[int]:
        """The ids of one text, with its marks, without padding, cut to the context."""
        marks = [] if self.start is None else [self.start]
        words = self.tokenizer.encode(self.clean(text), add_special_tokens=False).ids
        known = [word for word in words if word < self.vocabulary]
        return [*marks, *known[: self.context - len(marks) - 1], self.end]

    def batch(self, texts: Sequence[str]) -> tuple[list[list[int]], list[int]]:
        """Ids (n, length), and for each text where its first end mark stands."""
        rows = [self.ids(text) for text in texts]
        length = self.context if self.pad_to_context else max(map(len, rows))
        return [row + [self.pad] * (length - len(row)) for row in rows], [row.index(self.end) for row in rows]


def checked_text(text: Any) -> str:
    """The text with single spaces, cut to MAX_CHARACTERS. Raises BadValue where there is nothing to look
    for."""
    if not isinstance(text, str):
        raise BadValue("a text", text, "a string")
    words = " ".join(text.split())
    if not words:
        raise BadValue("a text", text, "what to look for, such as 'sofa'; this one is empty")
    try:
        words.encode()
    except UnicodeEncodeError:
        raise BadValue("a text", text[:40], "Unicode; this one has half a surrogate pair") from None
    return words[:MAX_CHARACTERS]


def read_tokens(folder: Path, family: str, context: int, vocabulary: int) -> Tokens:
    """How a model of that family turns texts into ids; `vocabulary` is how many its text tower knows."""
    tokenizer = _read_tokenizer(folder, family)
    clean: Callable[[str], str]
    if family == "clip":
        start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
        clean, pad = str, end
    else:
        second = tokenizer.token_to_id("<eos>") is not None
        end = tokenizer.token_to_id("<eos>" if second else "</s>")
        start, pad = None, tokenizer.token_to_id("<pad>") if second else end
        clean = str.lower if second else _canonical
    if end is None or pad is None or (family == "clip" and start is None):
        raise BadFile(folder, f"has a vocabulary without the marks of {family}'s texts", "Fetch it again.")
    largest = max((end, pad, *tokenizer.get_vocab(with_added_tokens=False).values()))
    if largest >= vocabulary:
        problem = f"has a vocabulary up to id {largest}, and its text tower knows {vocabulary}"
        raise BadFile(folder, problem, "Take vocabulary and weights of one model.")
    return Tokens(tokenizer, clean, start, end, pad, context, vocabulary, pad_to_context=family != "clip")


def _read_tokenizer(folder: Path, family: str) -> Tokenizer:
    from tokenizers import Tokenizer

    whole, parts = folder / "tokenizer.json", [folder / "vocab.json", folder / "merges.txt"]
    if whole.is_file():
        try:
            tokenizer = Tokenizer.from_file(str(whole))
        except Exception as error:  # tokenizers raises plain Exception
            raise BadFile(whole, f"is no tokenizer ({str(error)[:200]})", "Fetch it again.") from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
    if family != "clip":
        hint = "SigLIP's models bring it along; fetch the model again, or copy it from the model's page."
        raise MissingPath("tokenizer.json", whole, hint)
    if all(path.is_file() for path in parts):
        try:
            vocabulary = json.loads(parts[0].read_text(encoding="utf-8"))
            lines = parts[1].read_text(encoding="utf-8").split("\n")
            merges = [line for line in lines if line and not line.startswith("#version")]
            return _bpe(vocabulary, merges)
        except Exception as error:  # likewise
            raise BadFile(parts[0], f"is no vocabulary ({str(error)[:200]})", "Fetch it again.") from error
    packed = _find_bpe(folder)
    try:
        with gzip.open(packed) as stream:
            text = stream.read(MAX_BPE_BYTES).decode("utf-8")
        merges = [line for line in text.split("\n")[1 : BPE_MERGES + 1] if line]
        symbols = _byte_symbols()
        names = [*symbols, *(s + "</w>" for s in symbols), *("".join(m.split()) for m in merges), START, END]
        return _bpe({name: index for index, name in enumerate(names)}, merges)
    except Exception as error:  # likewise, and what gzip raises
        raise BadFile(packed, f"is not CLIP's vocabulary ({str(error)[:200]})", "Fetch it again.") from error


def _bpe(vocabulary: dict[str, int], merges: Sequence[str]) -> Tokenizer:
    """CLIP's byte-pair encoding (Sennrich et al. 2016) of words whose last symbol ends in </w>."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    model = models.BPE(vocabulary, pairs, end_of_word_suffix="</w>", unk_token=END)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    words = pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [words, pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    marks = [AddedToken(mark, normalized=False, special=True) for mark in (START, END)]
    tokenizer.add_special_tokens(marks)
    return tokenizer


def _byte_symbols() -> list[str]:
    """A printable character for each byte, in the order of CLIP's vocabulary."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    others = len(set(range(256)) - set(printable))
    return [chr(code) for code in printable] + [chr(256 + index) for index in range(others)]


def _find_bpe(folder: Path) -> Path:
    """OpenAI's vocabulary in the folder, among the models that were fetched, or in an installed package that
    has it; nothing is imported."""
    fetched = [name for name, model in MODELS.items() if VOCABULARY in model.files]
    places = [folder, *(models_folder() / name for name in fetched)]
    for package in ("clip", "open_clip"):
        spec = importlib.util.find_spec(package)
        places += [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for place in places:
        if (place / BPE_FILE).is_file():
            return place / BPE_FILE
    hint = (
        f"Put {BPE_FILE} there, which lies in the folder clip/ of OpenAI's CLIP, or tokenizer.json, or "
        "vocab.json with merges.txt; or run: python applications/fetch_models.py model=openai_vit_b32_pt"
    )
    raise MissingPath("vocabulary of CLIP", folder, hint)


def _canonical(text: str) -> str:
    """As SigLIP's authors clean texts: no capitals, no punctuation, single spaces."""
    return " ".join(text.lower().translate(str.maketrans("", "", string.punctuation)).split())
