import { Button } from "@mantine/core";
import { IconSearchOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./Empty.module.css";

/** What this place is, and one thing to do. */
export const Empty = ({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) => (
  <div className={styles.empty}>
    {icon && <span className={styles.icon}>{icon}</span>}
    <div className={styles.title}>{title}</div>
    {children && <div className={styles.text}>{children}</div>}
    {action && <div className={styles.action}>{action}</div>}
  </div>
);

/** Nothing fits the filters, which it names. */
export const NothingFound = ({
  what,
  filters,
  onReset,
}: {
  what: string;
  filters: string[];
  onReset: () => void;
}) => (
  <Empty
    icon={<IconSearchOff size={20} stroke={1.75} aria-hidden />}
    title={`No ${what} found`}
    action={<Button onClick={onReset}>Reset filters</Button>}
  >
    Nothing fits {filters.join(", ")}.
  </Empty>
);
