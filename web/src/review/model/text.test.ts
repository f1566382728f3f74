import { describe, expect, it } from "vitest";
import { pieces, utf16Offsets, utf16Spans } from "./text";

describe("offsets", () => {
  it("are those of scalar values, in any order", () => {
    const text = "a😀b𝒳é\u0000c";
    const scalars = [...text];
    const all = Array.from({ length: scalars.length + 1 }, (_, at) => at);
    const expected = all.map((at) => scalars.slice(0, at).join("").length);
    expect(utf16Offsets(text, all)).toEqual(expected);
    expect(utf16Offsets(text, [...all].reverse())).toEqual(expected.reverse());
  });

  it("stay within the text", () => {
    expect(utf16Offsets("ab", [-1, 0, 2, 9])).toEqual([0, 0, 2, 2]);
    expect(utf16Offsets("", [3])).toEqual([0]);
  });

  it("make spans, of which empty ones are left out", () => {
    const spans = utf16Spans(
      "😀 is told",
      [
        { a: 2, b: 4 },
        { a: 3, b: 3 },
        { a: 50, b: 60 },
      ],
      (of) => ({
        start: of.a,
        end: of.b,
      }),
    );
    expect(spans).toEqual([{ item: { a: 2, b: 4 }, span: { start: 3, end: 5 } }]);
  });
});

describe("pieces", () => {
  it("together are the text, whatever overlaps", () => {
    const text = "one two three four";
    const spans = [
      { start: 4, end: 13 },
      { start: 0, end: 7 },
      { start: 4, end: 13 },
      { start: 18, end: 30 },
    ];
    const made = pieces(text, spans);
    expect(made.map((piece) => piece.text).join("")).toBe(text);
    expect(made.map((piece) => [piece.text, piece.covers])).toEqual([
      ["one ", [1]],
      ["two", [0, 1, 2]],
      [" three", [0, 2]],
      [" four", []],
    ]);
  });

  it("hold for chance spans", () => {
    let chance = 7;
    const below = (bound: number) => {
      chance = (chance * 1103515245 + 12345) % 2147483648;
      return chance % bound;
    };
    for (let run = 0; run < 200; run += 1) {
      const text = "x".repeat(below(30));
      const spans = Array.from({ length: below(6) }, () => {
        const start = below(30);
        return { start, end: start + below(10) };
      });
      const made = pieces(text, spans);
      expect(made.map((piece) => piece.text).join("")).toBe(text);
      for (const piece of made) {
        const covered = spans.flatMap((span, at) =>
          span.start <= piece.start && span.end >= piece.start + piece.text.length ? [at] : [],
        );
        expect(piece.covers).toEqual(covered);
      }
    }
  });

  it("of many spans take no long time", () => {
    const spans = Array.from({ length: 5000 }, (_, at) => ({ start: at * 2, end: at * 2 + 1 }));
    expect(pieces("x".repeat(10_000), spans)).toHaveLength(10_000);
  });
});
