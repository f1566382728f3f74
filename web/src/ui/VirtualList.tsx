import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";

/**
 * A list of rows of one height of which only those in sight are in the page. To screen readers it is
 * a list with its real length.
 */
export function VirtualList({
  count,
  total,
  height,
  label,
  current,
  className,
  onRange,
  children,
}: {
  /** How many rows can be scrolled to. */
  count: number;
  /** How many there are. */
  total: number;
  /** The height of a row in px. */
  height: number;
  label: string;
  /** The row that is open; it is kept in sight. */
  current?: number | undefined;
  className?: string | undefined;
  onRange?: ((first: number, last: number) => void) | undefined;
  /** A row; it is put into a `listitem` of the height. */
  children: (index: number) => ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);

  const scrollTo = useRef(virtualizer.scrollToIndex);
  scrollTo.current = virtualizer.scrollToIndex;
  useEffect(() => {
    if (current !== undefined && current >= 0) scrollTo.current(current, { align: "auto" });
  }, [current]);

  return (
    <section
      ref={scroller}
      className={className}
      style={{ overflow: "auto", flex: 1, minHeight: 0 }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
      tabIndex={0}
      aria-label={label}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed, which `ul` would not gain by */}
      <div
        role="list"
        aria-label={label}
        style={{ height: virtualizer.getTotalSize(), position: "relative" }}
      >
        {rows.map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={row.key}
            role="listitem"
            aria-setsize={total}
            aria-posinset={row.index + 1}
            aria-current={row.index === current ? "true" : undefined}
            style={{
              position: "absolute",
              insetInline: 0,
              top: 0,
              height,
              transform: `translateY(${row.start}px)`,
            }}
          >
            {children(row.index)}
          </div>
        ))}
      </div>
    </section>
  );
}
