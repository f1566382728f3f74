import { Button, NumberInput, Popover } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import type { Generation } from "../../api/client";
import { dollars, numberOf } from "../../ui/format";
import styles from "./History.module.css";
import type { RunActions } from "./useRunActions";

/** Goes on with what is not done; where the budget ended the run, with a higher one. */
export function ResumeButton({ run, actions }: { run: Generation; actions: RunActions }) {
  const [open, setOpen] = useState(false);
  const cost = run.config?.max_cost_usd ?? null;
  const tokens = run.config?.max_tokens_total ?? null;
  const [maxCost, setMaxCost] = useState<number | string>(cost === null ? "" : 2 * cost);
  const [maxTokens, setMaxTokens] = useState<number | string>(tokens === null ? "" : 2 * tokens);
  const { resume } = actions;
  const isBusy = resume.isPending && resume.variables?.run.id === run.id;
  const button = (onClick: () => void) => (
    <Button
      size="xs"
      leftSection={<IconPlayerPlay size={14} stroke={1.75} aria-hidden />}
      loading={isBusy}
      onClick={onClick}
    >
      Resume
    </Button>
  );
  if (run.error !== "budget_reached") return button(() => resume.mutate({ run }));
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={280} trapFocus returnFocus>
      <Popover.Target>{button(() => setOpen(!open))}</Popover.Target>
      <Popover.Dropdown aria-label="A higher limit">
        <div className={styles.limit}>
          <p>The run reached its limit{cost === null ? "" : ` of ${dollars(cost)}`}. Raise it to go on.</p>
          {cost !== null && (
            <NumberInput
              label="Spend at most"
              prefix="$"
              decimalScale={2}
              min={0.01}
              hideControls
              value={maxCost}
              onChange={setMaxCost}
            />
          )}
          {tokens !== null && (
            <NumberInput
              label="Tokens at most"
              thousandSeparator=","
              min={1}
              hideControls
              value={maxTokens}
              onChange={setMaxTokens}
            />
          )}
          <Button
            variant="filled"
            onClick={() => {
              setOpen(false);
              resume.mutate({
                run,
                max_cost_usd: numberOf(maxCost) ?? undefined,
                max_tokens_total: numberOf(maxTokens) ?? undefined,
              });
            }}
          >
            Resume
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
