import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronRight,
  IconDots,
  IconListCheck,
  IconPlayerPlay,
  IconSettings,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Generation } from "../../api/client";
import { newIdempotencyKey } from "../../api/idempotency";
import { isActive } from "../../api/queries";
import { formatOfTeacher } from "../../documents/importing/format";
import { count, dollars, duration, exactly, moment, plural, score } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import { Status, type Tone } from "../../ui/Status";
import { modelName } from "../form/ModelSelect";
import { fromRun, type Scope, styleWord, toRequest, typeWord } from "../form/settings";
import styles from "./History.module.css";
import { ResumeButton } from "./ResumeButton";
import type { RunActions } from "./useRunActions";

const TONES: Partial<Record<Generation["status"], Tone>> = {
  completed: "good",
  failed: "bad",
  cancelled: "neutral",
};

/** Why a run failed, in words. */
function failure({ error, config }: Generation): string {
  if (error !== "budget_reached") return error ? `Failed: ${error}` : "Failed";
  const limit = config?.max_cost_usd != null ? `of ${dollars(config.max_cost_usd)} ` : "";
  return `Failed: budget ${limit}reached`;
}

export function RunRow({
  run,
  isOpen,
  onToggle,
  onLoad,
  actions,
}: {
  run: Generation;
  isOpen: boolean;
  onToggle: () => void;
  /** Takes its settings into the form. */
  onLoad: (run: Generation) => void;
  actions: RunActions;
}) {
  const active = isActive(run);
  const isParse = run.kind === "parse";
  const imported = formatOfTeacher(run.teacher_model);
  const name = isParse ? "Parse" : imported ? "Import" : modelName(run.teacher_model);
  const facts = isParse
    ? ["Documents to chunks"]
    : [imported ? `${imported} to pairs` : typeWord(run.generation_type)];
  const style = run.config?.style_template;
  if (!isParse && style && style !== "mixed") facts[0] = `${facts[0]}, ${styleWord(style).toLowerCase()}`;
  facts.push(moment(run.created_at));
  const percent = Math.floor(run.progress);
  const icon = { size: 16, stroke: 1.75, "aria-hidden": true } as const;
  const word =
    run.status === "failed"
      ? failure(run)
      : run.status === "completed" && run.chunks_failed > 0
        ? `Completed, ${count(run.chunks_failed)} failed`
        : undefined;
  const topUp = (scope: Scope) =>
    actions.start.mutate({
      body: { ...toRequest(fromRun(run)), scope },
      headers: newIdempotencyKey(),
    });

  return (
    <div className={styles.row} data-open={isOpen || undefined} ref={isOpen ? keepInSight : undefined}>
      <ActionIcon
        className={styles.chevron}
        aria-label={`Details of ${name}, ${facts.join(", ")}`}
        aria-expanded={isOpen}
        onClick={onToggle}
      >
        {isOpen ? (
          <IconChevronDown size={14} stroke={2} aria-hidden />
        ) : (
          <IconChevronRight size={14} stroke={2} aria-hidden />
        )}
      </ActionIcon>
      <div className={styles.name}>
        <div className="truncate" dir="auto" title={name}>
          {name}
        </div>
        <div className="truncate" title={exactly(run.created_at)}>
          {facts.join(" · ")}
        </div>
      </div>
      <div className={styles.progress}>
        <div>
          <span className="truncate" title={word}>
            <Status
              state={run.status}
              tone={run.status === "completed" && run.chunks_failed > 0 ? "warn" : undefined}
            >
              {word}
            </Status>
          </span>
          <span className="num">{percent}%</span>
        </div>
        <Progress
          value={run.progress}
          tone={TONES[run.status] ?? "accent"}
          moving={active && run.status !== "pending"}
          label={`Progress of ${name}`}
        />
      </div>
      <div className={styles.number} data-label={isParse ? "Documents" : imported ? "Lines" : "Chunks"}>
        {count(run.chunks_processed)}
        {run.chunks_processed !== run.chunks_total && <span> of {count(run.chunks_total)}</span>}
      </div>
      <div className={styles.number} data-label="Pairs">
        {isParse ? "–" : count(run.pairs_generated)}
      </div>
      <div className={styles.scores}>
        {run.average_quality == null && run.average_grounding == null ? (
          "–"
        ) : (
          <>
            <span title="Average quality">
              <abbr title="Quality">Q</abbr> <b>{score(run.average_quality)}</b>
            </span>
            <span title="Average grounding">
              <abbr title="Grounding">G</abbr> <b>{score(run.average_grounding)}</b>
            </span>
          </>
        )}
      </div>
      <div className={styles.number} data-label="Time">
        <Duration run={run} />
      </div>
      <div className={styles.number} data-label="Cost">
        {isParse ? "–" : dollars(run.usage.cost_usd)}
      </div>
      <div className={styles.buttons}>
        {active && (
          <Button
            size="xs"
            aria-label={`Cancel ${name}`}
            loading={actions.cancel.isPending && actions.cancel.variables?.id === run.id}
            onClick={() => actions.cancel.mutate(run)}
          >
            Cancel
          </Button>
        )}
        {(run.status === "failed" || run.status === "cancelled") && (
          <ResumeButton run={run} actions={actions} />
        )}
        {run.status === "completed" && !isParse && !imported && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs">Top up</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>A further run with the same settings</Menu.Label>
              <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={() => topUp("without_pairs")}>
                For chunks without a pair
              </Menu.Item>
              <Menu.Item
                leftSection={<IconPlayerPlay {...icon} />}
                onClick={() => topUp("without_accepted_pairs")}
              >
                For chunks without an accepted pair
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        {!isParse && !active && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={`More for ${name}, ${facts.join(", ")}`}>
                <IconDots {...icon} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconListCheck {...icon} />}
                component={Link}
                to={`/p/${run.project_id}/review?generation_id=${run.id}`}
              >
                Review {plural(run.pairs_generated, "pair")}
              </Menu.Item>
              {!imported && (
                <Menu.Item leftSection={<IconSettings {...icon} />} onClick={() => onLoad(run)}>
                  Load its settings
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </div>
  );
}

/** A row that is opened by a link may stand far down. */
function keepInSight(row: HTMLDivElement | null) {
  row?.scrollIntoView({ block: "nearest" });
}

/** How long a run took, or takes by now. */
function Duration({ run }: { run: Generation }) {
  const [now, setNow] = useState(Date.now);
  const goesOn = isActive(run) && run.started_at != null;
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [goesOn]);
  if (goesOn && run.started_at)
    return <>{duration(Math.max(0, (now - Date.parse(run.started_at)) / 1000))}</>;
  return <>{duration(run.duration_seconds)}</>;
}
