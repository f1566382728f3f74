import { Button, Drawer, MultiSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api, ask, type Chunk, type NewGeneration, type Pair } from "../api/client";
import { keys } from "../api/keys";
import { titleOf } from "../chunks/ChunkRow";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { dollars, plural, score, tokens } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import { Tag } from "../ui/Tag";
import { UserText } from "../ui/UserText";
import styles from "./PreviewPairs.module.css";

/** At most so many chunks are tried. */
const MOST = 3;

/** What the settings would make of up to three chunks, before anything is stored or much is spent. */
export function PreviewPairs({
  project,
  request,
  onClose,
}: {
  project: string;
  request: NewGeneration;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 250);
  const [chosen, setChosen] = useState<Chunk[] | null>(null);
  const found = useQuery({
    queryKey: [...keys.chunks(project), "choose", q],
    queryFn: ({ signal }) => {
      const query = { q: q || undefined, excluded: [false], limit: 50 };
      return ask(api.GET("/projects/{id}/chunks", { params: { path: { id: project }, query }, signal }));
    },
    placeholderData: (old) => old,
  });
  const preview = useMutation({
    mutationFn: (chunks: Chunk[]) =>
      ask(
        api.POST("/projects/{id}/generate/preview", {
          params: { path: { id: project } },
          body: { ...request, scope: "all", chunk_ids: chunks.map(({ id }) => id) },
        }),
      ),
  });
  const { mutate } = preview;
  const items = found.data?.items;
  useEffect(() => {
    // Three from the beginning, the middle and the end of what was found first.
    if (chosen !== null || !items || items.length === 0) return;
    const picks = [0, Math.floor(items.length / 2), items.length - 1];
    const first = [...new Set(picks)].flatMap((index) => items[index] ?? []);
    setChosen(first);
    mutate(first);
  }, [chosen, items, mutate]);

  const options = useMemo(() => {
    const all = new Map([...(chosen ?? []), ...(items ?? [])].map((chunk) => [chunk.id, chunk]));
    return { all, data: [...all.values()].map((chunk) => ({ value: chunk.id, label: titleOf(chunk) })) };
  }, [chosen, items]);

  const usage = preview.data?.usage;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title="Preview"
      closeButtonProps={{ "aria-label": "Close the preview" }}
    >
      <div className={styles.choose}>
        <MultiSelect
          label={`Chunks, ${MOST} at most`}
          searchable
          size="md"
          maxValues={MOST}
          hidePickedOptions
          placeholder={(chosen?.length ?? 0) < MOST ? "Search in the text" : ""}
          nothingFoundMessage="No chunk holds these words"
          // The server searches: what it found is shown as it is.
          filter={({ options: all }) => all}
          data={options.data}
          value={chosen?.map(({ id }) => id) ?? []}
          searchValue={typed}
          onSearchChange={setTyped}
          onChange={(ids) => setChosen(ids.flatMap((id) => options.all.get(id) ?? []))}
        />
        <Button
          size="md"
          leftSection={<IconRefresh size={16} stroke={1.75} aria-hidden />}
          loading={preview.isPending}
          disabled={!chosen || chosen.length === 0}
          onClick={() => chosen && mutate(chosen)}
        >
          Preview again
        </Button>
      </div>
      <p className={styles.note} role="status">
        {preview.isPending
          ? "The teacher writes. This takes as long as a few calls."
          : usage
            ? `${plural(preview.data?.items.length ?? 0, "pair")} · ${plural(usage.requests, "request")} · ${tokens(
                usage.prompt_tokens + usage.completion_tokens,
              )} tokens${usage.cost_usd == null ? "" : ` · ${dollars(usage.cost_usd)}`}. Nothing is stored.`
            : "Nothing is stored."}
      </p>
      {preview.isPending && <Skeletons rows={4} height={120} label="Waiting for the teacher" />}
      {preview.error && <ErrorNote error={preview.error} onRetry={() => chosen && mutate(chosen)} />}
      {found.data?.total === 0 && !q && (
        <Empty title="There is no chunk to try">Parse a document first, or include a chunk.</Empty>
      )}
      {!preview.isPending &&
        preview.data?.failures.map((failure) => (
          <div key={failure.chunk_id} className={styles.failure}>
            <ErrorNote
              error={new Error(failure.reason)}
              title={`No pair of “${titleFor(options.all, failure.chunk_id)}”`}
            />
          </div>
        ))}
      {!preview.isPending && (
        <ul>
          {preview.data?.items.map((pair) => (
            <li key={pair.id} className={styles.pair}>
              <PreviewedPair pair={pair} title={titleFor(options.all, pair.chunk_id)} />
            </li>
          ))}
        </ul>
      )}
    </Drawer>
  );
}

function titleFor(chunks: Map<string, Chunk>, id: string): string {
  const chunk = chunks.get(id);
  return chunk ? titleOf(chunk) : "a chunk";
}

function PreviewedPair({ pair, title }: { pair: Pair; title: string }) {
  return (
    <>
      <div className={styles.head}>
        <span className="truncate" dir="auto">
          {title}
        </span>
        {pair.difficulty && <Tag>{pair.difficulty}</Tag>}
        {pair.question_type && <Tag>{pair.question_type}</Tag>}
        <Tag tone={(pair.quality_score ?? 1) < 0.5 ? "warn" : "neutral"}>
          Quality {score(pair.quality_score)}
        </Tag>
        <Tag tone={(pair.grounding_score ?? 1) < 0.5 ? "bad" : "neutral"}>
          Grounding {score(pair.grounding_score)}
        </Tag>
      </div>
      {pair.turns.length > 0 ? (
        pair.turns.map((turn, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no other name
          <div key={index} className={turn.role === "user" ? styles.question : styles.answer}>
            <UserText text={turn.content} />
          </div>
        ))
      ) : (
        <>
          <UserText text={pair.question} className={styles.question} />
          <UserText text={pair.answer} className={styles.answer} />
        </>
      )}
    </>
  );
}
