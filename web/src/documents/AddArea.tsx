import { IconUpload } from "@tabler/icons-react";
import styles from "./AddArea.module.css";

/** Where files are dropped, said in one line; all of the page takes them. */
export const AddArea = ({
  isOver,
  onChooseFiles,
  onChooseFolder,
}: {
  isOver: boolean;
  onChooseFiles: () => void;
  onChooseFolder: () => void;
}) => (
  <section aria-label="Add documents" className={styles.area} data-over={isOver || undefined}>
    <span className={styles.icon}>
      <IconUpload size={18} stroke={1.75} aria-hidden />
    </span>
    <div>
      <div className={styles.title}>
        Drop files or folders here, or{" "}
        <button type="button" onClick={onChooseFiles}>
          choose files
        </button>{" "}
        or{" "}
        <button type="button" onClick={onChooseFolder}>
          a folder
        </button>{" "}
        from your computer
      </div>
      <div className={styles.note}>
        PDF, DOCX, Markdown, HTML, CSV and text, up to 2 GiB each. Files go straight to your object store.
      </div>
    </div>
  </section>
);
