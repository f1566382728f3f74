import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Document } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import dialog from "../shell/Dialog.module.css";
import { ErrorNote } from "../ui/ErrorNote";
import { count, plural } from "../ui/format";
import { toast } from "../ui/toast";

/** Deletes documents, each by itself: one that cannot be deleted holds up no other. */
export function DeleteDocuments({
  project,
  documents,
  onDeleted,
  onClose,
}: {
  project: string;
  documents: Document[];
  onDeleted: () => void;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      let failed = 0;
      let last: unknown;
      for (const { id } of documents) {
        try {
          await ask(
            api.DELETE("/projects/{id}/documents/{doc_id}", {
              params: { path: { id: project, doc_id: id } },
            }),
          );
        } catch (error) {
          if (asProblem(error).status !== 404) {
            failed += 1;
            last = error;
          }
        }
      }
      if (failed === documents.length) throw last;
      return failed;
    },
    onSettled: () => {
      client.invalidateQueries({ queryKey: keys.documents(project) });
      client.invalidateQueries({ queryKey: keys.chunks(project) });
      client.invalidateQueries({ queryKey: keys.project(project) });
    },
    onSuccess: (failed) => {
      onDeleted();
      onClose();
      const done = plural(documents.length - failed, "document");
      toast(
        failed > 0
          ? { message: `${done} deleted, ${count(failed)} could not be`, tone: "bad" }
          : { message: `${done} deleted` },
      );
    },
  });
  const chunks = documents.reduce((sum, document) => sum + document.chunk_count, 0);
  const what = documents.length === 1 ? `“${documents[0]?.filename}”` : plural(documents.length, "document");
  const title = documents.length === 1 ? "Delete this document" : `Delete ${what}`;
  return (
    <Modal opened onClose={onClose} title={title} size={460}>
      <div className={dialog.form}>
        {remove.error ? <ErrorNote error={remove.error} /> : null}
        <p dir="auto">
          {what} {documents.length === 1 ? "goes" : "go"} with {plural(chunks, "chunk")}. Pairs made from{" "}
          {documents.length === 1 ? "it" : "them"} keep their text. This cannot be undone.
        </p>
        <div className={dialog.buttons}>
          <Button variant="subtle" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button variant="filled" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete {documents.length === 1 ? "document" : count(documents.length)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
