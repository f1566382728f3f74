import { api, ask, type Schemas } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";

export type Strategy = Schemas["ChunkingStrategy"];
export type Options = Required<Schemas["ParseOptions"]>;
export type ParseSettings = {
  strategy: Strategy;
  max_tokens: number;
  overlap_tokens: number;
  options: Options;
};

export const DEFAULTS: ParseSettings = {
  strategy: "auto",
  max_tokens: 512,
  overlap_tokens: 64,
  options: { comments: false, ocr: false, page_furniture: false, whole_page: false },
};

export const STRATEGIES: { value: Strategy; label: string; note: string }[] = [
  { value: "auto", label: "Auto", note: "Headings where there are any, else paragraphs" },
  { value: "headings", label: "Headings", note: "One passage per section, long ones split" },
  { value: "paragraphs", label: "Paragraphs", note: "Whole paragraphs, merged up to the limit" },
  { value: "sliding_window", label: "Sliding window", note: "Fixed size with overlap" },
];

const name = (project: string) => `data-forge-parsing-${project}`;

/** The settings that were saved for a project in this browser. */
export function savedSettings(project: string): ParseSettings {
  try {
    const saved = JSON.parse(localStorage.getItem(name(project)) ?? "{}") as Partial<ParseSettings>;
    return { ...DEFAULTS, ...saved, options: { ...DEFAULTS.options, ...saved.options } };
  } catch {
    return DEFAULTS;
  }
}

export const saveSettings = (project: string, settings: ParseSettings) =>
  localStorage.setItem(name(project), JSON.stringify(settings));

/** What is wrong with the settings, by field. */
export function check({ strategy, max_tokens, overlap_tokens }: ParseSettings) {
  const slides = strategy === "sliding_window";
  return {
    max_tokens: max_tokens >= 32 && max_tokens <= 8192 ? undefined : "32 to 8,192",
    overlap_tokens:
      !slides || (overlap_tokens >= 0 && overlap_tokens <= max_tokens / 2)
        ? undefined
        : "At most half of the maximum",
  };
}

export function parse(
  project: string,
  settings: ParseSettings,
  what: { documents?: string[]; force?: boolean },
) {
  const { strategy, max_tokens, overlap_tokens, options } = settings;
  return ask(
    api.POST("/projects/{id}/parse", {
      params: { path: { id: project } },
      headers: newIdempotencyKey(),
      body: {
        chunking: {
          strategy,
          max_tokens,
          overlap_tokens: strategy === "sliding_window" ? overlap_tokens : null,
        },
        options,
        document_ids: what.documents,
        force: what.force ?? false,
      },
    }),
  );
}
