import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconArrowDown, IconDownload } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { count } from "../../ui/format";
import styles from "./LogView.module.css";
import { atLeast, fieldsOf, type LevelFilter, timeOf } from "./logBuffer";
import { useLog } from "./useLog";

const ROW = 22;
const WORDS = { streaming: "Streaming", ended: "Complete", lost: "Connection lost, trying again" };

/** What a run says of its work, newest at the end. */
export function LogView({ generation, attempt }: { generation: string; attempt: number }) {
  const { log, state } = useLog(generation, attempt);
  const [level, setLevel] = useState<LevelFilter>("all");
  const [follows, setFollows] = useState(true);
  const scroller = useRef<HTMLElement>(null);
  const lines = useMemo(() => atLeast(log.lines, level), [log.lines, level]);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const scrollTo = useRef(virtualizer.scrollToIndex);
  scrollTo.current = virtualizer.scrollToIndex;
  useEffect(() => {
    if (follows && lines.length > 0) scrollTo.current(lines.length - 1, { align: "end" });
  }, [follows, lines]);

  const download = () => {
    const text = log.lines.map((line) =>
      `${line.time} ${line.level} ${line.message} ${fieldsOf(line)}`.trim(),
    );
    const url = URL.createObjectURL(new Blob([`${text.join("\n")}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `log-${generation}.txt`;
    link.click();
    URL.revokeObjectURL(url);
  };

  return (
    <section className={`card ${styles.card}`} aria-label="Log">
      <div className={styles.head}>
        <h3>Log</h3>
        <span className={styles.state} data-state={state} role="status">
          <span aria-hidden /> {WORDS[state]}
        </span>
        <SegmentedControl
          aria-label="Level"
          className={styles.levels}
          value={level}
          onChange={(value) => setLevel(value as LevelFilter)}
          data={[
            { value: "all", label: "All" },
            { value: "warn", label: `Warnings ${count(log.warnings)}` },
            { value: "error", label: `Errors ${count(log.errors)}` },
          ]}
        />
        <ActionIcon aria-label="Download the log" disabled={log.lines.length === 0} onClick={download}>
          <IconDownload size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
      </div>
      <div className={styles.frame}>
        <section
          ref={scroller}
          className={styles.lines}
          aria-label="Lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
            setFollows(scrollHeight - scrollTop - clientHeight < 2 * ROW)
          }
        >
          {log.dropped > 0 && (
            <p className={styles.none}>{count(log.dropped)} earlier lines are not shown.</p>
          )}
          {lines.length === 0 && (
            <p className={styles.none}>
              {log.lines.length === 0 ? "No line yet." : "No line of this level."}
            </p>
          )}
          <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
            {virtualizer.getVirtualItems().map((row) => {
              const line = lines[row.index];
              if (!line) return null;
              const fields = fieldsOf(line);
              return (
                <div
                  key={line.seq}
                  className={styles.line}
                  style={{ transform: `translateY(${row.start}px)` }}
                  title={`${line.message} ${fields}`.slice(0, 2_000)}
                >
                  <span>{timeOf(line)}</span>
                  <b data-level={line.level}>{line.level}</b>
                  <span className="truncate">
                    {line.message.slice(0, 500)}
                    {fields && <span className={styles.fields}> · {fields.slice(0, 300)}</span>}
                  </span>
                </div>
              );
            })}
          </div>
        </section>
        {!follows && (
          <Button
            size="xs"
            className={styles.follow}
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={() => setFollows(true)}
          >
            Newest
          </Button>
        )}
      </div>
    </section>
  );
}
