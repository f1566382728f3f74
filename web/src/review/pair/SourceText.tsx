import { Fragment, useState } from "react";
import type { SourcePiece, Ties } from "../model/evidence";
import { shorten, visible } from "./Answer";
import { colorOf, useLit } from "./lit";
import { Mark } from "./Mark";
import styles from "./Marks.module.css";

/** The text of a chunk: the spans that hold sentences of the answer, in their colours. */
export function SourceText({ ties, className }: { ties: Ties; className?: string | undefined }) {
  const [all, setAll] = useState(false);
  const { shown, cut } = all ? { shown: ties.source, cut: false } : shorten(ties.source);
  return (
    <div className={className} dir="auto">
      {shown.map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
        <Piece key={at} piece={piece} />
      ))}
      {cut && (
        <button type="button" className="text-link" onClick={() => setAll(true)}>
          Show all
        </button>
      )}
    </div>
  );
}

function Piece({ piece }: { piece: SourcePiece }) {
  const lit = useLit();
  const pointed = piece.sentences.find((one) => one.number === lit.number);
  const first = pointed ?? piece.sentences[0];
  if (!first) return <Paragraphs text={piece.text} />;
  return (
    <mark
      className={styles.span}
      data-color={colorOf(first.number)}
      data-lit={pointed ? true : undefined}
      onPointerEnter={() => lit.point(first.number)}
      onPointerLeave={() => lit.point(null)}
    >
      {piece.begins.map((one) => (
        <Mark key={one.number} sentence={one} inSource />
      ))}
      <Paragraphs text={piece.text} />
    </mark>
  );
}

/** An empty line is half as high as it would be. */
const Paragraphs = ({ text }: { text: string }) =>
  visible(text)
    .split(/\n{2,}/)
    .map((paragraph, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no other name
      <Fragment key={at}>
        {at > 0 && <span className={styles.gap} />}
        {paragraph}
      </Fragment>
    ));
