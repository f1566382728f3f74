import { Button } from "@mantine/core";
import { IconClock, IconEye, IconInfoCircle, IconSparkles } from "@tabler/icons-react";
import type { Schemas } from "../../api/client";
import { ErrorNote } from "../../ui/ErrorNote";
import { about, count, dollars, tokens } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import { Tag } from "../../ui/Tag";
import styles from "./EstimateCard.module.css";
import type { Settings } from "./settings";

type Estimate = Schemas["Estimate"];

/** What the run would come to, and its start. */
export function EstimateCard({
  settings,
  estimate,
  isOld,
  error,
  onRetry,
  reason,
  isStarting,
  onStart,
  onPreview,
}: {
  settings: Settings;
  estimate: Estimate | undefined;
  isOld: boolean;
  error: unknown;
  onRetry: () => void;
  /** Why it cannot start. */
  reason: string | null;
  isStarting: boolean;
  onStart: () => void;
  onPreview: () => void;
}) {
  const { maxCost } = settings;
  const cost = estimate?.cost_usd;
  const share = cost != null && maxCost ? (100 * cost) / maxCost : 0;
  const isOver = share > 100;
  const rows: [string, string][] = [
    ["Chunks", estimate ? count(estimate.chunks) : "–"],
    ["Requests", estimate ? count(estimate.requests) : "–"],
    ["Prompt tokens", estimate ? tokens(estimate.prompt_tokens) : "–"],
    ["Completion tokens", estimate ? tokens(estimate.completion_tokens) : "–"],
  ];
  return (
    <aside className={styles.side} aria-label="Estimate">
      <section className={`card ${styles.card}`}>
        <div className={styles.head}>
          <h2>Estimate</h2>
          {reason || error ? (
            <Tag icon={<IconClock size={12} stroke={2} aria-hidden />}>Out of date</Tag>
          ) : (
            <span className={styles.live}>
              <span aria-hidden /> {isOld || !estimate ? "Reckoning" : "Live"}
            </span>
          )}
        </div>
        <div className={styles.numbers} data-old={isOld || !estimate || Boolean(error) || undefined}>
          {cost == null ? (
            <div className={styles.unknown}>
              <b>Cost unknown</b>{" "}
              <span>{estimate ? "no price is set for this model" : "nothing reckoned yet"}</span>
            </div>
          ) : (
            <div className={styles.cost}>
              <b className="num">{dollars(cost)}</b>
              {maxCost !== null && <span>of a {dollars(maxCost)} limit</span>}
            </div>
          )}
          <div className={styles.bar}>
            <Progress value={share} tone={isOver ? "warn" : "accent"} label="Share of the limit" />
          </div>
          <dl>
            {rows.map(([name, value]) => (
              <div key={name} className={styles.row}>
                <dt>{name}</dt>
                <dd className="num">{value}</dd>
              </div>
            ))}
            <div className={styles.rule} />
            <div className={styles.row}>
              <dt>Pairs, about</dt>
              <dd className="num">
                <b>{estimate ? count(estimate.pairs) : "–"}</b>
              </dd>
            </div>
            <div className={styles.row}>
              <dt>Time, about</dt>
              <dd className="num">{estimate ? about(estimate.seconds) : "–"}</dd>
            </div>
          </dl>
        </div>
        {error && !reason ? (
          <div className={styles.error}>
            <ErrorNote error={error} title="The estimate could not be made" onRetry={onRetry} />
          </div>
        ) : null}
        <div className={styles.buttons}>
          <Button
            variant="filled"
            size="md"
            fullWidth
            leftSection={<IconSparkles size={16} stroke={1.75} aria-hidden />}
            disabled={reason !== null}
            loading={isStarting}
            onClick={onStart}
          >
            Start generating
          </Button>
          <Button
            size="md"
            fullWidth
            leftSection={<IconEye size={16} stroke={1.75} aria-hidden />}
            disabled={reason !== null}
            onClick={onPreview}
          >
            Preview on 3 chunks
          </Button>
        </div>
        {reason && <p className={styles.reason}>{reason}</p>}
      </section>
      {(maxCost !== null || settings.maxTokens !== null) && (
        <p className={styles.note}>
          <IconInfoCircle size={16} stroke={1.75} aria-hidden />
          <span>
            Stops by itself at{" "}
            {[
              maxCost !== null ? dollars(maxCost) : null,
              settings.maxTokens !== null ? `${count(settings.maxTokens)} tokens` : null,
            ]
              .filter(Boolean)
              .join(" or ")}{" "}
            and keeps what is done. You can resume it later with a higher limit.
          </span>
        </p>
      )}
    </aside>
  );
}
