import { Button, Checkbox, NumberInput, Popover, Radio } from "@mantine/core";
import { IconChevronDown, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useNarrow } from "../shell/useWidth";
import { count, plural } from "../ui/format";
import { toast } from "../ui/toast";
import styles from "./ParseButton.module.css";
import { check, type ParseSettings, STRATEGIES, savedSettings, saveSettings } from "./parsing";
import { useParse } from "./useParse";

const OPTIONS = [
  { key: "ocr", label: "Read scanned pages (OCR)", note: "Needs tesseract where documents are parsed." },
  { key: "comments", label: "Comments of DOCX files", note: undefined },
  { key: "whole_page", label: "Navigation and footers of HTML pages", note: undefined },
  { key: "page_furniture", label: "Running heads and page numbers", note: undefined },
] as const;

/** Parses all that waits, with the chunking beside it. */
export function ParseButton({
  project,
  waiting,
  all,
  chunks,
}: {
  project: string;
  /** How many are not parsed. */
  waiting: number;
  /** How many there are. */
  all: number;
  chunks: number;
}) {
  const [open, setOpen] = useState(false);
  const [settings, setSettings] = useState<ParseSettings>(() => savedSettings(project));
  const [force, setForce] = useState(false);
  const parse = useParse(project);
  const wrong = check(settings);
  const n = force ? all : waiting;
  const isFine = !wrong.max_tokens && !wrong.overlap_tokens;
  const start = () => {
    parse.mutate({ settings, force, n }, { onSuccess: () => setOpen(false) });
  };
  const set = (change: Partial<ParseSettings>) => setSettings({ ...settings, ...change });
  const slides = settings.strategy === "sliding_window";
  // Where it is narrow, adding files is the filled one.
  const variant = useNarrow() ? "default" : "filled";

  return (
    <div className={styles.split}>
      <Button
        variant={variant}
        className={styles.main}
        leftSection={<IconPlayerPlay size={14} stroke={1.75} aria-hidden />}
        loading={parse.isPending}
        onClick={() => (waiting > 0 && isFine ? parse.mutate({ settings, n: waiting }) : setOpen(true))}
      >
        Parse all
      </Button>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={374} trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant={variant}
            className={styles.tail}
            aria-label="Chunking options"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <IconChevronDown size={14} stroke={2} aria-hidden />
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={styles.pop} aria-label="Chunking options">
          <div>
            <h2>Chunking</h2>
            <p className={styles.note}>How parsed text is cut into passages for the teacher.</p>
          </div>
          <Radio.Group
            aria-label="Strategy"
            value={settings.strategy}
            onChange={(value) => set({ strategy: value as ParseSettings["strategy"] })}
          >
            <div className={styles.strategies}>
              {STRATEGIES.map(({ value, label, note }) => (
                <Radio
                  key={value}
                  value={value}
                  label={label}
                  description={note}
                  className={styles.strategy}
                  wrapperProps={{ "data-on": settings.strategy === value || undefined }}
                />
              ))}
            </div>
          </Radio.Group>
          <div className={styles.numbers}>
            <NumberInput
              label="Maximum tokens"
              min={32}
              max={8192}
              hideControls
              allowDecimal={false}
              value={settings.max_tokens}
              error={wrong.max_tokens}
              onChange={(value) => set({ max_tokens: Number(value) })}
            />
            <NumberInput
              label="Overlap tokens"
              min={0}
              hideControls
              allowDecimal={false}
              disabled={!slides}
              description={slides ? undefined : "For the sliding window alone"}
              inputWrapperOrder={["label", "input", "error", "description"]}
              value={settings.overlap_tokens}
              error={wrong.overlap_tokens}
              onChange={(value) => set({ overlap_tokens: Number(value) })}
            />
          </div>
          <details className={styles.more}>
            <summary>What else is read</summary>
            {OPTIONS.map(({ key, label, note }) => (
              <Checkbox
                key={key}
                label={label}
                description={note}
                checked={settings.options[key]}
                onChange={(event) =>
                  set({ options: { ...settings.options, [key]: event.currentTarget.checked } })
                }
              />
            ))}
          </details>
          <Checkbox
            label="Parse again what is already parsed"
            description={
              chunks > 0
                ? `Replaces ${plural(chunks, "chunk")}. Edits stay where the text is the same, pairs keep their text.`
                : "Nothing is parsed yet."
            }
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
          <div className={styles.foot}>
            <span className="num">{n > 0 ? plural(n, "document") : "Everything is parsed."}</span>
            <Button
              variant="subtle"
              disabled={!isFine}
              onClick={() => {
                saveSettings(project, settings);
                toast({ message: "Chunking saved as this project's default in this browser" });
              }}
            >
              Save as default
            </Button>
            <Button variant="filled" loading={parse.isPending} disabled={n === 0 || !isFine} onClick={start}>
              Parse {n > 0 ? count(n) : ""}
            </Button>
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
