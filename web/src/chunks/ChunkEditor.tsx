import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Chunk } from "../api/client";
import { count } from "../ui/format";
import { commandKey, Key } from "../ui/Key";
import styles from "./ChunkEditor.module.css";
import type { ChunkChanges } from "./useChunkChanges";

const draftName = (id: string) => `data-forge-chunk-${id}`;

/** The text of a chunk in a field; what was not saved is kept for this browser tab. */
export function ChunkEditor({
  chunk,
  changes,
  onClose,
}: {
  chunk: Chunk;
  changes: ChunkChanges;
  onClose: () => void;
}) {
  const draft = sessionStorage.getItem(draftName(chunk.id));
  const [text, setText] = useState(draft ?? chunk.text);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const isChanged = text !== chunk.text;
  useEffect(() => field.current?.focus(), []);

  const change = (value: string) => {
    setText(value);
    try {
      sessionStorage.setItem(draftName(chunk.id), value);
    } catch {
      // No room for a draft is no reason to stop typing.
    }
  };
  const leave = () => {
    sessionStorage.removeItem(draftName(chunk.id));
    onClose();
  };
  const save = async () => {
    if (!text.trim()) return;
    if (!isChanged) {
      leave();
      return;
    }
    setBusy(true);
    const isSaved = await changes.edit(chunk, text);
    setBusy(false);
    if (isSaved) leave();
  };

  return (
    <div className={styles.editor}>
      <Textarea
        ref={field}
        autosize
        minRows={8}
        aria-label="Text of the chunk"
        dir="auto"
        value={text}
        error={text.trim() ? undefined : "A chunk has to say something. Exclude it instead."}
        classNames={{ input: styles.input }}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            void save();
          } else if (event.key === "Escape") {
            event.preventDefault();
            leave();
          }
        }}
      />
      <div className={styles.buttons}>
        <Button
          variant="filled"
          loading={isBusy}
          disabled={!text.trim()}
          rightSection={<Key>{commandKey}↵</Key>}
          onClick={save}
        >
          Save
        </Button>
        <Button variant="subtle" rightSection={<Key>Esc</Key>} onClick={leave}>
          Cancel
        </Button>
        <span className="num">
          {draft !== null && draft !== chunk.text ? "Your draft of before. " : ""}
          {count([...text].length)} characters. Pairs made from it keep the text they were made from.
        </span>
      </div>
    </div>
  );
}
