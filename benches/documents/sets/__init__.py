"""The sets of documents: each module measures one, and returns reports."""
