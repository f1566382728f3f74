import { NumberInput, SegmentedControl, Select, TagsInput, Textarea } from "@mantine/core";
import type { Project, Schemas } from "../../api/client";
import { count, numberOf } from "../../ui/format";
import { Difficulty } from "./Difficulty";
import styles from "./GenerateForm.module.css";
import { ModelSelect, modelName } from "./ModelSelect";
import { SliderField } from "./SliderField";
import {
  type GenerationType,
  NO_JUDGE,
  SAME_AS_TEACHER,
  type Scope,
  type Settings,
  STYLES,
  TYPES,
} from "./settings";

const LANGUAGES = [
  "English",
  "German",
  "French",
  "Spanish",
  "Italian",
  "Portuguese",
  "Dutch",
  "Polish",
  "Japanese",
  "Chinese",
  "Korean",
];

/** The settings of a run. */
export function GenerateForm({
  settings,
  onChange,
  models,
  areModelsLoading,
  project,
  excluded,
}: {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
  models: Schemas["AvailableModel"][];
  areModelsLoading: boolean;
  project: Project | undefined;
  excluded: number;
}) {
  const kept = Math.max(0, (project?.stats.total_chunks ?? 0) - excluded);
  const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];
  return (
    <>
      <div className={styles.models}>
        <ModelSelect
          models={models}
          isLoading={areModelsLoading}
          value={settings.model}
          onChange={(model) => onChange({ model })}
        />
        <Select
          label="Judge"
          size="md"
          searchable
          allowDeselect={false}
          limit={200}
          description="Or another model, or local scoring only"
          inputWrapperOrder={order}
          data={[
            { value: SAME_AS_TEACHER, label: "Same as teacher" },
            { value: NO_JUDGE, label: "Local scoring only" },
            ...models
              .filter(({ source }) => source !== "builtin")
              .map(({ id }) => ({ value: id, label: modelName(id, models) })),
          ]}
          value={settings.judge}
          onChange={(judge) => onChange({ judge: judge ?? SAME_AS_TEACHER })}
        />
        <Select
          label="Chunks"
          size="md"
          allowDeselect={false}
          comboboxProps={{ width: 260, position: "bottom-end" }}
          description={excluded > 0 ? `${count(excluded)} excluded` : "None is excluded"}
          inputWrapperOrder={order}
          data={[
            { value: "all", label: `All ${count(kept)} kept` },
            { value: "without_pairs", label: "Those without a pair" },
            { value: "without_accepted_pairs", label: "Those without an accepted pair" },
          ]}
          value={settings.scope}
          onChange={(scope) => onChange({ scope: (scope ?? "all") as Scope })}
        />
      </div>
      <div>
        <span className={styles.label}>Type</span>
        <SegmentedControl
          className={styles.types}
          fullWidth
          aria-label="Type"
          data={TYPES}
          value={settings.type}
          onChange={(type) => onChange({ type: type as GenerationType })}
        />
      </div>
      {settings.type === "classification" && (
        <TagsInput
          label="Labels"
          description="2 to 50. Left empty, the teacher proposes them once for the whole project."
          placeholder={settings.labels.length > 0 ? "" : "Type a label, then Enter"}
          maxTags={50}
          value={settings.labels}
          onChange={(labels) => onChange({ labels })}
        />
      )}
      {settings.type === "conversation" && (
        <div>
          <span className={styles.label}>Turns, questions and answers counted</span>
          <SegmentedControl
            className={styles.types}
            aria-label="Turns"
            data={["2", "4", "6", "8", "10"]}
            value={String(settings.turns)}
            onChange={(turns) => onChange({ turns: Number(turns) })}
          />
        </div>
      )}
      <div className={styles.sliders}>
        <div className={styles.left}>
          <SliderField
            label="Pairs per chunk"
            min={1}
            max={20}
            step={1}
            value={settings.pairsPerChunk}
            onChange={(pairsPerChunk) => onChange({ pairsPerChunk })}
          />
          <SliderField
            label="Temperature"
            hint="0 repeats itself, 2 invents. 0.5 to 0.8 suits manuals."
            min={0}
            max={2}
            step={0.05}
            value={settings.temperature}
            onChange={(temperature) => onChange({ temperature })}
          />
        </div>
        <span className={styles.divider} aria-hidden />
        <Difficulty shares={settings.difficulty} onChange={(difficulty) => onChange({ difficulty })} />
      </div>
      <div className={styles.limits}>
        <Select
          label="Style"
          size="md"
          allowDeselect={false}
          data={STYLES}
          value={settings.style}
          onChange={(style) => onChange({ style: (style ?? "mixed") as Settings["style"] })}
        />
        <Select
          label="Language"
          size="md"
          searchable
          clearable
          placeholder="As in the chunk"
          data={LANGUAGES}
          value={settings.language || null}
          onChange={(language) => onChange({ language: language ?? "" })}
        />
        <NumberInput
          label="Spend at most"
          size="md"
          min={0.01}
          decimalScale={2}
          fixedDecimalScale
          prefix="$"
          placeholder="No limit"
          hideControls
          thousandSeparator=","
          value={settings.maxCost ?? ""}
          onChange={(value) => onChange({ maxCost: numberOf(value) || null })}
        />
        <NumberInput
          label="Tokens at most"
          size="md"
          min={1}
          allowDecimal={false}
          placeholder="No limit"
          hideControls
          thousandSeparator=","
          value={settings.maxTokens ?? ""}
          onChange={(value) => onChange({ maxTokens: numberOf(value) || null })}
        />
      </div>
      <Textarea
        label={
          <>
            System prompt <span className={styles.optional}>optional, stored with every pair</span>
          </>
        }
        aria-label="System prompt"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        dir="auto"
        value={settings.systemPrompt}
        onChange={(event) => onChange({ systemPrompt: event.currentTarget.value })}
      />
      <details className={styles.more}>
        <summary>More: seed, concurrency, duplicate threshold</summary>
        <div className={styles.moreFields}>
          <NumberInput
            label="Seed"
            description="The same seed deals the same questions"
            inputWrapperOrder={order}
            min={0}
            allowDecimal={false}
            hideControls
            value={settings.seed}
            onChange={(seed) => onChange({ seed: numberOf(seed) ?? 0 })}
          />
          <NumberInput
            label="Calls at once"
            description="As many as the gateway lets in, where it is empty"
            inputWrapperOrder={order}
            min={1}
            max={1024}
            allowDecimal={false}
            hideControls
            value={settings.concurrency ?? ""}
            onChange={(value) => onChange({ concurrency: numberOf(value) || null })}
          />
          <NumberInput
            label="Duplicates from"
            description="How similar two pairs are, above 0 to 1; by default 0.62"
            inputWrapperOrder={order}
            min={0.01}
            max={1}
            step={0.05}
            decimalScale={2}
            placeholder="0.62"
            hideControls
            value={settings.dedupThreshold ?? ""}
            onChange={(value) => onChange({ dedupThreshold: numberOf(value) || null })}
          />
        </div>
      </details>
    </>
  );
}
