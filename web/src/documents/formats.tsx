import {
  IconCode,
  IconFile,
  IconFileImport,
  IconFileText,
  IconMarkdown,
  IconTable,
  IconTextSize,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Document } from "../api/client";
import styles from "./formats.module.css";

type Format = Document["format"];

/** The endings of the formats that are read. */
export const ENDINGS = new Set([
  "pdf",
  "docx",
  "docm",
  "md",
  "markdown",
  "txt",
  "text",
  "html",
  "htm",
  "xhtml",
  "csv",
  "tsv",
]);
export const ACCEPT = [...ENDINGS].map((ending) => `.${ending}`).join(",");
/** The most that the server takes by default; a lower limit it tells itself. */
export const MAX_BYTES = 2 * 1024 ** 3;

const FORMATS: Record<Format, { word: string; icon: TablerIcon }> = {
  pdf: { word: "PDF", icon: IconFileText },
  docx: { word: "DOCX", icon: IconFile },
  markdown: { word: "Markdown", icon: IconMarkdown },
  html: { word: "HTML", icon: IconCode },
  csv: { word: "CSV", icon: IconTable },
  txt: { word: "Text", icon: IconTextSize },
  jsonl: { word: "Pairs", icon: IconFileImport },
};

export const formatWord = (format: Format) => FORMATS[format].word;

/** The format of a name, as far as its ending tells. */
export function formatOf(name: string): Format {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (ending.startsWith("doc")) return "docx";
  if (ending === "md" || ending === "markdown") return "markdown";
  if (ending.includes("htm")) return "html";
  if (ending === "csv" || ending === "tsv") return "csv";
  return ending === "pdf" ? "pdf" : "txt";
}

export function FormatIcon({ format }: { format: Format }) {
  const Icon = FORMATS[format].icon;
  return (
    <span className={styles.icon} aria-hidden>
      <Icon size={14} stroke={1.75} />
    </span>
  );
}
