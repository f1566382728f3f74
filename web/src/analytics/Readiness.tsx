import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { Analytics } from "../api/client";
import { about, count, plural } from "../ui/format";
import styles from "./Analytics.module.css";

const STEPS = ["insufficient", "fair", "good", "excellent"] as const;
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** How far the dataset is from one to train on, with the server's reasons. */
export function Readiness({ readiness }: { readiness: Analytics["readiness"] }) {
  const at = STEPS.indexOf(readiness.assessment);
  const minutes = readiness.estimated_training_minutes;
  return (
    <section className={`card ${styles.card}`} aria-label="Ready for training">
      <div className={styles.head}>
        <h2>Ready for training</h2>
        {minutes > 0 && <span className={styles.note}>about {about(minutes * 60)} of training</span>}
      </div>
      <div className={`num ${styles.verdict}`}>
        <b>{capital(readiness.assessment)}</b>
        <span>
          {plural(readiness.accepted_pairs, "accepted pair")}, the target is {count(readiness.target_pairs)}
        </span>
      </div>
      <div
        className={styles.steps}
        data-low={at < 2 || undefined}
        role="img"
        aria-label={`${capital(readiness.assessment)}, step ${at + 1} of 4`}
      >
        {STEPS.map((step, place) => (
          <span key={step} data-done={place <= at || undefined} aria-current={place === at || undefined}>
            {capital(step)}
          </span>
        ))}
      </div>
      <ul className={styles.reasons} data-good={readiness.assessment === "excellent" || undefined}>
        {readiness.reasons.map((reason) => (
          <li key={reason}>
            {readiness.assessment === "excellent" ? (
              <IconCircleCheck size={14} stroke={1.75} aria-hidden />
            ) : (
              <IconAlertTriangle size={14} stroke={1.75} aria-hidden />
            )}
            <span dir="auto">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
