import { Button, Select } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Analytics } from "../api/client";
import { analyticsQuery } from "../export/queries";
import { useNames } from "../review/filters/useNames";
import { FLAG_WORDS, TYPE_WORDS } from "../review/model/words";
import { LOW } from "../review/pair/Scores";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { plural } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import { one, type Search, useSearchState } from "../ui/url";
import styles from "./Analytics.module.css";
import { type Bar, Bars } from "./Bars";
import { Coverage } from "./Coverage";
import { Difficulty } from "./Difficulty";
import { Histogram } from "./Histogram";
import { Readiness } from "./Readiness";
import { csv, table } from "./statistics";

/** What exports of good quality begin at. */
const GOOD = 0.7;
const ALL = "all";

/** The dataset in numbers; each bar leads to the pairs behind it. */
export function AnalyticsPage() {
  const { projectId } = useParams({ from: "/p/$projectId/analytics" });
  const [search, setSearch] = useSearchState();
  const run = one(search, "generation_id");
  const { runs } = useNames(projectId);
  const { data, error, refetch } = useQuery({
    ...analyticsQuery(projectId, run),
    placeholderData: keepPreviousData,
  });
  return (
    <main id="content" className="page" tabIndex={-1}>
      <div className={`page-head ${styles.top}`}>
        <h1>Analytics</h1>
        <Select
          aria-label="Run"
          allowDeselect={false}
          data={[{ value: ALL, label: "All runs" }, ...runs]}
          value={run ?? ALL}
          onChange={(value) => setSearch({ generation_id: value === ALL ? undefined : (value ?? undefined) })}
        />
        <Button
          disabled={!data}
          leftSection={<IconDownload size={14} stroke={1.75} aria-hidden />}
          onClick={() => data && save(data)}
        >
          Export as CSV
        </Button>
      </div>
      {error && !data ? (
        <ErrorNote error={error} title="The figures cannot be loaded" onRetry={() => refetch()} />
      ) : data ? (
        <Figures data={data} project={projectId} run={run} />
      ) : (
        <Skeletons rows={6} height={110} label="Loading figures" />
      )}
    </main>
  );
}

function Figures({ data, project, run }: { data: Analytics; project: string; run: string | undefined }) {
  const { review } = data;
  const pairs = review.pending + review.accepted + review.edited + review.rejected;
  if (pairs === 0 && data.coverage.chunks_total === 0) {
    return (
      <Empty
        title="Nothing to count yet"
        action={
          <Button
            variant="filled"
            renderRoot={(props) => (
              <Link to="/p/$projectId/documents" params={{ projectId: project }} {...props} />
            )}
          >
            Add documents
          </Button>
        }
      >
        Figures come with the first parsed documents and the first pairs.
      </Empty>
    );
  }
  const chart = { project, run };
  return (
    <>
      <div className={`${styles.row} ${styles.first}`}>
        <Readiness readiness={data.readiness} project={project} />
        <Coverage coverage={data.coverage} tokenCounts={data.tokens} project={project} />
      </div>
      <div className={`${styles.row} ${styles.two}`}>
        <Histogram
          {...chart}
          title="Quality"
          name="quality"
          bins={data.quality_histogram}
          mark={{ at: GOOD, label: "good from" }}
        />
        <Histogram
          {...chart}
          title="Grounding"
          name="grounding"
          bins={data.grounding_histogram}
          mark={{ at: LOW, label: "worth a look under" }}
        />
      </div>
      <div className={`${styles.row} ${styles.three}`}>
        <Bars
          title="Question types"
          note={plural(pairs, "pair")}
          column="Type"
          bars={types(data, run)}
          project={project}
          none="No pair has a type yet."
        />
        <Bars
          title="Topics"
          note="pairs per topic"
          column="Topic"
          bars={data.topics.map(({ topic, pairs: value }) => ({ name: topic, value }))}
          project={project}
          none="No topic was found in the chunks."
        />
        <div className={styles.stack}>
          <Difficulty difficulties={data.difficulties} project={project} run={run} />
          <Bars
            title="Duplicates and flags"
            column="Flag"
            bars={flags(data, run)}
            project={project}
            none="No pair has a flag."
          />
        </div>
      </div>
    </>
  );
}

const pairsOf = (search: Search, run: string | undefined): Search => ({
  review_status: "any",
  ...search,
  generation_id: run,
});

const descending = (bars: Bar[]) => bars.sort((a, b) => b.value - a.value);

const types = (data: Analytics, run: string | undefined): Bar[] =>
  descending(
    Object.entries(data.question_types).map(([type, value]) => ({
      name: TYPE_WORDS[type as keyof typeof TYPE_WORDS] ?? type,
      value,
      search: pairsOf({ question_type: type }, run),
    })),
  );

function flags(data: Analytics, run: string | undefined): Bar[] {
  const bars: Bar[] = Object.entries(data.flags).map(([code, value]) => ({
    name: FLAG_WORDS[code as keyof typeof FLAG_WORDS] ?? code,
    value,
    search: pairsOf({ flagged: "true" }, run),
    tone: "warn",
  }));
  if (data.duplicates > 0) bars.push({ name: "Repeats another", value: data.duplicates, tone: "neutral" });
  return descending(bars);
}

function save(data: Analytics): void {
  const url = URL.createObjectURL(new Blob([csv(table(data))], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "analytics.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
