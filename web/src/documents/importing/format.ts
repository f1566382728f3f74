import type { components } from "../../api/schema";

export type ImportFormat = components["schemas"]["ImportFormat"];

export const FORMATS: { value: ImportFormat; label: string; line: string }[] = [
  { value: "chatml", label: "ChatML", line: '{"messages": [{"role": "user", "content": "…"}, …]}' },
  { value: "alpaca", label: "Alpaca", line: '{"instruction": "…", "input": "…", "output": "…"}' },
  { value: "sharegpt", label: "ShareGPT", line: '{"conversations": [{"from": "human", "value": "…"}, …]}' },
];

/** So much of a file holds its first line, if its lines can be imported. */
const HEAD = 1024 * 1024;

/** The format of a file's first line, as far as its keys tell. */
export const formatOfFile = async (file: Blob) => formatOf(await file.slice(0, HEAD).text());

/** The format of the first line of a text that is not blank. */
export function formatOf(text: string): ImportFormat | null {
  try {
    const value: unknown = JSON.parse(text.split("\n").find((line) => line.trim()) ?? "");
    if (typeof value !== "object" || value === null) return null;
    if ("messages" in value) return "chatml";
    if ("conversations" in value) return "sharegpt";
    return "instruction" in value ? "alpaca" : null;
  } catch {
    return null;
  }
}

/** The format of the pairs of a run that imported them; null of one that made them. */
export const formatOfTeacher = (teacher: string | null | undefined) =>
  FORMATS.find(({ value }) => `import/${value}` === teacher)?.label ?? null;
