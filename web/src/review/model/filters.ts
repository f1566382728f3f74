import type { paths } from "../../api/schema";
import { many, number, one, type Search } from "../../ui/url";
import type { ReviewStatus } from "./types";

export type PairQuery = NonNullable<
  paths["/api/v1/data-forge/projects/{id}/pairs"]["get"]["parameters"]["query"]
>;
export type Sort = NonNullable<PairQuery["sort"]>;

/** Which pairs are looked at: what stands in the address, the list's own parameters. */
export interface Filters {
  review_status: ReviewStatus[];
  min_quality: number | null;
  max_quality: number | null;
  min_grounding: number | null;
  max_grounding: number | null;
  flagged: boolean | null;
  generation_id: string[];
  document_id: string[];
  chunk_id: string[];
  question_type: NonNullable<PairQuery["question_type"]>;
  difficulty: NonNullable<PairQuery["difficulty"]>;
  q: string;
}

export const STATUSES = ["pending", "accepted", "edited", "rejected"] as const;
export const QUESTION_TYPES = [
  "factual",
  "how-to",
  "troubleshooting",
  "conceptual",
  "api-code",
  "analytical",
  "comparative",
] as const;
export const DIFFICULTIES = ["easy", "medium", "hard"] as const;
export const SORTS = [
  "grounding_score",
  "-grounding_score",
  "quality_score",
  "-quality_score",
  "-created_at",
  "created_at",
] as const satisfies readonly Sort[];

/** What is reviewed where nothing else is said: what waits, worst first. */
export const PENDING: Filters = {
  review_status: ["pending"],
  min_quality: null,
  max_quality: null,
  min_grounding: null,
  max_grounding: null,
  flagged: null,
  generation_id: [],
  document_id: [],
  chunk_id: [],
  question_type: [],
  difficulty: [],
  q: "",
};
export const WORST_FIRST: Sort = "grounding_score";

/** The filters of an address, by the names of the API; what makes no sense is left out. `any` is every status. */
export function readFilters(search: Search): Filters {
  const score = (name: string) => number(search, name) ?? null;
  const flagged = one(search, "flagged");
  return {
    review_status: search.review_status === undefined ? ["pending"] : many(search, "review_status", STATUSES),
    min_quality: score("min_quality"),
    max_quality: score("max_quality"),
    min_grounding: score("min_grounding"),
    max_grounding: score("max_grounding"),
    flagged: flagged === undefined ? null : flagged === "true",
    generation_id: many(search, "generation_id"),
    document_id: many(search, "document_id"),
    chunk_id: many(search, "chunk_id"),
    question_type: many(search, "question_type", QUESTION_TYPES),
    difficulty: many(search, "difficulty", DIFFICULTIES),
    q: one(search, "q") ?? "",
  };
}

/** The same as an address says it: what is as usual stays out. */
export function writeFilters(filters: Filters): Search {
  const status = filters.review_status;
  const usual = status.length === 1 && status[0] === "pending";
  const list = (values: readonly string[]) => (values.length > 0 ? [...values] : undefined);
  const score = (value: number | null) => (value === null ? undefined : String(value));
  return {
    review_status: usual ? undefined : status.length === 0 ? "any" : [...status],
    min_quality: score(filters.min_quality),
    max_quality: score(filters.max_quality),
    min_grounding: score(filters.min_grounding),
    max_grounding: score(filters.max_grounding),
    flagged: filters.flagged === null ? undefined : String(filters.flagged),
    generation_id: list(filters.generation_id),
    document_id: list(filters.document_id),
    chunk_id: list(filters.chunk_id),
    question_type: list(filters.question_type),
    difficulty: list(filters.difficulty),
    q: filters.q || undefined,
  };
}

export const readSort = (search: Search): Sort =>
  SORTS.find((sort) => sort === one(search, "sort")) ?? WORST_FIRST;

/** The filters as the list and the bulk actions take them: nothing that says nothing. */
export function queryOf(filters: Filters): PairQuery {
  const said = Object.entries(filters).filter(
    ([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(said) as PairQuery;
}
