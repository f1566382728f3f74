import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Document } from "../../api/client";
import { keys } from "../../api/keys";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { bytes, plural } from "../../ui/format";
import { Skeletons } from "../../ui/Skeleton";
import { Status } from "../../ui/Status";
import { formatWord } from "../formats";
import { Blocks } from "./Blocks";
import { Outline } from "./Outline";
import styles from "./Preview.module.css";

/** A document as it was parsed, beside its outline. */
export function Preview({ document, onClose }: { document: Document; onClose: () => void }) {
  const { id, project_id: project, status, pages, chunk_count, warnings } = document;
  const hasContent = status === "parsed";
  const content = useQuery({
    queryKey: [...keys.content(project, id), document.parsed_at],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/projects/{id}/documents/{doc_id}/content", {
          params: { path: { id: project, doc_id: id } },
          signal,
        }),
      ),
    enabled: hasContent,
    gcTime: 30_000,
  });
  const [goal, setGoal] = useState<{ at: number } | null>(null);
  const [at, setAt] = useState(0);
  const facts = [formatWord(document.format)];
  if (document.size_bytes > 0) facts.push(bytes(document.size_bytes));
  if (pages) facts.push(plural(pages, "page"));

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(1080px, 100vw)"
      title={
        <span dir="auto" className={styles.title}>
          {document.filename}
        </span>
      }
      closeButtonProps={{ "aria-label": "Close the preview" }}
      styles={{
        content: { display: "flex", flexDirection: "column" },
        body: { flex: 1, minHeight: 0, padding: 0, display: "flex", flexDirection: "column" },
      }}
    >
      <div className={styles.facts}>
        <Status state={status} />
        <span>{facts.join(" · ")}</span>
        {chunk_count > 0 && (
          <Link
            to="/p/$projectId/chunks"
            params={{ projectId: project }}
            search={{ document_id: id }}
            className="text-link"
          >
            {plural(chunk_count, "chunk")}
          </Link>
        )}
        {document.source_url && (
          <span className="truncate" dir="ltr">
            {document.source_url}
          </span>
        )}
      </div>
      {warnings.length > 0 && (
        <details className={styles.warnings}>
          <summary>
            <Status state="warning">{plural(warnings.length, "warning")}</Status>
          </summary>
          <ul>
            {[...new Set(warnings)].slice(0, 200).map((warning) => (
              <li key={warning} dir="auto">
                {warning}
              </li>
            ))}
          </ul>
        </details>
      )}
      {status === "failed" && (
        <div className={styles.note}>
          <ErrorNote error={new Error(document.error ?? "")} title="The document could not be parsed" />
        </div>
      )}
      {(status === "uploaded" || status === "parsing") && (
        <Empty title={status === "parsing" ? "It is being parsed" : "Not parsed yet"}>
          What the document says stands here once it is parsed.
        </Empty>
      )}
      {hasContent && content.isPending && <Skeletons rows={12} height={36} />}
      {content.error && (
        <div className={styles.note}>
          <ErrorNote error={content.error} onRetry={() => content.refetch()} />
        </div>
      )}
      {content.data && (
        <div className={styles.content}>
          <Outline outline={content.data.outline} at={at} onGo={(char) => setGoal({ at: char })} />
          <Blocks blocks={content.data.blocks} goal={goal} onAt={setAt} />
        </div>
      )}
    </Drawer>
  );
}
