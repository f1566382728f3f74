import type { Pair, Turn } from "./types";

/** What a person can change of a pair. */
export interface Text {
  question: string;
  answer: string;
  context: string;
  turns: Turn[];
}

export const textOf = ({ question, answer, context, turns }: Text): Text => ({
  question,
  answer,
  context,
  turns: turns.map(({ role, content }) => ({ role, content })),
});

/** What was changed, as the API takes it; null where nothing was. */
export function changeOf(before: Text, after: Text): Partial<Text> | null {
  const change: Partial<Text> = {};
  if (before.turns.length > 0) {
    if (after.turns.some((turn, at) => turn.content !== before.turns[at]?.content))
      change.turns = after.turns;
  } else {
    if (after.question !== before.question) change.question = after.question;
    if (after.answer !== before.answer) change.answer = after.answer;
  }
  if (after.context !== before.context) change.context = after.context;
  return Object.keys(change).length > 0 ? change : null;
}

/** A text with the change in it. A conversation begins with its question and answer. */
export function withChange(text: Text, change: Partial<Text>): Text {
  const changed = { ...text, ...change };
  if (change.turns) {
    changed.question = change.turns[0]?.content ?? text.question;
    changed.answer = change.turns[1]?.content ?? text.answer;
  }
  return changed;
}

const name = (pair: Pick<Pair, "id" | "revision">) => `data-forge-draft:${pair.id}:${pair.revision}`;

/** Drafts of this device, for the revision that they were made on. */
export const drafts = {
  read(pair: Pair): Text | null {
    try {
      const text = JSON.parse(localStorage.getItem(name(pair)) ?? "null") as Text | null;
      return text && text.turns.length === pair.turns.length ? text : null;
    } catch {
      return null;
    }
  },
  keep(pair: Pair, text: Text): boolean {
    try {
      localStorage.setItem(name(pair), JSON.stringify(text));
      return true;
    } catch {
      return false;
    }
  },
  drop(pair: Pick<Pair, "id" | "revision">): void {
    localStorage.removeItem(name(pair));
  },
};
