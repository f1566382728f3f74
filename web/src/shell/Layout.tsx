import { Drawer } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { signInIsNeeded, subscribe } from "../api/auth";
import { useEvents } from "../api/events";
import { useKeys } from "../ui/keys";
import { Toaster } from "../ui/Toaster";
import { undoToast } from "../ui/toast";
import styles from "./Layout.module.css";
import { SideBar } from "./SideBar";
import { SignIn } from "./SignIn";
import { close, open, useOpen } from "./shellState";
import { useNarrow, useRail } from "./useWidth";

const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));
const NewProject = lazy(() => import("./NewProject").then((module) => ({ default: module.NewProject })));

/** All that stands around a page. */
export function Layout() {
  const needsKey = useSyncExternalStore(subscribe, signInIsNeeded);
  const client = useQueryClient();
  useEffect(() => {
    // Nothing of who was signed in before stays.
    if (needsKey) client.clear();
  }, [needsKey, client]);
  return needsKey ? <SignIn /> : <Shell />;
}

function Shell() {
  useEvents();
  const opened = useOpen();
  const narrow = useNarrow();
  const rail = useRail();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isReview = /^\/p\/[^/]+\/review/.test(path);
  const { projectId } = useParams({ strict: false });

  useHotkeys([["mod+K", () => open(opened === "palette" ? null : "palette")]], []);
  useKeys({
    u: () => undoToast(),
    p: () => {
      const field = document.getElementById("find-project");
      if (!field) {
        open("palette");
        return;
      }
      field.focus();
    },
  });

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      {!narrow && <SideBar current={projectId} rail={rail || isReview} />}
      <div className={styles.main}>
        <Outlet />
      </div>
      <Drawer
        opened={narrow && opened === "projects"}
        onClose={close}
        size={300}
        title="Projects"
        closeButtonProps={{ "aria-label": "Close" }}
        styles={{ body: { padding: 0, height: "calc(100% - 60px)" } }}
      >
        <SideBar current={projectId} rail={false} inDrawer />
      </Drawer>
      <Suspense>
        {opened === "palette" && <Palette current={projectId} onClose={close} />}
        {opened === "new-project" && <NewProject onClose={close} />}
      </Suspense>
      <Toaster />
    </div>
  );
}
