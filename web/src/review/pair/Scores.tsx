import { score } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import { held, type Sentence } from "../model/evidence";
import type { Pair } from "../model/types";
import { Mark } from "./Mark";
import styles from "./Pair.module.css";

/** Under this a pair's grounding is worth a look. */
export const LOW = 0.5;

const PARTS = [
  ["completeness", "Completeness"],
  ["clarity", "Clarity"],
  ["formatting", "Formatting"],
  ["difficulty", "Difficulty"],
] as const;

/** Both scores with their parts. */
export function Scores({ pair, sentences, old }: { pair: Pair; sentences: Sentence[]; old: boolean }) {
  const grounding = pair.grounding_score ?? null;
  const low = grounding !== null && grounding < LOW;
  // Sentences that are held, and a score that is not: a flag lowered it.
  const lowered = low && sentences.length > 0 && sentences.every((one) => one.score > grounding);
  return (
    <div className={`card ${styles.scores}`}>
      <section className={styles.side} aria-label="Quality">
        <Head title="Quality" value={pair.quality_score ?? null} old={old} />
        {PARTS.map(([name, label]) => (
          <div key={name} className={styles.part}>
            <span>{label}</span>
            <Progress value={(pair.quality[name] ?? 0) * 100} label={label} />
            <span className="num">{score(pair.quality[name])}</span>
          </div>
        ))}
      </section>
      <section className={styles.side} aria-label="Grounding">
        <Head
          title="Grounding"
          value={grounding}
          old={old}
          low={low}
          why={lowered ? "lowered by a flag" : null}
        />
        <div className={styles.list}>
          {sentences.map((sentence) => {
            const word = held(sentence.score);
            const tone = word === "Supported" ? "good" : "bad";
            return (
              <div key={sentence.number} className={styles.part}>
                <span className={styles.held} data-tone={tone}>
                  <Mark sentence={sentence} />
                  {word}
                </span>
                <Progress value={sentence.score * 100} tone={tone} label={`Sentence ${sentence.number}`} />
                <span className="num">{score(sentence.score)}</span>
              </div>
            );
          })}
        </div>
        {sentences.length === 0 && <p className={styles.origin}>Not measured by sentence</p>}
      </section>
    </div>
  );
}

function Head({
  title,
  value,
  old,
  low = false,
  why = null,
}: {
  title: string;
  value: number | null;
  old: boolean;
  low?: boolean;
  why?: string | null;
}) {
  return (
    <div className={styles.scoreHead}>
      <h2>{title}</h2>
      {old ? (
        <span className={styles.old}>old, of the text before</span>
      ) : (
        why && <span className={styles.why}>{why}</span>
      )}
      <span className={styles.spring} />
      <span className={`num ${styles.big}`} data-tone={low ? "bad" : undefined}>
        {score(value)}
      </span>
    </div>
  );
}
