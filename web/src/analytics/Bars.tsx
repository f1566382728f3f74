import { Link } from "@tanstack/react-router";
import { count } from "../ui/format";
import type { Search } from "../ui/url";
import styles from "./Analytics.module.css";
import { ChartCard } from "./ChartCard";

/** Something that is counted; with `search` it leads to its pairs. */
export interface Bar {
  name: string;
  value: number;
  search?: Search | undefined;
  tone?: "accent" | "warn" | "neutral";
}

/** Counts by name, as bars. */
export function Bars({
  title,
  note,
  column,
  bars,
  project,
  none,
}: {
  title: string;
  note?: string;
  column: string;
  bars: Bar[];
  project: string;
  /** What to say where there is none. */
  none: string;
}) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ChartCard
      title={title}
      note={note}
      columns={[column, "Pairs"]}
      rows={bars.map((bar) => [bar.name, bar.value])}
    >
      {bars.length === 0 && <p className={styles.none}>{none}</p>}
      <section
        className={styles.bars}
        // What scrolls has to be reached by the keyboard.
        tabIndex={bars.length > 0 ? 0 : undefined}
        aria-label={`${title} as bars`}
      >
        {bars.map((bar) => {
          const inside = (
            <>
              <span className="truncate" dir="auto" title={bar.name}>
                {bar.name}
              </span>
              <span className={styles.track} data-tone={bar.tone}>
                <span style={{ width: `${(100 * bar.value) / most}%` }} />
              </span>
              <span className="num">{count(bar.value)}</span>
            </>
          );
          return bar.search ? (
            <Link
              key={bar.name}
              to="/p/$projectId/review"
              params={{ projectId: project }}
              search={bar.search as never}
              className={styles.bar}
            >
              {inside}
            </Link>
          ) : (
            <div key={bar.name} className={styles.bar}>
              {inside}
            </div>
          );
        })}
      </section>
    </ChartCard>
  );
}
