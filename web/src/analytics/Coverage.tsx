import { Link } from "@tanstack/react-router";
import type { Analytics } from "../api/client";
import { count, plural, tokens } from "../ui/format";
import { Progress } from "../ui/Progress";
import styles from "./Analytics.module.css";
import { ChartCard } from "./ChartCard";

/** How much of the documents the pairs cover. */
export function Coverage({
  coverage,
  tokenCounts,
  project,
}: {
  coverage: Analytics["coverage"];
  tokenCounts: Analytics["tokens"];
  project: string;
}) {
  const kept = coverage.chunks_total - coverage.chunks_excluded;
  const share = kept > 0 ? (100 * coverage.chunks_with_pairs) / kept : 0;
  const waiting = coverage.documents_total - coverage.documents_parsed - coverage.documents_failed;
  const note = [
    `${count(coverage.documents_parsed)} parsed`,
    waiting > 0 && `${count(waiting)} waiting`,
    coverage.documents_failed > 0 && `${count(coverage.documents_failed)} failed`,
  ].filter(Boolean);
  const most = Math.max(1, ...coverage.per_document.map((one) => one.pairs));
  return (
    <ChartCard
      title="Document coverage"
      note={note.join(" · ")}
      columns={["Document", "Chunks", "Pairs"]}
      rows={coverage.per_document.map((one) => [one.filename, one.chunks, one.pairs])}
    >
      <dl className={styles.figures}>
        <Figure name="Chunks with pairs" value={count(coverage.chunks_with_pairs)}>
          {share.toFixed(1)}% of {count(kept)} kept
        </Figure>
        <Figure name="Without a pair" value={count(Math.max(0, kept - coverage.chunks_with_pairs))}>
          of those kept
        </Figure>
        <Figure name="Excluded" value={count(coverage.chunks_excluded)}>
          of {count(coverage.chunks_total)}
        </Figure>
        <Figure name="Accepted" value={tokens(tokenCounts.accepted)}>
          of {tokens(tokenCounts.total)} tokens
        </Figure>
      </dl>
      <div className={styles.documents}>
        {coverage.per_document.map((one) => (
          <Link
            key={one.document_id}
            to="/p/$projectId/review"
            params={{ projectId: project }}
            search={{ review_status: "any", document_id: one.document_id } as never}
            className={styles.document}
          >
            <span className="truncate" dir="auto" title={one.filename}>
              {one.filename}
            </span>
            <Progress value={(100 * one.pairs) / most} tone={one.pairs > 0 ? "good" : "warn"} />
            <span className="num">{plural(one.pairs, "pair")}</span>
          </Link>
        ))}
      </div>
    </ChartCard>
  );
}

const Figure = ({ name, value, children }: { name: string; value: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      <small>{children}</small>
    </dd>
  </div>
);
