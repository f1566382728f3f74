import { ActionIcon, Button, Drawer } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconChevronRight,
  IconCircleCheck,
  IconFilter2,
  IconList,
  IconPencil,
  IconPlayerTrackNext,
  IconX,
} from "@tabler/icons-react";
import { useState } from "react";
import { score, short } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import status from "../ui/Status.module.css";
import type { Detail } from "./model/details";
import { held, type Sentence, type Ties } from "./model/evidence";
import type { Session } from "./model/session";
import styles from "./Narrow.module.css";
import { Answer, visible } from "./pair/Answer";
import { colorOf, useLit } from "./pair/lit";
import { Mark } from "./pair/Mark";
import marks from "./pair/Marks.module.css";
import { Tags } from "./pair/PairHead";
import { PairContent } from "./pair/PairPane";
import { LOW } from "./pair/Scores";
import { Queue } from "./queue/Queue";
import { PerHour, Unsaved } from "./Strip";
import { pages, SourceBody, SourceHead } from "./source/SourcePane";
import type { Deeds } from "./useReviewKeys";
import { useReview } from "./useSession";

const icon = { size: 16, stroke: 1.75, "aria-hidden": true } as const;

/** Review on a phone: one pair, four buttons, and the evidence of a sentence that was tapped. */
export function Narrow({
  session,
  ties,
  deeds,
  editing,
  onEdited,
  onFilters,
}: {
  session: Session;
  ties: Ties | null;
  deeds: Deeds;
  editing: boolean;
  onEdited: () => void;
  onFilters: () => void;
}) {
  const detail = useReview(session, (now) => now.detail);
  const counts = useReview(session, (now) => now.counts);
  const canUndo = useReview(session, (now) => now.canUndo);
  const conflict = useReview(session, (now) => now.conflicts.has(now.row?.id ?? ""));
  const [list, setList] = useState(false);
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <div className={`num ${styles.facts}`}>
          {counts && (
            <span>
              <b>{counts.pending.toLocaleString("en-US")}</b> left
            </span>
          )}
          <PerHour session={session} />
          <Unsaved session={session} />
        </div>
        <ActionIcon
          size={44}
          aria-label="Undo"
          disabled={!canUndo}
          bg={canUndo ? undefined : "transparent"}
          onClick={deeds.undo}
        >
          <IconArrowBackUp {...icon} />
        </ActionIcon>
        <Button leftSection={<IconFilter2 {...icon} size={14} />} onClick={onFilters}>
          Filters
        </Button>
        <Button leftSection={<IconList {...icon} size={14} />} onClick={() => setList(true)}>
          List
        </Button>
      </div>
      {editing || conflict ? (
        <PairContent session={session} ties={ties} deeds={deeds} editing={editing} onEdited={onEdited} />
      ) : (
        <>
          {detail && ties ? (
            <Pair detail={detail} ties={ties} />
          ) : (
            <div className={styles.body}>
              <Skeletons rows={4} height={44} label="Loading the pair" />
            </div>
          )}
          {detail && ties && <Sheet key={detail.pair.id} detail={detail} ties={ties} />}
        </>
      )}
      {!editing && <Buttons deeds={deeds} />}
      <Drawer
        opened={list}
        onClose={() => setList(false)}
        position="bottom"
        size="80%"
        title={`Queue, ${short(session.rows.total)} pairs`}
        closeButtonProps={{ "aria-label": "Close" }}
        styles={{ body: { height: "calc(100% - 60px)", padding: 0, display: "flex" } }}
      >
        <Queue session={session} wide onOpen={() => setList(false)} />
      </Drawer>
    </div>
  );
}

function Buttons({ deeds }: { deeds: Deeds }) {
  return (
    <div className={styles.actions} role="toolbar" aria-label="Decide">
      <Button size="lg" px={4} c="var(--bad)" leftSection={<IconX {...icon} />} onClick={deeds.reject}>
        Reject
      </Button>
      <Button size="lg" px={4} leftSection={<IconPlayerTrackNext {...icon} />} onClick={deeds.skip}>
        Skip
      </Button>
      <Button size="lg" px={4} leftSection={<IconPencil {...icon} />} onClick={deeds.edit}>
        Edit
      </Button>
      <Button size="lg" px={4} variant="filled" leftSection={<IconCheck {...icon} />} onClick={deeds.accept}>
        Accept
      </Button>
    </div>
  );
}

