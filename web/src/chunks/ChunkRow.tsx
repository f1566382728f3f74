import { Checkbox } from "@mantine/core";
import { IconEyeOff, IconPencil } from "@tabler/icons-react";
import type { Chunk } from "../api/client";
import { count } from "../ui/format";
import { SkeletonLine } from "../ui/Skeleton";
import { Tag } from "../ui/Tag";
import styles from "./ChunkRow.module.css";
import { TYPE_WORDS } from "./filters";
import { reasonTag } from "./reasons";
import { TypeIcon } from "./TypeIcon";

export const ROW_HEIGHT = 80;
/** Two lines are shown: more of a long chunk is not put into the page. */
const START = 240;

export const titleOf = (chunk: Chunk) =>
  chunk.heading_path.join(" › ") || chunk.text.slice(0, 80).replace(/\s+/g, " ").trim() || "Untitled";

/** A chunk in the list; a row of the same height while it is loaded. */
export function ChunkRow({
  chunk,
  isOpen,
  isSelected,
  onOpen,
  onSelect,
}: {
  chunk: Chunk | undefined;
  isOpen: boolean;
  isSelected: boolean;
  onOpen: () => void;
  onSelect: (event: { shiftKey: boolean }) => void;
}) {
  if (!chunk) {
    return (
      <div className={styles.row} aria-hidden>
        <div className={styles.loading}>
          <SkeletonLine width="55%" />
          <SkeletonLine width="90%" />
          <SkeletonLine width="70%" />
        </div>
      </div>
    );
  }
  const title = titleOf(chunk);
  return (
    <div className={styles.row} data-open={isOpen || undefined} data-excluded={chunk.excluded || undefined}>
      <Checkbox
        className={styles.check}
        aria-label={`Select “${title}”`}
        checked={isSelected}
        onChange={() => undefined}
        onClick={onSelect}
      />
      <button type="button" className={styles.open} onClick={onOpen}>
        <span className={styles.head}>
          <span title={TYPE_WORDS[chunk.content_type]} className={styles.type}>
            <TypeIcon type={chunk.content_type} />
          </span>
          <span className={`${styles.title} truncate`} dir="auto">
            {title}
          </span>
          {chunk.edited && !chunk.excluded && (
            <IconPencil size={13} stroke={1.75} aria-label="Edited" className={styles.type} />
          )}
          {chunk.excluded ? (
            <Tag icon={<IconEyeOff size={12} stroke={2} aria-hidden />}>{reasonTag(chunk)}</Tag>
          ) : (
            <span className={`${styles.tokens} num`}>{count(chunk.token_count)} tokens</span>
          )}
        </span>
        <span className={styles.text} dir="auto">
          {chunk.text.slice(0, START)}
        </span>
      </button>
    </div>
  );
}
