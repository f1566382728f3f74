import { diffWordsWithSpace } from "diff";
import { wordCount } from "./wordCount";

/** A stretch of the changes from one text to another. */
export interface Change {
  kind: "same" | "added" | "removed" | "gap";
  text: string;
}

/** What became of a text. */
export interface Changes {
  parts: Change[];
  added: number;
  removed: number;
}

/** So many words stay around a change; what is the same beyond them is a gap. */
const AROUND = 4;
/** Comparing longer texts word by word would hold the page up. */
const LONGEST = 20_000;

/** The changes word by word, with what stays the same shortened between them. */
export function changes(before: string, after: string): Changes {
  if (before.length + after.length > 2 * LONGEST) {
    const parts: Change[] = [
      { kind: "removed", text: before },
      { kind: "added", text: after },
    ];
    return { parts, added: wordCount(after), removed: wordCount(before) };
  }
  const found = diffWordsWithSpace(before, after);
  const parts: Change[] = [];
  let added = 0;
  let removed = 0;
  found.forEach((one, at) => {
    if (one.added) added += wordCount(one.value);
    if (one.removed) removed += wordCount(one.value);
    if (one.added || one.removed) parts.push({ kind: one.added ? "added" : "removed", text: one.value });
    else parts.push(...shorten(one.value, at === 0, at === found.length - 1));
  });
  return { parts, added, removed };
}

function shorten(text: string, first: boolean, last: boolean): Change[] {
  if (first && last) return [{ kind: "same", text }];
  const words = text.split(/(?<=\s)(?=\S)/u);
  const head = first ? 0 : AROUND;
  const tail = last ? 0 : AROUND;
  if (words.length <= head + tail + 2) return [{ kind: "same", text }];
  const made: Change[] = [];
  if (head > 0) made.push({ kind: "same", text: words.slice(0, head).join("") });
  made.push({ kind: "gap", text: "…" });
  if (tail > 0) made.push({ kind: "same", text: words.slice(-tail).join("") });
  return made;
}
