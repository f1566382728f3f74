import { Button } from "@mantine/core";
import { IconBox, IconFileImport, IconFolder, IconLink, IconTextSize, IconUpload } from "@tabler/icons-react";
import { useDemo } from "../shell/demo";
import { Steps } from "../shell/Steps";
import { ErrorNote } from "../ui/ErrorNote";
import styles from "./EmptyProject.module.css";

/** A project without documents: what to do, and what comes then. */
export function EmptyProject({
  isOver,
  onChooseFiles,
  onChooseFolder,
  onPaste,
  onUrls,
  onImport,
}: {
  isOver: boolean;
  onChooseFiles: () => void;
  onChooseFolder: () => void;
  onPaste: () => void;
  onUrls: () => void;
  onImport: () => void;
}) {
  const demo = useDemo();
  return (
    <div className={styles.empty}>
      <h1>Turn your documents into training data</h1>
      <p className={styles.lead}>
        Add what your model should know. Every pair you get is tied to the passage it came from.
      </p>
      <section aria-label="Add documents" className={styles.area} data-over={isOver || undefined}>
        <span className={styles.icon}>
          <IconUpload size={24} stroke={1.5} aria-hidden />
        </span>
        <div className={styles.title}>Drop files or folders here</div>
        <div className={styles.note}>PDF, DOCX, Markdown, HTML, CSV and text, up to 2 GiB each</div>
        <div className={styles.buttons}>
          <Button
            variant="filled"
            size="md"
            leftSection={<IconUpload size={16} stroke={1.75} aria-hidden />}
            onClick={onChooseFiles}
          >
            Choose files
          </Button>
          <Button
            size="md"
            leftSection={<IconFolder size={16} stroke={1.75} aria-hidden />}
            onClick={onChooseFolder}
          >
            Choose a folder
          </Button>
          <Button
            size="md"
            leftSection={<IconTextSize size={16} stroke={1.75} aria-hidden />}
            onClick={onPaste}
          >
            Paste text
          </Button>
          <Button size="md" leftSection={<IconLink size={16} stroke={1.75} aria-hidden />} onClick={onUrls}>
            Add URLs
          </Button>
        </div>
      </section>
      <Steps />
      <p className={styles.demo}>
        <IconBox size={14} stroke={1.75} aria-hidden />
        No documents at hand?
        <button type="button" disabled={demo.isPending} onClick={() => demo.mutate()}>
          Try the sample product manual
        </button>
      </p>
      <p className={styles.demo}>
        <IconFileImport size={14} stroke={1.75} aria-hidden />
        Have pairs already?
        <button type="button" onClick={onImport}>
          Import them from JSONL
        </button>
      </p>
      {demo.error ? <ErrorNote error={demo.error} onRetry={() => demo.mutate()} /> : null}
    </div>
  );
}
