import { type Piece, pieces, type Span, utf16Spans } from "./text";
import type { PairWithSource } from "./types";

/** Under this score a sentence is held in part alone. */
export const WELL_HELD = 0.6;

/** A sentence of the answer with the span of the source that holds it. */
export interface Sentence {
  /** From 1, in the order of the answer. */
  number: number;
  score: number;
  answer: Span;
  source: Span;
}

/** Words of the answer that the source does not hold. */
export interface Missing {
  words: string;
  reasons: string[];
  span: Span;
}

/** What is shown of a stretch of the answer. */
export interface AnswerPiece {
  text: string;
  sentence: Sentence | null;
  missing: Missing | null;
  /** Whether the sentence ends here, so that its number follows. */
  last: boolean;
}

/** What is shown of a stretch of the source. */
export interface SourcePiece {
  text: string;
  sentences: Sentence[];
  /** The sentences whose span begins here, so that their numbers come first. */
  begins: Sentence[];
}

/** An answer and its source, tied to each other. */
export interface Ties {
  sentences: Sentence[];
  missing: Missing[];
  answer: AnswerPiece[];
  source: SourcePiece[];
}

/** Ties the sentences of an answer to the spans of the source. Offsets are converted here, and nowhere else. */
export function tie(pair: Pick<PairWithSource, "answer" | "evidence" | "unsupported" | "source">): Ties {
  const text = pair.source?.text ?? "";
  const inAnswer = utf16Spans(pair.answer, pair.evidence, (one) => ({
    start: one.answer_start,
    end: one.answer_end,
  }));
  inAnswer.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const inSource = new Map(
    utf16Spans(text, pair.evidence, (one) => ({ start: one.chunk_start, end: one.chunk_end })).map(
      ({ item, span }) => [item, span],
    ),
  );
  const sentences = inAnswer.map(({ item, span }, at) => ({
    number: at + 1,
    score: item.score,
    answer: span,
    source: inSource.get(item) ?? { start: 0, end: 0 },
  }));
  const missing = outermost(
    utf16Spans(pair.answer, pair.unsupported, (one) => ({
      start: one.answer_start,
      end: one.answer_end,
    })).map(({ item, span }) => ({
      words: pair.answer.slice(span.start, span.end),
      reasons: [item.reason],
      span,
    })),
  );
  return {
    sentences,
    missing,
    answer: answerPieces(pair.answer, sentences, missing),
    source: sourcePieces(text, sentences),
  };
}

/** What lies within another is told of with it. */
function outermost(all: Missing[]): Missing[] {
  const made: Missing[] = [];
  for (const one of all.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)) {
    const outer = made.at(-1);
    if (outer && one.span.end <= outer.span.end) outer.reasons.push(...one.reasons);
    else made.push(one);
  }
  return made;
}

function answerPieces(text: string, sentences: Sentence[], missing: Missing[]): AnswerPiece[] {
  const spans = [...sentences.map((one) => one.answer), ...missing.map((one) => one.span)];
  return pieces(text, spans).map((piece) => {
    const covering = (from: number, to: number) => piece.covers.find((at) => at >= from && at < to);
    const sentence = sentences[covering(0, sentences.length) ?? -1] ?? null;
    const unheld = covering(sentences.length, spans.length);
    return {
      text: piece.text,
      sentence,
      missing: unheld === undefined ? null : (missing[unheld - sentences.length] ?? null),
      last: sentence !== null && piece.start + piece.text.length === sentence.answer.end,
    };
  });
}

function sourcePieces(text: string, sentences: Sentence[]): SourcePiece[] {
  const spans = sentences.map((one) => one.source);
  return pieces(text, spans).map((piece: Piece) => {
    const covering = piece.covers.flatMap((at) => sentences[at] ?? []);
    return {
      text: piece.text,
      sentences: covering,
      begins: covering.filter((one) => one.source.start === piece.start),
    };
  });
}

/** How a sentence is held, in a word. */
export function held(score: number): "Supported" | "Partly" {
  return score >= WELL_HELD ? "Supported" : "Partly";
}

/** The sentences in words: "3 sentences supported, 1 partly, 1 not". */
export function inWords(sentences: readonly Sentence[], missing: readonly Missing[] = []): string {
  const supported = sentences.filter((one) => held(one.score) === "Supported").length;
  const partly = sentences.length - supported;
  const apart = (one: Missing) =>
    sentences.every(({ answer }) => one.span.end <= answer.start || one.span.start >= answer.end);
  const not = missing.filter(apart).length;
  const counted: [number, string][] = [
    [supported, "supported"],
    [partly, "partly supported"],
    [not, "not supported"],
  ];
  const said = counted.filter(([count]) => count > 0);
  if (said.length === 0) return "No sentence is tied to the source";
  return said
    .map(([count, word], at) => {
      if (at > 0) return `${count} ${word.replace(" supported", "")}`;
      return `${count} ${count === 1 ? "sentence" : "sentences"} ${word}`;
    })
    .join(", ");
}
