import type { ReactNode } from "react";
import type { Tone } from "./Status";
import styles from "./Tag.module.css";

/** A small label. */
export const Tag = ({
  tone = "neutral",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
}) => (
  <span className={styles.tag} data-tone={tone}>
    {icon}
    {children}
  </span>
);
