import { Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { Analytics } from "../api/client";
import { count, plural, score } from "../ui/format";
import type { Search } from "../ui/url";
import styles from "./Analytics.module.css";
import { ChartCard } from "./ChartCard";
import { halved, middle, ticks } from "./statistics";

/** Scores in bins, each a link to its pairs. */
export function Histogram({
  title,
  bins: measured,
  name,
  mark,
  project,
  run,
}: {
  title: string;
  bins: Analytics["quality_histogram"];
  /** The score's name in the filters of Review. */
  name: "quality" | "grounding";
  /** A value that is worth a line. */
  mark: { at: number; label: string };
  project: string;
  run: string | undefined;
}) {
  // Where there is less room, fewer bars: each has to be wide enough to be hit.
  const roomy = useMediaQuery("(min-width: 1420px)", false, { getInitialValueInEffect: false });
  const bins = roomy ? measured : halved(measured);
  const found = middle(measured);
  const steps = ticks(Math.max(0, ...bins.map((bin) => bin.count)));
  const top = steps.at(-1) ?? 1;
  const note = found && `average about ${score(found.average)} · median about ${score(found.median)}`;
  return (
    <ChartCard
      title={title}
      note={note}
      columns={["Score", "Pairs"]}
      rows={measured.map((bin) => [`${score(bin.from)} to ${score(bin.to)}`, bin.count])}
    >
      {found ? (
        <div className={styles.plot}>
          <div className={styles.axis} aria-hidden>
            {steps.map((step) => (
              <span key={step} style={{ bottom: `${(100 * step) / top}%` }}>
                {count(step)}
              </span>
            ))}
          </div>
          <div className={styles.area}>
            {steps.map((step) => (
              <span key={step} className={styles.line} style={{ bottom: `${(100 * step) / top}%` }} />
            ))}
            {bins.map((bin) => (
              <Column
                key={bin.from}
                bin={bin}
                top={top}
                name={name}
                mark={mark.at}
                project={project}
                run={run}
              />
            ))}
            <span className={styles.mark} style={{ left: `${100 * mark.at}%` }} aria-hidden>
              <span>
                {mark.label} {score(mark.at)}
              </span>
            </span>
          </div>
          <div className={styles.ends} aria-hidden>
            {["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map((end) => (
              <span key={end}>{end}</span>
            ))}
          </div>
        </div>
      ) : (
        <p className={styles.none}>No pair is measured yet.</p>
      )}
    </ChartCard>
  );
}

function Column({
  bin,
  top,
  name,
  mark,
  project,
  run,
}: {
  bin: Analytics["quality_histogram"][number];
  top: number;
  name: "quality" | "grounding";
  mark: number;
  project: string;
  run: string | undefined;
}) {
  if (bin.count === 0) return <span className={styles.column} />;
  const words = `${score(bin.from)} to ${score(bin.to)}: ${plural(bin.count, "pair")}`;
  const search: Search = {
    review_status: "any",
    [`min_${name}`]: String(bin.from),
    // The bins hold their lower end; the filter holds both.
    [`max_${name}`]: bin.to >= 1 ? "1" : String(Number((bin.to - 0.000001).toFixed(6))),
    generation_id: run,
  };
  return (
    <Tooltip label={`${words}. Open these in Review`} openDelay={0}>
      <Link
        to="/p/$projectId/review"
        params={{ projectId: project }}
        search={search as never}
        className={styles.column}
        data-low={bin.to <= mark || undefined}
        aria-label={words}
      >
        <span style={{ height: `max(2px, ${(100 * bin.count) / top}%)` }} />
      </Link>
    </Tooltip>
  );
}
