"""Extraction reads the data out of certificates, so that nobody compares images by eye.

Takes   `submission-received`; `submission-taken-back`, `submission-withdrawn` and `submission-expired`, to forget.
Gives   `submission-extracted`, `extraction-failed`.
Owns    reading attempts; what was read goes into the vault, sealed, facts apart from provenance.
Never   opens a PDF in its own process, or guesses a value: what cannot be read without doubt is left out; says that
        something was read while the original still holds a resident registration number that may not be kept.
"""
