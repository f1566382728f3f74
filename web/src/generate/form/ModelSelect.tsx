import { Select } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { short } from "../../ui/format";
import { BUILTIN } from "./settings";

type Model = Schemas["AvailableModel"];

/** The built-in teacher by a name that people understand. */
export const modelName = (id: string | null | undefined, models: Model[] = []) =>
  !id
    ? "–"
    : id.startsWith("builtin/") || models.some((model) => model.id === id && model.source === "builtin")
      ? "Offline teacher"
      : id;

function hint(model: Model | undefined): string | undefined {
  if (!model) return undefined;
  if (model.source === "builtin") return "Built in, for trying out: it writes without a model";
  const facts = [];
  if (model.owned_by) facts.push(model.owned_by);
  if (model.context_length) facts.push(`${short(model.context_length)} context`);
  facts.push("from the gateway");
  return facts.join(" · ");
}

/** Chooses the teacher among what the gateway offers, by search. */
export function ModelSelect({
  models,
  value,
  onChange,
  isLoading,
}: {
  models: Model[];
  value: string | null;
  onChange: (model: string | null) => void;
  isLoading: boolean;
}) {
  // The built-in one can be chosen while the others are waited for.
  const offered = models.length > 0 ? models : [{ id: BUILTIN, source: "builtin" }];
  const chosen = offered.find(({ id }) => id === value);
  const isGone = value !== null && !isLoading && !chosen && value !== BUILTIN;
  return (
    <Select
      label="Teacher model"
      size="md"
      searchable
      allowDeselect={false}
      placeholder={isLoading ? "Loading the models" : "Choose a model"}
      nothingFoundMessage="No model is called that"
      maxDropdownHeight={320}
      limit={200}
      data={offered.map((model) => ({ value: model.id, label: modelName(model.id, models) }))}
      value={chosen ? value : null}
      onChange={onChange}
      description={
        isGone
          ? `Last used: ${modelName(value)}, which is not offered now`
          : (hint(chosen) ?? "What writes the pairs")
      }
      inputWrapperOrder={["label", "input", "description", "error"]}
    />
  );
}
