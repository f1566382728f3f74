import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import styles from "./ErrorNote.module.css";

/** An error within the part that failed: what happened, why, and what to do. */
export function ErrorNote({
  error,
  title,
  children,
  onRetry,
  actions,
}: {
  error: unknown;
  /** What happened, in place of what the server calls it. */
  title?: string;
  /** What to say in place of the server's words. */
  children?: ReactNode;
  onRetry?: () => void;
  actions?: ReactNode;
}) {
  const problem = asProblem(error);
  const Icon = problem.status === 0 ? IconPlugConnectedX : IconAlertTriangle;
  const details = [
    problem.status ? `Status ${problem.status}, ${problem.title}` : null,
    problem.requestId ? `Request ${problem.requestId}` : null,
    ...problem.errors.map(({ pointer, detail }) => `${pointer || "/"}: ${detail}`),
  ].filter((line) => line !== null);
  return (
    <div role="alert" className={styles.note}>
      <Icon size={16} stroke={1.75} aria-hidden className={styles.icon} />
      <div className={styles.body}>
        <div className={styles.title}>{title ?? problem.title}</div>
        <div dir="auto">{children ?? problem.message}</div>
        {(onRetry || actions) && (
          <div className={styles.actions}>
            {onRetry && (
              <Button leftSection={<IconRefresh size={14} stroke={1.75} aria-hidden />} onClick={onRetry}>
                Try again
              </Button>
            )}
            {actions}
          </div>
        )}
        {details.length > 0 && (
          <details className={styles.details}>
            <summary>Details</summary>
            {details.map((line) => (
              <div key={line} className="mono">
                {line}
              </div>
            ))}
          </details>
        )}
      </div>
    </div>
  );
}
