import styles from "./Progress.module.css";
import type { Tone } from "./Status";

/** A bar of 4 px. With `label` it is a progress bar to screen readers, without one a picture. */
export function Progress({
  value,
  tone = "accent",
  moving = false,
  label,
}: {
  /** 0 to 100 */
  value: number;
  tone?: Tone;
  moving?: boolean;
  label?: string;
}) {
  const rounded = Math.round(Math.min(100, Math.max(0, value)));
  const bar = label
    ? {
        role: "progressbar",
        "aria-label": label,
        "aria-valuenow": rounded,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      }
    : { "aria-hidden": true };
  return (
    <div {...bar} className={styles.track} data-tone={tone} data-moving={moving || undefined}>
      <div className={styles.bar} style={{ width: `${Math.min(100, Math.max(0, value))}%` }} />
    </div>
  );
}
