import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconEye, IconEyeOff, IconFileText, IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { Chunk, Document } from "../api/client";
import { count, plural, sentence } from "../ui/format";
import { Key } from "../ui/Key";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { UserText } from "../ui/UserText";
import { ChunkEditor } from "./ChunkEditor";
import styles from "./ChunkPreview.module.css";
import { titleOf } from "./ChunkRow";
import { TYPE_WORDS } from "./filters";
import { reasonTitle } from "./reasons";
import { TypeIcon } from "./TypeIcon";
import type { ChunkChanges } from "./useChunkChanges";
import { usePairCount } from "./useChunks";

/** A chunk with where it stands, to read, edit and exclude. */
export function ChunkPreview({
  chunk,
  document,
  isEditing,
  onEdit,
  changes,
  onPrevious,
  onNext,
}: {
  chunk: Chunk;
  document: Document | undefined;
  isEditing: boolean;
  onEdit: (editing: boolean) => void;
  changes: ChunkChanges;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}) {
  const pairs = usePairCount(chunk.project_id, chunk.id).data ?? 0;
  const { page_start, page_end, char_start, char_end } = chunk.source;
  const icon = { size: 14, stroke: 1.75, "aria-hidden": true } as const;
  const headings = chunk.heading_path.length > 0 ? chunk.heading_path : [titleOf(chunk)];
  return (
    <>
      <div className={styles.head}>
        <div className={styles.bar}>
          <span className={styles.file}>
            <IconFileText {...icon} />
            <Link
              to="/p/$projectId/documents"
              params={{ projectId: chunk.project_id }}
              search={{ open: chunk.document_id }}
              className="truncate"
              dir="auto"
            >
              {document?.filename ?? "A document that is gone"}
            </Link>
          </span>
          <Button
            leftSection={<IconPencil {...icon} />}
            rightSection={<Key>E</Key>}
            aria-keyshortcuts="e"
            disabled={isEditing}
            onClick={() => onEdit(true)}
          >
            Edit
          </Button>
          <Button
            leftSection={chunk.excluded ? <IconEye {...icon} /> : <IconEyeOff {...icon} />}
            rightSection={<Key>X</Key>}
            aria-keyshortcuts="x"
            onClick={() => changes.exclude(chunk, !chunk.excluded)}
          >
            {chunk.excluded ? "Include" : "Exclude"}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={32} radius="md" aria-label="More for this chunk">
                <IconDots size={16} stroke={1.75} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconCopy {...icon} />}
                onClick={() =>
                  navigator.clipboard.writeText(chunk.text).then(
                    () => toast({ message: "Text copied" }),
                    () => toast({ message: "The browser does not let the text be copied", tone: "bad" }),
                  )
                }
              >
                Copy the text
              </Menu.Item>
              <Menu.Item
                leftSection={<IconFileText {...icon} />}
                component={Link}
                to={`/p/${chunk.project_id}/documents?open=${chunk.document_id}`}
              >
                Open its document
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        <h2 className={styles.title} dir="auto">
          {headings.map((heading, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: headings of a path may be the same
            <Fragment key={index}>
              {index > 0 && <span className={styles.arrow}> › </span>}
              {heading}
            </Fragment>
          ))}
        </h2>
        <div className={styles.tags}>
          <Tag icon={<TypeIcon type={chunk.content_type} size={12} />}>{TYPE_WORDS[chunk.content_type]}</Tag>
          {page_start != null && (
            <Tag>
              {page_end != null && page_end !== page_start
                ? `Pages ${count(page_start)}–${count(page_end)}`
                : `Page ${count(page_start)}`}
            </Tag>
          )}
          <Tag>{count(chunk.token_count)} tokens</Tag>
          <Tag>
            Chunk {count(chunk.position + 1)}
            {document && document.chunk_count > 0 && ` of ${count(document.chunk_count)}`}
          </Tag>
          {chunk.topic && <Tag>{chunk.topic}</Tag>}
          {chunk.edited && <Tag tone="accent">Edited</Tag>}
          {pairs > 0 && (
            <Link
              to="/p/$projectId/review"
              params={{ projectId: chunk.project_id }}
              search={{ chunk_id: chunk.id }}
            >
              <Tag tone="accent">{plural(pairs, "pair")}</Tag>
            </Link>
          )}
        </div>
      </div>
      <div className={styles.body}>
        {chunk.excluded && (
          <div className={styles.reason}>
            <IconEyeOff size={16} stroke={1.75} aria-hidden />
            <div>
              <h3>{reasonTitle(chunk)}</h3>
              <p dir="auto">
                {chunk.exclude_reason?.code !== "user" && chunk.exclude_reason?.detail
                  ? `${sentence(chunk.exclude_reason.detail)} `
                  : ""}
                It takes no part in generation.
              </p>
              <div className={styles.buttons}>
                <Button size="xs" onClick={() => changes.exclude(chunk, false)}>
                  Include this chunk
                </Button>
                <Button
                  size="xs"
                  variant="subtle"
                  component={Link}
                  to={`/p/${chunk.project_id}/chunks?excluded=true`}
                >
                  Show all that are excluded
                </Button>
              </div>
            </div>
          </div>
        )}
        {isEditing ? (
          <ChunkEditor key={chunk.id} chunk={chunk} changes={changes} onClose={() => onEdit(false)} />
        ) : (
          <UserText
            text={chunk.text}
            className={`${styles.text} ${chunk.content_type === "code" || chunk.content_type === "table" ? styles.code : ""}`}
          />
        )}
      </div>
      <div className={styles.foot}>
        <span className="num">
          Characters {count(char_start)}–{count(char_end)}
        </span>
        <Button
          size="xs"
          variant="subtle"
          rightSection={<Key>K</Key>}
          aria-keyshortcuts="k"
          disabled={!onPrevious}
          onClick={onPrevious}
        >
          Previous
        </Button>
        <Button
          size="xs"
          variant="subtle"
          rightSection={<Key>J</Key>}
          aria-keyshortcuts="j"
          disabled={!onNext}
          onClick={onNext}
        >
          Next
        </Button>
      </div>
    </>
  );
}
