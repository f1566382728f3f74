import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPencil } from "@tabler/icons-react";
import type { Missing } from "../model/evidence";
import { visible } from "./Answer";
import styles from "./Pair.module.css";

/** So many are listed. */
const LISTED = 8;

/** What the answer says and the source does not. */
export function MissingWords({ missing, onFix }: { missing: Missing[]; onFix?: (() => void) | undefined }) {
  if (missing.length === 0) return null;
  const listed = missing.slice(0, LISTED).map((one) => `“${visible(one.words).slice(0, 120)}”`);
  const more = missing.length - listed.length;
  const reasons = [...new Set(missing.flatMap((one) => one.reasons))].slice(0, 3);
  return (
    <div className={styles.banner}>
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <p dir="auto">
        <b>Not in the source:</b> {listed.join(", ")}
        {more > 0 && ` and ${more} more`}. <span className={styles.reasons}>{reasons.join(" ")}</span>
      </p>
      {onFix && (
        <Button size="xs" leftSection={<IconPencil size={14} stroke={1.75} aria-hidden />} onClick={onFix}>
          Fix
        </Button>
      )}
    </div>
  );
}
