/** Which view stands at which URL. Views are loaded when they are first come to. */
import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import { ProfilesView } from "./profiles/profiles-view.js";
import { RegistriesView } from "./registries/registries-view.js";
import { ErrorBoundary } from "./shell/error-boundary.js";
import { registriesPath } from "./shell/paths.js";
import { Shell } from "./shell/shell.js";
import { ButtonLink } from "./ui/button.js";
import { Page } from "./ui/page.js";
import { Empty, Loading } from "./ui/states.js";

const RegistrySettingsView = lazy(() => import("./registries/registry-settings-view.js"));
const ProfileView = lazy(() => import("./profile/profile-view.js"));
const NewProfileView = lazy(() => import("./profiles/new-profile-view.js"));
const HistoryView = lazy(() => import("./history/history-view.js"));
const ResolveView = lazy(() => import("./resolve/resolve-view.js"));
const CompareView = lazy(() => import("./compare/compare-view.js"));
const RolloutsView = lazy(() => import("./rollouts/rollouts-view.js"));
const RolloutView = lazy(() => import("./rollouts/rollout-view.js"));
const LogView = lazy(() => import("./log/log-view.js"));
const FilesView = lazy(() => import("./transfer/files-view.js"));

export function App() {
  return (
    <Router base="/console">
      <Shell>
        <Views />
      </Shell>
    </Router>
  );
}

function Views() {
  const [path] = useLocation();
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/">
            <Redirect to={registriesPath()} replace />
          </Route>
          <Route path="/registries" component={RegistriesView} />
          <Route path="/registries/:registry">
            {({ registry }) => <ProfilesView key={registry} registry={registry} />}
          </Route>
          <Route path="/registries/:registry/settings">
            {({ registry }) => <RegistrySettingsView key={registry} registry={registry} />}
          </Route>
          <Route path="/registries/:registry/new">
            {({ registry }) => <NewProfileView key={registry} registry={registry} />}
          </Route>
          <Route path="/registries/:registry/rollouts">
            {({ registry }) => <RolloutsView key={registry} registry={registry} />}
          </Route>
          <Route path="/registries/:registry/rollouts/:mode">
            {({ registry, mode }) => (
              <RolloutView key={`${registry}/${mode}`} registry={registry} mode={mode} />
            )}
          </Route>
          <Route path="/registries/:registry/profiles/:slug/history">
            {({ registry, slug }) => (
              <HistoryView key={`${registry}/${slug}`} registry={registry} slug={slug} />
            )}
          </Route>
          <Route path="/registries/:registry/profiles/:slug/:section?">
            {({ registry, slug, section }) => (
              <ProfileView key={`${registry}/${slug}`} registry={registry} slug={slug} section={section} />
            )}
          </Route>
          <Route path="/resolve" component={ResolveView} />
          <Route path="/compare" component={CompareView} />
          <Route path="/log" component={LogView} />
          <Route path="/files" component={FilesView} />
          <Route>
            <Page title="No such page">
              <Empty
                title="Nothing is here"
                actions={<ButtonLink href={registriesPath()}>All registries</ButtonLink>}
              >
                The address names no view of the console.
              </Empty>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

function Waiting() {
  return (
    <main className="page">
      <Loading lines={6} />
    </main>
  );
}
