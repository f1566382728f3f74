-- When a unit failed, and what its call under way may come to at the most (the cost in trillionths of a USD), so that
-- a budget is never passed.
ALTER TABLE units ADD COLUMN failed_at INTEGER;
ALTER TABLE units ADD COLUMN reserved_tokens INTEGER;
ALTER TABLE units ADD COLUMN reserved_cost INTEGER;
