"""A second verifier of evidence packages, written from schemas/FORMAT.md alone.

It shares no line with azcustody-verify, so that one mistake cannot hide in both:
Python's standard library, and the programs zstd, minisign, and openssl.
"""
