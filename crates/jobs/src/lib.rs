//! Units of work, leases and the three phases of a generation.
