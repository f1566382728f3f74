import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./FilterPill.module.css";

/** A filter that is on or off, with how many it leaves. */
export function FilterPill({
  on,
  count,
  onClick,
  onClear,
  children,
  ...rest
}: {
  on: boolean;
  count?: ReactNode;
  onClick: () => void;
  /** Shows a cross that takes the filter off. */
  onClear?: (() => void) | undefined;
  children: ReactNode;
} & Omit<React.ComponentProps<"button">, "onClick">) {
  return (
    <span className={styles.pill} data-on={on || undefined}>
      <button type="button" className={styles.button} aria-pressed={on} onClick={onClick} {...rest}>
        {children}
        {count !== undefined && <b className="num">{count}</b>}
      </button>
      {onClear && (
        <button type="button" className={styles.clear} aria-label="Take this filter off" onClick={onClear}>
          <IconX size={12} aria-hidden />
        </button>
      )}
    </span>
  );
}
