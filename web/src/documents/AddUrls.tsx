import { Button, Modal, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api, ask, type Document } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";
import { asProblem } from "../api/problem";
import dialog from "../shell/Dialog.module.css";
import { count, plural } from "../ui/format";
import { readUrls } from "./urls";

/** Adds pages of the web, an address a line; what is refused stays in the field with its reason. */
export function AddUrls({
  project,
  onAdded,
  onClose,
}: {
  project: string;
  onAdded: (documents: Document[]) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const [failed, setFailed] = useState<{ url: string; why: string }[]>([]);
  const [done, setDone] = useState<number | null>(null);
  const { urls, wrong } = readUrls(text);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const added: Document[] = [];
    const refused: { url: string; why: string }[] = [];
    setFailed([]);
    for (const [index, url] of urls.entries()) {
      setDone(index);
      try {
        added.push(
          await ask(
            api.POST("/projects/{id}/documents", {
              params: { path: { id: project } },
              body: { url },
              headers: newIdempotencyKey(),
            }),
          ),
        );
      } catch (error) {
        refused.push({ url, why: asProblem(error).message });
      }
    }
    setDone(null);
    if (added.length > 0) onAdded(added);
    if (refused.length === 0) onClose();
    setFailed(refused);
    setText(refused.map(({ url }) => url).join("\n"));
  };

  const complaint = wrong[0]
    ? `“${wrong[0].slice(0, 80)}” is no web address. Begin with https://.`
    : undefined;
  return (
    <Modal opened onClose={onClose} title="Add URLs" size={640}>
      <form className={dialog.form} onSubmit={submit}>
        <Textarea
          label="Web addresses, one a line"
          description="Each page is fetched when it is parsed. Addresses within a private network are refused."
          data-autofocus
          autosize
          minRows={6}
          maxRows={14}
          placeholder="https://docs.example.com/guide"
          value={text}
          error={complaint}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {failed.length > 0 && (
          <div role="alert" style={{ color: "var(--bad)" }}>
            {failed.slice(0, 5).map(({ url, why }) => (
              <p key={url}>
                {url}: {why}
              </p>
            ))}
            {failed.length > 5 && <p>and {count(failed.length - 5)} more</p>}
          </div>
        )}
        <div className={dialog.buttons}>
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant="filled"
            loading={done !== null}
            disabled={urls.length === 0 || wrong.length > 0}
          >
            {urls.length > 0 ? `Add ${plural(urls.length, "page")}` : "Add pages"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
