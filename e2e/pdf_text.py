"""The text of each page of a PDF file, between form feeds."""

import sys

from pypdf import PdfReader

print("\f".join(page.extract_text() for page in PdfReader(sys.argv[1]).pages))
