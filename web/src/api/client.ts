import createClient, { type Middleware } from "openapi-fetch";
import { authorization, refuse } from "./auth";
import { offline, Problem } from "./problem";
import type { components, paths } from "./schema";

export const BASE = "/api/v1/data-forge";

const authenticate: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(authorization())) request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) refuse();
  },
};

/** The paths under the base. */
type Paths = {
  [Path in keyof paths as Path extends `${typeof BASE}${infer Rest}` ? Rest : never]: paths[Path];
};

/** The client made from the OpenAPI document; see `ask` for its use. */
export const api = createClient<Paths>({ baseUrl: `${location.origin}${BASE}` });
api.use(authenticate);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What the API answered, or a `Problem` thrown. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw offline();
  }
  if (got.response.ok) return got.data as T;
  const body = typeof got.error === "object" && got.error ? got.error : {};
  throw new Problem(got.response.status, body);
}

type Schemas = components["schemas"];
export type Project = Schemas["Project"];
export type Document = Schemas["Document"];
export type Chunk = Schemas["Chunk"];
export type Generation = Schemas["Generation"];
export type Pair = Schemas["Pair"];
export type PairWithSource = Schemas["PairWithSource"];
export type Export = Schemas["Export"];
export type Analytics = Schemas["Analytics"];
export type NewGeneration = Schemas["NewGeneration"];
export type GenerateConfig = Schemas["GenerateConfig"];
export type LogLine = Schemas["LogLine"];
export type Failure = Schemas["ListOf_Failure"]["items"][number];
export type { Schemas };

/** A page of a list. */
export type Page<T> = { items: T[]; total: number; next_cursor?: string | null };
