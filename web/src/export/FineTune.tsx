import { Button, Modal, NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Export } from "../api/client";
import { ErrorNote } from "../ui/ErrorNote";
import { count, moment, plural } from "../ui/format";
import { Status } from "../ui/Status";
import { toast } from "../ui/toast";
import { UserText } from "../ui/UserText";
import styles from "./Export.module.css";
import { type FineTuneJob, fineTune, jobsQuery } from "./queries";

/** What is asked for of a trainer in most cases; what is left empty is its own choice. */
const PARAMETERS = [
  { name: "n_epochs", label: "Epochs", min: 1, decimals: 0 },
  { name: "batch_size", label: "Batch size", min: 1, decimals: 0 },
  { name: "learning_rate_multiplier", label: "Learning rate ×", min: 0, decimals: 4 },
] as const;

/** Hands a version over to fine-tuning, and shows what became of that. */
export function FineTune({
  project,
  version,
  onClose,
}: {
  project: string;
  version: Export;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const jobs = useQuery(jobsQuery(project, version.version));
  const [model, setModel] = useState("");
  const [name, setName] = useState("");
  const [parameters, setParameters] = useState<Record<string, number | string>>({});
  const making = useMutation({
    mutationFn: () => {
      const chosen = Object.entries(parameters).filter(([, value]) => typeof value === "number");
      return fineTune(project, version.version, {
        model: model.trim(),
        name: name.trim() || null,
        hyperparameters: Object.fromEntries(chosen),
      });
    },
    onSuccess: (job) => toast({ message: `${job.provider} has job ${job.job_id}` }),
    // A job that could not be made is listed, with the reason why.
    onSettled: () => client.invalidateQueries({ queryKey: jobsQuery(project, version.version).queryKey }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (model.trim()) making.mutate();
  };
  const files = version.splits.length > 0 ? "its training and its validation data" : "its data";
  return (
    <Modal opened onClose={onClose} title={`Fine-tune on version ${version.version}`} size={560}>
      <div className={styles.dialog}>
        <form className={styles.dialog} onSubmit={submit}>
          <p>
            {plural(version.pairs, "pair")}: {files} go to{" "}
            {jobs.data?.sends_to ? <b>{jobs.data.sends_to}</b> : "whoever the server is set to train with"},
            and a job is made there. Asking for the same again makes no second one.
          </p>
          <TextInput
            label="Model"
            description="As your provider calls it"
            data-autofocus
            required
            withAsterisk={false}
            maxLength={200}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
          <TextInput
            label="Name"
            description="Optional"
            dir="auto"
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <div className={styles.fields}>
            {PARAMETERS.map((one) => (
              <NumberInput
                key={one.name}
                label={one.label}
                placeholder="Auto"
                min={one.min}
                decimalScale={one.decimals}
                value={parameters[one.name] ?? ""}
                onChange={(value) => setParameters({ ...parameters, [one.name]: value })}
              />
            ))}
          </div>
          {making.error && <ErrorNote error={making.error} title="No job was made" />}
          <div className={styles.buttons}>
            <Button variant="subtle" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" variant="filled" loading={making.isPending} disabled={!model.trim()}>
              Start fine-tuning
            </Button>
          </div>
        </form>
        {jobs.error ? (
          <ErrorNote error={jobs.error} title="The jobs cannot be loaded" onRetry={() => jobs.refetch()} />
        ) : (
          jobs.data &&
          jobs.data.items.length > 0 && (
            <section aria-label="Jobs" aria-live="polite">
              <h2>{jobs.data.total === 1 ? "One job" : `${count(jobs.data.total)} jobs`} of this version</h2>
              {jobs.data.items.map((job) => (
                <Job key={`${job.created_at} ${job.job_id}`} job={job} />
              ))}
            </section>
          )
        )}
      </div>
    </Modal>
  );
}

const STATES = {
  creating: { state: "pending", word: "Not there yet" },
  queued: { state: "pending", word: "Queued" },
  running: { state: "generating", word: "Training" },
  succeeded: { state: "completed", word: "Succeeded" },
  failed: { state: "failed", word: "Failed" },
  cancelled: { state: "cancelled", word: "Cancelled" },
} as const;

function Job({ job }: { job: FineTuneJob }) {
  const { state, word } = STATES[job.status];
  return (
    <div className={styles.job}>
      <UserText text={job.name ? `${job.name}, ${job.model}` : job.model} />
      <Status state={state}>{word}</Status>
      <time>{moment(job.created_at)}</time>
      {job.job_id && <p className="mono">{job.job_id}</p>}
      {job.fine_tuned_model && (
        <p>
          Model: <span className="mono">{job.fine_tuned_model}</span>
        </p>
      )}
      {job.error && <p>{job.error}</p>}
    </div>
  );
}