function Pair({ detail, ties }: { detail: Detail; ties: Ties }) {
  const { pair } = detail;
  const grounding = pair.grounding_score ?? null;
  return (
    <div className={styles.body}>
      <div className={styles.facts2}>
        <Tags pair={pair} />
        <span className={styles.space} />
        <span
          className={`num ${styles.score}`}
          data-low={(grounding !== null && grounding < LOW) || undefined}
        >
          Grounding <b>{score(grounding)}</b>
        </span>
        <span className={`num ${styles.score}`}>
          Quality <b>{score(pair.quality_score)}</b>
        </span>
      </div>
      <p className={styles.question} dir="auto" data-testid="question">
        {visible(pair.question)}
      </p>
      <Answer ties={ties} className={styles.answer} />
      {pair.turns.slice(2).map((turn, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns have no other name
        <p key={at} className={styles.answer} dir="auto">
          {visible(turn.content)}
        </p>
      ))}
    </div>
  );
}

/** The span that holds a sentence, with as much around it as says where it stands. */
function Sheet({ detail, ties }: { detail: Detail; ties: Ties }) {
  const lit = useLit();
  const [whole, setWhole] = useState(false);
  const { source } = detail;
  const weakest = ties.sentences.reduce<Sentence | null>(
    (weak, one) => (weak && weak.score <= one.score ? weak : one),
    null,
  );
  const shown = ties.sentences.find((one) => one.number === lit.pinned) ?? weakest;
  return (
    <section className={styles.sheet} aria-label="Source">
      <div className={styles.grip} aria-hidden />
      {shown && source ? (
        <>
          <div className={styles.sheetHead}>
            <Mark sentence={shown} />
            <Held sentence={shown} />
            <span className={styles.space} />
            <span className={styles.page_}>{pages(source) ?? source.filename}</span>
          </div>
          <Excerpt text={source.text} sentence={shown} />
        </>
      ) : (
        <p className={styles.excerpt}>
          {source === undefined ? "Loading the source" : "No sentence is tied to the source."}
        </p>
      )}
      {ties.missing.length > 0 && (
        <p className={styles.missing} dir="auto">
          <b>Not in the source:</b>{" "}
          {ties.missing
            .slice(0, 6)
            .map((one) => `“${visible(one.words)}”`)
            .join(", ")}
        </p>
      )}
      <div className={styles.numbers}>
        {ties.sentences.slice(0, 9).map((one) => (
          <button
            key={one.number}
            type="button"
            data-number
            aria-label={`Evidence of sentence ${one.number}`}
            aria-pressed={one === shown}
            onClick={() => lit.pin(one.number)}
          >
            {one.number}
          </button>
        ))}
        <Button
          variant="subtle"
          ml="auto"
          rightSection={<IconChevronRight {...icon} size={14} />}
          onClick={() => setWhole(true)}
        >
          Full passage
        </Button>
      </div>
      <Drawer
        opened={whole}
        onClose={() => setWhole(false)}
        position="bottom"
        size="85%"
        title="Source"
        closeButtonProps={{ "aria-label": "Close" }}
        styles={{ body: { padding: 0 } }}
      >
        {source && (
          <>
            <SourceHead source={source} />
            <SourceBody source={source} ties={ties} />
          </>
        )}
      </Drawer>
    </section>
  );
}

function Held({ sentence }: { sentence: Sentence }) {
  const word = held(sentence.score);
  const Icon = word === "Supported" ? IconCircleCheck : IconAlertTriangle;
  return (
    <span className={status.status} data-tone={word === "Supported" ? "good" : "bad"}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <span>{word === "Supported" ? word : "Partly supported"}</span>
    </span>
  );
}

const AROUND = 60;

function Excerpt({ text, sentence }: { text: string; sentence: Sentence }) {
  const { start, end } = sentence.source;
  const from = Math.max(0, start - AROUND);
  const to = Math.min(text.length, end + AROUND);
  return (
    <p className={styles.excerpt} dir="auto">
      {from > 0 && "… "}
      {visible(text.slice(from, start))}
      <mark className={marks.span} data-color={colorOf(sentence.number)}>
        {visible(text.slice(start, end).slice(0, 600))}
      </mark>
      {visible(text.slice(end, to))}
      {to < text.length && " …"}
    </p>
  );
}
