import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const PROGRAM =
  process.env.DATA_FORGE ?? resolve(import.meta.dirname, "../../target/debug/data-forge");
const BASE = "/api/v1/data-forge";
/** How long anything may take: far longer than it does. */
const PATIENCE = 120_000;

export const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until something is so. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it never came: ${what}`);
    await wait(100);
  }
}

type Json = Record<string, unknown> & { id: string };
export interface Pair {
  id: string;
  revision: number;
  question: string;
  answer: string;
  review_status: string;
}

/** A server with a data directory of its own, as a user would start it. */
export class Forge {
  readonly folder = mkdtempSync(join(tmpdir(), "data-forge-"));
  url = "";
  private process: ChildProcess | null = null;

  constructor(private readonly settings: Record<string, string> = {}) {}

  /** Starts it, again at the same address if it ran before. */
  async start(...more: string[]): Promise<this> {
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const environment = {
      PATH: process.env.PATH,
      HOME: this.folder,
      DATA_FORGE_DATA_DIR: join(this.folder, "data"),
      ...this.settings,
    };
    const child = spawn(PROGRAM, ["serve", "--listen", listen, ...more], {
      env: environment,
      cwd: this.folder,
    });
    this.process = child;
    let said = "";
    this.url = await new Promise<string>((found, failed) => {
      child.on("error", failed);
      child.on("exit", (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
      child.stderr.on("data", (data: Buffer) => {
        said = (said + data.toString()).slice(-10_000);
        const address = /listens on (http:\/\/[^/ ]+)/.exec(said)?.[1];
        if (address) found(address);
      });
    });
    return this;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  async end(): Promise<void> {
    await this.kill();
    // A worker may still write its last words.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  async ask<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + BASE + path, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : (undefined as T);
  }

  /** All pairs of a project that a query finds. */
  async pairs(project: string, query = ""): Promise<Pair[]> {
    const all: Pair[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      type Page = { items: Pair[]; next_cursor?: string | null };
      const page: Page = await this.ask("GET", `/projects/${project}/pairs?limit=500&${query}${more}`);
      all.push(...page.items);
      cursor = page.next_cursor ?? null;
    }
    return all;
  }

  /** A project with pairs made from texts, by the built-in teacher. */
  async project(name: string, texts: Record<string, string>): Promise<string> {
    const { id } = await this.ask("POST", "/projects", { name });
    for (const [filename, text] of Object.entries(texts)) {
      await this.ask("POST", `/projects/${id}/documents`, { filename, text });
    }
    await this.work("POST", `/projects/${id}/parse`, {});
    await this.generate(id);
    return id;
  }

  generate(project: string): Promise<void> {
    return this.work("POST", `/projects/${project}/generate`, {
      teacher_model: "builtin/extractive",
      generation_type: "qa",
    });
  }

  private async work(method: string, path: string, body: unknown): Promise<void> {
    const { id } = await this.ask(method, path, body);
    await until("the end of a run", async () => {
      const { status, error } = await this.ask("GET", `/generations/${id}`);
      if (status === "failed") throw new Error(`a run failed: ${error}`);
      return status === "completed";
    });
  }
}

/** A manual of so many sections, from each of which pairs are made. */
export function manual(title: string, sections: number): string {
  let text = `# ${title}\n\n`;
  for (let section = 0; section < sections; section += 1) {
    text += `## Valve ${section} of the ${title}\n\n`;
    text += `A valve ${section} is a part of the ${title} that lets water through at ${100 + section * 7} bar. `;
    for (let channel = 0; channel < 5; channel += 1) {
      text += `Channel ${channel} of valve ${section} opens at ${100 + section * 10 + channel} bar and closes after ${
        section + channel * 3 + 1
      } seconds when it is idle. `;
    }
    text += `\n\n| part | order number |\n|---|---|\n| seat ${section} of the ${title} | ${7000 + section} |\n`;
    text += `| spring ${section} of the ${title} | ${8000 + section} |\n\n`;
  }
  return text;
}
