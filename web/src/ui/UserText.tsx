import { Fragment, useState } from "react";

const LIMIT = 20_000;

/**
 * Text of documents, teachers and people: a text node, in its own direction, cut where it is very
 * long, with null characters made visible.
 */
export function UserText({ text, className }: { text: string; className?: string | undefined }) {
  const [all, setAll] = useState(false);
  const isCut = text.length > LIMIT && !all;
  const shown = (isCut ? text.slice(0, LIMIT) : text).replaceAll("\0", "␀");
  const paragraphs = shown.split(/\n{2,}/);
  return (
    <div dir="auto" className={className} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no other name
        <Fragment key={index}>
          <p dir="auto">{paragraph}</p>
        </Fragment>
      ))}
      {isCut && (
        <button type="button" className="text-link" onClick={() => setAll(true)}>
          Show all {text.length.toLocaleString("en-US")} characters
        </button>
      )}
    </div>
  );
}
