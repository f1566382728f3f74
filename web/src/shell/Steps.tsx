import styles from "./Start.module.css";

const STEPS = [
  ["Add documents", "Files, pasted text or web pages"],
  ["Parse", "Cut into passages that keep their headings and pages"],
  ["Generate", "A teacher model writes pairs, each one is scored"],
  ["Review and export", "Accept with one key, download or fine-tune"],
];

/** The way from documents to a dataset; the first step is the one to take. */
export const Steps = () => (
  <ol className={styles.steps}>
    {STEPS.map(([title, text], index) => (
      <li key={title}>
        <span className={styles.number} data-on={index === 0 || undefined} aria-hidden>
          {index + 1}
        </span>
        <div>
          <div className={styles.stepTitle}>{title}</div>
          <div className={styles.stepText}>{text}</div>
        </div>
      </li>
    ))}
  </ol>
);
