import { Link } from "@tanstack/react-router";
import type { Analytics } from "../api/client";
import { DIFFICULTIES } from "../review/model/filters";
import { DIFFICULTY_WORDS } from "../review/model/words";
import styles from "./Analytics.module.css";
import { ChartCard } from "./ChartCard";

/** How hard the pairs are, as shares of a whole. */
export function Difficulty({
  difficulties,
  project,
  run,
}: {
  difficulties: Analytics["difficulties"];
  project: string;
  run: string | undefined;
}) {
  const values = DIFFICULTIES.map((name) => ({ name, value: difficulties[name] ?? 0 }));
  const all = values.reduce((sum, { value }) => sum + value, 0);
  const share = (value: number) => (all > 0 ? (100 * value) / all : 0);
  return (
    <ChartCard
      title="Difficulty"
      columns={["Difficulty", "Pairs"]}
      rows={values.map(({ name, value }) => [DIFFICULTY_WORDS[name], value])}
    >
      <div className={styles.shares} aria-hidden>
        {values.map(({ name, value }) => (
          <span key={name} style={{ width: `${share(value)}%` }} />
        ))}
      </div>
      <div className={styles.legend}>
        {values.map(({ name, value }) => (
          <Link
            key={name}
            to="/p/$projectId/review"
            params={{ projectId: project }}
            search={{ review_status: "any", difficulty: name, generation_id: run } as never}
          >
            {DIFFICULTY_WORDS[name]} <b className="num">{Math.round(share(value))}%</b>
          </Link>
        ))}
      </div>
    </ChartCard>
  );
}
