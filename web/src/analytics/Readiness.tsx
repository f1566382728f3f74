import { IconAlertTriangle, IconArrowRight, IconCircleCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Analytics } from "../api/client";
import { about, count, plural } from "../ui/format";
import styles from "./Analytics.module.css";

const STEPS = ["insufficient", "fair", "good", "excellent"] as const;
/** Where a step is taken. */
const PLACES: Record<Analytics["readiness"]["next_steps"][number]["code"], string> = {
  parse: "documents?status=uploaded",
  review: "review",
  generate: "generate",
  raise_quality: "review?review_status=accepted&review_status=edited&sort=quality_score",
  raise_grounding: "review?review_status=accepted&review_status=edited&sort=grounding_score",
};
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** How far the dataset is from one to train on, with the server's reasons. */
export function Readiness({ readiness, project }: { readiness: Analytics["readiness"]; project: string }) {
  const at = STEPS.indexOf(readiness.assessment);
  const { training } = readiness;
  const minutes = readiness.estimated_training_minutes;
  return (
    <section className={`card ${styles.card}`} aria-label="Ready for training">
      <div className={styles.head}>
        <h2>Ready for training</h2>
        {minutes > 0 && (
          <span className={styles.note}>
            about {about(minutes * 60)} of training:{" "}
            <abbr title={`${capital(training.detail)}. Only the pairs’ own tokens are counted.`}>
              {training.epochs} epochs at {count(training.tokens_per_second)} tokens a second
            </abbr>
          </span>
        )}
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
      {readiness.next_steps.length > 0 && (
        <ul className={styles.next} aria-label="What to do next">
          {readiness.next_steps.map((step) => (
            <li key={step.code}>
              <Link to={`/p/${project}/${PLACES[step.code]}` as never}>
                <IconArrowRight size={14} stroke={1.75} aria-hidden />
                {capital(step.detail)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
