import { beforeEach, describe, expect, it } from "vitest";
import { changeOf, drafts, textOf, withChange } from "./drafts";
import type { Pair } from "./types";

const pair = (revision: number, turns: Pair["turns"] = []) =>
  ({ id: "p", revision, question: "q", answer: "a", context: "", turns }) as Pair;

beforeEach(() => localStorage.clear());

describe("drafts", () => {
  it("are kept for the revision that they were made on", () => {
    const text = { ...textOf(pair(1)), answer: "b" };
    expect(drafts.keep(pair(1), text)).toBe(true);
    expect(drafts.read(pair(1))).toEqual(text);
    expect(drafts.read(pair(2))).toBeNull();
    drafts.drop(pair(1));
    expect(drafts.read(pair(1))).toBeNull();
  });

  it("that cannot be read are none", () => {
    localStorage.setItem("data-forge-draft:p:1", "{");
    expect(drafts.read(pair(1))).toBeNull();
  });
});

describe("a change", () => {
  it("is what differs", () => {
    const before = textOf(pair(1));
    expect(changeOf(before, { ...before })).toBeNull();
    expect(changeOf(before, { ...before, answer: "b" })).toEqual({ answer: "b" });
  });

  it("of a conversation is its turns, which begin with question and answer", () => {
    const turns: Pair["turns"] = [
      { role: "user", content: "q" },
      { role: "assistant", content: "a" },
    ];
    const before = textOf(pair(1, turns));
    const after = {
      ...before,
      turns: [turns[0] as (typeof turns)[0], { role: "assistant" as const, content: "b" }],
    };
    const change = changeOf(before, after);
    expect(change).toEqual({ turns: after.turns });
    expect(withChange(before, change ?? {})).toMatchObject({ question: "q", answer: "b" });
  });
});
