import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { parseSearch, type Search, stringifySearch } from "../ui/url";
import { Layout } from "./Layout";
import { NotFound, PageError } from "./PageError";
import { ProjectPage } from "./ProjectPage";
import { Start } from "./Start";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });

const project = createRoute({
  getParentRoute: () => root,
  path: "/p/$projectId",
  component: ProjectPage,
});

const projectIndex = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/p/$projectId/documents", params, replace: true });
  },
});

// What a page does with its part of the URL, its own `filters.ts` knows.
const validateSearch = (search: Record<string, unknown>) => search as Search;

const documents = createRoute({
  getParentRoute: () => project,
  path: "documents",
  validateSearch,
  component: lazyRouteComponent(() => import("../documents/DocumentsPage"), "DocumentsPage"),
});
const chunks = createRoute({
  getParentRoute: () => project,
  path: "chunks",
  validateSearch,
  component: lazyRouteComponent(() => import("../chunks/ChunksPage"), "ChunksPage"),
});
const generate = createRoute({
  getParentRoute: () => project,
  path: "generate",
  validateSearch,
  component: lazyRouteComponent(() => import("../generate/GeneratePage"), "GeneratePage"),
});
const review = createRoute({
  getParentRoute: () => project,
  path: "review",
  validateSearch,
  component: lazyRouteComponent(() => import("../review/ReviewPage"), "ReviewPage"),
});
const exporting = createRoute({
  getParentRoute: () => project,
  path: "export",
  validateSearch,
  component: lazyRouteComponent(() => import("../export/ExportPage"), "ExportPage"),
});
const analytics = createRoute({
  getParentRoute: () => project,
  path: "analytics",
  validateSearch,
  component: lazyRouteComponent(() => import("../analytics/AnalyticsPage"), "AnalyticsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    project.addChildren([projectIndex, documents, chunks, generate, review, exporting, analytics]),
  ]),
  parseSearch,
  stringifySearch: (search) => stringifySearch(search as Search),
  defaultErrorComponent: PageError,
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
