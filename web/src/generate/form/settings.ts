import type { GenerateConfig, Generation, NewGeneration, Schemas } from "../../api/client";
import { fromWeights, type Shares } from "./difficulty";

export type GenerationType = Schemas["GenerationType"];
export type Style = Schemas["Style"];
export type Scope = Schemas["ChunkScope"];

export const TYPES: { value: GenerationType; label: string }[] = [
  { value: "qa", label: "Q&A" },
  { value: "instruction", label: "Instruction" },
  { value: "conversation", label: "Conversation" },
  { value: "summary", label: "Summary" },
  { value: "classification", label: "Classification" },
];
export const STYLES: { value: Style; label: string }[] = [
  { value: "mixed", label: "Mixed" },
  { value: "how-to", label: "How-to" },
  { value: "troubleshooting", label: "Troubleshooting" },
  { value: "conceptual", label: "Conceptual" },
  { value: "api-code", label: "API and code" },
];
export const typeWord = (type: GenerationType | null | undefined) =>
  TYPES.find(({ value }) => value === type)?.label ?? "Pairs";
export const styleWord = (style: Style | null | undefined) =>
  STYLES.find(({ value }) => value === style)?.label ?? "Mixed";

export const SAME_AS_TEACHER = "";
export const NO_JUDGE = "none";
/** The built-in teacher, which is there always. */
export const BUILTIN = "builtin/extractive";

/** What the form holds. */
export type Settings = {
  model: string | null;
  judge: string;
  scope: Scope;
  type: GenerationType;
  pairsPerChunk: number;
  temperature: number;
  difficulty: Shares;
  style: Style;
  language: string;
  maxCost: number | null;
  maxTokens: number | null;
  systemPrompt: string;
  seed: number;
  concurrency: number | null;
  dedupThreshold: number | null;
  labels: string[];
  turns: number;
};

export const DEFAULTS: Settings = {
  model: null,
  judge: SAME_AS_TEACHER,
  scope: "all",
  type: "qa",
  pairsPerChunk: 3,
  temperature: 0.7,
  difficulty: fromWeights(undefined),
  style: "mixed",
  language: "",
  maxCost: null,
  maxTokens: null,
  systemPrompt: "",
  seed: 0,
  concurrency: null,
  dedupThreshold: null,
  labels: [],
  turns: 4,
};

/** What is wrong with the settings, in a sentence; null where nothing is. */
export function complaint(settings: Settings): string | null {
  if (!settings.model) return "Choose a teacher model.";
  if (settings.type === "classification" && settings.labels.length === 1) {
    return "A classification needs two labels or more, or none: the teacher then proposes them.";
  }
  return null;
}

/** The settings as the API takes them. */
export function toRequest(settings: Settings): NewGeneration {
  const { model, judge, difficulty, type } = settings;
  const config: Partial<GenerateConfig> = {
    pairs_per_chunk: settings.pairsPerChunk,
    difficulty_distribution: difficulty,
    style_template: settings.style,
    judge_model: judge === SAME_AS_TEACHER ? null : judge,
    language: settings.language.trim() || null,
    seed: settings.seed,
    max_concurrency: settings.concurrency,
    dedup_threshold: settings.dedupThreshold,
    max_cost_usd: settings.maxCost,
    max_tokens_total: settings.maxTokens,
  };
  if (type === "classification" && settings.labels.length > 0) config.labels = settings.labels;
  if (type === "conversation") config.turns = settings.turns;
  return {
    teacher_model: model ?? "",
    generation_type: type,
    temperature: settings.temperature,
    system_prompt: settings.systemPrompt.trim() || null,
    scope: settings.scope,
    // What is left out has its default; the generated type wants all of it.
    config: config as GenerateConfig,
  };
}

/** The settings that a run was made with. */
export function fromRun(run: Generation): Settings {
  const config = run.config;
  return {
    ...DEFAULTS,
    model: run.teacher_model ?? null,
    judge: config?.judge_model ?? SAME_AS_TEACHER,
    type: run.generation_type ?? "qa",
    pairsPerChunk: config?.pairs_per_chunk ?? DEFAULTS.pairsPerChunk,
    temperature: run.temperature ?? DEFAULTS.temperature,
    difficulty: fromWeights(config?.difficulty_distribution),
    style: config?.style_template ?? "mixed",
    language: config?.language ?? "",
    maxCost: config?.max_cost_usd ?? null,
    maxTokens: config?.max_tokens_total ?? null,
    systemPrompt: run.system_prompt ?? "",
    seed: config?.seed ?? 0,
    concurrency: config?.max_concurrency ?? null,
    dedupThreshold: config?.dedup_threshold ?? null,
    labels: config?.labels ?? [],
    turns: config?.turns ?? DEFAULTS.turns,
  };
}

const name = (project: string) => `data-forge-generate-${project}`;

/** What was last set for a project in this browser. */
export function savedSettings(project: string): Settings {
  try {
    const saved = JSON.parse(localStorage.getItem(name(project)) ?? "{}") as Partial<Settings>;
    return { ...DEFAULTS, ...saved, difficulty: fromWeights(saved.difficulty) };
  } catch {
    return DEFAULTS;
  }
}

export const keepSettings = (project: string, settings: Settings) =>
  localStorage.setItem(name(project), JSON.stringify(settings));
