import { Button, Checkbox } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Document } from "../api/client";
import { ago, bytes, count, exactly, plural } from "../ui/format";
import { Status } from "../ui/Status";
import { Tag } from "../ui/Tag";
import styles from "./DocumentList.module.css";
import { DocumentMenu } from "./DocumentMenu";
import { FormatIcon, formatWord } from "./formats";

/** What can be done with a document. */
export type RowActions = {
  open: (document: Document) => void;
  replace: (document: Document) => void;
  parse: (documents: Document[]) => void;
  remove: (documents: Document[]) => void;
};

export function DocumentRow({
  document,
  index,
  isSelected,
  onToggle,
  actions,
}: {
  document: Document;
  index: number;
  isSelected: boolean;
  onToggle: () => void;
  actions: RowActions;
}) {
  const { filename, status, error, warnings, chunk_count, created_at } = document;
  return (
    <tr data-failed={status === "failed" || undefined} aria-rowindex={index + 2}>
      <td className={styles.check}>
        <Checkbox aria-label={`Select ${filename}`} checked={isSelected} onChange={onToggle} />
      </td>
      <td>
        <div className={styles.name}>
          <FormatIcon format={document.format} />
          <div style={{ minWidth: 0 }}>
            <div className={styles.nameText}>
              <button
                type="button"
                className={`${styles.open} truncate`}
                dir="auto"
                title={filename}
                onClick={() => actions.open(document)}
              >
                {filename}
              </button>
              {warnings.length > 0 && (
                <button
                  type="button"
                  style={{ border: 0, padding: 0, background: "none", cursor: "pointer" }}
                  title={warnings.join("\n")}
                  onClick={() => actions.open(document)}
                >
                  <Tag tone="warn" icon={<IconAlertTriangle size={12} stroke={2} aria-hidden />}>
                    {plural(warnings.length, "warning")}
                  </Tag>
                </button>
              )}
            </div>
            {status === "failed" && error && (
              <div className={`${styles.reason} truncate`} dir="auto" title={error}>
                {error}
              </div>
            )}
          </div>
        </div>
      </td>
      <td>{formatWord(document.format)}</td>
      <td className={styles.right}>{document.size_bytes > 0 ? bytes(document.size_bytes) : "–"}</td>
      <td className={styles.right}>{document.pages ? count(document.pages) : "–"}</td>
      <td className={styles.right}>
        {chunk_count > 0 ? (
          <Link
            to="/p/$projectId/chunks"
            params={{ projectId: document.project_id }}
            search={{ document_id: document.id }}
            className="text-link"
            aria-label={`${plural(chunk_count, "chunk")} of ${filename}`}
          >
            {count(chunk_count)}
          </Link>
        ) : (
          "–"
        )}
      </td>
      <td className={styles.status}>
        <div className={styles.statusRow}>
          <Status state={status} />
          {status === "failed" && (
            <Button size="xs" aria-label={`Replace ${filename}`} onClick={() => actions.replace(document)}>
              Replace
            </Button>
          )}
        </div>
      </td>
      <td className={styles.added} title={exactly(created_at)}>
        {ago(created_at)}
      </td>
      <td className={styles.menu}>
        <DocumentMenu document={document} actions={actions} />
      </td>
    </tr>
  );
}
