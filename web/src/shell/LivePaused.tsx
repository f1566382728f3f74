import { IconPlugConnectedX } from "@tabler/icons-react";
import { useLivePaused } from "../api/events";
import styles from "./TopBar.module.css";

/** Says that the page is polled. Its place is there always, so that screen readers hear it. */
export function LivePaused() {
  const paused = useLivePaused();
  return (
    <div
      role="status"
      className={styles.paused}
      title={paused ? "Everything is read again each 5 seconds" : undefined}
    >
      {paused && (
        <>
          <IconPlugConnectedX size={14} stroke={1.75} aria-label="Live updates paused" />
          <span>Live updates paused</span>
        </>
      )}
    </div>
  );
}
