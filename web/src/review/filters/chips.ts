import type { Filters } from "../model/filters";
import { DIFFICULTY_WORDS, type Names, range, STATUS_WORDS, TYPE_WORDS } from "../model/words";

export const CHIPS = [
  "Status",
  "Quality",
  "Grounding",
  "Run",
  "Type",
  "Difficulty",
  "Flags",
  "Document",
] as const;
export type ChipName = (typeof CHIPS)[number];

/** What a chip says of its filter; null where that is off. */
export function chipValue(name: ChipName, filters: Filters, names: Names): string | null {
  const few = (words: string[]) =>
    words.length === 0 ? null : words.length > 2 ? `${words.length} chosen` : words.join(", ");
  switch (name) {
    case "Status":
      return few(filters.review_status.map((status) => STATUS_WORDS[status]));
    case "Quality":
      return range(filters.min_quality, filters.max_quality) || null;
    case "Grounding":
      return range(filters.min_grounding, filters.max_grounding) || null;
    case "Run":
      return few(filters.generation_id.map(names.run));
    case "Type":
      return few(filters.question_type.map((type) => TYPE_WORDS[type]));
    case "Difficulty":
      return few(filters.difficulty.map((one) => DIFFICULTY_WORDS[one]));
    case "Flags":
      return filters.flagged === null ? null : filters.flagged ? "Flagged" : "None";
    case "Document":
      return few([...filters.document_id.map(names.document), ...filters.chunk_id.map(() => "one chunk")]);
  }
}

/** The filters with that of a chip taken off. */
export function without(name: ChipName, filters: Filters): Filters {
  const off: Record<ChipName, Partial<Filters>> = {
    Status: { review_status: [] },
    Quality: { min_quality: null, max_quality: null },
    Grounding: { min_grounding: null, max_grounding: null },
    Run: { generation_id: [] },
    Type: { question_type: [] },
    Difficulty: { difficulty: [] },
    Flags: { flagged: null },
    Document: { document_id: [], chunk_id: [] },
  };
  return { ...filters, ...off[name] };
}
