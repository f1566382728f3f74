import { Button, Modal, SegmentedControl } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { upsert } from "../../api/events";
import { newIdempotencyKey } from "../../api/idempotency";
import { keys } from "../../api/keys";
import dialog from "../../shell/Dialog.module.css";
import { ErrorNote } from "../../ui/ErrorNote";
import { bytes } from "../../ui/format";
import { toast } from "../../ui/toast";
import { choose } from "../uploads/files";
import { importPairs } from "../uploads/send";
import { FORMATS, formatOfFile, type ImportFormat } from "./format";
import styles from "./ImportPairs.module.css";

/** Brings pairs that were made elsewhere into the project, to be scored and reviewed with the rest. */
export function ImportPairs({ project, onClose }: { project: string; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<ImportFormat>("chatml");
  const [headers, setHeaders] = useState(newIdempotencyKey);
  const [percent, setPercent] = useState(0);
  const stop = useRef(new AbortController());
  const start = useMutation({
    mutationFn: (file: File) => {
      const progress = (sent: number) => setPercent(Math.floor((100 * sent) / file.size));
      return importPairs(project, file, format, headers, stop.current.signal, progress);
    },
    onSuccess: (generation) => {
      client.setQueryData(keys.generations(project), (old: never) => upsert(old, generation));
      client.invalidateQueries({ queryKey: keys.documents(project) });
      client.setQueryData(["running", project], true);
      toast({ message: `Importing ${file?.name ?? "pairs"}` });
      onClose();
      navigate({ to: "/p/$projectId/generate", params: { projectId: project } });
    },
  });
  const pick = async () => {
    const [picked] = await choose({ accept: ".jsonl", one: true });
    if (!picked) return;
    setFile(picked.file);
    setHeaders(newIdempotencyKey());
    start.reset();
    const told = await formatOfFile(picked.file);
    if (told) setFormat(told);
  };
  const close = () => {
    stop.current.abort();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file && !start.isPending) start.mutate(file);
  };
  const line = FORMATS.find(({ value }) => value === format)?.line;
  return (
    <Modal opened onClose={close} title="Import pairs" size={560}>
      <form className={dialog.form} onSubmit={submit}>
        {start.error ? <ErrorNote error={start.error} /> : null}
        <p className={styles.lead}>
          Pairs that were made elsewhere, one a line. They are scored, compared with what is here, and wait
          for review; a line that cannot be read is listed, and keeps no other from being imported.
        </p>
        <div className={styles.file}>
          <Button
            data-autofocus
            leftSection={<IconFileImport size={16} stroke={1.75} aria-hidden />}
            onClick={pick}
            disabled={start.isPending}
          >
            {file ? "Choose another" : "Choose a JSONL file"}
          </Button>
          {file && (
            <span className={styles.name} dir="auto" title={file.name}>
              {file.name} <span className="num">{bytes(file.size)}</span>
            </span>
          )}
        </div>
        <div>
          <SegmentedControl
            fullWidth
            aria-label="Format of the lines"
            data={FORMATS}
            value={format}
            onChange={(value) => setFormat(value as ImportFormat)}
            disabled={start.isPending}
          />
          <code className={styles.line}>{line}</code>
        </div>
        <div className={dialog.buttons}>
          <span className={styles.state} role="status">
            {start.isPending && (percent < 100 ? `${percent}% sent` : "Reading the lines")}
          </span>
          <Button variant="subtle" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" variant="filled" loading={start.isPending} disabled={!file}>
            Import
          </Button>
        </div>
      </form>
    </Modal>
  );
}
