import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { Schemas } from "../../api/client";
import styles from "./Preview.module.css";

/** The headings of a document; the one that is read is marked. */
export function Outline({
  outline,
  at,
  onGo,
}: {
  outline: Schemas["OutlineEntry"][];
  /** Where the reader is, in characters. */
  at: number;
  onGo: (char: number) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const current = useMemo(() => outline.findLastIndex((entry) => entry.char_start <= at), [outline, at]);
  const virtualizer = useVirtualizer({
    count: outline.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 10,
  });
  const scrollTo = useRef(virtualizer.scrollToIndex);
  scrollTo.current = virtualizer.scrollToIndex;
  useEffect(() => {
    if (current >= 0) scrollTo.current(current, { align: "auto" });
  }, [current]);
  return (
    <nav className={styles.outline} aria-label="Outline">
      <h2>Outline</h2>
      {outline.length === 0 && <p className={styles.none}>The document has no headings.</p>}
      <div ref={scroller} className={styles.outlineScroll}>
        <ul style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
          {virtualizer.getVirtualItems().map((row) => {
            const entry = outline[row.index];
            if (!entry) return null;
            return (
              <li
                key={row.key}
                style={{ position: "absolute", insetInline: 0, transform: `translateY(${row.start}px)` }}
              >
                <button
                  type="button"
                  className={styles.entry}
                  style={{ paddingInlineStart: 8 + 12 * (entry.level - 1) }}
                  aria-current={row.index === current ? "location" : undefined}
                  title={entry.title}
                  onClick={() => onGo(entry.char_start)}
                >
                  <span className="truncate" dir="auto">
                    {entry.title || "–"}
                  </span>
                  {entry.page && <span className="num">{entry.page}</span>}
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </nav>
  );
}
