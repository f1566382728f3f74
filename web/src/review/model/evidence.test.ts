import { describe, expect, it } from "vitest";
import { inWords, tie } from "./evidence";

const source = (text: string) => ({ text }) as never;

describe("tie", () => {
  it("numbers sentences in the order of the answer and marks both sides", () => {
    const answer = "😀 Open it. Wait five minutes.";
    const ties = tie({
      answer,
      evidence: [
        { answer_start: 11, answer_end: 29, chunk_id: "c", chunk_start: 0, chunk_end: 5, score: 0.4 },
        { answer_start: 2, answer_end: 10, chunk_id: "c", chunk_start: 6, chunk_end: 13, score: 0.9 },
      ],
      unsupported: [{ answer_start: 16, answer_end: 28, reason: "no time is named" }],
      source: source("𝒳aits Open it"),
    });
    expect(ties.sentences.map((one) => [one.number, one.score])).toEqual([
      [1, 0.9],
      [2, 0.4],
    ]);
    expect(ties.missing.map((one) => one.words)).toEqual(["five minutes"]);
    expect(ties.answer.map((one) => [one.text, one.sentence?.number, one.missing?.words, one.last])).toEqual([
      ["😀 ", undefined, undefined, false],
      ["Open it.", 1, undefined, true],
      [" ", undefined, undefined, false],
      ["Wait ", 2, undefined, false],
      ["five minutes", 2, "five minutes", false],
      [".", 2, undefined, true],
    ]);
    expect(ties.source.map((one) => [one.text, one.begins.map((of) => of.number)])).toEqual([
      ["𝒳aits", [2]],
      [" ", []],
      ["Open it", [1]],
    ]);
  });

  it("holds where two sentences rest on one span, and where there is no source", () => {
    const evidence = [0, 3].map((at) => ({
      answer_start: at,
      answer_end: at + 2,
      chunk_id: "c",
      chunk_start: 0,
      chunk_end: 3,
      score: 1,
    }));
    const ties = tie({ answer: "a. b.", evidence, unsupported: [], source: source("a b c") });
    expect(ties.source[0]?.begins.map((one) => one.number)).toEqual([1, 2]);
    const none = tie({ answer: "a. b.", evidence, unsupported: [], source: null });
    expect(none.source.map((one) => one.text).join("")).toBe("");
    expect(none.sentences).toHaveLength(2);
  });
});

describe("what is missing", () => {
  it("is told of once, with what lies within it", () => {
    const ties = tie({
      answer: "Wait for 45 minutes in Oslo. Then go.",
      evidence: [],
      unsupported: [
        { answer_start: 9, answer_end: 11, reason: "number" },
        { answer_start: 0, answer_end: 28, reason: "all" },
        { answer_start: 23, answer_end: 27, reason: "name" },
      ],
      source: source("x"),
    });
    expect(ties.missing.map((one) => [one.words, one.reasons])).toEqual([
      ["Wait for 45 minutes in Oslo.", ["all", "number", "name"]],
    ]);
    expect(ties.answer.map((one) => one.text)).toEqual(["Wait for 45 minutes in Oslo.", " Then go."]);
    expect(inWords(ties.sentences, ties.missing)).toBe("1 sentence not supported");
  });
});

describe("in words", () => {
  const of = (...scores: number[]) =>
    inWords(
      scores.map((score, at) => ({
        number: at + 1,
        score,
        answer: { start: 0, end: 1 },
        source: { start: 0, end: 1 },
      })),
    );

  it("counts", () => {
    expect(of(0.9, 0.7, 0.6, 0.3)).toBe("3 sentences supported, 1 partly");
    expect(of(0.9)).toBe("1 sentence supported");
    expect(of(0.1, 0.2)).toBe("2 sentences partly supported");
    expect(of()).toBe("No sentence is tied to the source");
  });
});
