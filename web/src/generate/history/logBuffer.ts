import type { LogLine } from "../../api/client";

/** Lines that are kept of a log: the newest. */
export const KEPT = 2_000;

export type LogState = {
  lines: LogLine[];
  /** Lines that were let go. */
  dropped: number;
  warnings: number;
  errors: number;
  /** The number of the last line. */
  last: number;
};

export const EMPTY: LogState = { lines: [], dropped: 0, warnings: 0, errors: 0, last: 0 };

/** Adds lines behind those that are there; lines that came before are passed over. */
export function append(state: LogState, lines: LogLine[]): LogState {
  const fresh = lines.filter(({ seq }) => seq > state.last);
  const newest = fresh.at(-1);
  if (!newest) return state;
  const all = state.lines.concat(fresh);
  const over = Math.max(0, all.length - KEPT);
  return {
    lines: over > 0 ? all.slice(over) : all,
    dropped: state.dropped + over,
    warnings: state.warnings + fresh.filter(({ level }) => level === "warn").length,
    errors: state.errors + fresh.filter(({ level }) => level === "error").length,
    last: newest.seq,
  };
}

export type LevelFilter = "all" | "warn" | "error";

/** The lines of at least a level. */
export const atLeast = (lines: LogLine[], level: LevelFilter) =>
  level === "all"
    ? lines
    : lines.filter((line) => line.level === "error" || (level === "warn" && line.level === "warn"));

/** "14:32:07" */
export const timeOf = (line: LogLine) => new Date(line.time).toLocaleTimeString("en-GB");

/** What a line says beside its message. */
export function fieldsOf({ fields }: LogLine): string {
  return Object.entries(fields ?? {})
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}
