import type { Chunk } from "../api/client";

type Code = NonNullable<Chunk["exclude_reason"]>["code"];

const TAGS: Record<Code, string> = {
  boilerplate: "Boilerplate",
  toc: "Contents",
  duplicate: "Duplicate",
  user: "Excluded",
  imported: "Imported",
};
const TITLES: Record<Code, string> = {
  boilerplate: "Excluded as boilerplate",
  toc: "Excluded as a table of contents",
  duplicate: "Excluded as a duplicate",
  user: "Excluded by a person",
  imported: "A line of imported pairs",
};

/** Why a chunk is excluded, in a word. */
export const reasonTag = ({ exclude_reason }: Chunk) =>
  exclude_reason ? TAGS[exclude_reason.code] : "Excluded";
export const reasonTitle = ({ exclude_reason }: Chunk) =>
  exclude_reason ? TITLES[exclude_reason.code] : "Excluded by a person";
