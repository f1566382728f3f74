import type { Schemas } from "../api/client";
import { many, one, type Search } from "../ui/url";

export type ContentType = Schemas["ContentType"];
export const CONTENT_TYPES: ContentType[] = ["prose", "list", "table", "code", "mixed"];
export const TYPE_WORDS: Record<ContentType, string> = {
  prose: "Prose",
  list: "List",
  table: "Table",
  code: "Code",
  mixed: "Mixed",
};

/** What the list of chunks is narrowed to, as the API takes it. */
export type Filters = {
  document_id: string[];
  content_type: ContentType[];
  excluded: boolean[];
  q?: string;
};

export function filtersOf(search: Search): Filters {
  const excluded = one(search, "excluded");
  const q = one(search, "q")?.trim();
  return {
    document_id: many(search, "document_id"),
    content_type: many(search, "content_type", CONTENT_TYPES),
    excluded: excluded === "true" ? [true] : excluded === "false" ? [false] : [],
    ...(q ? { q } : {}),
  };
}

export const NO_FILTERS: Search = {
  document_id: undefined,
  content_type: undefined,
  excluded: undefined,
  q: undefined,
};

export const isFiltered = ({ document_id, content_type, excluded, q }: Filters) =>
  document_id.length > 0 || content_type.length > 0 || excluded.length > 0 || q !== undefined;

/** The filters in words, for where nothing fits them. */
export function inWords(filters: Filters, nameOf: (document: string) => string): string[] {
  const words = filters.document_id.map((id) => `“${nameOf(id)}”`);
  for (const type of filters.content_type) words.push(`the type ${TYPE_WORDS[type].toLowerCase()}`);
  for (const excluded of filters.excluded) words.push(excluded ? "“Excluded”" : "“Kept”");
  if (filters.q) words.push(`the words “${filters.q}”`);
  return words;
}
