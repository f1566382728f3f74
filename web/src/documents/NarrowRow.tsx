import { Button } from "@mantine/core";
import type { Document } from "../api/client";
import { bytes, count, plural } from "../ui/format";
import { Status } from "../ui/Status";
import styles from "./DocumentList.module.css";
import { DocumentMenu } from "./DocumentMenu";
import type { RowActions } from "./DocumentRow";
import { FormatIcon, formatWord } from "./formats";

/** A document in two lines. */
export function NarrowRow({ document, actions }: { document: Document; actions: RowActions }) {
  const { filename, status, error, warnings, pages, chunk_count, size_bytes } = document;
  const facts = [formatWord(document.format)];
  if (size_bytes > 0) facts.push(bytes(size_bytes));
  if (pages) facts.push(plural(pages, "page"));
  return (
    <>
      <FormatIcon format={document.format} />
      <div className={styles.narrowBody}>
        <button
          type="button"
          className={`${styles.open} truncate`}
          dir="auto"
          onClick={() => actions.open(document)}
        >
          {filename}
        </button>
        <div className={styles.narrowFacts}>
          {status === "parsed" && warnings.length > 0 ? (
            <Status state="warning">Parsed, {plural(warnings.length, "warning")}</Status>
          ) : (
            <Status state={status} />
          )}
          <span className="truncate">{facts.join(" · ")}</span>
        </div>
        {status === "failed" && (
          <>
            <div className={styles.narrowReason} dir="auto">
              {error}
            </div>
            <Button size="xs" mt={7} onClick={() => actions.replace(document)}>
              Replace
            </Button>
          </>
        )}
      </div>
      {chunk_count > 0 && <span className={styles.chunks}>{count(chunk_count)} chunks</span>}
      <DocumentMenu document={document} actions={actions} size={44} />
    </>
  );
}
