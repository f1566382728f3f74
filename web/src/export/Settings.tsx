import { NumberInput, SegmentedControl, Slider, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { generationsQuery } from "../api/queries";
import { FilterPill } from "../ui/FilterPill";
import { ago, count, score } from "../ui/format";
import styles from "./Export.module.css";
import { FORMATS, type Format } from "./formats";
import { analyticsQuery, type Settings as Chosen } from "./queries";

/** So many runs stand as chips. */
const SHOWN = 6;

/** What a new version is made with. */
export function Settings({
  project,
  settings,
  onChange,
}: {
  project: string;
  settings: Chosen;
  onChange: (change: Partial<Chosen>) => void;
}) {
  return (
    <section className={`card ${styles.form}`} aria-label="New version">
      <Formats chosen={settings.format} onChange={(format) => onChange({ format })} />
      <div className={styles.settings}>
        <MinQuality
          project={project}
          value={settings.minQuality}
          onChange={(minQuality) => onChange({ minQuality })}
        />
        <hr />
        <div>
          <div className={styles.label}>System prompts</div>
          <Switch
            size="sm"
            label="Include system prompts"
            checked={settings.prompts}
            onChange={(event) => onChange({ prompts: event.currentTarget.checked })}
          />
          <p className={styles.hint}>Each line begins with the prompt of its run, where the run had one.</p>
        </div>
      </div>
      <Splits {...settings} onChange={onChange} />
      <Runs project={project} chosen={settings.runs} onChange={(runs) => onChange({ runs })} />
    </section>
  );
}

const SHARES = [
  { value: "0", label: "None" },
  { value: "0.05", label: "5%" },
  { value: "0.1", label: "10%" },
  { value: "0.2", label: "20%" },
];

/** How much is kept for validation, and by which chance. */
function Splits({
  validation,
  seed,
  onChange,
}: Pick<Chosen, "validation" | "seed"> & { onChange: (change: Partial<Chosen>) => void }) {
  const known = SHARES.some(({ value }) => Number(value) === validation);
  const shares = known
    ? SHARES
    : [...SHARES, { value: String(validation), label: `${Math.round(100 * validation)}%` }];
  return (
    <div>
      <div className={styles.label} id="validation-share">
        Validation split
      </div>
      <div className={styles.splits}>
        <SegmentedControl
          size="xs"
          data={shares}
          value={String(validation)}
          aria-labelledby="validation-share"
          onChange={(value) => onChange({ validation: Number(value) })}
        />
        {validation > 0 && (
          <NumberInput
            size="xs"
            w={120}
            min={0}
            max={2 ** 31}
            allowDecimal={false}
            prefix="Seed "
            aria-label="Seed of the split"
            value={seed}
            onChange={(value) => typeof value === "number" && onChange({ seed: value })}
          />
        )}
      </div>
      <p className={styles.hint}>
        {validation > 0
          ? "Whole documents, and pairs that repeat each other, go to one side; a few large documents are split by passage."
          : "All pairs are to train on."}
      </p>
    </div>
  );
}

function Formats({ chosen, onChange }: { chosen: Format; onChange: (format: Format) => void }) {
  return (
    <div>
      <div className={styles.label} id="export-format">
        Format
      </div>
      <div className={styles.formats} role="radiogroup" aria-labelledby="export-format">
        {(Object.keys(FORMATS) as Format[]).map((format) => (
          <label key={format} className={styles.format}>
            <span className={styles.formatName}>
              <span>{FORMATS[format].name}</span>
              <input
                type="radio"
                name="format"
                value={format}
                checked={format === chosen}
                onChange={() => onChange(format)}
              />
            </span>
            <p>{FORMATS[format].what}</p>
            <span className={styles.line}>{FORMATS[format].line}</span>
          </label>
        ))}
      </div>
    </div>
  );
}

function MinQuality({
  project,
  value,
  onChange,
}: {
  project: string;
  value: number;
  onChange: (value: number) => void;
}) {
  const { data } = useQuery(analyticsQuery(project));
  const bins = data?.quality_histogram ?? [];
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <div>
      <div className={styles.label}>
        <span id="min-quality">Minimum quality</span>
        <b className="num">{value > 0 ? score(value) : "None"}</b>
      </div>
      <div className={styles.bars} aria-hidden>
        {bins.map((bin) => (
          <span
            key={bin.from}
            data-out={bin.to <= value || undefined}
            style={{ height: `${(100 * bin.count) / most}%` }}
          />
        ))}
      </div>
      <Slider
        size={4}
        thumbSize={14}
        min={0}
        max={1}
        step={0.01}
        label={null}
        thumbLabel="Minimum quality"
        value={value}
        onChange={onChange}
      />
      <div className={`num ${styles.ends}`}>
        <span>0.0</span>
        <span>1.0</span>
      </div>
    </div>
  );
}

function Runs({
  project,
  chosen,
  onChange,
}: {
  project: string;
  chosen: string[];
  onChange: (runs: string[]) => void;
}) {
  const { data } = useQuery(generationsQuery(project));
  const runs = (data?.items ?? []).filter((run) => run.kind === "generate" && run.pairs_generated > 0);
  if (runs.length < 2) return null;
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <div>
      <div className={styles.label}>Runs</div>
      <div className={styles.runs}>
        <FilterPill on={chosen.length === 0} onClick={() => onChange([])}>
          All {count(runs.length)} runs
        </FilterPill>
        {runs.slice(0, SHOWN).map((run) => (
          <FilterPill
            key={run.id}
            on={chosen.includes(run.id)}
            count={count(run.pairs_generated)}
            onClick={() => toggle(run.id)}
          >
            {run.teacher_model}, {ago(run.created_at)}
          </FilterPill>
        ))}
        {runs.length > SHOWN && (
          <span className={styles.hint}>{runs.length - SHOWN} older runs are in “All”</span>
        )}
      </div>
    </div>
  );
}
