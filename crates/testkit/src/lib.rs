//! Fixtures, a test application and the simulated gateway; for tests alone.
