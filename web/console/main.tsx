/** Starts the console in its page. */
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import "./design/layout.css";
import "./design/feedback.css";
import "./design/tables.css";
import "./design/lists.css";
import "./design/forms.css";
import "./design/profile.css";
import "./design/history.css";
import "./design/rollouts.css";
import "./design/resolve.css";
import { queryClient } from "./api/client.js";
import { App } from "./app.js";
import { applyTheme } from "./shell/theme.js";

applyTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
