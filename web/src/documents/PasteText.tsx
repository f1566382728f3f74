import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ask, type Document } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";
import dialog from "../shell/Dialog.module.css";
import { ErrorNote } from "../ui/ErrorNote";
import { plural } from "../ui/format";

/** Makes a document of text that is pasted or typed. */
export function PasteText({
  project,
  onAdded,
  onClose,
}: {
  project: string;
  onAdded: (documents: Document[]) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [headers] = useState(newIdempotencyKey);
  const add = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/projects/{id}/documents", {
          params: { path: { id: project } },
          body: { text, filename: withEnding(name.trim() || firstWords(text)) },
          headers,
        }),
      ),
    onSuccess: (document) => {
      onAdded([document]);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) add.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Paste text" size={640}>
      <form className={dialog.form} onSubmit={submit}>
        {add.error ? <ErrorNote error={add.error} /> : null}
        <Textarea
          label="Text"
          description="Markdown headings become the heading path of its chunks."
          data-autofocus
          autosize
          minRows={10}
          maxRows={18}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          size="md"
          dir="auto"
          maxLength={200}
          placeholder={text.trim() ? withEnding(firstWords(text)) : "notes.md"}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={dialog.buttons}>
          <span
            style={{ flex: 1, alignSelf: "center", color: "var(--text-3)", fontSize: 12 }}
            className="num"
          >
            {text ? plural([...text].length, "character") : "Paste something to add it."}
          </span>
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="filled" loading={add.isPending} disabled={!text.trim()}>
            Add document
          </Button>
        </div>
      </form>
    </Modal>
  );
}

const withEnding = (name: string) =>
  /\.(md|markdown|txt|text|html?|csv|tsv)$/i.test(name) ? name : `${name}.md`;

/** The first words of a text as a name. */
function firstWords(text: string): string {
  const line = text.split("\n").find((one) => one.trim()) ?? "";
  const words = line
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .split(/\s+/)
    .slice(0, 6)
    .join(" ");
  return words.slice(0, 60) || "notes";
}
