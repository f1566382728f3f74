import type { Filters, Sort } from "./filters";
import type { Pair, ReviewStatus } from "./types";

export const STATUS_WORDS: Record<ReviewStatus, string> = {
  pending: "Pending",
  accepted: "Accepted",
  edited: "Edited",
  rejected: "Rejected",
};

export const TYPE_WORDS: Record<NonNullable<Pair["question_type"]>, string> = {
  factual: "Factual",
  "how-to": "How-to",
  troubleshooting: "Troubleshooting",
  conceptual: "Conceptual",
  "api-code": "API and code",
  analytical: "Analytical",
  comparative: "Comparative",
};

export const DIFFICULTY_WORDS: Record<NonNullable<Pair["difficulty"]>, string> = {
  easy: "Easy",
  medium: "Medium",
  hard: "Hard",
};

export const FLAG_WORDS: Record<Pair["flags"][number]["code"], string> = {
  low_grounding: "Little in the source",
  unsupported_number: "Number not in source",
  unsupported_name: "Name not in source",
  negation: "Says the opposite",
  short_answer: "Short answer",
  not_standalone: "Does not stand alone",
  unfinished: "Unfinished",
  refusal: "Refusal",
  prompt_leak: "Speaks of the prompt",
  language: "Other language",
  duplicate: "Duplicate",
  judge_disagrees: "Judge disagrees",
  personal_data: "Personal data",
  contaminated: "In a benchmark",
  toxic: "Toxic words",
};

export const SORT_WORDS: Record<Sort, string> = {
  grounding_score: "Worst grounding first",
  "-grounding_score": "Best grounding first",
  quality_score: "Worst quality first",
  "-quality_score": "Best quality first",
  "-created_at": "Newest first",
  created_at: "Oldest first",
};

/** A range of scores: "at least 0.90", "0.40 to 0.45". */
export function range(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return `${min.toFixed(2)} to ${max.toFixed(2)}`;
  if (min !== null) return `at least ${min.toFixed(2)}`;
  return max !== null ? `at most ${max.toFixed(2)}` : "";
}

/** Names of what a filter names by its id. */
export interface Names {
  run(id: string): string;
  document(id: string): string;
}

/** All that the filters say, each in its words: for what a bulk action is about to change. */
export function describe(filters: Filters, names: Names): string[] {
  const said: string[] = filters.review_status.map((status) => STATUS_WORDS[status].toLowerCase());
  const words = said.length > 0 ? [said.join(" or ")] : [];
  const quality = range(filters.min_quality, filters.max_quality);
  const grounding = range(filters.min_grounding, filters.max_grounding);
  if (quality) words.push(`quality ${quality}`);
  if (grounding) words.push(`grounding ${grounding}`);
  if (filters.flagged !== null) words.push(filters.flagged ? "with a flag" : "without a flag");
  if (filters.question_type.length > 0) {
    words.push(filters.question_type.map((type) => TYPE_WORDS[type].toLowerCase()).join(" or "));
  }
  if (filters.difficulty.length > 0) {
    words.push(filters.difficulty.map((one) => DIFFICULTY_WORDS[one].toLowerCase()).join(" or "));
  }
  if (filters.generation_id.length > 0)
    words.push(`run ${filters.generation_id.map(names.run).join(" or ")}`);
  if (filters.document_id.length > 0) {
    words.push(`from ${filters.document_id.map(names.document).join(" or ")}`);
  }
  if (filters.chunk_id.length > 0) words.push("from one chunk");
  if (filters.q) words.push(`with “${filters.q}”`);
  return words;
}
