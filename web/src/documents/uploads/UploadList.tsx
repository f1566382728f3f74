import { ActionIcon, Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { about, bytes } from "../../ui/format";
import { Progress } from "../../ui/Progress";
import type { Tone } from "../../ui/Status";
import { FormatIcon, formatOf } from "../formats";
import { isMoving, summary, type Upload, type UploadQueue } from "./queue";
import styles from "./UploadList.module.css";

/** Shown at once; of more, those that need a person come first. */
const SHOWN = 50;
const URGENCY: Record<Upload["state"], number> = {
  duplicate: 0,
  failed: 0,
  uploading: 1,
  registering: 1,
  checking: 2,
  paused: 2,
  waiting: 3,
  done: 4,
};

/** Files on their way, a bar each. */
export function UploadList({ queue, uploads }: { queue: UploadQueue<File>; uploads: Upload[] }) {
  const { done, sent, size, secondsLeft } = summary(uploads);
  const open = uploads.filter(({ state }) => state !== "done");
  if (uploads.length === 0) return null;
  const shown =
    open.length > SHOWN
      ? [...open].sort((a, b) => URGENCY[a.state] - URGENCY[b.state]).slice(0, SHOWN)
      : open;
  const moving = open.some(isMoving);
  const paused = open.some(({ state }) => state === "paused");
  const facts = [`${done} of ${uploads.length} done`];
  if (open.length > 0 && size > 0) facts.push(`${bytes(sent)} of ${bytes(size)}`);
  if (secondsLeft !== null && secondsLeft > 1) facts.push(`about ${about(secondsLeft)} left`);
  return (
    <section className={`card ${styles.card}`} aria-label="Uploads">
      <div className={styles.head}>
        <h2>Uploads</h2>
        <span className={`${styles.facts} num`} role="status">
          {facts.join(" · ")}
        </span>
        {moving && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlayerPause size={12} aria-hidden />}
            onClick={() => queue.pauseAll()}
          >
            Pause all
          </Button>
        )}
        {!moving && paused && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlayerPlay size={12} aria-hidden />}
            onClick={() => queue.resumeAll()}
          >
            Resume all
          </Button>
        )}
        {done > 0 && (
          <Button size="xs" variant="subtle" onClick={() => queue.clearFinished()}>
            Clear finished
          </Button>
        )}
      </div>
      <ul>
        {shown.map((upload) => (
          <li key={upload.id}>
            <Row queue={queue} upload={upload} />
          </li>
        ))}
      </ul>
      {open.length > shown.length && <p className={styles.more}>and {open.length - shown.length} more</p>}
    </section>
  );
}

const TONES: Partial<Record<Upload["state"], Tone>> = { paused: "warn", failed: "bad", duplicate: "neutral" };

function Row({ queue, upload }: { queue: UploadQueue<File>; upload: Upload }) {
  const { id, name, size, state, sent } = upload;
  const percent = size > 0 ? (100 * sent) / size : 0;
  return (
    <div className={styles.row}>
      <FormatIcon format={formatOf(name)} />
      <span className={`${styles.name} truncate`} dir="auto" title={name}>
        {name}
      </span>
      <span className={styles.bar}>
        <Progress value={percent} tone={TONES[state] ?? "accent"} label={`Upload of ${name}`} />
      </span>
      <span className={`${styles.says} num`}>
        <Says upload={upload} />
      </span>
      <span className={styles.buttons}>
        {isMoving(upload) && (
          <ActionIcon aria-label={`Pause ${name}`} onClick={() => queue.pause(id)}>
            <IconPlayerPause size={14} stroke={1.75} aria-hidden />
          </ActionIcon>
        )}
        {state === "paused" && (
          <ActionIcon aria-label={`Resume ${name}`} onClick={() => queue.resume(id)}>
            <IconPlayerPlay size={14} stroke={1.75} aria-hidden />
          </ActionIcon>
        )}
        {state === "failed" && upload.canRetry && (
          <Button
            size="xs"
            leftSection={<IconRefresh size={14} stroke={1.75} aria-hidden />}
            aria-label={`Retry ${name}`}
            onClick={() => queue.resume(id)}
          >
            Retry
          </Button>
        )}
        {state === "duplicate" ? (
          <>
            <Button size="xs" aria-label={`Skip ${name}`} onClick={() => queue.drop(id)}>
              Skip
            </Button>
            <Button
              size="xs"
              variant="subtle"
              aria-label={`Keep both: ${name}`}
              onClick={() => queue.keepBoth(id)}
            >
              Keep both
            </Button>
          </>
        ) : (
          <ActionIcon aria-label={`Cancel the upload of ${name}`} onClick={() => queue.drop(id)}>
            <IconX size={14} stroke={1.75} aria-hidden />
          </ActionIcon>
        )}
      </span>
    </div>
  );
}

function Says({ upload: { state, sent, size, speed, error, sameAs } }: { upload: Upload }) {
  switch (state) {
    case "waiting":
      return <>Waiting · {bytes(size)}</>;
    case "checking":
      return <>Looking whether it is there already</>;
    case "duplicate":
      return (
        <>
          <b data-tone="warn">Same content</b> as <span dir="auto">{sameAs}</span>
        </>
      );
    case "uploading":
      return (
        <>
          {bytes(sent)} of {bytes(size)}
          {speed > 0 && ` · ${bytes(speed)}/s`}
        </>
      );
    case "registering":
      return <>Sent, being added</>;
    case "paused":
      return (
        <>
          <b data-tone="warn">Paused</b> · {bytes(size)}, starts again on resume
        </>
      );
    case "failed": {
      const [first, ...rest] = (error ?? "").split(/(?<=^Connection lost)/);
      return rest.length > 0 ? (
        <>
          <b data-tone="bad">{first}</b>
          {rest.join("")}
        </>
      ) : (
        <b data-tone="bad">{error}</b>
      );
    }
    case "done":
      return <>Done</>;
  }
}
