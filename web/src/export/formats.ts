import type { Export, Schemas } from "../api/client";
import type { operations } from "../api/schema";

export type Format = Schemas["ExportFormat"];
export type FileName = NonNullable<
  NonNullable<operations["get_projects_id_export_version"]["parameters"]["query"]>["file"]
>;

/** What the server can write; a format that it learns has to be described here. */
export const FORMATS: Record<Format, { name: string; what: string; line: string }> = {
  chatml: { name: "ChatML", what: "Messages with roles. Most trainers read it.", line: '{"messages": […]}' },
  alpaca: {
    name: "Alpaca",
    what: "Instruction, input, output. For LLaMA-Factory and Axolotl.",
    line: '{"instruction": …}',
  },
  sharegpt: {
    name: "ShareGPT",
    what: "Turns of human and gpt. For LLaMA-Factory and Axolotl.",
    line: '{"conversations": […]}',
  },
  parquet: {
    name: "Parquet",
    what: "A column of messages. For Hugging Face datasets.",
    line: "messages: list",
  },
  dpo: {
    name: "Preferences",
    what: "Your edits beside what they replaced. For TRL and Unsloth.",
    line: '{"chosen": …}',
  },
};

/** The files of a version, as its menu names them. */
export function filesOf({ format, splits }: Export): { file: FileName; name: string }[] {
  const data: { file: FileName; name: string }[] =
    splits.length > 0
      ? [
          { file: "train", name: "Training data" },
          { file: "validation", name: "Validation data" },
        ]
      : [{ file: "dataset", name: "The dataset" }];
  const recipes: { file: FileName; name: string }[] = [
    { file: "dataset_info", name: "LLaMA-Factory: dataset_info.json" },
    { file: "axolotl", name: "Axolotl: axolotl.yaml" },
  ];
  return [
    ...data,
    { file: "manifest", name: "Manifest: counts, settings, hashes" },
    { file: "lineage", name: "Lineage: the source of each line" },
    { file: "card", name: "Dataset card: README.md" },
    // Preferences have forms of their own there.
    ...(format === "dpo" ? [] : recipes),
    { file: "trl", name: "TRL: trl.py" },
    { file: "unsloth", name: "Unsloth: unsloth.py" },
  ];
}
