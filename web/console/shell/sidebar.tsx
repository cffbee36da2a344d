import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { registriesQuery, serverQuery } from "../api/queries.js";
import { Button } from "../ui/button.js";
import { Icon, type IconName } from "../ui/icon.js";
import icon from "./icon.svg";
import { useLastRegistry } from "./last-registry.js";
import {
  comparePath,
  filesPath,
  logPath,
  registriesPath,
  registryPath,
  resolvePath,
  rolloutsPath,
} from "./paths.js";
import { setTheme, useTheme } from "./theme.js";

export function Sidebar({ open }: { open: boolean }) {
  const registries = useQuery(registriesQuery());
  const last = useLastRegistry();
  const names = registries.data?.map(({ slug }) => slug) ?? [];
  const registry =
    last !== undefined && names.includes(last)
      ? last
      : (names.find((name) => name === "default") ?? names[0]);
  return (
    <header className={open ? "sidebar open" : "sidebar"} id="sidebar">
      <Link className="brand" href={registriesPath()}>
        <img src={icon} alt="" />
        Profile Registry
      </Link>
      <nav aria-label="Main" className="stack">
        <div className="nav-group">
          <NavLink href={registriesPath()} icon="registry" label="Registries" exact />
          <NavLink href={filesPath()} icon="import" label="Import & export" />
          <NavLink href={logPath()} icon="log" label="Log" />
        </div>
        {registry !== undefined && (
          <div className="nav-group">
            <p className="nav-title clip">Registry</p>
            <RegistrySwitch registry={registry} names={names} />
            <NavLink href={registryPath(registry)} icon="profiles" label="Profiles" under={["/rollouts"]} />
            <NavLink href={rolloutsPath(registry)} icon="rollouts" label="Rollouts" />
            <NavLink href={resolvePath(registry)} icon="resolve" label="Resolve" />
            <NavLink href={comparePath()} icon="compare" label="Compare" />
          </div>
        )}
      </nav>
      <SidebarFoot />
    </header>
  );
}

interface NavLinkProps {
  href: string;
  icon: IconName;
  label: string;
  exact?: boolean;
  /** What is below it and yet another's. */
  under?: readonly string[];
}

function NavLink({ href, icon, label, exact, under = [] }: NavLinkProps) {
  const [path] = useLocation();
  const [own = ""] = href.split("?");
  const below = path.startsWith(`${own}/`) && !under.some((other) => path.startsWith(own + other));
  const current = path === own || (!exact && below);
  return (
    <Link className="nav-link" href={href} aria-current={current ? "page" : undefined}>
      <Icon name={icon} />
      {label}
    </Link>
  );
}

function RegistrySwitch({ registry, names }: { registry: string; names: readonly string[] }) {
  const [path, navigate] = useLocation();
  const choose = (name: string): void =>
    navigate(/\/rollouts(\/|$)/.test(path) ? rolloutsPath(name) : registryPath(name));
  return (
    <select
      className="input"
      aria-label="Registry"
      value={registry}
      onChange={(event) => choose(event.target.value)}
    >
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

function SidebarFoot() {
  const server = useQuery(serverQuery());
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <div className="sidebar-foot">
      <div className="row between">
        <span className="small faint">{server.data ? `Server ${server.data.version}` : ""}</span>
        <Button
          look="ghost"
          size="small"
          icon={other === "dark" ? "moon" : "sun"}
          aria-label={`Switch to ${other} colours`}
          onClick={() => setTheme(other)}
        />
      </div>
    </div>
  );
}
