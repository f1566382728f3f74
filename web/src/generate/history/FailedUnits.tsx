import { Button, Modal } from "@mantine/core";
import { IconCircleX, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Failure, type Generation, type Page } from "../../api/client";
import { upsert } from "../../api/events";
import { newIdempotencyKey } from "../../api/idempotency";
import { keys } from "../../api/keys";
import { asProblem } from "../../api/problem";
import { isActive } from "../../api/queries";
import { ErrorNote } from "../../ui/ErrorNote";
import { count, plural } from "../../ui/format";
import { Skeletons } from "../../ui/Skeleton";
import { Tag } from "../../ui/Tag";
import { toast } from "../../ui/toast";
import { UserText } from "../../ui/UserText";
import styles from "./FailedUnits.module.css";

/** What failed of a run, each with its reason, the model's reply, and another try. */
export function FailedUnits({
  run,
  nameOf,
}: {
  run: Generation;
  nameOf: (document: string) => string | undefined;
}) {
  const [reply, setReply] = useState<Failure | null>(null);
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: [...keys.failures(run.id), run.chunks_failed],
    queryFn: ({ pageParam, signal }): Promise<Page<Failure>> =>
      ask(
        api.GET("/generations/{gen_id}/failures", {
          params: { path: { gen_id: run.id }, query: { limit: 50, cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page: Page<Failure>) => page.next_cursor ?? undefined,
  });
  const retry = useMutation({
    mutationFn: (unit_ids: string[] | null) =>
      ask(
        api.POST("/generations/{gen_id}/failures/retry", {
          params: { path: { gen_id: run.id } },
          body: { unit_ids },
          headers: newIdempotencyKey(),
        }),
      ),
    onSuccess: (generation) => {
      client.setQueryData<Page<Generation>>(keys.generations(run.project_id), (old) =>
        upsert(old, generation),
      );
      toast({ message: "Trying again" });
    },
    onError: (error) => toast({ message: asProblem(error).message, tone: "bad" }),
  });
  const total = query.data?.pages[0]?.total ?? 0;
  const failures = query.data?.pages.flatMap((page) => page.items) ?? [];
  const goesOn = isActive(run);
  const what = run.kind === "parse" ? "documents" : "chunks";
  return (
    <section className={`card ${styles.card}`} aria-label={`Failed ${what}`}>
      <div className={styles.head}>
        <h3>Failed {what}</h3>
        {total > 0 && <Tag tone="bad">{count(total)}</Tag>}
        <span className={styles.space} />
        {total > 0 && !goesOn && (
          <Button
            size="xs"
            leftSection={<IconRefresh size={14} stroke={1.75} aria-hidden />}
            loading={retry.isPending}
            onClick={() => retry.mutate(null)}
          >
            Retry {total === 1 ? "it" : total === 2 ? "both" : `all ${count(total)}`}
          </Button>
        )}
      </div>
      <div className={styles.list}>
        {query.isPending && <Skeletons rows={2} height={90} label="Loading what failed" />}
        {query.error && <ErrorNote error={query.error} onRetry={() => query.refetch()} />}
        {query.isSuccess && total === 0 && <p className={styles.none}>Nothing failed.</p>}
        {goesOn && total > 0 && (
          <p className={styles.none}>They can be tried again when the run has ended.</p>
        )}
        <ul>
          {failures.map((failure) => (
            <li key={failure.unit_id} className={styles.failure}>
              <div className={styles.title}>
                <IconCircleX size={14} stroke={1.75} aria-hidden />
                <b className="truncate" dir="auto">
                  {(failure.document_id && nameOf(failure.document_id)) || "A document that is gone"}
                </b>
                <span className="num">{plural(failure.attempts, "try", "tries")}</span>
              </div>
              <p dir="auto">{failure.reason}</p>
              <div className={styles.buttons}>
                {failure.raw_reply && (
                  <Button size="xs" variant="subtle" onClick={() => setReply(failure)}>
                    Show raw reply
                  </Button>
                )}
                {failure.chunk_id && (
                  <Button
                    size="xs"
                    variant="subtle"
                    component={Link}
                    to={`/p/${run.project_id}/chunks?open=${failure.chunk_id}`}
                  >
                    Open chunk
                  </Button>
                )}
                {!goesOn && (
                  <Button
                    size="xs"
                    variant="subtle"
                    leftSection={<IconRefresh size={14} stroke={1.75} aria-hidden />}
                    disabled={retry.isPending}
                    onClick={() => retry.mutate([failure.unit_id])}
                  >
                    Retry
                  </Button>
                )}
              </div>
            </li>
          ))}
        </ul>
        {query.hasNextPage && (
          <Button
            size="xs"
            variant="subtle"
            loading={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </div>
      {reply && (
        <Modal opened onClose={() => setReply(null)} title="What the model replied" size={720}>
          <p className={styles.why} dir="auto">
            {reply.reason}
          </p>
          <UserText text={reply.raw_reply ?? ""} className={styles.reply} />
        </Modal>
      )}
    </section>
  );
}
