import { IconFlag, IconRefresh } from "@tabler/icons-react";
import { memo, useCallback } from "react";
import { ErrorNote } from "../../ui/ErrorNote";
import { count, score } from "../../ui/format";
import { Skeletons } from "../../ui/Skeleton";
import { Status } from "../../ui/Status";
import { VirtualList } from "../../ui/VirtualList";
import type { Row } from "../model/rows";
import type { Session } from "../model/session";
import { visible } from "../pair/Answer";
import { LOW } from "../pair/Scores";
import { useReview } from "../useSession";
import styles from "./Queue.module.css";

const ROW = 70;

/** The queue: what waits, what was decided here, and how many are new. */
export function Queue({
  session,
  wide = false,
  onOpen,
}: {
  session: Session;
  wide?: boolean;
  onOpen?: () => void;
}) {
  useReview(session, (now) => now.rows.version);
  useReview(session, (now) => now.selection.version);
  const rows = useReview(session, (now) => now.rows);
  const loading = useReview(session, (now) => now.rows.isLoading);
  const problem = useReview(session, (now) => now.rows.problem);
  const current = useReview(session, (now) => now.current);
  const onRange = useCallback((_: number, last: number) => session.rows.reach(last), [session]);
  const open = useCallback(
    (place: number) => {
      session.go(place);
      onOpen?.();
    },
    [session, onOpen],
  );
  return (
    <section className={styles.queue} data-wide={wide || undefined} aria-label="Queue">
      <Newer session={session} />
      {rows.loaded || rows.all.length > 0 ? (
        <VirtualList
          count={rows.all.length}
          total={Math.max(rows.total, rows.all.length)}
          height={ROW}
          label="Pairs"
          current={current}
          onRange={onRange}
        >
          {(place) => {
            const row = rows.all[place];
            return (
              row && (
                <QueueRow
                  row={row}
                  place={place}
                  current={place === current}
                  selected={session.selection.has(row.id)}
                  onOpen={open}
                />
              )
            );
          }}
        </VirtualList>
      ) : (
        loading && <Skeletons rows={9} height={ROW} label="Loading pairs" />
      )}
      {problem && (
        <div className={styles.end}>
          <ErrorNote error={problem} title="More pairs cannot be loaded" onRetry={() => void rows.more()} />
        </div>
      )}
    </section>
  );
}

/** "214 new": they come in when they are asked for, so that nothing moves under a reviewer's eyes. */
export function Newer({ session }: { session: Session }) {
  const newer = useReview(session, (now) => now.newer);
  if (newer === 0) return null;
  return (
    <button
      type="button"
      className={styles.newer}
      onClick={() => void session.reload().catch(() => undefined)}
    >
      <IconRefresh size={14} stroke={1.75} aria-hidden />
      <span className="num">{count(newer)} new</span>
    </button>
  );
}

const QueueRow = memo(function QueueRow({
  row,
  place,
  current,
  selected,
  onOpen,
}: {
  row: Row;
  place: number;
  current: boolean;
  selected: boolean;
  onOpen: (place: number) => void;
}) {
  return (
    <button
      type="button"
      className={styles.row}
      data-decided={row.decided || undefined}
      data-current={current || undefined}
      data-selected={selected || undefined}
      onClick={() => onOpen(place)}
    >
      <div className={styles.question} dir="auto">
        {visible(row.question)}
      </div>
      <div className={styles.facts}>
        <span
          className={!row.decided && row.grounding !== null && row.grounding < LOW ? styles.low : undefined}
        >
          Grounding {score(row.grounding)}
        </span>
        <span>Quality {score(row.quality)}</span>
        <span className={styles.space} />
        {selected ? (
          <span>Selected</span>
        ) : row.status !== "pending" ? (
          <Status state={row.status} />
        ) : (
          row.flags > 0 && (
            <span className={styles.flags}>
              <IconFlag size={12} stroke={2} aria-hidden />
              {row.flags} {row.flags === 1 ? "flag" : "flags"}
            </span>
          )
        )}
      </div>
    </button>
  );
});
