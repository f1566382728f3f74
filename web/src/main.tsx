import "@mantine/core/styles.css";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/mantine.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
