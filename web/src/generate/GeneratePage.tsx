import { Button, Menu } from "@mantine/core";
import { IconClock, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { Generation } from "../api/client";
import { newIdempotencyKey } from "../api/idempotency";
import { generationsQuery, isActive, modelsQuery, readinessQuery, useProject } from "../api/queries";
import { useFacets } from "../chunks/useChunks";
import { formatOfTeacher } from "../documents/importing/format";
import { useDocuments } from "../documents/useDocuments";
import { usePaletteActions } from "../shell/shellState";
import { dollars, moment, plural } from "../ui/format";
import { toast } from "../ui/toast";
import { EstimateCard } from "./form/EstimateCard";
import { GenerateForm } from "./form/GenerateForm";
import { modelName } from "./form/ModelSelect";
import {
  BUILTIN,
  complaint,
  fromRun,
  keepSettings,
  NO_JUDGE,
  type Settings,
  savedSettings,
  toRequest,
  typeWord,
} from "./form/settings";
import { useEstimate } from "./form/useEstimate";
import { GatewayNote } from "./GatewayNote";
import styles from "./GeneratePage.module.css";
import { History } from "./history/History";
import { useRunActions } from "./history/useRunActions";

const PreviewPairs = lazy(() =>
  import("./PreviewPairs").then((module) => ({ default: module.PreviewPairs })),
);
const NO_FILTERS = { document_id: [], content_type: [], excluded: [] };

export function GeneratePage() {
  const { projectId } = useParams({ from: "/p/$projectId/generate" });
  return <Generate key={projectId} project={projectId} />;
}

function Generate({ project }: { project: string }) {
  const models = useQuery(modelsQuery);
  const readiness = useQuery(readinessQuery);
  const runs = useQuery(generationsQuery(project));
  const { data: projectData } = useProject(project);
  const { documents } = useDocuments(project);
  const facets = useFacets(project, NO_FILTERS).data;
  const actions = useRunActions(project);
  const [saved, setSaved] = useState(() => savedSettings(project));
  const [idempotency, setIdempotency] = useState(newIdempotencyKey);
  const [isUnfolded, setUnfolded] = useState(false);
  const [isPreviewing, setPreviewing] = useState(false);

  const items = useMemo(() => models.data?.items ?? [], [models.data]);
  const warning = models.data?.warnings[0];
  const gatewayIsAway = warning !== undefined || readiness.data?.parts.gateway?.state === "failed";
  // What is chosen is used only while it is offered; without a gateway there is one to choose.
  const only = items.length === 1 && !gatewayIsAway ? items[0]?.id : undefined;
  const isOffered = saved.model === BUILTIN || items.some(({ id }) => id === saved.model);
  const settings: Settings = { ...saved, model: isOffered ? saved.model : (only ?? null) };

  const change = useCallback(
    (some: Partial<Settings>) => {
      setSaved((old) => {
        const next = { ...old, ...some };
        keepSettings(project, next);
        return next;
      });
      // Other settings are another request.
      setIdempotency(newIdempotencyKey());
    },
    [project],
  );
  const load = useCallback(
    (run: Generation) => {
      change(fromRun(run));
      setUnfolded(true);
      document.getElementById("content")?.scrollTo({ top: 0 });
      toast({ message: "Settings of the run loaded" });
    },
    [change],
  );

  const chunks = projectData?.stats.total_chunks ?? 0;
  const excluded = facets?.excluded?.true ?? 0;
  const reason =
    projectData && chunks - excluded <= 0
      ? "There is no chunk to make pairs from. Parse your documents first."
      : !settings.model && gatewayIsAway
        ? "Needs a teacher model. Reconnect, or use the offline teacher."
        : models.isPending && !settings.model
          ? "The models are being loaded."
          : complaint(settings);
  const request = reason === null ? toRequest(settings) : null;
  const requestText = JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request is the same where its text is
  const stable = useMemo(() => request, [requestText]);
  const { estimate, isOld, error, refetch } = useEstimate(project, stable, chunks - excluded);

  const start = () => {
    if (!stable) return;
    actions.start.mutate(
      { body: stable, headers: idempotency },
      {
        onSuccess: () => {
          setIdempotency(newIdempotencyKey());
          setUnfolded(false);
        },
      },
    );
  };
  usePaletteActions(
    "generate",
    useMemo(() => [{ label: "Preview on 3 chunks", run: () => setPreviewing(true) }], []),
  );

  const made =
    runs.data?.items.filter((run) => run.kind === "generate" && !formatOfTeacher(run.teacher_model)) ?? [];
  const goesOn = made.some(isActive);
  const isFolded = goesOn && !isUnfolded;
  const nameOf = (id: string) => documents?.find((document) => document.id === id)?.filename;
  const { retry } = { retry: useCallback(() => void models.refetch(), [models.refetch]) };

  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Generate</h1>
        {made.length > 0 && (
          <Menu position="bottom-end" width={300}>
            <Menu.Target>
              <Button variant="subtle" leftSection={<IconClock size={16} stroke={1.75} aria-hidden />}>
                Load settings from a run
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflow: "auto" }}>
              {made.slice(0, 20).map((run) => (
                <Menu.Item key={run.id} onClick={() => load(run)}>
                  {modelName(run.teacher_model)}, {typeWord(run.generation_type)}, {moment(run.created_at)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {isFolded ? (
        <section className={`card ${styles.bar}`} aria-label="New run">
          <span className={styles.icon}>
            <IconSparkles size={18} stroke={1.75} aria-hidden />
          </span>
          <div className={styles.barText}>
            <h2>New run</h2>
            <p className="truncate">{inWords(settings)}</p>
          </div>
          <div className={styles.barCost} data-old={isOld || undefined}>
            <b className="num">{estimate ? dollars(estimate.cost_usd) : "–"}</b>
            <span className="num">{estimate ? `about ${plural(estimate.pairs, "pair")}` : ""}</span>
          </div>
          <Button onClick={() => setUnfolded(true)}>Change settings</Button>
          <Button
            variant="filled"
            leftSection={<IconSparkles size={16} stroke={1.75} aria-hidden />}
            disabled={reason !== null}
            loading={actions.start.isPending}
            onClick={start}
          >
            Start generating
          </Button>
        </section>
      ) : (
        <div className={styles.columns}>
          <section className={`card ${styles.form}`} aria-label="Settings">
            {(gatewayIsAway || models.error) && (
              <GatewayNote
                error={models.error}
                detail={warning ?? readiness.data?.parts.gateway?.detail ?? undefined}
                onRetry={retry}
                onOffline={settings.model === BUILTIN ? undefined : () => change({ model: BUILTIN })}
              />
            )}
            <GenerateForm
              settings={settings}
              onChange={change}
              models={items}
              areModelsLoading={models.isPending}
              project={projectData}
              excluded={excluded}
            />
          </section>
          <EstimateCard
            settings={settings}
            estimate={estimate}
            isOld={isOld}
            error={error}
            onRetry={() => void refetch()}
            reason={reason}
            isStarting={actions.start.isPending}
            onStart={start}
            onPreview={() => setPreviewing(true)}
          />
        </div>
      )}
      {projectData && chunks === 0 && (
        <p className={styles.hint}>
          Pairs are made from chunks.{" "}
          <Link to="/p/$projectId/documents" params={{ projectId: project }} className="text-link">
            Parse your documents
          </Link>{" "}
          first.
        </p>
      )}
      <History query={runs} nameOf={nameOf} onLoad={load} actions={actions} />
      <Suspense>
        {isPreviewing && stable && (
          <PreviewPairs project={project} request={stable} onClose={() => setPreviewing(false)} />
        )}
      </Suspense>
    </main>
  );
}

/** The settings in a line. */
function inWords(settings: Settings): string {
  const { easy, medium, hard } = settings.difficulty;
  const judge =
    settings.judge === NO_JUDGE ? "local scoring only" : `judge ${settings.judge || "same as teacher"}`;
  return [
    modelName(settings.model),
    typeWord(settings.type),
    `${settings.pairsPerChunk} per chunk`,
    `temperature ${settings.temperature}`,
    `${easy}/${medium}/${hard}`,
    judge,
  ].join(" · ");
}
