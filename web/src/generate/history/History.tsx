import { Select } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Generation, Page } from "../../api/client";
import { useLivePaused } from "../../api/events";
import { Empty, NothingFound } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { dollars, plural } from "../../ui/format";
import { Skeletons } from "../../ui/Skeleton";
import { one, useSearchState } from "../../ui/url";
import { FailedUnits } from "./FailedUnits";
import styles from "./History.module.css";
import { LogView } from "./LogView";
import { RunRow } from "./RunRow";
import type { RunActions } from "./useRunActions";

const STATES: { value: string; label: string; of: Generation["status"][] }[] = [
  { value: "all", label: "All states", of: [] },
  { value: "active", label: "In progress", of: ["pending", "parsing", "generating", "validating"] },
  { value: "completed", label: "Completed", of: ["completed"] },
  { value: "failed", label: "Failed", of: ["failed"] },
  { value: "cancelled", label: "Cancelled", of: ["cancelled"] },
];

/** The runs of a project, live, newest first. */
export function History({
  query,
  nameOf,
  onLoad,
  actions,
}: {
  query: UseQueryResult<Page<Generation>>;
  nameOf: (document: string) => string | undefined;
  onLoad: (run: Generation) => void;
  actions: RunActions;
}) {
  const [search, setSearch] = useSearchState();
  const paused = useLivePaused();
  const runs = query.data?.items ?? [];
  const state = STATES.find(({ value }) => value === one(search, "state")) ?? STATES[0];
  const shown = runs.filter(({ status }) => !state?.of.length || state.of.includes(status));
  const opened = one(search, "run");
  const pairs = runs.reduce((sum, run) => sum + run.pairs_generated, 0);
  const spent = runs.reduce((sum, run) => sum + (run.usage.cost_usd ?? 0), 0);
  return (
    <section className={`card ${styles.card}`} aria-label="Generation history">
      <div className={styles.head}>
        <h2>Generation history</h2>
        <span className={`${styles.facts} num`}>
          {runs.length > 0 &&
            `${plural(query.data?.total ?? 0, "run")} · ${plural(pairs, "pair")} · ${dollars(spent)} spent`}
        </span>
        <span className={styles.live} data-paused={paused || undefined}>
          <span aria-hidden /> {paused ? "Polled" : "Live"}
        </span>
        <Select
          size="xs"
          w={130}
          aria-label="State"
          allowDeselect={false}
          data={STATES.map(({ value, label }) => ({ value, label }))}
          value={state?.value ?? "all"}
          onChange={(value) => setSearch({ state: value === "all" ? undefined : (value ?? undefined) })}
        />
      </div>
      {query.isPending && <Skeletons rows={3} height={56} label="Loading the runs" />}
      {query.error && !query.data && (
        <div className={styles.note}>
          <ErrorNote error={query.error} onRetry={() => query.refetch()} />
        </div>
      )}
      {query.data && runs.length === 0 && (
        <Empty icon={<IconHistory size={20} stroke={1.75} aria-hidden />} title="No run yet">
          Runs stand here with their progress, their log, and what failed.
        </Empty>
      )}
      {runs.length > 0 && shown.length === 0 && (
        <NothingFound
          what="runs"
          filters={[`“${state?.label}”`]}
          onReset={() => setSearch({ state: undefined })}
        />
      )}
      {shown.length > 0 && (
        <>
          <div className={styles.titles} aria-hidden>
            <span />
            <span>Run</span>
            <span>Progress</span>
            <span>Chunks</span>
            <span>Pairs</span>
            <span>Scores</span>
            <span>Time</span>
            <span>Cost</span>
            <span />
          </div>
          <ul>
            {shown.map((run) => (
              <li key={run.id} className={styles.run}>
                <RunRow
                  run={run}
                  isOpen={run.id === opened}
                  onToggle={() =>
                    setSearch({ run: run.id === opened ? undefined : run.id }, { replace: true })
                  }
                  onLoad={onLoad}
                  actions={actions}
                />
                {run.id === opened && (
                  <div className={styles.details}>
                    <LogView generation={run.id} attempt={run.attempt} />
                    <FailedUnits run={run} nameOf={nameOf} />
                  </div>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
