"""The PDF of a letter, as it is downloaded and read."""

import io
import re

from pypdf import PdfReader

from tests.page import Reader
from tribune.letters.models import Letter


def taken(client: Reader, letter: Letter, asked: str = "") -> PdfReader:
    answer = client.get(f"/manage/letters/{letter.id}/letter.pdf{asked}")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    return PdfReader(io.BytesIO(answer.data))


def words(file: PdfReader) -> str:
    """All that is printed, its line ends and hyphens taken away."""
    text = " ".join(page.extract_text() for page in file.pages)
    return " ".join(re.sub(r"[\u00ad-]\n", "", text).split())
