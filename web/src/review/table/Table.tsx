import { Checkbox } from "@mantine/core";
import { memo, useCallback, useRef } from "react";
import { ErrorNote } from "../../ui/ErrorNote";
import { score } from "../../ui/format";
import { Skeletons } from "../../ui/Skeleton";
import { Status } from "../../ui/Status";
import { VirtualList } from "../../ui/VirtualList";
import type { Row } from "../model/rows";
import type { Session } from "../model/session";
import { DIFFICULTY_WORDS, type Names, TYPE_WORDS } from "../model/words";
import { visible } from "../pair/Answer";
import { LOW } from "../pair/Scores";
import { Newer } from "../queue/Queue";
import { useReview } from "../useSession";
import styles from "./Table.module.css";

const ROW = 52;

/** The same pairs as the queue, as a table to select in. */
export function Table({
  session,
  names,
  onOpen,
}: {
  session: Session;
  names: Names;
  onOpen: (place: number) => void;
}) {
  useReview(session, (now) => now.rows.version);
  useReview(session, (now) => now.selection.version);
  const rows = useReview(session, (now) => now.rows);
  const current = useReview(session, (now) => now.current);
  const problem = useReview(session, (now) => now.rows.problem);
  const { selection } = session;
  const onRange = useCallback((_: number, last: number) => session.rows.reach(last), [session]);
  const select = useCallback(
    (place: number, extend: boolean) => (extend ? session.selectTo(place) : session.toggle(place)),
    [session],
  );
  return (
    <div className={styles.table}>
      <Newer session={session} />
      <div className={styles.head}>
        <Checkbox
          aria-label="Select all that match"
          checked={selection.all}
          indeterminate={!selection.all && selection.ids.size > 0}
          onChange={() => (selection.isEmpty ? session.selectAll() : session.clearSelection())}
        />
        <span>Question and answer</span>
        <span>Type</span>
        <span>Difficulty</span>
        <span className={styles.right}>Quality</span>
        <span className={styles.right}>Grounding</span>
        <span>Document</span>
        <span>Status</span>
      </div>
      {rows.loaded ? (
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
                <TableRow
                  row={row}
                  place={place}
                  current={place === current}
                  selected={selection.has(row.id)}
                  document={names.document(row.document)}
                  onSelect={select}
                  onOpen={onOpen}
                />
              )
            );
          }}
        </VirtualList>
      ) : (
        !problem && <Skeletons rows={12} height={ROW} label="Loading pairs" />
      )}
      {problem && (
        <ErrorNote error={problem} title="More pairs cannot be loaded" onRetry={() => void rows.more()} />
      )}
    </div>
  );
}

const TableRow = memo(function TableRow({
  row,
  place,
  current,
  selected,
  document,
  onSelect,
  onOpen,
}: {
  row: Row;
  place: number;
  current: boolean;
  selected: boolean;
  document: string;
  onSelect: (place: number, extend: boolean) => void;
  onOpen: (place: number) => void;
}) {
  const shift = useRef(false);
  const low = row.grounding !== null && row.grounding < LOW;
  return (
    <div
      className={styles.row}
      data-current={current || undefined}
      data-selected={selected || undefined}
      data-decided={row.decided || undefined}
    >
      <Checkbox
        aria-label={`Select: ${visible(row.question).slice(0, 80)}`}
        checked={selected}
        onClick={(event) => {
          shift.current = event.shiftKey;
        }}
        onChange={() => onSelect(place, shift.current)}
      />
      <button type="button" className={styles.texts} onClick={() => onOpen(place)}>
        <span dir="auto">{visible(row.question)}</span>
        <span dir="auto">{visible(row.answer)}</span>
      </button>
      <span className={styles.dim}>{row.type ? TYPE_WORDS[row.type] : "–"}</span>
      <span className={styles.dim}>{row.difficulty ? DIFFICULTY_WORDS[row.difficulty] : "–"}</span>
      <span className={styles.right}>{score(row.quality)}</span>
      <span className={`${styles.right} ${low ? styles.low : ""}`}>{score(row.grounding)}</span>
      <span className={styles.document} dir="auto" title={document}>
        {document}
      </span>
      <span>
        <Status state={row.status} />
      </span>
    </div>
  );
});
