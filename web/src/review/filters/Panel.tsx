import { DIFFICULTIES, type Filters, QUESTION_TYPES, STATUSES } from "../model/filters";
import { DIFFICULTY_WORDS, STATUS_WORDS, TYPE_WORDS } from "../model/words";
import type { ChipName } from "./chips";
import { Choices, FlagPanel, RangePanel } from "./panels";
import type { useNames } from "./useNames";

const options = <T extends string>(values: readonly T[], words: Record<T, string>) =>
  values.map((value) => ({ value, label: words[value] }));

/** What one filter is set by. */
export function Panel({
  name,
  filters,
  names,
  onChange,
}: {
  name: ChipName;
  filters: Filters;
  names: ReturnType<typeof useNames>;
  onChange: (filters: Filters) => void;
}) {
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  switch (name) {
    case "Status":
      return (
        <Choices
          label={name}
          options={options(STATUSES, STATUS_WORDS)}
          chosen={filters.review_status}
          onChange={(review_status) => set({ review_status })}
        />
      );
    case "Quality":
      return (
        <RangePanel
          label={name}
          range={{ min: filters.min_quality, max: filters.max_quality }}
          onChange={({ min, max }) => set({ min_quality: min, max_quality: max })}
        />
      );
    case "Grounding":
      return (
        <RangePanel
          label={name}
          range={{ min: filters.min_grounding, max: filters.max_grounding }}
          onChange={({ min, max }) => set({ min_grounding: min, max_grounding: max })}
        />
      );
    case "Run":
      return (
        <Choices
          label={name}
          options={names.runs}
          chosen={filters.generation_id}
          onChange={(generation_id) => set({ generation_id })}
        />
      );
    case "Type":
      return (
        <Choices
          label={name}
          options={options(QUESTION_TYPES, TYPE_WORDS)}
          chosen={filters.question_type}
          onChange={(question_type) => set({ question_type })}
        />
      );
    case "Difficulty":
      return (
        <Choices
          label={name}
          options={options(DIFFICULTIES, DIFFICULTY_WORDS)}
          chosen={filters.difficulty}
          onChange={(difficulty) => set({ difficulty })}
        />
      );
    case "Flags":
      return <FlagPanel flagged={filters.flagged} onChange={(flagged) => set({ flagged })} />;
    case "Document":
      return (
        <Choices
          label={name}
          options={names.documents}
          chosen={filters.document_id}
          onChange={(document_id) => set({ document_id })}
        />
      );
  }
}
