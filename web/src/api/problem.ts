import type { components } from "./schema";

type Body = components["schemas"]["Problem"];

/** An answer of the API that says what went wrong, or the lack of an answer. */
export class Problem extends Error {
  /** The status; 0 where the server did not answer. */
  readonly status: number;
  readonly title: string;
  readonly requestId: string | null;
  readonly errors: { pointer: string; detail: string }[];

  constructor(status: number, body: Partial<Body>) {
    const errors = body.errors ?? [];
    const first = errors.map((error) => error.detail).join(" ");
    super(body.detail || first || body.title || "The server did not say what went wrong.");
    this.name = "Problem";
    this.status = status;
    this.title = body.title ?? "Something went wrong";
    this.requestId = body.request_id ?? null;
    this.errors = errors;
  }

  /** Whether trying again may help. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const offline = () =>
  new Problem(0, {
    title: "The server does not answer",
    detail: "The server does not answer. Check that Data Forge runs and that this device is online.",
  });

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return offline();
  return new Problem(0, {
    title: "Something went wrong",
    detail: String((error as Error)?.message ?? error),
  });
}
