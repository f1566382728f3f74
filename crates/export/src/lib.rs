//! Pairs to dataset files: ChatML and Alpaca, with manifest and lineage.
