import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { Document } from "../api/client";
import { useNarrow } from "../shell/useWidth";
import styles from "./DocumentList.module.css";
import { DocumentRow, type RowActions } from "./DocumentRow";
import { NarrowRow } from "./NarrowRow";

const HEIGHT = 42;
const NARROW_HEIGHT = 59;

/** The documents as a table, or as rows of two lines where it is narrow; what is in sight alone. */
export function DocumentList({
  documents,
  scroller,
  selected,
  onSelect,
  actions,
}: {
  documents: Document[];
  /** What scrolls: the page. */
  scroller: RefObject<HTMLElement | null>;
  selected: Set<string>;
  onSelect: (selected: Set<string>) => void;
  actions: RowActions;
}) {
  const narrow = useNarrow();
  const list = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // What stands above the list grows and shrinks as files are uploaded.
  useLayoutEffect(() => {
    const outer = scroller.current;
    const inner = list.current;
    if (!outer || !inner) return;
    const measure = () =>
      setMargin(inner.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop);
    measure();
    const observer = new ResizeObserver(measure);
    for (const child of outer.children) observer.observe(child);
    return () => observer.disconnect();
  }, [scroller]);

  const virtualizer = useVirtualizer({
    count: documents.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? NARROW_HEIGHT : HEIGHT),
    overscan: 10,
    scrollMargin: margin,
    getItemKey: (index) => documents[index]?.id ?? index,
  });
  const rows = virtualizer.getVirtualItems();
  const before = rows.length > 0 ? (rows[0]?.start ?? 0) - margin : 0;
  const after = rows.length > 0 ? virtualizer.getTotalSize() - ((rows.at(-1)?.end ?? 0) - margin) : 0;

  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  const shown = rows.flatMap((row) => {
    const document = documents[row.index];
    return document ? [{ row, document }] : [];
  });

  if (narrow) {
    return (
      <div ref={list}>
        <ul aria-label="Documents" style={{ paddingTop: before, paddingBottom: after }}>
          {shown.map(({ row, document }) => (
            <li
              key={document.id}
              ref={virtualizer.measureElement}
              data-index={row.index}
              className={styles.narrow}
              data-failed={document.status === "failed" || undefined}
              aria-setsize={documents.length}
              aria-posinset={row.index + 1}
            >
              <NarrowRow document={document} actions={actions} />
            </li>
          ))}
        </ul>
      </div>
    );
  }
  const all = documents.length > 0 && documents.every(({ id }) => selected.has(id));
  return (
    <div ref={list}>
      <table className={styles.table} aria-rowcount={documents.length + 1}>
        <thead>
          <tr>
            <th className={styles.check}>
              <Checkbox
                aria-label="Select all documents"
                checked={all}
                indeterminate={!all && selected.size > 0}
                onChange={() => onSelect(all ? new Set() : new Set(documents.map(({ id }) => id)))}
              />
            </th>
            <th>Name</th>
            <th style={{ width: 96 }}>Format</th>
            <th style={{ width: 84 }} className={styles.right}>
              Size
            </th>
            <th style={{ width: 70 }} className={styles.right}>
              Pages
            </th>
            <th style={{ width: 78 }} className={styles.right}>
              Chunks
            </th>
            <th style={{ width: 210, paddingLeft: 24 }}>Status</th>
            <th style={{ width: 92 }}>Added</th>
            <th style={{ width: 46 }}>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {shown.map(({ row, document }) => (
            <DocumentRow
              key={document.id}
              document={document}
              index={row.index}
              isSelected={selected.has(document.id)}
              onToggle={() => toggle(document.id)}
              actions={actions}
            />
          ))}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
