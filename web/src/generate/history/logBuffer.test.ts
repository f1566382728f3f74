import { expect, it } from "vitest";
import type { LogLine } from "../../api/client";
import { append, atLeast, EMPTY, fieldsOf, KEPT } from "./logBuffer";

const line = (seq: number, level: LogLine["level"] = "info"): LogLine => ({
  seq,
  level,
  time: "2026-11-26T02:00:00Z",
  message: `line ${seq}`,
  fields: {},
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));

it("keeps the newest 2,000 lines, and counts all", () => {
  let state = EMPTY;
  for (let from = 1; from <= 5_000; from += 250) state = append(state, lines(from, from + 249));
  expect(state.lines.length).toBe(KEPT);
  expect(state.lines[0]?.seq).toBe(5_000 - KEPT + 1);
  expect(state).toMatchObject({ dropped: 3_000, last: 5_000 });
});

it("passes over what it has, as after a lost connection", () => {
  const state = append(EMPTY, lines(1, 10));
  expect(append(state, lines(5, 10))).toBe(state);
  expect(append(state, lines(8, 12)).lines.map(({ seq }) => seq)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
});

it("counts and filters by level", () => {
  const state = append(EMPTY, [
    line(1),
    line(2, "warn"),
    line(3, "error"),
    line(4, "debug"),
    line(5, "warn"),
  ]);
  expect([state.warnings, state.errors]).toEqual([2, 1]);
  expect(atLeast(state.lines, "warn").map(({ seq }) => seq)).toEqual([2, 3, 5]);
  expect(atLeast(state.lines, "error").map(({ seq }) => seq)).toEqual([3]);
  expect(atLeast(state.lines, "all")).toBe(state.lines);
});

it("says what stands beside a message", () => {
  expect(fieldsOf({ ...line(1), fields: { chunk: "a", pairs: 3 } as never })).toBe("chunk=a · pairs=3");
});
