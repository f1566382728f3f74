import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // As root, which CI is, Chromium has no sandbox.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });

/** A page, and all that went wrong on it. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Errors of scripts, and what the policy forbade. */
  wrong: string[];
}

export async function open(
  browser: Browser,
  options: { viewport?: { width: number; height: number }; dark?: boolean } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: options.viewport ?? WIDE,
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    // A server that is away, and what it refuses, are no errors of the page.
    if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(text)) wrong.push(text);
  });
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, context, wrong };
}

/** What hinders people with a disability (WCAG 2.2 AA), in words. */
export async function barriers(page: Page, more: string[] = ["best-practice"]): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", ...more];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) =>
      `${id} (${help}): ${node.target.join(" ")}: ${node.failureSummary ?? ""}`.slice(0, 500),
    ),
  );
}
