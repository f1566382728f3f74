import { useEffect, useState } from "react";
import styles from "./Skeleton.module.css";

/** True once it has been wanted for 200 ms: quick answers flash no skeleton. */
export function useLate(wanted: boolean, after = 200): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!wanted) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [wanted, after]);
  return wanted && late;
}

/** Rows of the final height, in the place of what is loaded. */
export function Skeletons({
  rows,
  height,
  label = "Loading",
}: {
  rows: number;
  height: number;
  label?: string;
}) {
  const late = useLate(true);
  return (
    <div role="status" aria-label={label} style={{ minHeight: rows * height }}>
      {late &&
        Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <div key={index} className={styles.row} style={{ height }}>
            <span className={styles.line} style={{ width: `${62 - ((index * 17) % 34)}%` }} />
          </div>
        ))}
    </div>
  );
}

/** One line of text that is loaded. */
export const SkeletonLine = ({ width = "60%" }: { width?: string | number }) => (
  <span className={styles.line} style={{ width }} aria-hidden />
);
