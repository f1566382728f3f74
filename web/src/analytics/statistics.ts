import type { Analytics } from "../api/client";

type Bin = Analytics["quality_histogram"][number];

/** The average and the median that a histogram allows to tell; null where nothing was measured. */
export function middle(bins: readonly Bin[]): { average: number; median: number } | null {
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (all === 0) return null;
  const average = bins.reduce((sum, bin) => sum + (bin.count * (bin.from + bin.to)) / 2, 0) / all;
  let before = 0;
  for (const bin of bins) {
    if (bin.count > 0 && before + bin.count >= all / 2) {
      const share = (all / 2 - before) / bin.count;
      return { average, median: bin.from + share * (bin.to - bin.from) };
    }
    before += bin.count;
  }
  return { average, median: 1 };
}

/** The same in half as many bins, each of two. */
export const halved = (bins: readonly Bin[]): Bin[] =>
  bins.flatMap((bin, at) => {
    const next = bins[at + 1];
    if (at % 2 === 1) return [];
    return [next ? { from: bin.from, to: next.to, count: bin.count + next.count } : bin];
  });

/** A round number of steps that reaches at least so high, for an axis. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough);
  const whole = Number.isInteger(step) ? step : Math.ceil(step);
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, at) => at * whole);
}

/** Rows as comma-separated values, which a spreadsheet reads as text and runs nothing of. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** All figures of the page, a line each. */
export function table(data: Analytics): (string | number)[][] {
  const { coverage, readiness } = data;
  const named = (figure: string, values: Record<string, number>) =>
    Object.entries(values).map(([name, value]) => [figure, name, value]);
  const bins = (figure: string, histogram: readonly Bin[]) =>
    histogram.map((bin) => [figure, `${bin.from.toFixed(2)} to ${bin.to.toFixed(2)}`, bin.count]);
  return [
    ["figure", "of", "value"],
    ["readiness", "accepted pairs", readiness.accepted_pairs],
    ["readiness", "target", readiness.target_pairs],
    ["coverage", "chunks", coverage.chunks_total],
    ["coverage", "chunks with pairs", coverage.chunks_with_pairs],
    ["coverage", "chunks excluded", coverage.chunks_excluded],
    ...coverage.per_document.map((one) => ["pairs of document", one.filename, one.pairs]),
    ...bins("quality", data.quality_histogram),
    ...bins("grounding", data.grounding_histogram),
    ...named("question type", data.question_types),
    ...named("difficulty", data.difficulties),
    ...data.topics.map((one) => ["pairs of topic", one.topic, one.pairs]),
    ...named("flag", data.flags),
    ["duplicates", "", data.duplicates],
    ["review", "pending", data.review.pending],
    ["review", "accepted", data.review.accepted],
    ["review", "edited", data.review.edited],
    ["review", "rejected", data.review.rejected],
  ];
}
