import { count, plural } from "../../ui/format";
import type { BulkAction, Note } from "./session";

const DONE: Record<BulkAction, string> = {
  accept: "accepted",
  reject: "rejected",
  reset: "reset",
  delete: "deleted",
};

/** A note in words, and what can be done about it. */
export interface Sentence {
  message: string;
  bad: boolean;
  undo: boolean;
  /** A pair to go to. */
  open: string | null;
}

export function sentence(note: Note): Sentence {
  const said = (message: string, more: Partial<Sentence> = {}): Sentence => ({
    message,
    bad: false,
    undo: false,
    open: null,
    ...more,
  });
  switch (note.kind) {
    case "decided":
      return said(`Pair ${note.status}`, { undo: true });
    case "bulk": {
      const { matched, changed } = note.outcome;
      const of =
        matched === changed ? plural(changed, "pair") : `${count(changed)} of ${plural(matched, "pair")}`;
      return said(`${of} ${DONE[note.action]}`, { undo: changed > 0 });
    }
    case "undone": {
      if (note.pair) return said("Undone");
      const kept = note.kept > 0 ? `; ${count(note.kept)} changed since and stay as they are` : "";
      return said(`${plural(note.changed, "pair")} as before${kept}`);
    }
    case "refused":
      return said(`Not saved: ${note.problem.message}`, { bad: true, open: note.pair });
    case "conflict":
      return said("A pair was changed elsewhere; nothing was overwritten", { bad: true, open: note.pair });
    case "failed":
      return said(`${note.what}: ${note.problem.message}`, { bad: true });
  }
}
