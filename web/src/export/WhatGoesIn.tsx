import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPackageExport } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { keys } from "../api/keys";
import { useProject } from "../api/queries";
import { ErrorNote } from "../ui/ErrorNote";
import { count, plural, score } from "../ui/format";
import { Progress } from "../ui/Progress";
import { toast } from "../ui/toast";
import styles from "./Export.module.css";
import { create, download, estimateQuery, type Settings } from "./queries";

/** What a new version would hold, before it is made. */
export function WhatGoesIn({ project, settings }: { project: string; settings: Settings }) {
  const client = useQueryClient();
  const { data: about } = useProject(project);
  const [meant] = useDebouncedValue({ minQuality: settings.minQuality, runs: settings.runs }, 300);
  const estimate = useQuery({ ...estimateQuery(project, meant), placeholderData: keepPreviousData });
  const making = useMutation({
    mutationFn: () => create(project, settings),
    onSuccess: (made) => {
      client.invalidateQueries({ queryKey: keys.exports(project) });
      client.invalidateQueries({ queryKey: keys.project(project) });
      toast({
        message: `Version ${made.version} holds ${plural(made.pairs, "pair")}`,
        action: { label: "Download", run: () => void download(project, made.version, "dataset") },
      });
    },
  });
  const old = estimate.isPlaceholderData || meant.minQuality !== settings.minQuality;
  const { pairs = 0, of = 0 } = estimate.data ?? {};
  const pending = about?.stats.pending_pairs ?? 0;
  const next = (about?.current_version ?? 0) + 1;
  return (
    <aside className={`card ${styles.what}`} aria-label="What goes in">
      <h2>What goes in</h2>
      {estimate.error ? (
        <ErrorNote
          error={estimate.error}
          title="The pairs cannot be counted"
          onRetry={() => estimate.refetch()}
        />
      ) : (
        <>
          <div className={`num ${styles.figure}`} data-old={old || undefined}>
            <b>{estimate.data ? count(pairs) : "–"}</b>
            <span>of {count(of)} accepted and edited</span>
          </div>
          <Progress value={of > 0 ? (100 * pairs) / of : 0} label="Share of pairs that go in" />
          <div className={styles.facts}>
            {settings.minQuality > 0 && (
              <div className={styles.fact}>
                <span>Below {score(settings.minQuality)} or not measured, left out</span>
                <span className="num">{count(of - pairs)}</span>
              </div>
            )}
            <div className={styles.fact}>
              <span>Rejected, left out</span>
              <span className="num">{count(about?.stats.rejected_pairs ?? 0)}</span>
            </div>
            <div className={styles.fact}>
              <span>Not decided, left out</span>
              <span className="num">{count(pending)}</span>
            </div>
          </div>
        </>
      )}
      {making.error && <ErrorNote error={making.error} title="No version was made" />}
      <Button
        className={styles.make}
        size="md"
        variant="filled"
        fullWidth
        disabled={estimate.data !== undefined && pairs === 0}
        loading={making.isPending}
        leftSection={<IconPackageExport size={14} stroke={1.75} aria-hidden />}
        onClick={() => making.mutate()}
      >
        Create version {next}
      </Button>
      {estimate.data && pairs === 0 && (
        <p className={styles.reason}>
          {of === 0
            ? "No pair is accepted yet: only accepted and edited pairs go in."
            : "No pair reaches this quality."}
        </p>
      )}
      {pending > 0 && (
        <p className={styles.waits}>
          {plural(pending, "pair waits", "pairs wait")} for review.{" "}
          <Link className="text-link" to="/p/$projectId/review" params={{ projectId: project }}>
            Review them
          </Link>
        </p>
      )}
    </aside>
  );
}
