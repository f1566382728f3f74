import { useState } from "react";
import type { AnswerPiece, Ties } from "../model/evidence";
import { held } from "../model/evidence";
import { colorOf, useLit } from "./lit";
import { Mark } from "./Mark";
import styles from "./Marks.module.css";

/** Longer texts are cut. */
export const LONGEST = 20_000;

/** Text of people and documents, with what cannot be seen made visible. */
export const visible = (text: string) => text.replaceAll("\0", "␀");

/** An answer: each sentence in the colour of its evidence, words that nothing holds marked. */
export function Answer({ ties, className }: { ties: Ties; className?: string | undefined }) {
  const [all, setAll] = useState(false);
  const { shown, cut } = all ? { shown: ties.answer, cut: false } : shorten(ties.answer);
  return (
    <p className={className} dir="auto">
      {shown.map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
        <Piece key={at} piece={piece} />
      ))}
      {cut && (
        <button type="button" className="text-link" onClick={() => setAll(true)}>
          Show all
        </button>
      )}
    </p>
  );
}

/** The first pieces of a text that is too long to be shown at once, and whether anything was cut. */
export function shorten<T extends { text: string }>(pieces: T[]): { shown: T[]; cut: boolean } {
  let left = LONGEST;
  const shown: T[] = [];
  for (const piece of pieces) {
    if (piece.text.length > left) {
      if (left > 0) shown.push({ ...piece, text: piece.text.slice(0, left) });
      return { shown, cut: true };
    }
    shown.push(piece);
    left -= piece.text.length;
  }
  return { shown, cut: false };
}

function Piece({ piece }: { piece: AnswerPiece }) {
  const lit = useLit();
  const { sentence } = piece;
  if (!sentence) return <Words piece={piece} text={piece.text} />;
  const marked = (text: string) => (
    <span
      className={styles.sentence}
      data-color={colorOf(sentence.number)}
      data-partly={held(sentence.score) === "Partly" || undefined}
      data-lit={lit.number === sentence.number || undefined}
      onPointerEnter={() => lit.point(sentence.number)}
      onPointerLeave={() => lit.point(null)}
    >
      <Words piece={piece} text={text} />
    </span>
  );
  if (!piece.last) return marked(piece.text);
  // The number never stands alone on a line: it goes with the last word.
  const at = Math.max(piece.text.search(/\S{1,40}$/u), 0);
  return (
    <>
      {at > 0 && marked(piece.text.slice(0, at))}
      <span className={piece.text.length - at <= 40 ? styles.together : undefined}>
        {marked(piece.text.slice(at))}
        <Mark sentence={sentence} />
      </span>
    </>
  );
}

const Words = ({ piece, text }: { piece: AnswerPiece; text: string }) =>
  piece.missing ? <span className={styles.missing}>{visible(text)}</span> : visible(text);
