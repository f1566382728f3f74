import { describe, expect, it } from "vitest";
import { csv, halved, middle, ticks } from "./statistics";

const bins = (...counts: number[]) =>
  counts.map((count, at) => ({ from: at / counts.length, to: (at + 1) / counts.length, count }));

describe("the middle of a histogram", () => {
  it("is told as far as bins allow", () => {
    expect(middle(bins(0, 4, 0, 4))).toEqual({ average: 0.625, median: 0.5 });
    expect(middle(bins(0, 0, 0, 10))).toEqual({ average: 0.875, median: 0.875 });
    expect(middle(bins(0, 0))).toBeNull();
  });
});

it("of half as many bins holds as much", () => {
  expect(halved(bins(1, 2, 3, 4)).map((bin) => [bin.from, bin.to, bin.count])).toEqual([
    [0, 0.5, 3],
    [0.5, 1, 7],
  ]);
  expect(halved(bins(1, 2, 3)).map((bin) => bin.count)).toEqual([3, 3]);
});

describe("ticks", () => {
  it("are round and reach the top", () => {
    expect(ticks(2400)).toEqual([0, 1000, 2000, 3000]);
    expect(ticks(7)).toEqual([0, 3, 6, 9]);
    expect(ticks(1)).toEqual([0, 1]);
    expect(ticks(0)).toEqual([0, 1]);
    for (const most of [2, 3, 11, 59, 123, 99_999]) {
      const made = ticks(most);
      expect(made.at(-1)).toBeGreaterThanOrEqual(most);
      expect(made.length).toBeLessThan(7);
    }
  });
});

it("quotes what a spreadsheet would take for something else", () => {
  expect(
    csv([
      ["a,b", 'say "x"', 3],
      ["=1+1", "-x", -4],
    ]),
  ).toBe(`"a,b","say ""x""",3\r\n'=1+1,'-x,-4\r\n`);
});
