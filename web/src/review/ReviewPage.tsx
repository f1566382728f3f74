import { ActionIcon, Button, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconLayoutSidebar } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNarrow } from "../shell/useWidth";
import { one, useSearchState } from "../ui/url";
import { Announcer } from "./Announcer";
import { CHIPS } from "./filters/chips";
import styles from "./filters/Filters.module.css";
import { Panel } from "./filters/Panel";
import { Search, Toolbar, type View } from "./filters/Toolbar";
import { useNames } from "./filters/useNames";
import { type Filters, readFilters, readSort, type Sort, WORST_FIRST, writeFilters } from "./model/filters";
import type { BulkAction, Session } from "./model/session";
import { Narrow } from "./Narrow";
import { Nothing } from "./Nothing";
import { type Lit, LitContext } from "./pair/lit";
import { useTies } from "./pair/PairBody";
import { PairPane } from "./pair/PairPane";
import { Queue } from "./queue/Queue";
import page from "./Review.module.css";
import { Strip } from "./Strip";
import { SourcePane } from "./source/SourcePane";
import { BulkBar } from "./table/BulkBar";
import { Table } from "./table/Table";
import { type Deeds, useDeeds, useReviewKeys } from "./useReviewKeys";
import { useReview, useSession } from "./useSession";

const KeysHelp = lazy(() => import("./KeysHelp").then((module) => ({ default: module.KeysHelp })));

