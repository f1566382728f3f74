import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Project } from "../api/client";
import { ErrorNote } from "../ui/ErrorNote";
import { plural } from "../ui/format";
import { toast } from "../ui/toast";
import styles from "./Dialog.module.css";
import { forget } from "./Start";

/** What cannot be undone is asked for by the name. */
export function DeleteProject({ project, onClose }: { project: Project; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE("/projects/{id}", { params: { path: { id: project.id } } })),
    onSuccess: async () => {
      forget(project.id);
      onClose();
      await client.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/" });
      toast({ message: `Project “${project.name}” deleted` });
    },
  });
  const { total_documents, total_chunks, total_pairs } = project.stats;
  return (
    <Modal opened onClose={onClose} title="Delete this project" size={480}>
      <div className={styles.form}>
        {remove.error ? <ErrorNote error={remove.error} /> : null}
        <p dir="auto">
          “{project.name}” goes with {plural(total_documents, "document")}, {plural(total_chunks, "chunk")},{" "}
          {plural(total_pairs, "pair")}, its exports and its stored files. This cannot be undone.
        </p>
        <TextInput
          label="Type the project's name to confirm"
          size="md"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={styles.buttons}>
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="filled"
            color="red"
            loading={remove.isPending}
            disabled={typed.trim() !== project.name.trim()}
            onClick={() => remove.mutate()}
          >
            Delete project
          </Button>
        </div>
      </div>
    </Modal>
  );
}
