import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPackageExport } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { keys } from "../api/keys";
import { useProject } from "../api/queries";
import { ErrorNote } from "../ui/ErrorNote";
import { bytes, count, plural } from "../ui/format";
import { Progress } from "../ui/Progress";
import { toast } from "../ui/toast";
import styles from "./Export.module.css";
import { create, download, estimateQuery, type Settings } from "./queries";

type Reason = "duplicate" | "rejected" | "below_min_quality" | "pending" | "no_preference";

/** Why pairs are left out, and where they are found. */
const REASONS: Record<Reason, { name: string; search: (settings: Settings) => Record<string, unknown> }> = {
  below_min_quality: {
    name: "Below the quality, or not measured",
    search: ({ minQuality }) => ({ review_status: ["accepted", "edited"], max_quality: String(minQuality) }),
  },
  no_preference: {
    name: "Accepted as they were",
    search: () => ({ review_status: ["accepted", "edited"] }),
  },
  rejected: { name: "Rejected", search: () => ({ review_status: ["rejected"] }) },
  duplicate: { name: "Repeat another", search: () => ({ review_status: ["pending"] }) },
  pending: { name: "Not decided", search: () => ({ review_status: ["pending"] }) },
};

/** What a new version would hold, before it is made. */
export function WhatGoesIn({ project, settings }: { project: string; settings: Settings }) {
  const client = useQueryClient();
  const { data: about } = useProject(project);
  const [meant] = useDebouncedValue(settings, 300);
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
  // The same settings are not the same object.
  const old = estimate.isPlaceholderData || JSON.stringify(meant) !== JSON.stringify(settings);
  const { pairs = 0, left_out = {}, splits = {}, tokens = 0, bytes: size = 0 } = estimate.data ?? {};
  const left = (Object.keys(REASONS) as Reason[]).filter((reason) => (left_out[reason] ?? 0) > 0);
  const decided = pairs + (left_out.below_min_quality ?? 0) + (left_out.no_preference ?? 0);
  const pending = left_out.pending ?? 0;
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
            <span>
              {settings.format === "dpo" ? "preferences" : `of ${count(decided)} accepted and edited`}
            </span>
          </div>
          {settings.format !== "dpo" && (
            <Progress value={decided > 0 ? (100 * pairs) / decided : 0} label="Share of pairs that go in" />
          )}
          <div className={styles.facts}>
            {splits.validation !== undefined && pairs > 0 && (
              <Fact name="To train on, and for validation">
                {count(splits.train ?? 0)} + {count(splits.validation)}
              </Fact>
            )}
            {pairs > 0 && <Fact name="Tokens">{count(tokens)}</Fact>}
            {pairs > 0 && <Fact name="Size, about">{bytes(size)}</Fact>}
            {left.map((reason) => (
              <Fact
                key={reason}
                name={
                  <Link
                    className="text-link"
                    to="/p/$projectId/review"
                    params={{ projectId: project }}
                    search={REASONS[reason].search(settings) as never}
                  >
                    {REASONS[reason].name}, left out
                  </Link>
                }
              >
                {count(left_out[reason] ?? 0)}
              </Fact>
            ))}
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
          {settings.format === "dpo"
            ? "Nothing is preferred to anything yet: edit an answer, or reject one beside one that you accept."
            : decided === 0
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

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <span>{name}</span>
      <span className="num">{children}</span>
    </div>
  );
}
