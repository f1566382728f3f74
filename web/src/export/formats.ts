import type { Schemas } from "../api/client";

export type Format = Schemas["ExportFormat"];

/** What the server can write; a format that it learns has to be described here. */
export const FORMATS: Record<Format, { name: string; what: string; line: string }> = {
  chatml: { name: "ChatML", what: "Messages with roles. Most trainers read it.", line: '{"messages": […]}' },
  alpaca: {
    name: "Alpaca",
    what: "Instruction, input and output. LLaMA-Factory and Axolotl read it.",
    line: '{"instruction": …}',
  },
  sharegpt: {
    name: "ShareGPT",
    what: "Conversations from human and gpt. LLaMA-Factory and Axolotl read it.",
    line: '{"conversations": […]}',
  },
  parquet: {
    name: "Parquet",
    what: "A column of messages, compressed. Hugging Face datasets reads it.",
    line: "messages: list<{role, content}>",
  },
  dpo: {
    name: "Preferences",
    what: "Your edits beside what they replaced, for DPO. TRL and Unsloth read it.",
    line: '{"prompt": …, "chosen": …, "rejected": …}',
  },
};

export const FILES: { file: "dataset" | "manifest" | "lineage"; name: string }[] = [
  { file: "dataset", name: "The dataset" },
  { file: "manifest", name: "Manifest: counts, settings, hashes" },
  { file: "lineage", name: "Lineage: the source of each line" },
];
