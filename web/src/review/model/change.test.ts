import { describe, expect, it } from "vitest";
import { changes } from "./change";
import { wordCount } from "./wordCount";

describe("changes", () => {
  it("are of words, counted, with what is the same shortened", () => {
    const before = "One two three four five six seven eight nine. Wait five minutes, then restart the pump.";
    const after = "One two three four five six seven eight nine. Wait a moment, then restart the pump.";
    const made = changes(before, after);
    expect([made.added, made.removed]).toEqual([2, 2]);
    expect(made.parts[0]).toEqual({ kind: "gap", text: "…" });
    const side = (kind: string) => made.parts.filter((part) => part.kind === kind).map((part) => part.text);
    expect(side("removed").join(" ")).toContain("five");
    expect(side("added").join(" ")).toContain("a");
  });

  it("give back both texts where nothing is shortened", () => {
    for (const [before, after] of [
      ["", "new"],
      ["old", ""],
      ["a  b\nc", "a b\n\nc"],
      ["مرحبا بالعالم", "مرحبا يا عالم"],
    ] as const) {
      const { parts } = changes(before, after);
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map((part) => part.text)
          .join("");
      expect(without("added")).toBe(before);
      expect(without("removed")).toBe(after);
    }
  });

  it("of very long texts are the texts, at once", () => {
    const started = performance.now();
    const made = changes("a ".repeat(50_000), "b ".repeat(50_000));
    expect(made.parts.map((part) => part.kind)).toEqual(["removed", "added"]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it("counts words", () => {
  expect(wordCount("  one two\n three ")).toBe(3);
  expect(wordCount("")).toBe(0);
});
