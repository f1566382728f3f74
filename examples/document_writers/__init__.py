"""Writers of the example documents: a small markup, and what turns it into PDF and DOCX."""
