import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Schemas } from "../../api/client";
import { Block } from "./Block";
import styles from "./Preview.module.css";

/** The parts of a document, in their order; of a book those in sight alone. */
export function Blocks({
  blocks,
  goal,
  onAt,
}: {
  blocks: Schemas["Block"][];
  /** Where to go, in characters. */
  goal: { at: number } | null;
  onAt: (char: number) => void;
}) {
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => 30 + Math.ceil((blocks[index]?.text.length ?? 0) / 90) * 22,
    overscan: 6,
  });
  const rows = virtualizer.getVirtualItems();
  const top = blocks[virtualizer.range?.startIndex ?? 0]?.char_start ?? 0;
  useEffect(() => onAt(top), [onAt, top]);

  const scrollTo = useRef(virtualizer.scrollToIndex);
  scrollTo.current = virtualizer.scrollToIndex;
  useEffect(() => {
    if (!goal) return;
    const index = blocks.findIndex((block) => block.char_start >= goal.at);
    if (index >= 0) scrollTo.current(index, { align: "start" });
  }, [goal, blocks]);

  return (
    <section
      ref={scroller}
      className={styles.blocks}
      aria-label="Text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
      tabIndex={0}
    >
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {rows.map((row) => {
          const block = blocks[row.index];
          if (!block) return null;
          const before = blocks[row.index - 1];
          const isNewPage = block.page != null && block.page !== before?.page;
          return (
            <div
              key={row.key}
              ref={virtualizer.measureElement}
              data-index={row.index}
              style={{
                position: "absolute",
                insetInline: 0,
                top: 0,
                transform: `translateY(${row.start}px)`,
              }}
            >
              {isNewPage && <div className={styles.page}>Page {block.page}</div>}
              <Block block={block} />
            </div>
          );
        })}
      </div>
    </section>
  );
}