/** Pairs one by one, or as a table, over the same filters. */
export function ReviewPage() {
  const { projectId } = useParams({ from: "/p/$projectId/review" });
  const [search, setSearch] = useSearchState();
  const filters = readFilters(search);
  const sort = readSort(search);
  const view: View = one(search, "view") === "table" ? "table" : "queue";
  const session = useSession(projectId, filters, sort, one(search, "pair") ?? null);
  const names = useNames(projectId);
  const narrow = useNarrow();
  const field = useRef<HTMLInputElement>(null);
  const [sheet, setSheet] = useState(false);

  const setFilters = (changed: Filters) => setSearch({ ...writeFilters(changed), pair: undefined });
  const setSort = (changed: Sort) =>
    setSearch({ sort: changed === WORST_FIRST ? undefined : changed, pair: undefined });
  const setView = (changed: View) => setSearch({ view: changed === "queue" ? undefined : changed });
  const latest = useRef({ setView, view });
  latest.current = { setView, view };
  const toggleView = useCallback(() => {
    const { setView, view } = latest.current;
    setView(view === "queue" ? "table" : "queue");
  }, []);
  const focusSearch = useCallback(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const toolbar = (start?: React.ReactNode) => (
    <Toolbar
      view={view}
      filters={filters}
      sort={sort}
      names={names}
      search={field}
      start={start}
      onView={setView}
      onFilters={setFilters}
      onSort={setSort}
    />
  );

  return (
    <main id="content" className={page.page} tabIndex={-1}>
      <h1 className="visually-hidden">Review</h1>
      {session ? (
        <Reviewing
          session={session}
          project={projectId}
          view={narrow ? "queue" : view}
          narrow={narrow}
          names={names}
          toolbar={toolbar}
          onView={toggleView}
          onSearch={focusSearch}
          onFilters={() => setSheet(true)}
          onReset={() => setFilters({ ...readFilters({}), review_status: [] })}
          onPair={(pair) => setSearch({ pair }, { replace: true })}
        />
      ) : (
        !narrow && toolbar()
      )}
      <Drawer
        opened={narrow && sheet}
        onClose={() => setSheet(false)}
        position="bottom"
        size="85%"
        title="Filters"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={styles.sheet}>
          <Search q={filters.q} field={field} onChange={(q) => setFilters({ ...filters, q })} />
          {CHIPS.map((name) => (
            <section key={name}>
              <h3>{name}</h3>
              <Panel name={name} filters={filters} names={names} onChange={setFilters} />
            </section>
          ))}
          <Button variant="filled" size="lg" onClick={() => setSheet(false)}>
            Show pairs
          </Button>
        </div>
      </Drawer>
    </main>
  );
}

function Reviewing({
  session,
  project,
  view,
  narrow,
  names,
  toolbar,
  onView,
  onSearch,
  onFilters,
  onReset,
  onPair,
}: {
  session: Session;
  project: string;
  view: View;
  narrow: boolean;
  names: ReturnType<typeof useNames>;
  toolbar: (start?: React.ReactNode) => React.ReactNode;
  onView: () => void;
  onSearch: () => void;
  onFilters: () => void;
  onReset: () => void;
  onPair: (pair: string | undefined) => void;
}) {
  const id = useReview(session, (now) => now.row?.id);
  const detail = useReview(session, (now) => now.detail);
  const loaded = useReview(session, (now) => now.rows.loaded);
  const conflict = useReview(session, (now) => now.conflicts.get(now.row?.id ?? ""));
  const [editingId, setEditing] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [asked, setAsked] = useState<BulkAction | null>(null);
  const [drawer, setDrawer] = useState(false);
  const ties = useTies(detail);
  const lit = useLitState(id);
  const low = useMediaQuery("(max-width: 991px)", false, { getInitialValueInEffect: false });
  const drawn = useMediaQuery("(max-width: 1279px)", false, { getInitialValueInEffect: false });
  useAddress(id, onPair);
  useToastPlace(narrow ? null : view === "table" ? "24px" : drawn ? "76px" : "380px");

  const mineIsText =
    conflict !== undefined && Object.keys(conflict.mine).some((key) => key !== "review_status");
  const editing = id !== undefined && (editingId === id || mineIsText);
  const { pin } = lit;
  const ui = useMemo(
    (): Pick<Deeds, "edit" | "help" | "view" | "search" | "pin" | "bulk"> => ({
      edit: () => setEditing(session.row?.id ?? null),
      help: () => setHelp(true),
      view: onView,
      search: onSearch,
      pin,
      bulk: (action) => {
        if (!session.selection.isEmpty) setAsked(action);
      },
    }),
    [session, onView, onSearch, pin],
  );
  const deeds = useDeeds(session, ui);
  useReviewKeys(session, deeds, !editing && !help && asked === null);
  const onEdited = () => setEditing(null);

  const nothing = loaded && !id && (
    <Nothing session={session} names={names} project={project} onReset={onReset} />
  );
  const pair = { session, ties, deeds, editing, onEdited };
  const source = <SourcePane detail={detail} ties={ties} project={project} />;
  return (
    <LitContext.Provider value={lit}>
      {narrow ? (
        nothing || <Narrow {...pair} onFilters={onFilters} />
      ) : (
        <>
          {toolbar(
            drawn && view === "queue" && (
              <ActionIcon aria-label="Queue" onClick={() => setDrawer(true)}>
                <IconLayoutSidebar size={16} stroke={1.75} aria-hidden />
              </ActionIcon>
            ),
          )}
          <Strip session={session} />
          {nothing || (
            <div className={page.columns}>
              {view === "table" ? (
                <Table
                  session={session}
                  names={names}
                  onOpen={(place) => {
                    session.go(place);
                    onView();
                  }}
                />
              ) : (
                <>
                  {!drawn && <Queue session={session} />}
                  <div className={page.middle}>
                    <PairPane {...pair} />
                    {low && <div className={page.low}>{source}</div>}
                  </div>
                  {!low && source}
                </>
              )}
              <BulkBar session={session} names={names} asked={asked} onAsk={setAsked} />
            </div>
          )}
          <Drawer
            opened={drawn === true && drawer}
            onClose={() => setDrawer(false)}
            size={320}
            title="Queue"
            closeButtonProps={{ "aria-label": "Close" }}
            styles={{ body: { height: "calc(100% - 60px)", padding: 0, display: "flex" } }}
          >
            <Queue session={session} wide onOpen={() => setDrawer(false)} />
          </Drawer>
        </>
      )}
      <Announcer session={session} />
      <Suspense>{help && <KeysHelp onClose={() => setHelp(false)} />}</Suspense>
    </LitContext.Provider>
  );
}

/** What is pointed at and what is pinned; both are of one pair alone. */
function useLitState(id: string | undefined): Lit {
  const [pointed, setPointed] = useState<number | null>(null);
  const [pinned, setPinned] = useState<{ id: string | undefined; number: number | null }>({
    id,
    number: null,
  });
  const mine = pinned.id === id ? pinned.number : null;
  const pin = useCallback((number: number | null) => setPinned({ id, number }), [id]);
  return useMemo(
    () => ({ number: pointed ?? mine, pinned: mine, point: setPointed, pin }),
    [pointed, mine, pin],
  );
}

/** The pair that is looked at stands in the address, once the reviewer stays with it. */
function useAddress(id: string | undefined, onPair: (pair: string | undefined) => void): void {
  const latest = useRef(onPair);
  latest.current = onPair;
  useEffect(() => {
    if (!id) return;
    const timer = setTimeout(() => latest.current(id), 600);
    return () => clearTimeout(timer);
  }, [id]);
}

/** Toasts stand above the buttons, and not over the source. */
function useToastPlace(left: string | null): void {
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty("--toast-bottom", "80px");
    if (left) {
      style.setProperty("--toast-left", left);
      style.setProperty("--toast-right", "auto");
    }
    return () => {
      for (const name of ["--toast-bottom", "--toast-left", "--toast-right"]) style.removeProperty(name);
    };
  }, [left]);
}
