import { IconSparkles } from "@tabler/icons-react";
import { useMemo } from "react";
import { ago, exactly } from "../../ui/format";
import { UserText } from "../../ui/UserText";
import type { Detail } from "../model/details";
import { inWords, type Ties, tie } from "../model/evidence";
import type { Pair } from "../model/types";
import { Answer, visible } from "./Answer";
import { MissingWords } from "./Missing";
import styles from "./Pair.module.css";
import { Scores } from "./Scores";

/** A pair's ties, made anew where its text or its source is another. */
export function useTies(detail: Detail | undefined): Ties | null {
  const pair = detail?.pair;
  const source = detail?.source;
  return useMemo(() => (pair ? tie({ ...pair, source: source ?? null }) : null), [pair, source]);
}

/** What a pair says, with what is known of it. */
export function PairBody({ detail, ties, onFix }: { detail: Detail; ties: Ties; onFix: () => void }) {
  const { pair, old } = detail;
  return (
    <>
      <div>
        <div className={styles.label}>
          <span>{pair.turns.length > 0 ? "First question" : QUESTION[pair.generation_type]}</span>
        </div>
        <p className={styles.question} dir="auto" data-testid="question">
          {visible(pair.question)}
        </p>
      </div>
      {pair.context && (
        <div>
          <div className={styles.label}>
            <span>Context</span>
          </div>
          <UserText text={pair.context} className={styles.context} />
        </div>
      )}
      <div>
        <div className={styles.label}>
          <span>{pair.generation_type === "classification" ? "Label" : "Answer"}</span>
          {pair.generation_type !== "classification" && (
            <span>{old ? "Measured again when saved" : inWords(ties.sentences, ties.missing)}</span>
          )}
        </div>
        <Answer ties={ties} className={styles.answer} />
      </div>
      {pair.turns.slice(2).map((turn, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns have no other name
        <div key={at} className={styles.turn} data-role={turn.role}>
          <div className={styles.label}>
            <span>{turn.role === "user" ? "Question" : "Answer"}</span>
          </div>
          <UserText text={turn.content} className={styles.context} />
        </div>
      ))}
      <MissingWords missing={ties.missing} onFix={onFix} />
      <Scores pair={pair} sentences={ties.sentences} old={old} />
      <Origin pair={pair} />
    </>
  );
}

const QUESTION: Record<Pair["generation_type"], string> = {
  qa: "Question",
  instruction: "Instruction",
  conversation: "Question",
  summary: "Instruction",
  classification: "Text to label",
};

function Origin({ pair }: { pair: Pair }) {
  return (
    <p className={styles.origin}>
      <IconSparkles size={14} stroke={1.75} aria-hidden />
      <span>
        {pair.provenance.teacher_model},{" "}
        <time title={exactly(pair.created_at)}>made {ago(pair.created_at)}</time> · revision {pair.revision}
        {pair.duplicate_of && " · repeats another pair"}
        {pair.reviewed_by && ` · decided by ${pair.reviewed_by}`}
      </span>
    </p>
  );
}
