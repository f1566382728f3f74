import { score } from "../../ui/format";
import { held, type Sentence } from "../model/evidence";
import { colorOf, useLit } from "./lit";
import styles from "./Marks.module.css";

/** The number of a sentence: a button that pins its evidence. */
export function Mark({ sentence, inSource = false }: { sentence: Sentence; inSource?: boolean }) {
  const lit = useLit();
  const { number } = sentence;
  const label = `Sentence ${number}, ${held(sentence.score).toLowerCase()}, ${score(sentence.score)}`;
  return (
    <button
      type="button"
      className={styles.number}
      data-color={colorOf(number)}
      data-mark={inSource ? `source-${number}` : `answer-${number}`}
      aria-label={inSource ? `Source of sentence ${number}` : label}
      aria-pressed={lit.pinned === number}
      onClick={() => lit.pin(lit.pinned === number ? null : number)}
      onFocus={() => lit.point(number)}
      onBlur={() => lit.point(null)}
      onPointerEnter={() => lit.point(number)}
      onPointerLeave={() => lit.point(null)}
    >
      {number}
    </button>
  );
}
