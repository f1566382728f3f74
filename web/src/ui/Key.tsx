import type { ReactNode } from "react";
import styles from "./Key.module.css";

/** A key of the keyboard, as a hint beside what it does. Screen readers get it by `aria-keyshortcuts`. */
export const Key = ({ children }: { children: ReactNode }) => (
  <kbd className={styles.key} aria-hidden>
    {children}
  </kbd>
);

const isMac = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);
/** ⌘ on a Mac, Ctrl elsewhere. */
export const commandKey = isMac ? "⌘" : "Ctrl ";
