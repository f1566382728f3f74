import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ErrorNote } from "../ui/ErrorNote";
import styles from "./Dialog.module.css";

const MAX_NAME = 200;
const MAX_DESCRIPTION = 2000;

/** Asks for a project's name and description. */
export function ProjectForm({
  title,
  verb,
  initial = { name: "", description: "" },
  error,
  isBusy,
  onSubmit,
  onClose,
}: {
  title: string;
  verb: string;
  initial?: { name: string; description: string };
  error: unknown;
  isBusy: boolean;
  onSubmit: (project: { name: string; description: string }) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(initial.name);
  const [description, setDescription] = useState(initial.description);
  const isTooLong = [...name.trim()].length > MAX_NAME;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && !isTooLong) onSubmit({ name: name.trim(), description: description.trim() });
  };
  return (
    <Modal opened onClose={onClose} title={title} size={480}>
      <form className={styles.form} onSubmit={submit}>
        {error ? <ErrorNote error={error} /> : null}
        <TextInput
          label="Name"
          size="md"
          data-autofocus
          required
          withAsterisk={false}
          dir="auto"
          value={name}
          error={isTooLong ? `At most ${MAX_NAME} characters.` : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          description="For you and who works with you. Optional."
          autosize
          minRows={3}
          maxRows={8}
          dir="auto"
          maxLength={MAX_DESCRIPTION}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <div className={styles.buttons}>
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="filled" loading={isBusy} disabled={!name.trim() || isTooLong}>
            {verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
